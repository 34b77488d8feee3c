-- name: cohort_returned
-- version: 1
-- title: Customers back by cohort and period
-- description: How many customers of each cohort came back in each period since their start.
-- section: Retention by cohort
-- needs: cohort_members.v1, cohort_returns.v1, periods.v1
-- param: clock choice(calendar, rolling) = calendar | Periods counted | periods of the calendar; windows from each
-- customer's own start
-- choice: clock calendar | By the calendar
-- choice: clock rolling | From each start, by the hour
-- param: breakdown attribute = null | Split by | split by this customer attribute
-- choice: breakdown null | Nothing
-- param: periods int(0..) = 12 | Periods to follow | how many later periods to follow
-- adds: segment, cohort_number, period
-- column: segment varchar | the attribute's value; null without a split
-- column: cohort_number integer | the cohort of the start the periods count from
-- column: period integer | periods since the start; 0 is the cohort's own
-- column: customers bigint | customers who came back
-- column: eligible bigint | those of them whose period the data cover whole
-- column: eligible_next bigint | those of them whose period after it the data cover whole too
-- change: 1 2026-11-30 first version
with

    -- no more periods than the data have
    asked as (select greatest(least($periods, max(number) - min(number)), 0) as periods from periods),

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

    -- customers with the same returns are taken apart together; what lies past the last period asked is masked out
    runs as (
        select
            classed.segment,
            classed.cohort_number,
            classed.complete_until,
            classed.first_period,
            least(classed.last_period, asked.periods) as last_period,
            classed.bits & ((1::bigint << least(asked.periods + 1 - classed.first_period, 60)::bigint) - 1) as bits,
            count(*) as customers,
        from classed
        cross join asked
        where classed.first_period <= asked.periods
        group by all
    ),

    offsets as (select unnest(generate_series(0, periods)) as k from asked),

    counted as (
        select
            runs.segment,
            runs.cohort_number,
            runs.first_period + bits.k as period,
            runs.complete_until,
            sum(runs.customers) as customers,
        from runs
        cross join (select unnest(generate_series(0, 59)) as k) as bits
        where bits.k <= runs.last_period - runs.first_period and (runs.bits >> bits.k) & 1 = 1
        group by 1, 2, 3, 4
        union all
        select runs.segment, runs.cohort_number, offsets.k as period, runs.complete_until, sum(runs.customers)
        from runs
        inner join offsets on offsets.k between runs.first_period and runs.last_period
        where runs.bits is null
        group by 1, 2, 3, 4
    ),

    final as (
        select
            segment,
            cohort_number,
            period::integer as period,
            sum(customers)::bigint as customers,
            coalesce(sum(customers) filter (complete_until >= period), 0)::bigint as eligible,
            coalesce(sum(customers) filter (complete_until > period), 0)::bigint as eligible_next,
        from counted
        group by segment, cohort_number, period
    )

select *
from final
order by segment, cohort_number, period
