-- name: active_customers
-- version: 1
-- title: Active customers
-- description: Rows of activity in the last days.
-- needs: activity_days
-- param: days int = 30 | how many last days
-- adds: one row
-- column: customers bigint | rows, not customers
-- change: 1 2026-11-22 first version
select count(*) as customers from activity_days cross join scope where day > as_of - $days order by customers
