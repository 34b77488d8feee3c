-- name: session_counts
-- version: 1
-- title: Sessions by how far they came
-- description: Sessions of each period, by whether something was put into the cart, checked out and ordered in them.
-- section: Session rates
-- needs: events, periods.v1
-- param: cart event = null | Put into the cart | the event that puts something into the cart
-- choice: cart null | Not in the data
-- param: checkout event = null | Checkout begun | the event with which a checkout begins
-- choice: checkout null | Not in the data
-- param: bought event = null | Ordered | the event with which an order is placed
-- choice: bought null | Not in the data
-- adds: number, has_cart, has_checkout, has_order; greatest has_clock
-- column: number integer | the number of the period that the session begins in
-- column: has_cart boolean | something was put into the cart
-- column: has_checkout boolean | a checkout was begun
-- column: has_order boolean | an order was placed
-- column: has_clock boolean | an event has a time of the day; where none has, a session is a day
-- column: sessions bigint | how many sessions
-- change: 1 2026-12-01 first version
with

    -- a session ends with half an hour in which its customer does nothing
    stepped as (
        select
            customer,
            occurred_at,
            event,
            coalesce(
                occurred_at - lag(occurred_at) over (partition by customer order by occurred_at) > interval 30 minute,
                true
            ) as begins,
        from events
    ),

    numbered as (
        select *, count(*) filter (begins) over (partition by customer order by occurred_at) as session, from stepped
    ),

    sessions as (
        select
            min(occurred_at)::date as day,
            coalesce(bool_or(event = try_cast($cart as event_name)), false) as has_cart,
            coalesce(bool_or(event = try_cast($checkout as event_name)), false) as has_checkout,
            coalesce(bool_or(event = try_cast($bought as event_name)), false) as has_order,
            bool_or(occurred_at <> date_trunc('day', occurred_at)) as has_clock,
        from numbered
        group by customer, session
    ),

    final as (
        select
            periods.number,
            sessions.has_cart,
            sessions.has_checkout,
            sessions.has_order,
            bool_or(sessions.has_clock) as has_clock,
            count(*) as sessions,
        from sessions
        inner join periods on sessions.day = periods.day
        group by all
    )

select *
from final
order by number, has_cart, has_checkout, has_order
