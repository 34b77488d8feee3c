-- name: cohort_retention_overall
-- version: 1
-- title: Cohort retention, all cohorts together
-- description: Retention by periods since the start over all customers whose period is complete.
-- needs: cohort_counts.v1
-- param: average choice(pooled, simple, median) = pooled | every customer weighs the same; every cohort; the middle one
-- column: segment varchar | the attribute's value; null without a split
-- column: period integer | periods since the start
-- column: cohorts bigint | cohorts with customers whose period is complete
-- column: customers bigint | customers whose period is complete
-- column: retained bigint | customers who came back
-- column: retention double | by the average chosen, 0 to 1
-- column: ci_low double | lower end of the 95 % interval; Wilson when pooled, null for the median
-- column: ci_high double | upper end
-- change: 1 2026-11-22 first version
with

    complete_cells as (
        select
            segment,
            period,
            eligible as cohort_size,
            eligible_retained as retained,
            eligible_retained::double / eligible as retention,
            eligible_retained::double / eligible * (1 - eligible_retained::double / eligible) / eligible as variance,
        from cohort_counts
        where eligible > 0
    ),

    totals as (
        select
            segment,
            period,
            count(*) as cohorts,
            sum(cohort_size)::bigint as customers,
            sum(retained)::bigint as retained,
            sum(retained)::double / sum(cohort_size) as pooled,
            avg(retention) as simple,
            median(retention) as middle,
            1.959964e0 * sqrt(sum(variance)) / count(*) as simple_margin,
            3.841459e0 / sum(cohort_size)::double as z2n,
        from complete_cells
        group by segment, period
    ),

    final as (
        select
            segment,
            period,
            cohorts,
            customers,
            retained,
            case $average when 'pooled' then pooled when 'simple' then simple else middle end as retention,
            case
                $average
                when 'pooled'
                then greatest(0e0, (pooled + z2n / 2 - sqrt(z2n * (pooled * (1 - pooled) + z2n / 4))) / (1 + z2n))
                when 'simple'
                then greatest(0e0, simple - simple_margin)
            end as ci_low,
            case
                $average
                when 'pooled'
                then least(1e0, (pooled + z2n / 2 + sqrt(z2n * (pooled * (1 - pooled) + z2n / 4))) / (1 + z2n))
                when 'simple'
                then least(1e0, simple + simple_margin)
            end as ci_high,
        from totals
    )

select *
from final
order by segment, period
