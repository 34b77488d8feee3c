-- name: funnel
-- version: 1
-- title: Funnel
-- description: How many customers reach each step, how many drop off before it, and how many still have time.
-- needs: funnel_attempts.v1
-- param: steps events | the steps in their order, at most ten
-- column: segment varchar | the attribute's value, empty where there is none, (other); null without a split
-- column: step integer | 1, 2, …
-- column: event varchar | the event of the step
-- column: customers bigint | customers who reached the step
-- column: conversion_from_start double | of those who entered and reached it or have no time left, 0 to 1
-- column: conversion_from_previous double | of those of them who reached the step before, 0 to 1
-- column: dropped bigint | reached the step before, not this one, and have no time left
-- column: in_progress bigint | reached the step before, not this one, and still have time
-- column: average_seconds double | mean time from the step before
-- column: median_seconds double | median time from the step before
-- column: at_once bigint | customers who reached it at the very moment of the step before
-- column: ci_low double | lower end of the 95 % interval of the conversion from the start, Wilson's
-- column: ci_high double | upper end
-- change: 1 2026-11-24 first version
with

    chosen as (
        select
            unnest(generate_series(1, array_length($steps::varchar[])))::integer as step,
            unnest($steps::varchar[]) as event,
    ),

    sums as (
        select
            funnel_attempts.segment,
            chosen.step,
            count(*) filter (level >= chosen.step) as customers,
            count(*) filter (level >= chosen.step or not open) as base,
            count(*) filter (level >= chosen.step - 1 and (level >= chosen.step or not open)) as base_before,
            count(*) filter (level = chosen.step - 1 and not open) as dropped,
            count(*) filter (level = chosen.step - 1 and open) as in_progress,
        from funnel_attempts
        cross join chosen
        group by funnel_attempts.segment, chosen.step
    ),

    -- pairs of a step and the next one
    ways as (
        select
            segment,
            unnest(generate_series(2, level)) as step,
            unnest(reached_at[2:]) as reached_at,
            unnest(reached_at[:level - 1]) as before_at,
        from funnel_attempts
        where level >= 2
    ),

    times as (select segment, step, (epoch_us(reached_at) - epoch_us(before_at)) / 1e6 as seconds from ways),

    timed as (
        select
            segment,
            step,
            avg(seconds) as average_seconds,
            median(seconds) as median_seconds,
            count(*) filter (seconds = 0) as at_once,
        from times
        group by segment, step
    ),

    rated as (
        select sums.*, sums.customers::double / nullif(sums.base, 0) as p, 3.841459e0 / nullif(sums.base, 0) as z,  -- z squared over n
        from sums
    ),

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
            case
                when rated.step > 1
                then (rated.p + rated.z / 2 - sqrt(rated.z * (rated.p * (1 - rated.p) + rated.z / 4))) / (1 + rated.z)
            end as ci_low,
            case
                when rated.step > 1
                then (rated.p + rated.z / 2 + sqrt(rated.z * (rated.p * (1 - rated.p) + rated.z / 4))) / (1 + rated.z)
            end as ci_high,
        from rated
        inner join chosen on rated.step = chosen.step
        left join timed on rated.segment is not distinct from timed.segment and rated.step = timed.step
    )

select *
from final
order by segment, step
