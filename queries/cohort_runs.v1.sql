-- name: cohort_runs
-- version: 1
-- title: Customers with the same returns
-- description: How many customers of each cohort came back in exactly the same periods.
-- needs: cohort_grid.v1, cohort_members.v1, cohort_returns.v1, periods.v1
-- param: clock choice(calendar, rolling) = calendar | periods of the calendar; windows from each customer's own start
-- param: breakdown attribute = null | split by this customer attribute
-- column: segment varchar | the attribute's value; null without a split
-- column: cohort_number integer | the cohort of the start the periods count from
-- column: complete_until integer | the last period since the start that the data cover whole
-- column: first_period integer | first period of the run; 0 is the period of the start
-- column: last_period integer | last period of the run, no more than asked
-- column: bits bigint | bit i: back in period first_period + i; null: back in every period of the run
-- column: customers bigint | customers alike in all of this
-- change: 1 2026-11-24 first version
with

    -- no more periods than the data have
    asked as (select coalesce(max(period), 0) as periods from cohort_grid),

    covered as (select max(number) filter (complete) as last_complete from periods),

    -- with the calendar and no split the customers of a cohort are all alike, and need not be looked up
    classed as not materialized(
        select
            null::varchar as segment,
            cohort_returns.cohort_number,
            coalesce(covered.last_complete - cohort_returns.cohort_number, -1) as complete_until,
            cohort_returns.first_period,
            cohort_returns.last_period,
            cohort_returns.bits,
        from cohort_returns
        cross join covered
        where $clock = 'calendar' and $breakdown::varchar is null
        union all
        select
            cohort_members.segment,
            cohort_members.cohort_number,
            cohort_members.complete_until,
            cohort_returns.first_period,
            cohort_returns.last_period,
            cohort_returns.bits,
        from cohort_returns
        inner join
            cohort_members
            on cohort_returns.customer = cohort_members.customer
            and cohort_returns.cohort_number = cohort_members.cohort_number
        where not ($clock = 'calendar' and $breakdown::varchar is null)
    ),

    -- what lies past the last period asked is masked out
    masked as (
        select
            classed.segment,
            classed.cohort_number,
            classed.complete_until,
            classed.first_period,
            least(classed.last_period, asked.periods) as last_period,
            classed.bits & ((1::bigint << least(asked.periods + 1 - classed.first_period, 60)::bigint) - 1) as bits,
        from classed
        cross join asked
        where classed.first_period <= asked.periods
    ),

    final as (
        select segment, cohort_number, complete_until, first_period, last_period, bits, count(*) as customers
        from masked
        group by segment, cohort_number, complete_until, first_period, last_period, bits
    )

select *
from final
order by segment, cohort_number, complete_until, first_period, last_period, bits
