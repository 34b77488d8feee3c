-- name: last_days
-- version: 1
-- title: Last days of the tables
-- description: The last day up to the upload that each table tells of: where the data may end.
-- section: As-of day
-- uses: customers, events, exits, orders, subscriptions, guest_orders
-- param: uploaded_on date = null | Day of the upload | the day of the upload
-- adds: source; greatest day
-- column: source varchar | orders, events, subscriptions, losses recorded, or customers
-- column: day date | its last day; null where it has none
-- change: 1 2026-11-30 first version
with

    days as (
        select 'orders' as source, max(day) as day
        from orders
        where day <= $uploaded_on::date
        union all
        select 'orders' as source, max(day) as day
        from guest_orders
        where day <= $uploaded_on::date
        union all
        select 'events' as source, max(day) as day
        from events
        where day <= $uploaded_on::date
        union all
        select 'subscriptions' as source, max(day) as day
        from subscriptions
        where day <= $uploaded_on::date
        union all
        select 'subscriptions' as source, max(ended_at::date) as day
        from subscriptions
        where ended_at::date <= $uploaded_on::date
        union all
        select 'losses' as source, max(churned_at::date) as day
        from customers
        where churned_at::date <= $uploaded_on::date
        union all
        select 'losses' as source, max(day) as day
        from exits
        where day <= $uploaded_on::date
        union all
        select 'customers' as source, max(day) as day
        from customers
        where day <= $uploaded_on::date
    ),

    final as (select source, max(day) as day from days group by source)

select *
from final
order by source
