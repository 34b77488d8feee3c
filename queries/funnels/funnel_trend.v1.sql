-- name: funnel_trend
-- version: 1
-- title: Conversion by entry
-- description: Of the customers who entered in each period, how many came through all steps.
-- section: Conversion by entry
-- needs: funnel_counts.v1, periods.v1
-- param: steps events | Steps | the steps in their order, at most ten
-- param: grain choice(day, week, month, quarter, year) = week | Period | period of the entries
-- choice: grain day | Day
-- choice: grain week | Week
-- choice: grain month | Month
-- choice: grain quarter | Quarter
-- choice: grain year | Year
-- column: segment varchar | Segment | the attribute's value, empty where there is none, (other); null without a split
-- column: period date | Period | first day of the period
-- column: entered bigint | Entered | customers whose attempt began in the period
-- column: converted bigint | Came through | those of them who reached the last step
-- column: in_progress bigint | Still has time | those of them who have not, and still have time
-- column: conversion_from_start double % | Conversion from the start | converted / those who converted or have no
-- time left, 0 to 1
-- column: ci_low double % | 95 % from | lower end of its 95 % interval, Wilson's
-- column: ci_high double % | 95 % to | upper end
-- column: complete boolean | Complete | the period is over in the data, and nobody who entered in it has time left
-- column: converted_so_far double % | Came through so far | converted / entered, 0 to 1
-- picture: conversion_from_start, entered, converted
-- change: 1 2026-11-24 first version
with

    sums as (
        select
            funnel_counts.segment,
            periods.period,
            sum(customers)::bigint as entered,
            coalesce(sum(customers) filter (funnel_counts.level = array_length($steps::varchar[])), 0)::bigint
            as converted,
            coalesce(sum(customers) filter (funnel_counts.open), 0)::bigint as in_progress,
            bool_and(periods.complete) and not bool_or(funnel_counts.open) as complete,
        from funnel_counts
        inner join periods on funnel_counts.entered_on = periods.day
        group by funnel_counts.segment, periods.period
    ),

    rated as (select *, converted::double / nullif(entered - in_progress, 0) as p, from sums),

    final as (
        select
            segment,
            period,
            entered,
            converted,
            in_progress,
            p as conversion_from_start,
            wilson_low(p, entered - in_progress) as ci_low,
            wilson_high(p, entered - in_progress) as ci_high,
            complete,
            converted::double / entered as converted_so_far,
        from rated
    )

select *
from final
order by segment, period
