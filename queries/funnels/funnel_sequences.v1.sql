-- name: funnel_sequences
-- version: 1
-- title: Sequences of rows
-- description: The rows that can fill a step, told apart within their moment, where time and step do not.
-- section: Funnel attempts
-- needs: funnel_steps.v1, funnel_rows.v1
-- param: mode choice(ordered, strict, any) = ordered | Order of the steps | steps in their order with anything in
-- between, with nothing of the log in between, in any order
-- choice: mode ordered | As given
-- choice: mode strict | As given, nothing in between
-- choice: mode any | Any
-- column: customer integer | the customer
-- column: step integer | the step it can fill; 0 the excluded event
-- column: sequence bigint | microseconds x 256, plus the first step it can fill x 16, plus how many such rows its
-- moment has before
-- column: sequence_before bigint | of the row before it, of the whole log; with strict order only
-- change: 1 2026-11-24 first version
with

    -- no more than ten of one kind and moment can matter
    numbered as (
        select
            customer,
            steps,
            moment + least(row_number() over (partition by customer, moment order by number) - 1, 15) as sequence,
        from funnel_rows
    ),

    neighbours as (
        select customer, steps, sequence, null::bigint as sequence_before
        from numbered
        where $mode <> 'strict'
        union all
        select
            customer, steps, sequence, lag(sequence) over (partition by customer order by sequence) as sequence_before
        from numbered
        where $mode = 'strict'
    ),

    final as (
        select neighbours.customer, wanted.step, neighbours.sequence, neighbours.sequence_before
        from neighbours
        inner join (select distinct step from funnel_steps) as wanted on (neighbours.steps >> wanted.step) & 1 = 1
    )

select *
from final
order by customer, sequence, step
