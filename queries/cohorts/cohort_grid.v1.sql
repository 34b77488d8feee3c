-- name: cohort_grid
-- version: 1
-- title: Cohorts by period
-- description: Every cohort with every period that has begun for it, and the customers the data cover in it.
-- section: Cohorts
-- needs: cohort_cover.v1, periods.v1
-- param: periods int(0..) = 12 | Periods to follow | how many later periods to follow
-- column: segment varchar | the attribute's value; null without a split
-- column: cohort date | first day of the period the customers started in
-- column: cohort_number integer | that period's number in the calendar
-- column: cohort_size bigint | customers who started in it
-- column: period integer | periods since the start; 0 is the cohort's own
-- column: complete boolean | the data cover the whole period, for every customer of the cohort
-- column: eligible bigint | customers whose period the data cover whole
-- change: 1 2026-11-23 first version
with

    -- no more periods than the data have
    offsets as (
        select unnest(generate_series(0, greatest(least($periods, max(number) - min(number)), 0))) as k from periods
    ),

    final as (
        select
            sizes.segment,
            sizes.cohort,
            sizes.cohort_number,
            sum(sizes.customers)::bigint as cohort_size,
            offsets.k::integer as period,
            min(sizes.complete_until) >= offsets.k as complete,
            coalesce(sum(sizes.customers) filter (sizes.complete_until >= offsets.k), 0)::bigint as eligible,
        from cohort_cover as sizes
        cross join offsets
        group by sizes.segment, sizes.cohort, sizes.cohort_number, offsets.k
        having max(sizes.reached) >= offsets.k
    )

select *
from final
order by segment, cohort, period
