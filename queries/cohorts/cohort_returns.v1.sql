-- name: cohort_returns
-- version: 1
-- title: Returns of cohort members
-- description: The runs of periods, counted from the start, in which a customer counts as back.
-- section: Retention by cohort
-- needs: cohort_members.v1, periods.v1
-- needs: return_periods.v1, return_blocks.v1 if clock in calendar
-- needs: return_windows.v1 if clock in rolling
-- param: measure choice(on, on_or_after, up_to) = on | Counts as back | back in that period; in it or a later one; in
-- any until then
-- choice: measure on | In that period
-- choice: measure on_or_after | Then or later
-- choice: measure up_to | By then
-- column: customer integer | the customer
-- column: cohort_number integer | the cohort of the start the periods count from
-- column: first_period integer | first period of the run; 0 is the period of the start
-- column: last_period integer | last period of the run
-- column: bits bigint | bit i: back in period first_period + i; null: back in every period of the run
-- change: 1 2026-11-22 first version
with

    -- counted from the start: what came before it is shifted out; one row for each start
    calendar as (
        select
            return_periods.customer,
            cohort_members.cohort_number,
            return_periods.bits >> (cohort_members.cohort_number - opening.number)::bigint as bits,
        from return_periods
        inner join cohort_members on return_periods.customer = cohort_members.customer
        cross join (select min(number) as number from periods) as opening
    ),

    blocks as (
        select customer, cohort_number, first_period, bits
        from return_blocks
        union all
        select customer, cohort_number, first_period, bits
        from return_windows
    ),

    covered as (select max(number) - min(number) as periods from periods),

    final as (
        select
            customer,
            cohort_number,
            0 as first_period,
            59 as last_period,
            case
                $measure
                when 'on'
                then bits
                when 'on_or_after'
                then (1::bigint << length(bin(bits))) - 1  -- every bit up to the highest
                else (bits | - bits) & ((1::bigint << 60) - 1)  -- every bit from the lowest
            end as bits,
        from calendar
        where bits <> 0
        union all
        select customer, cohort_number, first_period, first_period + 59 as last_period, bits
        from blocks
        where $measure = 'on'
        union all
        select
            customer,
            cohort_number,
            0 as first_period,
            max(first_period + length(bin(bits)) - 1)::integer as last_period,  -- the highest bit
            null as bits,
        from blocks
        where $measure = 'on_or_after'
        group by customer, cohort_number
        union all
        select
            blocks.customer,
            blocks.cohort_number,
            min(blocks.first_period + bit_count((blocks.bits & - blocks.bits) - 1)) as first_period,  -- the lowest bit
            covered.periods as last_period,
            null as bits,
        from blocks
        cross join covered
        where $measure = 'up_to'
        group by blocks.customer, blocks.cohort_number, covered.periods
    )

select *
from final
order by customer, cohort_number, first_period
