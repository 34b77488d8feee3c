-- name: cohort_retention
-- version: 1
-- title: Cohort retention
-- description: Of the customers who started in the same period, the share who came back later, by period.
-- section: Retention by cohort
-- needs: cohort_counts.v1
-- param: relative_to choice(start, previous) = start | Share of | share of the cohort; of those back one period before
-- choice: relative_to start | The whole cohort
-- choice: relative_to previous | Those back one period before
-- column: segment varchar | Segment | the attribute's value; null without a split
-- column: cohort date | Cohort | first day of the period the customers started in
-- column: cohort_size bigint | Cohort size | customers who started in it
-- column: period integer | Period | periods since the start; 0 is the cohort's own
-- column: retained bigint | Came back | customers who came back
-- column: retention double % | Retention | retained / cohort_size, 0 to 1; or retained / retained in the period before
-- column: ci_low double % | 95 % from | lower end of the 95 % Wilson interval; null where the retention is not a share
-- column: ci_high double % | 95 % to | upper end
-- column: complete boolean | Complete | the data cover the whole period
-- picture: retention
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

    rates as (select *, retained::double / nullif(base, 0) as retention from bases),

    final as (
        select
            segment,
            cohort,
            cohort_size,
            period,
            retained,
            retention,
            case when is_share then wilson_low(retention, base) end as ci_low,
            case when is_share then wilson_high(retention, base) end as ci_high,
            complete,
        from rates
    )

select *
from final
order by segment, cohort, period
