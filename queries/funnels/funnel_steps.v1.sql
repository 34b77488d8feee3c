-- name: funnel_steps
-- version: 1
-- title: Steps of a funnel
-- description: The steps chosen and the excluded event, each with the events of the files that stand for it.
-- section: Funnel steps
-- needs: tables_told.v1
-- uses: derived_events
-- param: steps events | Steps | the steps in their order, at most ten
-- param: exclude event = null | Excluded event | an event that must not come in between; null: none
-- column: step integer | Step | 1, 2, …; 0 the excluded event
-- column: name varchar | What | the event as it was chosen
-- column: event varchar | Event | the event it stands for in the files: itself, or one of those a derived event is
-- made of
-- column: in_table boolean | In a table | rows of a table other than the log fill it
-- column: in_log boolean | In the log | rows of the log fill it; also of a derived event where a table has rows too
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

    told as (select event, event || ' (log)' as named_apart from tables_told where times > 0),

    -- a renewal is a subscription too, and one row fills one step
    traced as (
        select
            stood_for.* replace (coalesce(apart.event, stood_for.event) as event),
            told.event is not null as in_table,
            told.event is null or stood_for.event <> stood_for.name as in_log,
            case when in_table and stood_for.event = 'renewal' then 'subscription' else stood_for.event end as origin,
        from stood_for
        left join told on stood_for.event = told.event
        left join told as apart on stood_for.event = apart.named_apart
    ),

    final as (
        select
            step,
            name,
            event,
            in_table,
            in_log,
            origin,
            conditions,
            before,
            count(*) over (partition by origin) > 1 as is_shared,
        from traced
    )

select *
from final
order by step, event
