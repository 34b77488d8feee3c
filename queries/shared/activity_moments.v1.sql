-- name: activity_moments
-- version: 1
-- title: Activity by the clock
-- description: Every order, event and subscription with its exact time, for windows that count hours; and every event
-- put together from them, which is no activity by itself.
-- section: Activity and visits
-- needs: activity_days
-- uses: orders, events, subscriptions, derived_moments
-- param: clock choice(calendar, rolling) = rolling | Periods counted | with the calendar there are no rows
-- choice: clock calendar | By the calendar
-- choice: clock rolling | From each start, by the hour
-- column: customer integer | the customer
-- column: name varchar | the event's name; order; subscription; a derived event
-- column: occurred_at timestamp | local time, or the subscription's start
-- column: last_at timestamp | the same time, or the subscription's end within the data
-- column: is_activity boolean | counts as being active by the dataset's definition
-- change: 1 2026-11-22 first version
with

    names as (select name::varchar as name, bool_or(is_activity) as is_activity from activity_days group by name),

    moments as (
        select customer, 'order' as name, ordered_at as occurred_at, ordered_at as last_at
        from orders
        where not coalesce(is_cancelled, false) and $clock = 'rolling'
        union all
        select customer, event::varchar as name, occurred_at, occurred_at as last_at
        from events
        where $clock = 'rolling'
        union all
        select
            subscriptions.customer,
            'subscription' as name,
            subscriptions.started_at as occurred_at,
            least(
                coalesce(subscriptions.ended_at - interval 1 microsecond, (scope.as_of + 1)::timestamp),
                (scope.as_of + 1)::timestamp - interval 1 microsecond
            ) as last_at,
        from subscriptions
        cross join scope
        where $clock = 'rolling'
    ),

    final as (
        select moments.customer, moments.name, moments.occurred_at, moments.last_at, names.is_activity
        from moments
        inner join names on moments.name = names.name
        union all
        select
            derived_moments.customer,
            derived_moments.name,
            derived_moments.occurred_at,
            least(
                coalesce(derived_moments.last_at, (scope.as_of + 1)::timestamp),
                (scope.as_of + 1)::timestamp - interval 1 microsecond
            ) as last_at,
            false as is_activity,
        from derived_moments
        cross join scope
        where derived_moments.times > 0 and $clock = 'rolling'
    )

select *
from final
order by customer, occurred_at, name
