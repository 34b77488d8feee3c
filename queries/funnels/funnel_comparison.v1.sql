-- name: funnel_comparison
-- version: 1
-- title: Two funnels compared
-- description: Conversion of two segments, or of the entries of two periods, with the interval of their difference.
-- needs: funnel_counts.v1, periods.v1
-- param: steps events | the steps in their order, at most ten
-- param: compare choice(segments, periods) = segments | two segments of the split; the entries of two periods
-- param: segment_a text = null | one segment of the split
-- param: segment_b text = null | the other
-- param: grain choice(day, week, month, quarter, year) = week | period of the entries
-- param: period_a date = null | first day of one period
-- param: period_b date = null | first day of the other
-- param: smallest int = 30 | with fewer customers on a side there is no difference
-- column: step integer | 1, 2, …
-- column: event varchar | the event of the step
-- column: customers_a bigint | customers of the one side who entered, and reached the step or have no time left
-- column: converted_a bigint | those of them who reached the step
-- column: conversion_a double | converted_a / customers_a
-- column: customers_b bigint | customers of the other side
-- column: converted_b bigint | those of them who reached the step
-- column: conversion_b double | converted_b / customers_b
-- column: difference double | conversion_a - conversion_b; null where a side has too few customers
-- column: ci_low double | lower end of its 95 % interval, Newcombe's from two Wilson intervals
-- column: ci_high double | upper end
-- change: 1 2026-11-24 first version
with

    chosen as (
        select
            unnest(generate_series(1, array_length($steps::varchar[])))::integer as step,
            unnest($steps::varchar[]) as event,
    ),

    sides as (
        select
            funnel_counts.level,
            funnel_counts.open,
            funnel_counts.customers,
            case
                $compare
                when 'segments'
                then funnel_counts.segment = $segment_a::varchar
                else periods.period = $period_a::date
            end as is_a,
            case
                $compare
                when 'segments'
                then funnel_counts.segment = $segment_b::varchar
                else periods.period = $period_b::date
            end as is_b,
        from funnel_counts
        left join periods on funnel_counts.entered_on = periods.day
    ),

    sums as (
        select
            chosen.step,
            chosen.event,
            coalesce(
                sum(sides.customers) filter (sides.is_a and (sides.level >= chosen.step or not sides.open)), 0
            )::bigint as customers_a,
            coalesce(sum(sides.customers) filter (sides.is_a and sides.level >= chosen.step), 0)::bigint as converted_a,
            coalesce(
                sum(sides.customers) filter (sides.is_b and (sides.level >= chosen.step or not sides.open)), 0
            )::bigint as customers_b,
            coalesce(sum(sides.customers) filter (sides.is_b and sides.level >= chosen.step), 0)::bigint as converted_b,
        from sides
        cross join chosen
        group by chosen.step, chosen.event
    ),

    rates as (
        select
            *,
            converted_a::double / nullif(customers_a, 0) as a,
            converted_b::double / nullif(customers_b, 0) as b,
            3.841459e0 / nullif(customers_a, 0) as za,  -- z squared over n
            3.841459e0 / nullif(customers_b, 0) as zb,
            step > 1 and least(customers_a, customers_b) >= $smallest as is_enough,
        from sums
    ),

    -- the Wilson interval of each share
    intervals as (
        select
            *,
            (a + za / 2 - sqrt(za * (a * (1 - a) + za / 4))) / (1 + za) as a_low,
            (a + za / 2 + sqrt(za * (a * (1 - a) + za / 4))) / (1 + za) as a_high,
            (b + zb / 2 - sqrt(zb * (b * (1 - b) + zb / 4))) / (1 + zb) as b_low,
            (b + zb / 2 + sqrt(zb * (b * (1 - b) + zb / 4))) / (1 + zb) as b_high,
        from rates
    ),

    final as (
        select
            step,
            event,
            customers_a,
            converted_a,
            a as conversion_a,
            customers_b,
            converted_b,
            b as conversion_b,
            case when is_enough then a - b end as difference,
            case
                when is_enough then a - b - sqrt((a - a_low) * (a - a_low) + (b_high - b) * (b_high - b))
            end as ci_low,
            case
                when is_enough then a - b + sqrt((a_high - a) * (a_high - a) + (b - b_low) * (b - b_low))
            end as ci_high,
        from intervals
    )

select *
from final
order by step
