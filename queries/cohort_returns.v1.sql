-- name: cohort_returns
-- version: 1
-- title: Returns of cohort members
-- description: The runs of periods, counted from the start, in which a customer counts as back.
-- needs: cohort_members.v1, return_windows.v1, return_periods.v1, periods.v1
-- param: measure choice(on, on_or_after, up_to) = on | back in that period; in it or a later one; in any until then
-- column: customer integer | the customer
-- column: cohort_number integer | the cohort of the start the periods count from
-- column: first_period integer | first period of the run; 0 is the period of the start
-- column: last_period integer | last period of the run
-- column: bits bigint | bit i: back in period first_period + i; null: back in every period of the run
-- change: 1 2026-11-22 first version
with

    -- counted from the start: what came before it is shifted out
    calendar as (
        select
            return_periods.customer,
            cohort_members.cohort_number,
            greatest(return_periods.block - cohort_members.cohort_number, 0) as first_period,
            return_periods.bits >> greatest(cohort_members.cohort_number - return_periods.block, 0)::bigint as bits,
        from return_periods
        inner join cohort_members on return_periods.customer = cohort_members.customer
        where return_periods.block + 60 > cohort_members.cohort_number
    ),

    since as (
        select customer, cohort_number, first_period, bits
        from calendar
        where bits <> 0
        union all
        select customer, cohort_number, first_period, bits
        from return_windows
    ),

    covered as (select max(number) - min(number) as periods from periods),

    final as (
        select customer, cohort_number, first_period, first_period + 59 as last_period, bits
        from since
        where $measure = 'on'
        union all
        select
            customer,
            cohort_number,
            0 as first_period,
            max(first_period + length(bin(bits)) - 1)::integer as last_period,  -- the highest bit
            null as bits,
        from since
        where $measure = 'on_or_after'
        group by customer, cohort_number
        union all
        select
            since.customer,
            since.cohort_number,
            min(since.first_period + bit_count((since.bits & - since.bits) - 1)) as first_period,  -- the lowest bit
            covered.periods as last_period,
            null as bits,
        from since
        cross join covered
        where $measure = 'up_to'
        group by since.customer, since.cohort_number, covered.periods
    )

select *
from final
order by customer, cohort_number, first_period
