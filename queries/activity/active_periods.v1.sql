-- name: active_periods
-- version: 1
-- title: Periods with activity
-- description: The periods of the calendar in which every customer was active, as bits, sixty periods to a row.
-- section: Lifecycle states
-- needs: activity_days, periods.v1
-- column: customer integer | the customer
-- column: block integer | number of the period that bit 0 stands for
-- column: bits bigint | bit i: active in the period block + i
-- change: 1 2026-11-24 first version
with

    points as (
        select activity_days.customer, periods.block, periods.bit
        from activity_days
        inner join periods on activity_days.day = periods.day
        where activity_days.is_activity
    ),

    -- a subscription is active in every period it touches, not only where it starts
    spans as (
        select subscribed.customer, unnest(generate_series(first_days.number + 1, last_days.number)) as number,
        from activity_days as subscribed
        inner join periods as first_days on subscribed.day = first_days.day
        inner join periods as last_days on subscribed.last_day = last_days.day
        where subscribed.is_activity and subscribed.source = 'subscriptions' and last_days.number > first_days.number
    ),

    positions as (select number, block, bit from periods group by number, block, bit),

    touched as (
        select customer, block, bit
        from points
        union all
        select spans.customer, positions.block, positions.bit
        from spans
        inner join positions on spans.number = positions.number
    ),

    final as (select customer, block, bit_or(bit) as bits from touched group by customer, block)

select *
from final
order by customer, block
