-- name: funnel_places
-- version: 1
-- title: Places of rows
-- description: The rows that can fill a step, told apart within their moment, where time and step do not.
-- needs: funnel_steps.v1, funnel_rows.v1
-- param: mode choice(ordered, strict, any) = ordered | Order of the steps | steps in their order with anything in
-- between, with nothing of the log in between, in any order
-- choice: mode ordered | As given
-- choice: mode strict | As given, nothing in between
-- choice: mode any | Any
-- column: customer integer | the customer
-- column: step integer | the step it can fill; 0 the excluded event
-- column: place bigint | microseconds x 256, plus the first step it can fill x 16, plus how many such rows its moment
-- has before
-- column: place_before bigint | of the row before it, of the whole log; with strict order only
-- change: 1 2026-11-24 first version
with

    -- no more than ten of one kind and moment can matter
    placed as (
        select
            customer,
            steps,
            moment + least(row_number() over (partition by customer, moment order by number) - 1, 15) as place,
        from funnel_rows
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
