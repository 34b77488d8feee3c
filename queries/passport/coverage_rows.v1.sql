-- name: coverage_rows
-- version: 1
-- title: Rows of customers by table and day
-- description: How many rows every table of customers has on each day; days without rows are not listed.
-- section: Coverage
-- uses: customers, orders, guest_orders, events, subscriptions, tickets, surveys, exits, assignments
-- adds: table_name, day
-- column: table_name varchar | the table
-- column: day date | a day with rows: of the order, event, sign-up or subscription start
-- column: rows bigint | rows of that day
-- change: 1 2026-11-30 first version
with

    dated as (
        select 'customers' as table_name, day, count(*) as rows
        from customers
        group by day
        union all
        select 'orders' as table_name, day, count(*) as rows
        from orders
        group by day
        union all
        select 'orders' as table_name, day, count(*) as rows
        from guest_orders
        group by day
        union all
        select 'events' as table_name, day, count(*) as rows
        from events
        group by day
        union all
        select 'subscriptions' as table_name, day, count(*) as rows
        from subscriptions
        group by day
        union all
        select 'tickets' as table_name, day, count(*) as rows
        from tickets
        group by day
        union all
        select 'surveys' as table_name, day, count(*) as rows
        from surveys
        group by day
        union all
        select 'exits' as table_name, day, count(*) as rows
        from exits
        group by day
        union all
        select 'assignments' as table_name, day, count(*) as rows
        from assignments
        group by day
    ),

    final as (
        select table_name, day, sum(rows)::bigint as rows from dated where day is not null group by table_name, day
    )

select *
from final
order by table_name, day
