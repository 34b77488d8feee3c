-- name: funnel_order
-- version: 1
-- title: Events in their usual order
-- description: In which order customers do things for the first time, how many do, and which come before the purchase.
-- section: Funnel steps
-- needs: funnel_first_counts.v1
-- column: event varchar | Event | the event's name; signup; purchase: the first order or subscription
-- column: source varchar | Table | where it comes from: purchase, signup or events
-- column: share double % | Share | of all customers who did anything, 0 to 1
-- column: share_before double % | Before the purchase | of those who did it, before they bought or without buying
-- column: share_at_once double % | At the same moment | of those who did it, at the very moment of another of them
-- column: place double | Place | the mean of the places it had among what a customer did
-- change: 1 2026-11-30 first version
with

    final as (
        select
            event,
            source,
            customers::double / max(customers) over () as share,
            before::double / customers as share_before,
            at_once::double / customers as share_at_once,
            places::double / customers as place,
        from funnel_first_counts
    )

select *
from final
order by place, event, source
