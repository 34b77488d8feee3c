-- name: funnel_next_names
-- version: 1
-- title: What came next, the commonest by name
-- description: Under which name each event that came next is shown: its own, or (other) for the rarer ones.
-- section: What came next
-- needs: funnel_next_counts.v1
-- param: top int(1..) = 20 | Segments shown apart | so many of the commonest; the rest together as (other)
-- column: event varchar | the event that came next
-- column: name varchar | its name, or (other)
-- change: 1 2026-11-30 first version
with

    ranked as (select event, row_number() over (order by customers desc, event) as rank from funnel_next_counts),

    final as (select event, case when rank > greatest($top, 1) then '(other)' else event end as name from ranked)

select *
from final
order by event
