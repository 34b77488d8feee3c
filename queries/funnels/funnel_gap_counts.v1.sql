-- name: funnel_gap_counts
-- version: 1
-- title: Gaps between purchases, counted
-- description: How many days lie between orders and between starts of subscriptions, and the terms of these.
-- section: Funnel steps
-- uses: orders, subscriptions
-- adds: kind, length
-- column: kind varchar | next, second: from a day with an order to the next and the second next; renewal: from a start
-- to the next; term: of a subscription
-- column: length integer | days; of a term months
-- column: times bigint | how often
-- change: 1 2026-11-30 first version
with

    -- so many customers tell it as well as all
    order_days as (
        select distinct customer, day
        from orders
        where not coalesce(is_cancelled, false) and (customer < 10000 or customer % 64 = 0)
    ),

    ahead as (
        select
            lead(day, 1) over (partition by customer order by day) - day as days,
            lead(day, 2) over (partition by customer order by day) - day as days_to_second,
        from order_days
    ),

    starts as (
        select lead(day) over (partition by customer order by started_at) - day as days
        from subscriptions
        where customer < 10000 or customer % 64 = 0
    ),

    lengths as (
        select 'next' as kind, days as length
        from ahead
        union all
        select 'second' as kind, days_to_second as length
        from ahead
        union all
        select 'renewal' as kind, days as length
        from starts
        union all
        select 'term' as kind, term_months as length
        from subscriptions
    ),

    final as (
        select kind, length::integer as length, count(*) as times from lengths where length > 0 group by kind, length
    )

select *
from final
order by kind, length
