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

    numbered as (
        select customer, event, occurred_at, attributes, row_number() over () as number
        from events
        where (select is_so from needed) and ($mode = 'strict' or event in (select event from logged))
    ),

    fillings as (
        select numbered.customer, numbered.occurred_at, null as event, numbered.number, logged.step
        from numbered
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
        union all
        select customer, occurred_at, event, number, step
        from table_moments
        where (select is_so from needed)
    ),

    rows as (
        select customer, occurred_at, event, number, coalesce(min(step) filter (step > 0), 15) as first_step
        from fillings
        group by customer, occurred_at, event, number
    ),

    -- no more than ten of one kind and moment can matter
    placed as (
        select
            customer,
            event,
            number,
            epoch_us(greatest(occurred_at, timestamp '1000-01-01')) * 256
            + first_step * 16
            + least(
                row_number() over (partition by customer, occurred_at, first_step order by event, number) - 1, 15
            ) as place,
        from rows
    ),

    neighbours as (
        select
            *,
            case when $mode = 'strict' then lag(place) over (partition by customer order by place) end as place_before,
        from placed
    ),

    final as (
        select fillings.customer, fillings.step, neighbours.place, neighbours.place_before
        from fillings
        inner join
            neighbours
            on fillings.number = neighbours.number
            and fillings.customer = neighbours.customer
            and fillings.event is not distinct from neighbours.event
        where fillings.step is not null
    )

select *
from final
order by customer, place, step
