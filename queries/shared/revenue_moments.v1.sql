-- name: revenue_moments
-- version: 1
-- title: Payments
-- description: Money by customer and time: orders net of refunds; events with amounts where no order has one.
-- section: Revenue
-- needs: priced_rows.v1
-- uses: orders, events, derived_moments, guest_orders
-- param: returning event = null | Comes back with | what counts as coming back; null: any activity
-- choice: returning null | Any activity
-- column: customer integer | the customer; null where nobody knows
-- column: day date | the local day
-- column: occurred_at timestamp | the local time
-- column: amount decimal(18,4) money | money received; negative where it was paid back
-- change: 1 2026-11-23 first version
with

    has_orders as (select orders > 0 as paid from priced_rows),

    final as (
        select customer, day, ordered_at as occurred_at, amount
        from orders
        where
            amount is not null
            and (not coalesce(is_cancelled, false) or amount < 0)
            and coalesce($returning::varchar = 'order', true)
        union all
        select customer, day, ordered_at as occurred_at, amount
        from guest_orders
        where amount is not null and coalesce($returning::varchar = 'order', true)
        union all
        select events.customer, events.day, events.occurred_at, events.amount
        from events
        cross join has_orders
        where
            events.amount is not null
            and case
                when $returning::varchar is null
                then not has_orders.paid
                else events.event::varchar = $returning::varchar
            end
        union all
        select customer, day, occurred_at, amount
        from derived_moments
        where name = $returning::varchar and amount is not null
    )

select *
from final
order by customer, occurred_at
