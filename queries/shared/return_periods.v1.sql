-- name: return_periods
-- version: 1
-- title: Periods with a return
-- description: The periods of the calendar in which every customer was active, as bits; where sixty bits are enough.
-- section: Retention by cohort
-- needs: activity_days, periods.v1
-- uses: derived_moments
-- param: returning event = null | Comes back with | what counts as coming back; null: any activity
-- choice: returning null | Any activity
-- param: minimum int(1..) = 1 | Times to count as back | how often within a period to count as back
-- param: clock choice(calendar, rolling) = calendar | Periods counted | with the rolling clock there are no rows
-- choice: clock calendar | By the calendar
-- choice: clock rolling | From each start, by the hour
-- column: customer integer | the customer
-- column: bits bigint | bit i: active in the i-th period of the calendar
-- change: 1 2026-11-22 first version
with

    -- none where the calendar is longer: then `return_blocks` counts from each start
    short as (
        select day, number, 1::bigint << ((number - (select min(number) from periods)) % 60)::bigint as bit
        from periods
        where $clock = 'calendar' and (select max(number) - min(number) from periods) < 60
    ),

    returns as not materialized(
        select customer, day, last_day, times, source = 'subscriptions' as is_span
        from activity_days
        where case when $returning::varchar is null then is_activity else name = $returning::varchar end
        union all
        select customer, day, last_day, times, last_day > day as is_span
        from derived_moments
        where name = $returning::varchar and times > 0
    ),

    counted as not materialized(
        select returns.customer, short.number, short.bit, returns.last_day, returns.times
        from returns
        inner join short on returns.day = short.day
    ),

    -- a subscription is active in every period it touches, not only where it starts
    spans as (
        select subscribed.customer, unnest(generate_series(first_days.number + 1, last_days.number)) as number,
        from returns as subscribed
        inner join short as first_days on subscribed.day = first_days.day
        inner join short as last_days on subscribed.last_day = last_days.day
        where subscribed.is_span and last_days.number > first_days.number and $minimum <= 1
    ),

    numbers as (select number, bit from short group by number, bit),

    repeated as (
        select customer, bit from counted where $minimum > 1 group by customer, bit having sum(times) >= $minimum
    ),

    touched as (
        select customer, bit
        from counted
        where $minimum <= 1
        union all
        select customer, bit
        from repeated
        union all
        select spans.customer, numbers.bit
        from spans
        inner join numbers on spans.number = numbers.number
    ),

    final as (select customer, bit_or(bit) as bits from touched group by customer)

select *
from final
order by customer
