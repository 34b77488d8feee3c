-- name: days_between_summary
-- version: 1
-- title: Typical time between two days
-- description: Median and 90th percentile of the days between two consecutive days of a customer.
-- section: Days between
-- needs: day_intervals.v1
-- column: segment varchar | Segment | the attribute's value, empty where there is none, (other); null without a split
-- column: intervals bigint | Intervals | intervals between two consecutive days that end within the days reported
-- column: median_days double days | Median days | half of them are at most this long; waiting times still open are
-- not in it
-- column: high_days double days | 90 % within days | 90 % of them are at most this long
-- column: customers_once bigint | Customers with one day only | customers with one such day only so far; their
-- waiting time is not in the others
-- change: 1 2026-11-24 first version
with

    -- where each length ends when all intervals stand in a row by length
    ranked as (
        select
            segment,
            days,
            sum(times) over (partition by segment order by days) as last_position,
            sum(times) over (partition by segment) as intervals,
        from day_intervals
        where days is not null
    ),

    -- as quantile_cont does: between the two intervals around the position 1 + (n - 1) * share
    quantiles as (
        select
            segment,
            intervals,
            min(days) filter (last_position >= floor(1 + (intervals - 1) * 0.5e0)) as middle_from,
            min(days) filter (last_position >= ceil(1 + (intervals - 1) * 0.5e0)) as middle_to,
            min(days) filter (last_position >= floor(1 + (intervals - 1) * 0.9e0)) as high_from,
            min(days) filter (last_position >= ceil(1 + (intervals - 1) * 0.9e0)) as high_to,
            (intervals - 1) * 0.5e0 - floor((intervals - 1) * 0.5e0) as middle_part,
            (intervals - 1) * 0.9e0 - floor((intervals - 1) * 0.9e0) as high_part,
        from ranked
        group by segment, intervals
    ),

    once as (select segment, sum(times) filter (days is null) as customers from day_intervals group by segment),

    final as (
        select
            once.segment,
            coalesce(quantiles.intervals, 0)::bigint as intervals,
            quantiles.middle_from
            + quantiles.middle_part * (quantiles.middle_to - quantiles.middle_from) as median_days,
            quantiles.high_from + quantiles.high_part * (quantiles.high_to - quantiles.high_from) as high_days,
            coalesce(once.customers, 0)::bigint as customers_once,
        from once
        left join quantiles on once.segment is not distinct from quantiles.segment
    )

select *
from final
order by segment
