-- name: funnel_moments
-- version: 1
-- title: Rows that can fill a step
-- description: Every row that can fill a step of a funnel, or is the excluded event, with its sequence number among its
-- customer's.
-- section: Funnel attempts
-- needs: funnel_steps.v1, table_moments.v1, funnel_sequences.v1
-- uses: events
-- param: mode choice(ordered, strict, any) = ordered | Order of the steps | steps in their order with anything in
-- between, with nothing of the log in between, in any order
-- choice: mode ordered | As given
-- choice: mode strict | As given, nothing in between
-- choice: mode any | Any
-- param: steps events | Steps | the steps in their order, at most ten
-- param: exclude event = null | Excluded event | an event that must not come in between; null: none
-- column: customer integer | the customer
-- column: step integer | the step it can fill; 0 the excluded event
-- column: sequence bigint | microseconds x 256, plus what orders the rows of one moment: the first step a row can fill,
-- then the file
-- change: 1 2026-11-24 first version
with

    counted as (select coalesce(bool_or(is_shared), false) or $mode = 'strict' as is_so from funnel_steps),

    -- names as the log keeps them, since comparing texts takes twice as long
    logged as (
        select step, try_cast(event as event_name) as event, conditions
        from funnel_steps
        where in_log and try_cast(event as event_name) is not null and not (select is_so from counted)
    ),

    found as (
        select events.customer, logged.step, events.occurred_at
        from events
        inner join logged on events.event = logged.event and logged.conditions is null
        union all
        select events.customer, logged.step, events.occurred_at
        from events
        inner join logged on events.event = logged.event and logged.conditions is not null
        where
            list_bool_and(
                list_transform(
                    map_entries(logged.conditions),
                    lambda wish:coalesce(list_contains(wish.value, events.attributes[wish.key]), false)
                )
            )
        union all
        select customer, step, occurred_at
        from table_moments
        where not (select is_so from counted)
    ),

    -- time and step say the sequence of a row that can fill one step only
    final as (
        select
            customer,
            step,
            epoch_us(greatest(occurred_at, timestamp '1000-01-01')) * 256
            + case when step = 0 then 15 else step end * 16 as sequence,
        from found
        union all
        select customer, step, sequence
        from funnel_sequences
    )

select *
from final
order by customer, sequence, step
