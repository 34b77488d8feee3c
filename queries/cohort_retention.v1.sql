-- name: cohort_retention
-- version: 1
-- title: Cohort retention
-- description: Of the customers who started in the same period, the share who came back later, by period.
-- needs: cohort_counts.v1
-- column: segment varchar | the attribute's value; null without a split
-- column: cohort date | first day of the period the customers started in
-- column: cohort_size bigint | customers who started in it
-- column: period integer | periods since the start; 0 is the cohort's own
-- column: retained bigint | customers who came back
-- column: retention double | retained / cohort_size, 0 to 1
-- column: ci_low double | lower end of the 95 % Wilson interval
-- column: ci_high double | upper end
-- column: complete boolean | the data cover the whole period
-- change: 1 2026-11-22 first version
with

    rates as (
        select *, retained::double / nullif(cohort_size, 0) as retention, 3.841459e0 / cohort_size as z2n,  -- z squared over n
        from cohort_counts
    ),

    final as (
        select
            segment,
            cohort,
            cohort_size,
            period,
            retained,
            retention,
            greatest(
                0e0, (retention + z2n / 2 - sqrt(z2n * (retention * (1 - retention) + z2n / 4))) / (1 + z2n)
            ) as ci_low,
            least(
                1e0, (retention + z2n / 2 + sqrt(z2n * (retention * (1 - retention) + z2n / 4))) / (1 + z2n)
            ) as ci_high,
            complete,
        from rates
    )

select *
from final
order by segment, cohort, period
