-- name: return_periods
-- version: 1
-- title: Periods with a return
-- description: The periods of the calendar in which every customer was active, as bits, sixty to a block.
-- needs: activity_days, periods.v1
-- param: returning event = null | what counts as coming back; null: any activity
-- param: minimum int = 1 | how often within a period to count as back
-- param: clock choice(calendar, rolling) = calendar | with the rolling clock there are no rows
-- column: customer integer | the customer
-- column: block integer | number of the block's first period
-- column: bits bigint | bit i: active in period block + i
-- change: 1 2026-11-22 first version
with

    counted as not materialized(
        select customer, day, last_day, times
        from activity_days
        where
            case when $returning::varchar is null then is_activity else name = $returning::varchar end
            and $clock = 'calendar'
    ),

    numbers as (select number, block, bit from periods group by number, block, bit),

    -- a subscription is active in every period it touches, not only where it starts
    spans as (
        select counted.customer, unnest(generate_series(first_days.number + 1, last_days.number)) as number,
        from counted
        inner join periods as first_days on counted.day = first_days.day
        inner join periods as last_days on counted.last_day = last_days.day
        where counted.last_day > counted.day and last_days.number > first_days.number
    ),

    repeated as (
        select counted.customer, periods.block, periods.bit, sum(counted.times) as times
        from counted
        inner join periods on counted.day = periods.day
        where $minimum > 1
        group by counted.customer, periods.block, periods.bit
    ),

    touched as (
        select counted.customer, periods.block, periods.bit
        from counted
        inner join periods on counted.day = periods.day
        where $minimum <= 1
        union all
        select customer, block, bit
        from repeated
        where times >= $minimum
        union all
        select spans.customer, numbers.block, numbers.bit
        from spans
        inner join numbers on spans.number = numbers.number
        where $minimum <= 1
    ),

    final as (select customer, block, bit_or(bit) as bits from touched group by customer, block)

select *
from final
order by customer, block
