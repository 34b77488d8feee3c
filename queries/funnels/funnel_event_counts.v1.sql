-- name: funnel_event_counts
-- version: 1
-- title: What can be a step, by table
-- description: Everything that happened to customers, by name and by the table it stands in.
-- section: Funnel steps
-- needs: survey_scales.v1, tables_told.v1
-- needs: orders or events or subscriptions or tickets or surveys or customers.signed_up_at
-- uses: events, orders, subscriptions, customers, tickets, surveys, derived_moments
-- adds: event, source
-- column: event varchar | the event's name; order, subscription, renewal, signup, ticket, satisfied; order (log) where
-- both a table and the log have one
-- column: source varchar | the table it comes from; derived: put together from other events
-- column: times bigint | how often it happened
-- change: 1 2026-11-30 first version
with

    ordered as (
        select distinct customer, order_id, case when order_id is null then row_number() over () end as line
        from orders
        where not coalesce(is_cancelled, false)
    ),

    counted as (
        select
            logged.event || case when told.times > 0 then ' (log)' else '' end as event,
            logged.times,
            'events' as source
        from (select event::varchar as event, count(*) as times from events group by event) as logged
        left join tables_told as told on logged.event = told.event
        union all
        select 'order' as event, count(*) as times, 'orders' as source
        from ordered
        union all
        select 'subscription' as event, count(*) as times, 'subscriptions' as source
        from subscriptions
        union all
        select 'renewal' as event, count(*) - count(distinct customer) as times, 'subscriptions' as source
        from subscriptions
        union all
        select 'signup' as event, count(signed_up_at) as times, 'customers' as source
        from customers
        union all
        select 'ticket' as event, count(*) as times, 'tickets' as source
        from tickets
        union all
        select 'satisfied' as event, count(*) as times, 'surveys' as source
        from surveys
        inner join survey_scales as scales on surveys.question is not distinct from scales.question
        where surveys.score between case when scales.highest > 5 then 9 else 4 end and 10
        union all
        select name as event, sum(times) as times, 'derived' as source
        from derived_moments
        group by name
    ),

    final as (select event, source, sum(times)::bigint as times from counted where times > 0 group by event, source)

select *
from final
order by times desc, event
