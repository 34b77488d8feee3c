-- name: funnel_events
-- version: 1
-- title: What can be a step
-- description: Everything that happened to customers, by name, and how often.
-- section: Funnel steps
-- needs: funnel_event_counts.v1
-- column: event varchar | Event | the event's name; order, subscription, renewal, signup, ticket, satisfied; order
-- (log)
-- where both a table and the log have one
-- column: times bigint | Times | how often it happened
-- column: source varchar | Table | the table it comes from; derived: put together from other events
-- change: 1 2026-11-24 first version
with final as (select event, sum(times)::bigint as times, min(source) as source from funnel_event_counts group by event)

select *
from final
order by times desc, event
