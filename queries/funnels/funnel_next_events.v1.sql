-- name: funnel_next_events
-- version: 1
-- title: The next event of each who dropped off
-- description: The first thing every customer did after the last step reached before dropping off, under its own name.
-- section: What came next
-- needs: funnel_attempts.v1, table_occurrences.v1, tables_told.v1
-- uses: events, orders
-- param: after_step int(1..10) = 1 | After step | the last step they reached
-- column: customer integer | the customer
-- column: segment varchar | the attribute's value, empty where there is none, (other); null without a split
-- column: left_at timestamp | when the last step was reached
-- column: next_at timestamp | when the next thing happened; null where nothing came
-- column: event varchar | what came next; null where nothing came
-- change: 1 2026-11-30 first version
with

    dropped as (
        select customer, segment, reached_at[$after_step] as left_at
        from funnel_attempts
        where level = $after_step and not open
    ),

    happened as (
        select events.customer, events.event::varchar as event, events.occurred_at, true as is_logged
        from events
        semi join dropped on events.customer = dropped.customer
        union all
        select orders.customer, 'order' as event, orders.ordered_at as occurred_at, false as is_logged
        from orders
        semi join dropped on orders.customer = dropped.customer
        where not coalesce(orders.is_cancelled, false)
        union all
        select table_occurrences.customer, table_occurrences.event, table_occurrences.occurred_at, false as is_logged
        from table_occurrences
        semi join dropped on table_occurrences.customer = dropped.customer
    ),

    later as (
        select dropped.customer, min(happened.occurred_at) as next_at
        from dropped
        inner join happened on dropped.customer = happened.customer
        where happened.occurred_at > dropped.left_at
        group by dropped.customer
    ),

    -- of several at one moment the first by name, what a table tells before the log
    followed as (
        select later.customer, later.next_at, min(row(happened.event, happened.is_logged)) as first
        from later
        inner join happened on later.customer = happened.customer and later.next_at = happened.occurred_at
        group by later.customer, later.next_at
    ),

    final as (
        select
            dropped.customer,
            dropped.segment,
            dropped.left_at,
            followed.next_at,
            followed.first[1] || case when followed.first[2] and told.times > 0 then ' (log)' else '' end as event,
        from dropped
        left join followed on dropped.customer = followed.customer
        left join tables_told as told on followed.first[1] = told.event
    )

select *
from final
order by customer
