-- name: funnel_steps
-- version: 1
-- title: Steps of a funnel
-- description: The steps chosen and the excluded event, each with the events of the files that stand for it.
-- section: Funnel steps
-- uses: derived_events
-- param: steps events | Steps | the steps in their order, at most ten
-- param: exclude event = null | Excluded event | an event that must not come in between; null: none
-- column: step integer | Step | 1, 2, …; 0 the excluded event
-- column: name varchar | What | the event as it was chosen
-- column: event varchar | Event | the event it stands for in the files: itself, or one of those a derived event is
-- made of
-- column: origin varchar | Rows of | the event whose rows fill the step: itself; of a renewal the subscription
-- column: conditions map(varchar, varchar[]) | Conditions | values its attributes must have; null where any will do
-- column: before bigint | Before | how many steps before it have the same name
-- column: is_shared boolean | Shared with another step | another step, or the excluded event, can be filled by the
-- same rows
-- change: 1 2026-11-24 first version
with

    chosen as (
        select unnest(generate_series(1, array_length($steps::varchar[]))) as step, unnest($steps::varchar[]) as name,
        union all
        select 0 as step, $exclude::varchar as name
        where $exclude::varchar is not null
    ),

    counted as (select step, name, row_number() over (partition by name order by step) - 1 as before from chosen),

    stood_for as (
        select
            counted.step::integer as step,
            counted.name,
            coalesce(derived_events.event, counted.name) as event,
            derived_events.conditions,
            counted.before,
        from counted
        left join derived_events on counted.name = derived_events.name
    ),

    -- a renewal is a subscription too, and one row fills one step
    traced as (select *, case when event = 'renewal' then 'subscription' else event end as origin from stood_for),

    final as (
        select step, name, event, origin, conditions, before, count(*) over (partition by origin) > 1 as is_shared,
        from traced
    )

select *
from final
order by step, event
