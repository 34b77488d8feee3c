-- name: cohort_retention
-- version: 1
-- title: Cohort retention
-- description: Of the customers who started in the same period, the share who came back later, by period.
-- needs: cohort_counts.v1
-- param: relative_to choice(start, previous) = start | share of the cohort; of those back one period before
-- column: segment varchar | the attribute's value; null without a split
-- column: cohort date | first day of the period the customers started in
-- column: cohort_size bigint | customers who started in it
-- column: period integer | periods since the start; 0 is the cohort's own
-- column: retained bigint | customers who came back
-- column: retention double | retained / cohort_size, 0 to 1; or retained / retained in the period before
-- column: ci_low double | lower end of the 95 % Wilson interval; null where the retention is not a share
-- column: ci_high double | upper end
-- column: complete boolean | the data cover the whole period
-- change: 1 2026-11-22 first version
with

    -- those back in a period are some of those back before only where coming back later counts for both
    bases as (
        select
            *,
            case
                when $relative_to = 'start' or period = 0
                then cohort_size
                else lag(retained) over (partition by segment, cohort order by period)
            end as base,
            $relative_to = 'start' or period = 0 or $measure = 'on_or_after' as is_share,
        from cohort_counts
    ),

    rates as (
        select *, retained::double / nullif(base, 0) as retention, 3.841459e0 / nullif(base, 0) as z2n from bases
    ),

    final as (
        select
            segment,
            cohort,
            cohort_size,
            period,
            retained,
            retention,
            case
                when is_share
                then
                    greatest(
                        0e0, (retention + z2n / 2 - sqrt(z2n * (retention * (1 - retention) + z2n / 4))) / (1 + z2n)
                    )
            end as ci_low,
            case
                when is_share
                then least(1e0, (retention + z2n / 2 + sqrt(z2n * (retention * (1 - retention) + z2n / 4))) / (1 + z2n))
            end as ci_high,
            complete,
        from rates
    )

select *
from final
order by segment, cohort, period
