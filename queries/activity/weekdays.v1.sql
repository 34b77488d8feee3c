-- name: weekdays
-- version: 1
-- title: Days of the week
-- description: Orders and money of an average Monday, Tuesday and so on, and their part of an average week.
-- section: Days of the week
-- needs: weekday_counts.v1
-- column: segment varchar | Segment | the attribute's value, empty where there is none, (other); null without a split
-- column: weekday integer | Day of the week | 1 Monday to 7 Sunday
-- column: days bigint | Such days | such days among those chosen, from the first order on
-- column: orders bigint | Orders | orders on them, cancelled orders left out
-- column: revenue double money | Revenue | their money, refunds subtracted; null without amounts
-- column: orders_per_day double | Orders a day | orders / days
-- column: revenue_per_day double money | Revenue a day | revenue / days
-- column: share double % | Share of the week | of the orders of an average week, 0 to 1
-- column: revenue_share double % | Share of revenue | of the money of an average week, 0 to 1
-- column: all_orders bigint | Orders of all days | orders on all seven
-- picture: orders_per_day, revenue_per_day, share, revenue_share
-- change: 1 2026-11-30 first version
with

    span as (
        select
            greatest(coalesce(scope.report_from, min(counts.first_day)), min(counts.first_day)) as first_day,
            least(scope.as_of, coalesce(scope.report_to, scope.as_of)) as last_day,
        from weekday_counts as counts
        cross join scope
        group by scope.report_from, scope.report_to, scope.as_of
    ),

    -- of seven days that follow each other each has another name
    calendar as (
        select isodow(first_day + k)::integer as weekday, floor((last_day - first_day - k) / 7)::bigint + 1 as days,
        from span
        cross join (select unnest(range(7))::integer as k) as offsets
        where first_day + k <= last_day
    ),

    paid as (select count(revenue) > 0 as has_amounts from weekday_counts),

    segments as (select distinct segment from weekday_counts),

    -- a day of the week without orders shows as one
    filled as (
        select
            segments.segment,
            calendar.weekday,
            calendar.days,
            coalesce(counts.orders, 0) as orders,
            case when paid.has_amounts then coalesce(counts.revenue::double, 0e0) end as revenue,
        from segments
        cross join calendar
        cross join paid
        left join
            weekday_counts as counts
            on segments.segment is not distinct from counts.segment
            and calendar.weekday = counts.weekday
    ),

    rated as (select *, orders::double / days as orders_per_day, revenue / days as revenue_per_day from filled),

    final as (
        select
            segment,
            weekday,
            days,
            orders,
            revenue,
            orders_per_day,
            revenue_per_day,
            orders_per_day / nullif(sum(orders_per_day) over (partition by segment), 0) as share,
            case
                when sum(revenue_per_day) over (partition by segment) > 0
                then revenue_per_day / sum(revenue_per_day) over (partition by segment)
            end as revenue_share,
            (sum(orders) over (partition by segment))::bigint as all_orders,
        from rated
    )

select *
from final
order by segment, weekday
