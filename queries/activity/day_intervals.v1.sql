-- name: day_intervals
-- version: 1
-- title: Days between two days
-- description: How often so many days passed between two consecutive days of a customer with a purchase or activity.
-- section: Days between
-- needs: customer_segments.v1
-- uses: visit_days, purchase_days
-- param: of choice(purchases, activity) = purchases | Days with | days with an order; days with anything that counts
-- as activity
-- choice: of purchases | A purchase
-- choice: of activity | Any activity
-- adds: segment, days
-- column: segment varchar | the attribute's value, empty where there is none, (other); null without a split
-- column: days integer days | days between the two; null: the customers with one such day only
-- column: times bigint | intervals of that length that end within the days reported; customers where days is null
-- change: 1 2026-11-24 first version
with

    lists as (
        select customer, days
        from purchase_days
        where $of = 'purchases'
        union all
        select customer, days
        from visit_days
        where $of = 'activity'
    ),

    -- materialized, since the engine may fail where a list comes straight from a join
    segmented as materialized(
        select
            case when $breakdown::varchar is not null then coalesce(customer_segments.segment, '') end as segment,
            lists.days,
            lists.days[1] = lists.days[-1] as is_once,
        from lists
        left join customer_segments on lists.customer = customer_segments.customer
    ),

    -- two rows of one day stand next to each other, zero days apart
    steps as (select segment, unnest(days) as day, unnest(days[2:]) as next_day from segmented where not is_once),

    final as (
        select steps.segment, date_diff('day', steps.day, steps.next_day)::integer as days, count(*) as times,
        from steps
        cross join scope
        where
            steps.next_day > steps.day
            and (scope.report_from is null or steps.next_day >= scope.report_from)
            and (scope.report_to is null or steps.next_day <= scope.report_to)
        group by 1, 2
        union all
        select segment, null::integer as days, count(*) as times
        from segmented
        where is_once
        group by segment
    )

select *
from final
order by segment, days
