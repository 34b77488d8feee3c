-- name: table_occurrences
-- version: 1
-- title: Events other tables tell of
-- description: Subscriptions, renewals, sign-ups, tickets and good answers as events, with their times.
-- section: Funnel steps
-- needs: survey_scales.v1
-- uses: subscriptions, customers, tickets, surveys
-- column: event varchar | subscription, renewal, signup, ticket or satisfied
-- column: customer integer | the customer
-- column: occurred_at timestamp | local time
-- column: last_at timestamp | the same time, or the subscription's end; null while it has none
-- change: 1 2026-11-24 first version
with

    subscribed as (
        select
            customer,
            started_at as occurred_at,
            ended_at - interval 1 microsecond as last_at,
            row_number() over (partition by customer order by started_at) > 1 as is_renewal,
        from subscriptions
    ),

    happened as (
        select 'subscription' as event, customer, occurred_at, last_at
        from subscribed
        union all
        -- the day it renews, however long it runs then
        select 'renewal' as event, customer, occurred_at, occurred_at as last_at
        from subscribed
        where is_renewal
        union all
        select 'signup' as event, customer, signed_up_at as occurred_at, signed_up_at as last_at
        from customers
        where signed_up_at is not null
        union all
        select 'ticket' as event, customer, opened_at as occurred_at, opened_at as last_at
        from tickets
        union all
        -- 4 or 5 of 5, 9 or 10 of 10
        select
            'satisfied' as event, surveys.customer, surveys.answered_at as occurred_at, surveys.answered_at as last_at
        from surveys
        inner join survey_scales as scales on surveys.question is not distinct from scales.question
        where surveys.score between case when scales.highest > 5 then 9 else 4 end and 10
    ),

    final as (select * from happened)

select *
from final
order by event, customer, occurred_at
