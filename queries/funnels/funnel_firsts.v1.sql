-- name: funnel_firsts
-- version: 1
-- title: What customers did first
-- description: The first time customers did each event, signed up and bought, in order; of some customers only.
-- section: Funnel steps
-- needs: tables_told.v1
-- uses: events, orders, subscriptions, customers
-- column: customer integer | the customer
-- column: event varchar | the event's name; signup; purchase: the first order or subscription
-- column: source varchar | where it comes from: purchase, signup or events
-- column: place integer | which of them it was: 1, 2, …
-- column: is_before boolean | it came before the purchase, or the customer bought nothing
-- column: is_at_once boolean | another of them stands at the very same moment before it
-- change: 1 2026-11-30 first version
with

    -- steps are proposed by what most do, which so many tell as well as all
    asked as (select customer, signed_up_at from customers where customer < 10000 or customer % 64 = 0),

    logged as (
        select events.customer, min(events.occurred_at)::date as first_day
        from events
        semi join asked on events.customer = asked.customer
        group by events.customer
    ),

    -- orders may go further back than the log; a day without a time may be that of the event before it
    bought as (
        select customer, started_at as occurred_at
        from subscriptions
        union all
        select customer, ordered_at as occurred_at
        from orders
        where not coalesce(is_cancelled, false)
    ),

    -- of one moment the purchase stands first, then the sign-up
    found as (
        select
            bought.customer, 'purchase' as event, 'purchase' as source, min(bought.occurred_at) as first_at, 1 as kind
        from bought
        semi join asked on bought.customer = asked.customer
        left join logged on bought.customer = logged.customer
        where coalesce(bought.occurred_at::date >= logged.first_day, true)
        group by bought.customer
        union all
        select customer, 'signup' as event, 'signup' as source, signed_up_at as first_at, 2 as kind
        from asked
        where signed_up_at is not null
        union all
        select
            events.customer,
            events.event::varchar as event,
            'events' as source,
            min(events.occurred_at) as first_at,
            3 as kind
        from events
        semi join asked on events.customer = asked.customer
        group by events.customer, events.event
    ),

    final as (
        select
            found.customer,
            found.event || case when found.kind = 3 and told.times > 0 then ' (log)' else '' end as event,
            found.source,
            row_number() over (partition by customer order by first_at, kind, found.event)::integer as place,
            coalesce(first_at < min(case when kind = 1 then first_at end) over (partition by customer), true)
            and kind > 1 as is_before,
            row_number() over (partition by customer, first_at order by kind, found.event) > 1 as is_at_once,
        from found
        left join tables_told as told on found.event = told.event
    )

select *
from final
order by customer, place
