-- name: cohort_returns
-- version: 1
-- title: Returns of cohort members
-- description: The runs of periods, counted from the start, in which a customer counts as back.
-- needs: cohort_members.v1, periods.v1, activity_days
-- param: returning event = null | what counts as coming back; null: any activity
-- param: measure choice(on, on_or_after, up_to) = on | back in that period; in it or a later one; in any until then
-- column: customer integer | the customer
-- column: first_period integer | first period of the run; 0 is the period of the start
-- column: last_period integer | last period of the run
-- column: bits bigint | bit i: back in period first_period + i; null: back in every period of the run
-- change: 1 2026-11-22 first version
with

    counted as (
        select customer, day, last_day
        from activity_days
        where case when $returning::varchar is null then is_activity else name = $returning::varchar end
    ),

    numbers as (select number, block, bit from periods group by number, block, bit),

    -- a subscription is active in every period it touches, not only where it starts
    spans as (
        select counted.customer, unnest(generate_series(first_days.number + 1, last_days.number)) as number,
        from counted
        inner join periods as first_days on counted.day = first_days.day
        inner join periods as last_days on counted.last_day = last_days.day
        where counted.last_day > counted.day and last_days.number > first_days.number
    ),

    touched as (
        select counted.customer, periods.block, periods.bit
        from counted
        inner join periods on counted.day = periods.day
        union all
        select spans.customer, numbers.block, numbers.bit
        from spans
        inner join numbers on spans.number = numbers.number
    ),

    active as (select customer, block, bit_or(bit) as bits from touched group by customer, block),

    -- counted from the start: what came before it is shifted out
    since as (
        select
            active.customer,
            greatest(active.block - cohort_members.cohort_number, 0) as first_period,
            active.bits >> greatest(cohort_members.cohort_number - active.block, 0)::bigint as bits,
        from active
        inner join cohort_members on active.customer = cohort_members.customer
        where active.block + 60 > cohort_members.cohort_number
    ),

    covered as (select max(number) - min(number) as periods from periods),

    final as (
        select customer, first_period, first_period + 59 as last_period, bits
        from since
        where $measure = 'on' and bits <> 0
        union all
        select
            customer, 0 as first_period, max(first_period + length(bin(bits)) - 1)::integer as last_period, null as bits
        from since
        where $measure = 'on_or_after' and bits <> 0
        group by customer
        union all
        select
            since.customer,
            min(since.first_period + bit_count((since.bits & - since.bits) - 1)) as first_period,  -- the lowest bit
            covered.periods as last_period,
            null as bits,
        from since
        cross join covered
        where $measure = 'up_to' and since.bits <> 0
        group by since.customer, covered.periods
    )

select *
from final
order by customer, first_period
