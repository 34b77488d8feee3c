-- name: table_moments
-- version: 1
-- title: What other tables tell
-- description: Orders, subscriptions, sign-ups, tickets and good answers that are steps of a funnel, with their times.
-- section: Funnel steps
-- needs: funnel_steps.v1, survey_scales.v1
-- uses: orders, subscriptions, customers, tickets, surveys
-- column: step integer | the step; 0 the excluded event
-- column: event varchar | order, subscription, renewal, signup, ticket or satisfied
-- column: customer integer | the customer
-- column: occurred_at timestamp | when it happened, local time
-- column: origin varchar | the event whose rows these are: of a renewal the subscription
-- column: number bigint | tells those of one origin apart
-- change: 1 2026-11-24 first version
with

    wanted as (
        select event, bool_or(conditions is not null) as is_narrowed from funnel_steps where in_table group by event
    ),

    lines as (
        select
            orders.customer,
            orders.ordered_at,
            orders.order_id,
            case when orders.order_id is null then row_number() over () end as line,
            case when wanted.is_narrowed then orders.product end as product,
            case when wanted.is_narrowed then orders.category end as category,
            case when wanted.is_narrowed then orders.channel end as channel,
        from orders
        inner join wanted on wanted.event = 'order'
        where not coalesce(orders.is_cancelled, false)
    ),

    -- the lines of one order are one order
    whole_orders as (
        select
            customer,
            min(ordered_at) as occurred_at,
            map{
                'product':list(distinct product) filter (product is not null),
                'category':list(distinct category) filter (category is not null),
                'channel':list(distinct channel) filter (channel is not null)
            } as attributes,
        from lines
        group by customer, order_id, line
    ),

    subscribed as (
        select
            customer,
            started_at as occurred_at,
            row_number() over () as number,
            row_number() over (partition by customer order by started_at) > 1 as is_renewal,
        from subscriptions
    ),

    happened as (
        select 'order' as event, customer, occurred_at, attributes
        from whole_orders
        union all by name
        select
            unnest(['subscription', case when is_renewal then 'renewal' end]) as event, customer, occurred_at, number,
        from subscribed
        union all by name
        -- a subscription of that day without a time of day does not come before it
        select
            'signup' as event,
            customer,
            coalesce(
                min(started_at) filter (started_at = signed_up_at::date::timestamp), any_value(signed_up_at)
            ) as occurred_at
        from customers
        left join subscriptions using (customer)
        where signed_up_at is not null
        group by customer
        union all by name
        select 'ticket' as event, customer, opened_at as occurred_at
        from tickets
        union all by name
        -- 4 or 5 of 5, 9 or 10 of 10
        select 'satisfied' as event, surveys.customer, surveys.answered_at as occurred_at
        from surveys
        inner join survey_scales as scales on surveys.question is not distinct from scales.question
        where surveys.score between case when scales.highest > 5 then 9 else 4 end and 10
    ),

    numbered as (
        select happened.* replace (coalesce(happened.number, row_number() over ()) as number)
        from happened
        semi join wanted on happened.event = wanted.event
    ),

    final as (
        select steps.step, numbered.event, numbered.customer, numbered.occurred_at, steps.origin, numbered.number,
        from numbered
        inner join funnel_steps as steps on numbered.event = steps.event and steps.in_table
        where
            steps.conditions is null
            or list_bool_and(
                list_transform(
                    map_entries(steps.conditions),
                    lambda wish:list_has_any(wish.value, coalesce(numbered.attributes[wish.key], []))
                )
            )
    )

select *
from final
order by customer, occurred_at, step
