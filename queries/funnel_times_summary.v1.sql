-- name: funnel_times_summary
-- version: 1
-- title: Time to convert, summed up
-- description: Mean, median and percentiles of the time from one step to another, over those who reached it.
-- needs: funnel_durations.v1
-- column: segment varchar | the attribute's value, empty where there is none, (other); null without a split
-- column: customers bigint | customers who reached the step
-- column: average_seconds double | mean time
-- column: quarter_seconds double | a quarter took at most so long
-- column: median_seconds double | half took at most so long
-- column: three_quarters_seconds double | three quarters took at most so long
-- column: nine_tenths_seconds double | nine tenths took at most so long
-- change: 1 2026-11-24 first version
with

    final as (
        select
            segment,
            count(*) as customers,
            avg(seconds) as average_seconds,
            quantile_cont(seconds, 0.25) as quarter_seconds,
            median(seconds) as median_seconds,
            quantile_cont(seconds, 0.75) as three_quarters_seconds,
            quantile_cont(seconds, 0.9) as nine_tenths_seconds,
        from funnel_durations
        group by segment
    )

select *
from final
order by segment
