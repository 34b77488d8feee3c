-- name: funnel
-- version: 1
-- title: Funnel
-- description: How many customers reach each step, how many drop off before it, and how many still have time.
-- section: Funnel conversion
-- needs: funnel_counts.v1, funnel_step_times.v1
-- param: steps events | Steps | the steps in their order, at most ten
-- column: segment varchar | Segment | the attribute's value, empty where there is none, (other); null without a split
-- column: step integer | Step | 1, 2, …
-- column: event varchar | Event | the event of the step
-- column: customers bigint | Customers | customers who reached the step
-- column: conversion_from_start double % | Conversion from the start | of those who entered and reached it or have no
-- time left, 0 to 1
-- column: conversion_from_previous double % | Conversion from the step before | of those of them who reached the step
-- before, 0 to 1
-- column: dropped bigint | Dropped off before | reached the step before, not this one, and have no time left
-- column: in_progress bigint | Still has time | reached the step before, not this one, and still have time
-- column: average_seconds double seconds | Mean time, seconds | mean time from the step before
-- column: median_seconds double seconds | Median time, seconds | median time from the step before
-- column: at_once bigint | At the same moment | customers who reached it at the very moment of the step before
-- column: ci_low double % | 95 % from | lower end of the 95 % interval of the conversion from the start, Wilson's
-- column: ci_high double % | 95 % to | upper end
-- column: base bigint | In the rate | customers who entered and reached it or have no time left
-- picture: customers, conversion_from_start, conversion_from_previous
-- change: 1 2026-11-24 first version
with

    chosen as (
        select
            unnest(generate_series(1, array_length($steps::varchar[])))::integer as step,
            unnest($steps::varchar[]) as event,
    ),

    counted as (
        select segment, level, open, sum(customers) as customers from funnel_counts group by segment, level, open
    ),

    sums as (
        select
            counted.segment,
            chosen.step,
            coalesce(sum(customers) filter (level >= step), 0)::bigint as customers,
            coalesce(sum(customers) filter (level >= step or not open), 0)::bigint as base,
            coalesce(sum(customers) filter (level >= step - 1 and (level >= step or not open)), 0)::bigint
            as base_before,
            coalesce(sum(customers) filter (level = step - 1 and not open), 0)::bigint as dropped,
            coalesce(sum(customers) filter (level = step - 1 and open), 0)::bigint as in_progress,
        from counted
        cross join chosen
        group by counted.segment, chosen.step
    ),

    -- each length as often as it was counted
    timed as (
        select
            times.segment,
            times.step,
            avg(times.microseconds) / 1e6 as average_seconds,
            median(times.microseconds) / 1e6 as median_seconds,
            count(*) filter (times.microseconds = 0) as at_once,
        from funnel_step_times as times
        cross join unnest(range(times.customers))
        group by times.segment, times.step
    ),

    rated as (select sums.*, sums.customers::double / nullif(sums.base, 0) as p from sums),

    final as (
        select
            rated.segment,
            rated.step,
            chosen.event,
            rated.customers,
            rated.p as conversion_from_start,
            rated.customers::double
            / nullif(case when rated.step > 1 then rated.base_before end, 0) as conversion_from_previous,
            case when rated.step > 1 then rated.dropped else 0 end as dropped,
            case when rated.step > 1 then rated.in_progress else 0 end as in_progress,
            timed.average_seconds,
            timed.median_seconds,
            case when rated.step > 1 then coalesce(timed.at_once, 0) end as at_once,
            case when rated.step > 1 then wilson_low(rated.p, rated.base) end as ci_low,
            case when rated.step > 1 then wilson_high(rated.p, rated.base) end as ci_high,
            rated.base,
        from rated
        inner join chosen on rated.step = chosen.step
        left join timed on rated.segment is not distinct from timed.segment and rated.step = timed.step
    )

select *
from final
order by segment, step
