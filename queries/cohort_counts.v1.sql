-- name: cohort_counts
-- version: 1
-- title: Cohort sizes and returns
-- description: How many customers of each cohort there are, and how many came back in each later period.
-- needs: cohort_members.v1, cohort_returns.v1, periods.v1
-- param: periods int = 12 | how many later periods to follow
-- column: segment varchar | the attribute's value; null without a split
-- column: cohort date | first day of the period the customers started in
-- column: cohort_size bigint | customers who started in it
-- column: period integer | periods since the start; 0 is the cohort's own
-- column: retained bigint | customers who came back
-- column: complete boolean | the data cover the whole period, for every customer of the cohort
-- column: eligible bigint | customers whose period the data cover whole
-- column: eligible_retained bigint | those of them who came back
-- change: 1 2026-11-22 first version
with

    -- customers of a cohort by how much of their time the data cover; with the calendar all alike
    sizes as (
        select segment, cohort, cohort_number, complete_until, reached, count(*) as customers
        from cohort_members
        group by segment, cohort, cohort_number, complete_until, reached
    ),

    -- no more periods than the data have
    asked as (select greatest(least($periods, max(number) - min(number)), 0) as periods from periods),

    -- customers with the same returns together; what lies past the last period asked is masked out
    runs as (
        select
            cohort_members.segment,
            cohort_members.cohort_number,
            cohort_members.complete_until,
            cohort_returns.first_period,
            least(cohort_returns.last_period, asked.periods) as last_period,
            cohort_returns.bits
            & ((1::bigint << least(asked.periods + 1 - cohort_returns.first_period, 60)::bigint) - 1) as bits,
            count(*) as customers,
        from cohort_returns
        inner join
            cohort_members
            on cohort_returns.customer = cohort_members.customer
            and cohort_returns.cohort_number = cohort_members.cohort_number
        cross join asked
        where cohort_returns.first_period <= asked.periods
        group by all
    ),

    offsets as (select unnest(generate_series(0, periods)) as k from asked),

    places as (select unnest(generate_series(0, 59)) as k),

    returned as (
        select
            runs.segment,
            runs.cohort_number,
            runs.first_period + places.k as period,
            sum(runs.customers) as customers,
            sum(runs.customers) filter (runs.complete_until >= runs.first_period + places.k) as eligible,
        from runs
        cross join places
        where places.k <= runs.last_period - runs.first_period and (runs.bits >> places.k) & 1 = 1
        group by runs.segment, runs.cohort_number, runs.first_period + places.k
        union all
        select
            runs.segment,
            runs.cohort_number,
            offsets.k as period,
            sum(runs.customers) as customers,
            sum(runs.customers) filter (runs.complete_until >= offsets.k) as eligible,
        from runs
        inner join offsets on offsets.k between runs.first_period and runs.last_period
        where runs.bits is null
        group by runs.segment, runs.cohort_number, offsets.k
    ),

    cells as (
        select
            sizes.segment,
            sizes.cohort,
            sizes.cohort_number,
            offsets.k::integer as period,
            sum(sizes.customers)::bigint as cohort_size,
            min(sizes.complete_until) >= offsets.k as complete,
            coalesce(sum(sizes.customers) filter (sizes.complete_until >= offsets.k), 0)::bigint as eligible,
        from sizes
        cross join offsets
        group by sizes.segment, sizes.cohort, sizes.cohort_number, offsets.k
        having max(sizes.reached) >= offsets.k
    ),

    final as (
        select
            cells.segment,
            cells.cohort,
            cells.cohort_size,
            cells.period,
            coalesce(sum(returned.customers), 0)::bigint as retained,
            cells.complete,
            cells.eligible,
            coalesce(sum(returned.eligible), 0)::bigint as eligible_retained,
        from cells
        left join
            returned
            on cells.cohort_number = returned.cohort_number
            and cells.segment is not distinct from returned.segment
            and cells.period = returned.period
        group by cells.segment, cells.cohort, cells.cohort_size, cells.period, cells.complete, cells.eligible
    )

select *
from final
order by segment, cohort, period
