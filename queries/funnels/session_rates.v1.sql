-- name: session_rates
-- version: 1
-- title: Rates of sessions
-- description: What share of sessions put something into the cart, check out and order, each on the base it is
-- published on.
-- section: Session rates
-- needs: session_counts.v1, reported_periods.v1
-- column: period date | Period | first day of the period
-- column: sessions bigint | Sessions | sessions that begin in it; one ends with half an hour without events
-- column: carts bigint | With a cart | sessions in which something was put into the cart
-- column: checkouts bigint | With a checkout | sessions in which a checkout was begun
-- column: orders bigint | With an order | sessions in which an order was placed
-- column: conversion_rate double % | Conversion rate | orders / sessions
-- column: conversion_low double % | Its 95 % from | lower end of its 95 % interval (Wilson)
-- column: conversion_high double % | Its 95 % to | upper end
-- column: add_to_cart_rate double % | Add-to-cart rate | carts / sessions
-- column: add_to_cart_low double % | Its 95 % from | lower end of its 95 % interval (Wilson)
-- column: add_to_cart_high double % | Its 95 % to | upper end
-- column: cart_to_checkout_rate double % | Cart to checkout | carts with a checkout / carts
-- column: cart_to_checkout_low double % | Its 95 % from | lower end of its 95 % interval (Wilson)
-- column: cart_to_checkout_high double % | Its 95 % to | upper end
-- column: checkout_completion_rate double % | Checkout completed | checkouts with an order / checkouts
-- column: completion_low double % | Its 95 % from | lower end of its 95 % interval (Wilson)
-- column: completion_high double % | Its 95 % to | upper end
-- column: cart_abandonment_rate double % | Cart abandoned | 1 - carts with an order / carts
-- column: abandonment_low double % | Its 95 % from | lower end of its 95 % interval (Wilson)
-- column: abandonment_high double % | Its 95 % to | upper end
-- column: has_clock boolean | With the time of the day | false: events have days only, and a session is a day
-- column: complete boolean | Complete | the data cover the whole period
-- sample: conversion_rate = sessions, conversion_low, conversion_high
-- sample: add_to_cart_rate = sessions, add_to_cart_low, add_to_cart_high
-- sample: cart_to_checkout_rate = carts, cart_to_checkout_low, cart_to_checkout_high
-- sample: checkout_completion_rate = checkouts, completion_low, completion_high
-- sample: cart_abandonment_rate = carts, abandonment_low, abandonment_high
-- metric: conversion_rate = conversion_rate per session where grain=year, years=ending
-- metric: add_to_cart_rate = add_to_cart_rate per session where grain=year, years=ending
-- metric: cart_to_checkout_rate = cart_to_checkout_rate per cart where grain=year, years=ending
-- metric: checkout_completion_rate = checkout_completion_rate per checkout where grain=year, years=ending
-- metric: cart_abandonment_rate = cart_abandonment_rate per cart where grain=year, years=ending
-- change: 1 2026-12-01 first version
with

    sums as (
        select
            number,
            bool_or(has_clock) as has_clock,
            sum(sessions)::bigint as sessions,
            coalesce(sum(sessions) filter (has_cart), 0)::bigint as carts,
            coalesce(sum(sessions) filter (has_checkout), 0)::bigint as checkouts,
            coalesce(sum(sessions) filter (has_order), 0)::bigint as orders,
            coalesce(sum(sessions) filter (has_cart and has_checkout), 0) as carts_checked_out,
            coalesce(sum(sessions) filter (has_checkout and has_order), 0) as checkouts_ordered,
            coalesce(sum(sessions) filter (has_cart and has_order), 0) as carts_ordered,
        from session_counts
        group by number
    ),

    -- a rate of an event that never occurs in the log is none
    rates as (
        select
            *,
            case when sum(orders) over () > 0 then orders::double / sessions end as converted,
            case when sum(carts) over () > 0 then carts::double / sessions end as added,
            case when sum(checkouts) over () > 0 then carts_checked_out::double / nullif(carts, 0) end as began,
            case when sum(orders) over () > 0 then checkouts_ordered::double / nullif(checkouts, 0) end as completed,
            case when sum(orders) over () > 0 then 1 - carts_ordered::double / nullif(carts, 0) end as abandoned,
        from sums
    ),

    final as (
        select
            reported_periods.period,
            rates.sessions,
            rates.carts,
            rates.checkouts,
            rates.orders,
            rates.converted as conversion_rate,
            wilson_low(rates.converted, rates.sessions) as conversion_low,
            wilson_high(rates.converted, rates.sessions) as conversion_high,
            rates.added as add_to_cart_rate,
            wilson_low(rates.added, rates.sessions) as add_to_cart_low,
            wilson_high(rates.added, rates.sessions) as add_to_cart_high,
            rates.began as cart_to_checkout_rate,
            wilson_low(rates.began, rates.carts) as cart_to_checkout_low,
            wilson_high(rates.began, rates.carts) as cart_to_checkout_high,
            rates.completed as checkout_completion_rate,
            wilson_low(rates.completed, rates.checkouts) as completion_low,
            wilson_high(rates.completed, rates.checkouts) as completion_high,
            rates.abandoned as cart_abandonment_rate,
            wilson_low(rates.abandoned, rates.carts) as abandonment_low,
            wilson_high(rates.abandoned, rates.carts) as abandonment_high,
            rates.has_clock,
            reported_periods.complete,
        from rates
        inner join reported_periods on rates.number = reported_periods.number
        where reported_periods.is_reported
    )

select *
from final
order by period
