-- name: first_activity
-- version: 1
-- title: First day of activity
-- description: The first day on which anybody did what counts as activity.
-- section: Churn balance
-- uses: customers
-- adds: one row; least day
-- column: day date | that day; null without activity
-- change: 1 2026-11-30 first version
with final as (select min(active_from) as day from customers) select * from final order by day
