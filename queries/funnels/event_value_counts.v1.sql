-- name: event_value_counts
-- version: 1
-- title: Values of an attribute, counted
-- description: How often each value of an attribute stands in the rows of some events.
-- section: Derived events
-- uses: events, orders
-- param: events events | Events | names of events of the log, or order
-- param: attribute text = null | Attribute | the attribute; of an order product, category or channel
-- adds: value
-- column: value varchar | the value
-- column: times bigint | rows with it; of orders the lines, cancelled ones left out
-- change: 1 2026-11-30 first version
with

    chosen as (select unnest($events::varchar[]) as event),

    logged as (
        select try_cast(event as event_name) as event from chosen where try_cast(event as event_name) is not null
    ),

    had as (
        select events.attributes[$attribute::varchar] as value
        from events
        semi join logged on events.event = logged.event
        union all
        select
            case
                $attribute::varchar
                when 'product'
                then product
                when 'category'
                then category
                when 'channel'
                then channel
            end as value,
        from orders
        where not coalesce(is_cancelled, false) and 'order' in (select event from chosen)
    ),

    final as (select value, count(*) as times from had where value is not null group by value)

select *
from final
order by times desc, value
