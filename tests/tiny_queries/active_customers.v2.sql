-- name: active_customers
-- version: 2
-- title: Active customers
-- description: Customers active in the last days.
-- needs: activity_days
-- param: days int(0..) = 30 | Days | how many last days
-- adds: one row
-- column: customers bigint | customers
-- column: everyone bigint | customers with any activity
-- change: 2 2026-11-23 counted by customer
-- change: 1 2026-11-22 first version
select count(distinct customer) filter (day > as_of - $days) as customers, count(distinct customer) as everyone,
from activity_days
cross join scope
order by customers
