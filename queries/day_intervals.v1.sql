-- name: day_intervals
-- version: 1
-- title: Days between two days
-- description: How often so many days passed between two consecutive days of a customer with a purchase or activity.
-- needs: activity_days, coming.v1, customer_segments.v1
-- param: of choice(purchases, activity) = purchases | days with an order; days with anything that counts as activity
-- column: segment varchar | the attribute's value, empty where there is none, (other); null without a split
-- column: days integer | days between the two; null: the customers with one such day only
-- column: times bigint | intervals of that length that end within the days reported; customers where days is null
-- change: 1 2026-11-24 first version
with

    acting as (
        select activity_days.customer, activity_days.day
        from activity_days
        cross join coming
        where
            case
                $of
                when 'purchases'
                then activity_days.source = 'orders'
                else
                    (activity_days.source = 'orders' and coming.by_orders)
                    or (activity_days.source = 'events' and coming.by_events)
            end
    ),

    -- two rows of one day stand next to each other, zero days apart
    steps as (select customer, day, lag(day) over (partition by customer order by day) as day_before, from acting),

    gaps as (
        select steps.customer, date_diff('day', steps.day_before, steps.day)::integer as days,
        from steps
        cross join scope
        where
            steps.day > steps.day_before
            and (scope.report_from is null or steps.day >= scope.report_from)
            and (scope.report_to is null or steps.day <= scope.report_to)
    ),

    once as (select customer, null::integer as days from acting group by customer having min(day) = max(day)),

    final as (
        select
            case when $breakdown::varchar is not null then coalesce(customer_segments.segment, '') end as segment,
            found.days,
            count(*) as times,
        from
            (
                select customer, days
                from gaps
                union all
                select customer, days
                from once
            ) as found
        left join customer_segments on found.customer = customer_segments.customer
        group by customer_segments.segment, found.days
    )

select *
from final
order by segment, days
