-- name: funnel_places
-- version: 1
-- title: Places of rows
-- description: The rows that can fill a step, told apart within their moment, where time and step do not.
-- needs: funnel_steps.v1, table_moments.v1
-- uses: events
-- param: mode choice(ordered, strict, any) = ordered | steps in their order with anything in between, with nothing of
-- the log in between, in any order
-- column: customer integer | the customer
-- column: step integer | the step it can fill; 0 the excluded event
-- column: place bigint | microseconds x 256, plus the first step it can fill x 16, plus how many such rows its moment
-- has before
-- column: place_before bigint | of the row before it, of the whole log; with strict order only
-- change: 1 2026-11-24 first version
with

    -- where one row could fill two steps; with strict order always, and then every row of the log
    needed as (select coalesce(bool_or(is_shared), false) or $mode = 'strict' as is_so from funnel_steps),

    logged as (
        select step, try_cast(event as event_name) as event, conditions
        from funnel_steps
        where try_cast(event as event_name) is not null
    ),

    -- by name what its rows can fill: a bit for each step, and the first
    plain as (
        select event, bit_or(1::integer << step) as steps, coalesce(min(step) filter (step > 0), 15) as first_step
        from logged
        group by event
        having count(conditions) = 0
    ),

    narrowed as (
        select event, list({'step':step, 'conditions':conditions}) as wishes
        from logged
        group by event
        having count(conditions) > 0
    ),

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
            list_transform(
                list_filter(
                    narrowed.wishes,
                    lambda wish:wish.conditions is null
                    or list_bool_and(
                        list_transform(
                            map_entries(wish.conditions),
                            lambda each:coalesce(list_contains(each.value, numbered.attributes[each.key]), false)
                        )
                    )
                ),
                lambda wish:wish.step
            ) as steps,
        from numbered
        inner join narrowed on numbered.event = narrowed.event
    ),

    rows as (
        select customer, occurred_at, number, steps, first_step
        from fillings
        union all
        select
            customer,
            occurred_at,
            number,
            coalesce(list_bit_or(list_transform(steps, lambda step:1::integer << step)), 0) as steps,
            coalesce(list_min(list_filter(steps, lambda step:step > 0)), 15) as first_step,
        from narrowed_rows
        union all
        -- before the log's
        select
            customer,
            occurred_at,
            row_number() over (order by event, number) - 4611686018427387904 as number,
            bit_or(1::integer << step) as steps,
            coalesce(min(step) filter (step > 0), 15) as first_step,
        from table_moments
        where (select is_so from needed)
        group by customer, occurred_at, event, number
    ),

    moments as (
        select
            customer,
            number,
            steps::smallint as steps,
            epoch_us(greatest(occurred_at, timestamp '1000-01-01')) * 256 + first_step * 16 as moment,
        from rows
    ),

    -- no more than ten of one kind and moment can matter
    placed as (
        select
            customer,
            steps,
            moment + least(row_number() over (partition by customer, moment order by number) - 1, 15) as place,
        from moments
    ),

    neighbours as (
        select customer, steps, place, null::bigint as place_before
        from placed
        where $mode <> 'strict'
        union all
        select customer, steps, place, lag(place) over (partition by customer order by place) as place_before
        from placed
        where $mode = 'strict'
    ),

    final as (
        select neighbours.customer, wanted.step, neighbours.place, neighbours.place_before
        from neighbours
        inner join (select distinct step from funnel_steps) as wanted on (neighbours.steps >> wanted.step) & 1 = 1
    )

select *
from final
order by customer, place, step
