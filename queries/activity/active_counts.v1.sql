-- name: active_counts
-- version: 1
-- title: Active customers by period
-- description: How many customers were active in each period, by the dataset's definition of activity.
-- section: Monitored figures
-- needs: activity_days, customer_segments.v1, periods.v1, reported_periods.v1
-- adds: segment, period
-- column: segment varchar | the attribute's value, empty where there is none, (other); null without a split
-- column: period date | first day of the period
-- column: customers bigint | customers active in it
-- change: 1 2026-11-24 first version
with

    touched as (
        select activity_days.customer, periods.block, periods.bit
        from activity_days
        inner join periods on activity_days.day = periods.day
        where activity_days.is_activity and activity_days.source <> 'subscriptions'
    ),

    -- a subscription is active in every period it touches, not only where it starts
    spans as (
        select activity_days.customer, unnest(generate_series(first_days.number, last_days.number)) as number,
        from activity_days
        inner join periods as first_days on activity_days.day = first_days.day
        inner join periods as last_days on activity_days.last_day = last_days.day
        where
            activity_days.is_activity
            and activity_days.source = 'subscriptions'
            and last_days.number >= first_days.number
    ),

    positions as (select number, block, bit from periods group by number, block, bit),

    spanned as (
        select spans.customer, positions.block, positions.bit
        from spans
        inner join positions on spans.number = positions.number
    ),

    everywhere as (
        select *
        from touched
        union all
        select *
        from spanned
    ),

    by_customer as (select customer, block, bit_or(bit) as bits from everywhere group by customer, block),

    alike as (
        select
            case when $breakdown::varchar is not null then coalesce(customer_segments.segment, '') end as segment,
            by_customer.block,
            by_customer.bits,
            count(*) as customers,
        from by_customer
        left join customer_segments on by_customer.customer = customer_segments.customer
        group by customer_segments.segment, by_customer.block, by_customer.bits
    ),

    final as (
        select alike.segment, reported_periods.period, sum(alike.customers)::bigint as customers,
        from alike
        inner join positions on alike.block = positions.block and alike.bits & positions.bit <> 0
        inner join reported_periods on positions.number = reported_periods.number
        group by alike.segment, reported_periods.period
    )

select *
from final
order by segment, period
