-- name: funnel_times_summary
-- version: 1
-- title: Time to convert, summed up
-- description: Mean, median and percentiles of the time from one step to another, over those who reached it.
-- section: Funnel durations
-- needs: funnel_duration_counts.v1
-- column: segment varchar | Segment | the attribute's value, empty where there is none, (other); null without a split
-- column: customers bigint | Customers | customers who reached the step
-- column: average_seconds double seconds | Mean time, seconds | mean time
-- column: quarter_seconds double seconds | A quarter within, seconds | a quarter took at most so long
-- column: median_seconds double seconds | Median time, seconds | half took at most so long
-- column: three_quarters_seconds double seconds | Three quarters within, seconds | three quarters took at most so long
-- column: nine_tenths_seconds double seconds | Nine tenths within, seconds | nine tenths took at most so long
-- change: 1 2026-11-24 first version
with

    -- each length as often as it was counted
    final as (
        select
            times.segment,
            count(*) as customers,
            avg(times.microseconds) / 1e6 as average_seconds,
            quantile_cont(times.microseconds, 0.25) / 1e6 as quarter_seconds,
            median(times.microseconds) / 1e6 as median_seconds,
            quantile_cont(times.microseconds, 0.75) / 1e6 as three_quarters_seconds,
            quantile_cont(times.microseconds, 0.9) / 1e6 as nine_tenths_seconds,
        from funnel_duration_counts as times
        cross join unnest(range(times.customers))
        group by times.segment
    )

select *
from final
order by segment
