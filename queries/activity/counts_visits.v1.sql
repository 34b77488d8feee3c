-- name: counts_visits
-- version: 1
-- title: What counts as coming
-- description: Orders and events that count as activity; where only subscriptions do, all orders and events.
-- section: Activity and visits
-- needs: activity_sources.v1
-- column: by_orders boolean | an order counts as coming
-- column: by_events boolean | an event counts as coming; a running subscription never does
-- column: is_activity boolean | coming is all that counts as activity; no subscription does
-- change: 1 2026-11-24 first version
with

    counted as (
        select
            coalesce(bool_or(source = 'orders' and is_activity), false) as by_orders,
            coalesce(bool_or(source = 'events' and is_activity), false) as by_events,
            coalesce(bool_or(source = 'subscriptions' and is_activity), false) as by_subscriptions,
        from activity_sources
    ),

    final as (
        select
            by_orders or not by_events as by_orders,
            by_events or not by_orders as by_events,
            (by_orders or by_events) and not by_subscriptions as is_activity,
        from counted
    )

select *
from final
order by by_orders, by_events
