-- name: cohort_retention
-- version: 1
-- title: Cohort retention
-- description: Of the customers who started in the same period, the share who came back later, by period.
-- needs: cohort_members.v1, cohort_returns.v1, periods.v1
-- param: periods int = 12 | how many later periods to follow
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

    sizes as (
        select segment, cohort, cohort_number, count(*) as cohort_size
        from cohort_members
        group by segment, cohort, cohort_number
    ),

    returned as (
        select
            cohort_members.segment,
            cohort_members.cohort_number,
            cohort_returns.first_period,
            cohort_returns.last_period,
            count(*) as customers,
        from cohort_returns
        inner join cohort_members on cohort_returns.customer = cohort_members.customer
        where cohort_returns.first_period <= $periods
        group by
            cohort_members.segment,
            cohort_members.cohort_number,
            cohort_returns.first_period,
            cohort_returns.last_period
    ),

    covered as (select max(number) as last_number, max(number) filter (complete) as last_complete from periods),

    offsets as (select unnest(generate_series(0, greatest($periods, 0))) as k),

    cells as (
        select
            sizes.segment,
            sizes.cohort,
            sizes.cohort_number,
            sizes.cohort_size,
            offsets.k::integer as period,
            coalesce(sizes.cohort_number + offsets.k <= covered.last_complete, false) as complete,
        from sizes
        cross join offsets
        cross join covered
        where sizes.cohort_number + offsets.k <= covered.last_number
    ),

    counts as (
        select
            cells.segment,
            cells.cohort,
            cells.cohort_size,
            cells.period,
            coalesce(sum(returned.customers), 0)::bigint as retained,
            cells.complete,
        from cells
        left join
            returned
            on cells.cohort_number = returned.cohort_number
            and cells.segment is not distinct from returned.segment
            and cells.period between returned.first_period and returned.last_period
        group by cells.segment, cells.cohort, cells.cohort_size, cells.period, cells.complete
    ),

    rates as (
        select *, retained::double / nullif(cohort_size, 0) as retention, 3.841459e0 / cohort_size as z2n,  -- z squared over n
        from counts
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
