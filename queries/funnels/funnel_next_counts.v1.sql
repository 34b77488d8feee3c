-- name: funnel_next_counts
-- version: 1
-- title: What came next, counted
-- description: How many of those who dropped off after a step did what next.
-- section: What came next
-- needs: funnel_next_events.v1
-- adds: event
-- column: event varchar | the event that came next; null where nothing came
-- column: customers bigint | customers who did it next
-- change: 1 2026-11-30 first version
with final as (select event, count(*) as customers from funnel_next_events where event is not null group by event)

select *
from final
order by event
