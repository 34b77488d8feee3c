-- name: cohort_counts
-- version: 1
-- title: Cohort sizes and returns
-- description: How many customers of each cohort there are, and how many came back in each later period.
-- section: Retention by cohort
-- needs: cohort_grid.v1, cohort_returned.v1
-- column: segment varchar | the attribute's value; null without a split
-- column: cohort date | first day of the period the customers started in
-- column: cohort_size bigint | customers who started in it
-- column: period integer | periods since the start; 0 is the cohort's own
-- column: retained bigint | customers who came back
-- column: complete boolean | the data cover the whole period, for every customer of the cohort
-- column: eligible bigint | customers whose period the data cover whole
-- column: eligible_retained bigint | those of them who came back
-- column: eligible_retained_before bigint | those of them who came back in the period before; null in period 0
-- change: 1 2026-11-22 first version
with

    joined as (
        select
            cohort_grid.segment,
            cohort_grid.cohort,
            cohort_grid.cohort_size,
            cohort_grid.period,
            coalesce(sum(cohort_returned.customers), 0)::bigint as retained,
            cohort_grid.complete,
            cohort_grid.eligible,
            coalesce(sum(cohort_returned.eligible), 0)::bigint as eligible_retained,
            coalesce(sum(cohort_returned.eligible_next), 0)::bigint as eligible_next,
        from cohort_grid
        left join
            cohort_returned
            on cohort_grid.cohort_number = cohort_returned.cohort_number
            and cohort_grid.segment is not distinct from cohort_returned.segment
            and cohort_grid.period = cohort_returned.period
        group by
            cohort_grid.segment,
            cohort_grid.cohort,
            cohort_grid.cohort_size,
            cohort_grid.period,
            cohort_grid.complete,
            cohort_grid.eligible
    ),

    final as (
        select
            segment,
            cohort,
            cohort_size,
            period,
            retained,
            complete,
            eligible,
            eligible_retained,
            lag(eligible_next) over (partition by segment, cohort order by period) as eligible_retained_before,
        from joined
    )

select *
from final
order by segment, cohort, period
