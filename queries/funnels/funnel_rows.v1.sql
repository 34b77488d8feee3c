-- name: funnel_rows
-- version: 1
-- title: Rows told apart
-- description: The rows that can fill a step where one could fill two, or with strict order every row of the log.
-- section: Funnel attempts
-- needs: funnel_steps.v1, table_moments.v1
-- uses: events
-- param: mode choice(ordered, strict, any) = ordered | Order of the steps | steps in their order with anything in
-- between, with nothing of the log in between, in any order
-- choice: mode ordered | As given
-- choice: mode strict | As given, nothing in between
-- choice: mode any | Any
-- column: customer integer | the customer
-- column: number bigint | tells rows apart, in the order of the file
-- column: steps smallint | the steps it can fill, a bit for each; bit 0 the excluded event
-- column: moment bigint | microseconds x 256, plus the first step it can fill x 16
-- change: 1 2026-11-24 first version
with

    -- where one row could fill two steps; with strict order always, and then every row of the log
    needed as (select coalesce(bool_or(is_shared), false) or $mode = 'strict' as is_so from funnel_steps),

    logged as (
        select step, try_cast(event as event_name) as event, conditions
        from funnel_steps
        where in_log and try_cast(event as event_name) is not null
    ),

    -- by name what its rows can fill: a bit for each step, and the first
    plain as (
        select event, bit_or(1::integer << step) as steps, coalesce(min(step) filter (step > 0), 15) as first_step
        from logged
        group by event
        having count(conditions) = 0
    ),

    narrowed as (select event from logged group by event having count(conditions) > 0),

    numbered as not materialized(
        select customer, event, occurred_at, attributes, row_number() over () as number
        from events
        where (select is_so from needed)
    ),

    fillings as (
        select numbered.customer, numbered.occurred_at, numbered.number, plain.steps, plain.first_step
        from numbered
        inner join plain on numbered.event = plain.event
        union all
        select numbered.customer, numbered.occurred_at, numbered.number, 0 as steps, 15 as first_step
        from numbered
        anti join logged on numbered.event = logged.event
        where $mode = 'strict'
    ),

    narrowed_rows as (
        select
            numbered.customer,
            numbered.occurred_at,
            numbered.number,
            coalesce(bit_or(1::integer << logged.step), 0) as steps,
            coalesce(min(logged.step) filter (logged.step > 0), 15) as first_step,
        from numbered
        semi join narrowed on numbered.event = narrowed.event
        left join
            logged
            on numbered.event = logged.event
            and (
                logged.conditions is null
                or list_bool_and(
                    list_transform(
                        map_entries(logged.conditions),
                        lambda wish:coalesce(list_contains(wish.value, numbered.attributes[wish.key]), false)
                    )
                )
            )
        group by numbered.customer, numbered.occurred_at, numbered.number
    ),

    rows as (
        select customer, occurred_at, number, steps, first_step
        from fillings
        union all
        select *
        from narrowed_rows
        union all
        -- before the log's
        select
            customer,
            occurred_at,
            row_number() over (order by origin, number) - 4611686018427387904 as number,
            bit_or(1::integer << step) as steps,
            coalesce(min(step) filter (step > 0), 15) as first_step,
        from table_moments
        where (select is_so from needed)
        group by customer, occurred_at, origin, number
    ),

    final as (
        select
            customer,
            number,
            steps::smallint as steps,
            epoch_us(greatest(occurred_at, timestamp '1000-01-01')) * 256 + first_step * 16 as moment,
        from rows
    )

select *
from final
order by customer, number
