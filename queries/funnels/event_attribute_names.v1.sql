-- name: event_attribute_names
-- version: 1
-- title: Attributes by event
-- description: The attributes the rows of some events have; of an order product, category, channel.
-- section: Derived events
-- uses: events, orders
-- param: events events | Events | names of events of the log, or order
-- adds: event, attribute
-- column: event varchar | the event's name, or order
-- column: attribute varchar | the attribute's name
-- change: 1 2026-11-30 first version
with

    chosen as (select distinct unnest($events::varchar[]) as event),

    logged as (
        select try_cast(event as event_name) as event from chosen where try_cast(event as event_name) is not null
    ),

    kept as (
        select distinct events.event, map_keys(events.attributes) as attributes
        from events
        semi join logged on events.event = logged.event
    ),

    told as (
        select
            coalesce(bool_or(product is not null), false) as product,
            coalesce(bool_or(category is not null), false) as category,
            coalesce(bool_or(channel is not null), false) as channel,
        from orders
        where 'order' in (select event from chosen)
    ),

    final as (
        select event::varchar as event, unnest(attributes) as attribute
        from kept
        union
        select 'order' as event, 'product' as attribute
        from told
        where product
        union
        select 'order' as event, 'category' as attribute
        from told
        where category
        union
        select 'order' as event, 'channel' as attribute
        from told
        where channel
    )

select *
from final
order by event, attribute
