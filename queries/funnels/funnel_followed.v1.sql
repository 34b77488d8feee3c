-- name: funnel_followed
-- version: 1
-- title: What each who dropped off did next
-- description: The first thing every customer did after the last step reached before dropping off.
-- section: What came next
-- needs: funnel_next_events.v1, funnel_next_names.v1
-- column: customer integer | the customer
-- column: segment varchar | the attribute's value, empty where there is none, (other); null without a split
-- column: left_at timestamp | when the last step was reached
-- column: next_at timestamp | when the next thing happened; null where nothing came
-- column: event varchar | what that was; (other); null where nothing came
-- change: 1 2026-11-27 first version
with

    final as (
        select found.customer, found.segment, found.left_at, found.next_at, names.name as event,
        from funnel_next_events as found
        left join funnel_next_names as names on found.event = names.event
    )

select *
from final
order by customer
