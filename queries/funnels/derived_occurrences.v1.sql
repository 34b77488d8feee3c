-- name: derived_occurrences
-- version: 1
-- title: Occurrences of derived events
-- description: Every time an event put together from others happened: rows of these whose attributes are as asked.
-- section: Derived events
-- needs: table_occurrences.v1
-- uses: derived_events, orders, events
-- param: derived text = null | Derived event | only this derived event; null: all
-- column: name varchar | the derived event
-- column: customer integer | the customer
-- column: occurred_at timestamp | local time
-- column: last_at timestamp | the same time, or the subscription's end; null while it has none
-- column: day date | the local day
-- column: last_day date | the same day, or the subscription's last day; null while it has no end
-- column: times integer | 1; 0 for money paid back with an order that is cancelled
-- column: amount decimal(18,4) money | money; of an order its whole amount
-- change: 1 2026-11-24 first version
with

    wanted as (
        select name, event, conditions from derived_events where $derived::varchar is null or name = $derived::varchar
    ),

    -- names as the log keeps them, since comparing texts takes twice as long
    logged as (
        select name, try_cast(event as event_name) as event, conditions
        from wanted
        where try_cast(event as event_name) is not null
    ),

    lines as (
        select
            customer,
            ordered_at,
            day,
            order_id,
            case when order_id is null then row_number() over () end as line,
            coalesce(is_cancelled, false) as is_paid_back,
            amount,
            product,
            category,
            channel,
        from orders
        where 'order' in (select event from wanted) and (not coalesce(is_cancelled, false) or amount < 0)
    ),

    -- the lines of one order are one order
    whole_orders as (
        select
            customer,
            min(ordered_at) as occurred_at,
            is_paid_back,
            sum(amount) as amount,
            map{
                'product':list(distinct product) filter (product is not null),
                'category':list(distinct category) filter (category is not null),
                'channel':list(distinct channel) filter (channel is not null)
            } as attributes,
        from lines
        group by customer, day, order_id, line, is_paid_back
    ),

    happened as (
        select wanted.name, whole_orders.customer, occurred_at, occurred_at as last_at, is_paid_back, amount
        from whole_orders
        inner join wanted on wanted.event = 'order'
        where
            wanted.conditions is null
            or list_bool_and(
                list_transform(
                    map_entries(wanted.conditions),
                    lambda wish:list_has_any(wish.value, coalesce(whole_orders.attributes[wish.key], []))
                )
            )
        union all
        select logged.name, events.customer, occurred_at, occurred_at as last_at, false as is_paid_back, amount
        from events
        inner join logged on events.event = logged.event
        where
            logged.conditions is null
            or list_bool_and(
                list_transform(
                    map_entries(logged.conditions),
                    lambda wish:coalesce(list_contains(wish.value, events.attributes[wish.key]), false)
                )
            )
        union all
        select wanted.name, customer, occurred_at, last_at, false as is_paid_back, null as amount
        from table_occurrences
        inner join wanted on table_occurrences.event = wanted.event
        where wanted.conditions is null
    ),

    final as (
        select
            name,
            customer,
            occurred_at,
            last_at,
            occurred_at::date as day,
            case when last_at is not null then greatest(occurred_at, last_at)::date end as last_day,
            case when is_paid_back then 0 else 1 end as times,
            amount::decimal(18, 4) as amount,
        from happened
    )

select *
from final
order by name, customer, occurred_at
