-- name: funnel_first_counts
-- version: 1
-- title: What customers did first, counted
-- description: How many customers did each event, and how many of them before they bought or at another's moment.
-- section: Funnel steps
-- needs: funnel_firsts.v1
-- adds: event, source
-- column: event varchar | the event's name; signup; purchase: the first order or subscription
-- column: source varchar | where it comes from: purchase, signup or events
-- column: customers bigint | customers who did it
-- column: before bigint | those of them who did it before they bought, or bought nothing
-- column: at_once bigint | those of them who did it at the very moment of another
-- column: places bigint | the sum of the places it had
-- change: 1 2026-11-30 first version
with

    final as (
        select
            event,
            source,
            count(*) as customers,
            count(*) filter (is_before) as before,
            count(*) filter (is_at_once) as at_once,
            sum(place)::bigint as places,
        from funnel_firsts
        group by event, source
    )

select *
from final
order by event, source
