-- name: first_days
-- version: 1
-- title: First day of the data
-- description: The first day of activity, of an order, a known customer or a loss: where the calendar begins.
-- section: Periods and complete periods
-- uses: activity_days, churns, customers, guest_orders
-- adds: one row; least day
-- column: day date | that day; null for files without dates
-- change: 1 2026-11-30 first version
with

    first_days as (
        select min(day) as day
        from activity_days
        union all
        select min(day) as day
        from guest_orders
        union all
        select min(known_from) as day
        from customers
        union all
        select min(churned_on) as day
        from churns
    ),

    final as (select min(day) as day from first_days)

select *
from final
order by day
