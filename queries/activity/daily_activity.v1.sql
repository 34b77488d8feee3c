-- name: daily_activity
-- version: 1
-- title: Activity by customer and day
-- description: What every customer did on which day, cancelled orders left out; kept as activity_days.
-- section: Activity and visits
-- uses: orders, events, subscriptions
-- param: orders_count bool = true | Orders count as activity | orders count as being active
-- param: events_count bool = true | Events count as activity | events count as being active
-- param: subscriptions_count bool = true | Running subscriptions count as activity | a running subscription counts as
-- being active
-- column: customer integer | the customer
-- column: name varchar | the event's name; order; subscription
-- column: day date | the day, or the subscription's first day
-- column: last_day date | the same day, or the subscription's last day; null while it has no end
-- column: times integer | orders or events of that name on that day
-- column: amount decimal(18,4) money | money of that day and name; null where the file has none
-- column: source varchar | the table it comes from: orders, events, subscriptions
-- column: is_activity boolean | counts as being active by the dataset's definition
-- change: 1 2026-11-22 first version
with

    order_lines as (
        select customer, day, order_id, count(*) as lines, sum(amount) as amount
        from orders
        where not coalesce(is_cancelled, false)
        group by customer, day, order_id
    ),

    order_days as (
        select
            customer,
            'order' as name,
            day,
            day as last_day,
            sum(case when order_id is null then lines else 1 end)::integer as times,
            sum(amount)::decimal(18, 4) as amount,
            'orders' as source,
            $orders_count as is_activity,
        from order_lines
        group by customer, day
    ),

    event_days as (
        select
            customer,
            event::varchar as name,
            day,
            day as last_day,
            count(*)::integer as times,
            sum(amount)::decimal(18, 4) as amount,
            'events' as source,
            $events_count as is_activity,
        from events
        group by customer, event, day
    ),

    subscription_spans as (
        select
            customer,
            'subscription' as name,
            day,
            case
                when ended_at is not null then greatest(day, (ended_at - interval 1 microsecond)::date)
            end as last_day,
            1 as times,
            null::decimal(18, 4) as amount,
            'subscriptions' as source,
            $subscriptions_count as is_activity,
        from subscriptions
    ),

    final as (
        select *
        from order_days
        union all
        select *
        from event_days
        union all
        select *
        from subscription_spans
    )

select *
from final
order by customer, day, name
