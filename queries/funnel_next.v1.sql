-- name: funnel_next
-- version: 1
-- title: What those who dropped off did next
-- description: The first thing customers did after the last step they reached before they dropped off.
-- needs: funnel_attempts.v1
-- uses: events, orders
-- param: after_step int = 1 | the last step they reached
-- param: top int = 20 | so many of the commonest; the rest together as (other)
-- column: event varchar | the event that came next; (other); null where nothing came
-- column: customers bigint | customers who dropped off after that step and did it next
-- column: share double | of all who dropped off after that step, 0 to 1
-- column: median_seconds double | median time until then
-- change: 1 2026-11-24 first version
with

    dropped as (
        select customer, reached_at[$after_step] as left_at from funnel_attempts where level = $after_step and not open
    ),

    happened as (
        select events.customer, events.event::varchar as event, events.occurred_at
        from events
        semi join dropped on events.customer = dropped.customer
        union all
        select orders.customer, 'order' as event, orders.ordered_at as occurred_at
        from orders
        semi join dropped on orders.customer = dropped.customer
        where not coalesce(orders.is_cancelled, false)
    ),

    later as (
        select dropped.customer, min(happened.occurred_at) as next_at
        from dropped
        inner join happened on dropped.customer = happened.customer
        where happened.occurred_at > dropped.left_at
        group by dropped.customer
    ),

    -- of several at one moment the first by name
    followed as (
        select later.customer, later.next_at, min(happened.event) as event
        from later
        inner join happened on later.customer = happened.customer and later.next_at = happened.occurred_at
        group by later.customer, later.next_at
    ),

    nexts as (
        select followed.event, epoch(followed.next_at) - epoch(dropped.left_at) as seconds
        from dropped
        left join followed on dropped.customer = followed.customer
    ),

    ranked as (
        select event, row_number() over (order by count(*) desc, event) as place
        from nexts
        where event is not null
        group by event
    ),

    named as (
        select
            case
                when nexts.event is null or ranked.place <= greatest($top, 1) then nexts.event else '(other)'
            end as event,
            nexts.seconds,
        from nexts
        left join ranked on nexts.event = ranked.event
    ),

    final as (
        select
            event,
            count(*) as customers,
            count(*)::double / sum(count(*)) over () as share,
            median(seconds) as median_seconds,
        from named
        group by event
    )

select *
from final
order by customers desc, event
