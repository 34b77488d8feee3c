-- name: funnel_comparison
-- version: 1
-- title: Two funnels compared
-- description: Conversion of two segments, or of the entries of two periods, with the interval of their difference.
-- section: Difference of two segments
-- needs: funnel_counts.v1, periods.v1
-- param: steps events | Steps | the steps in their order, at most ten
-- param: compare choice(segments, periods) = segments | Compare | two segments of the split; the entries of two periods
-- choice: compare segments | Segments
-- choice: compare periods | Periods of entry
-- param: segment_a text = null | First segment | one segment of the split
-- param: segment_b text = null | Second segment | the other
-- param: grain choice(day, week, month, quarter, year) = week | Period | period of the entries
-- choice: grain day | Day
-- choice: grain week | Week
-- choice: grain month | Month
-- choice: grain quarter | Quarter
-- choice: grain year | Year
-- param: period_a date = null | First period | first day of one period
-- param: period_b date = null | Second period | first day of the other
-- param: smallest int(0..) = 30 | At least so many customers | with fewer customers on a side there is no
-- difference
-- column: step integer | Step | 1, 2, …
-- column: event varchar | Event | the event of the step
-- column: customers_a bigint | Customers, first | customers of the one side who entered, and reached the step or have
-- no time left
-- column: converted_a bigint | Reached, first | those of them who reached the step
-- column: conversion_a double % | Conversion, first | converted_a / customers_a
-- column: customers_b bigint | Customers, second | customers of the other side
-- column: converted_b bigint | Reached, second | those of them who reached the step
-- column: conversion_b double % | Conversion, second | converted_b / customers_b
-- column: difference double % | Difference | conversion_a - conversion_b; null where a side has too few customers
-- column: ci_low double % | 95 % from | lower end of its 95 % interval, Newcombe's from two Wilson intervals
-- column: ci_high double % | 95 % to | upper end
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
            step > 1 and least(customers_a, customers_b) >= $smallest as is_enough,
        from sums
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
            case when is_enough then newcombe_low(a, customers_a, b, customers_b) end as ci_low,
            case when is_enough then newcombe_high(a, customers_a, b, customers_b) end as ci_high,
        from rates
    )

select *
from final
order by step
