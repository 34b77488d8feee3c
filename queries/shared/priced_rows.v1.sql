-- name: priced_rows
-- version: 1
-- title: Rows with money
-- description: How many orders, events and subscriptions have an amount.
-- section: Revenue
-- uses: orders, events, subscriptions, guest_orders
-- adds: one row
-- column: orders bigint | orders with an amount
-- column: events bigint | events with an amount
-- column: subscriptions bigint | subscriptions with a monthly value
-- change: 1 2026-11-30 first version
with

    final as (
        select
            (select count(amount) from orders) + (select count(amount) from guest_orders) as orders,
            (select count(amount) from events) as events,
            (select count(mrr) from subscriptions) as subscriptions
    )

select *
from final
order by orders
