-- name: active_share
-- version: 1
-- title: Share of active customers
-- description: Active customers among all with activity.
-- needs: active_customers.v2, activity_days
-- param: digits int = 4 | decimals
-- column: share double | 0 to 1
-- change: 1 2026-11-22 first version
with everyone as (select count(distinct customer) as customers from activity_days)

select round(active_customers.customers::double / nullif(everyone.customers, 0), $digits) as share
from active_customers
cross join everyone
order by share
