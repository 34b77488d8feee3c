-- name: activity_sources
-- version: 1
-- title: What counts as activity
-- description: Which tables tell of activity, and whether what they tell counts.
-- section: Activity and visits
-- needs: activity_days
-- adds: source, is_activity
-- column: source varchar | the table: orders, events or subscriptions
-- column: is_activity boolean | it counts as activity
-- column: rows bigint | rows of activity_days
-- change: 1 2026-11-30 first version
with

    final as (
        select source::varchar as source, is_activity, count(*) as rows from activity_days group by source, is_activity
    )

select *
from final
order by source, is_activity
