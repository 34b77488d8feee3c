-- name: tables_told
-- version: 1
-- title: Events that tables tell
-- description: What tables other than the event log tell of, and how many rows they have for it.
-- section: Funnel steps
-- uses: orders, subscriptions, customers, tickets, surveys
-- adds: event
-- column: event varchar | order, subscription, renewal, signup, ticket or satisfied
-- column: times bigint | rows of the table; 0: an event of that name is one of the log
-- change: 1 2026-11-30 first version
with

    final as (
        select 'order' as event, count(*) as times
        from orders
        union all
        select unnest(['subscription', 'renewal']) as event, (select count(*) from subscriptions) as times
        union all
        select 'signup' as event, count(signed_up_at) as times
        from customers
        union all
        select 'ticket' as event, count(*) as times
        from tickets
        union all
        select 'satisfied' as event, count(*) as times
        from surveys
    )

select *
from final
order by event
