-- name: funnel_duration_counts
-- version: 1
-- title: Times between two steps, counted
-- description: How many customers took how long from one step to another, by the attempt that counts.
-- section: Funnel durations
-- needs: funnel_durations.v1
-- adds: segment, microseconds
-- column: segment varchar | the attribute's value, empty where there is none, (other); null without a split
-- column: microseconds bigint | from the one step to the other
-- column: customers bigint | customers who took so long
-- change: 1 2026-11-30 first version
with final as (select segment, microseconds, count(*) as customers from funnel_durations group by segment, microseconds)

select *
from final
order by segment, microseconds
