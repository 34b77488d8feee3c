-- name: event_attributes
-- version: 1
-- title: Attributes of events
-- description: The attributes that all of some events have, to narrow them by; of an order product, category, channel.
-- section: Derived events
-- needs: event_attribute_names.v1
-- param: events events | Events | names of events of the log, or order
-- column: attribute varchar | Attribute | the attribute's name
-- change: 1 2026-11-24 first version
with

    chosen as (select distinct unnest($events::varchar[]) as event),

    final as (
        select attribute
        from event_attribute_names
        group by attribute
        having count(distinct event) = (select count(*) from chosen)
    )

select *
from final
order by attribute
