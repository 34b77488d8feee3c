-- name: active_customers
-- version: 2
-- title: Active customers
-- description: Customers active in the last days.
-- needs: activity_days
-- param: days int = 30 | how many last days
-- column: customers bigint | customers
-- change: 2 2026-11-23 counted by customer
-- change: 1 2026-11-22 first version
select count(distinct customer) as customers
from activity_days
cross join scope
where day > as_of - $days
order by customers
