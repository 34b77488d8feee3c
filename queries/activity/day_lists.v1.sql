-- name: day_lists
-- version: 1
-- title: Days of every customer in a row
-- description: The days on which each customer bought or came, in one list; kept as purchase_days and visit_days.
-- section: Activity and visits
-- needs: counts_visits.v1
-- uses: activity_days
-- param: of choice(purchases, activity) = purchases | Days with | days with an order; days with anything that counts
-- as coming
-- choice: of purchases | A purchase
-- choice: of activity | Any activity
-- column: customer integer | the customer
-- column: days date[] | their days in order; of purchases the day of every order
-- change: 1 2026-11-24 first version
with

    acting as (
        select activity_days.customer, activity_days.day, activity_days.times
        from activity_days
        cross join counts_visits
        where
            case
                $of
                when 'purchases'
                then activity_days.source = 'orders'
                else
                    (activity_days.source = 'orders' and counts_visits.by_orders)
                    or (activity_days.source = 'events' and counts_visits.by_events)
            end
    ),

    further as (
        select customer, day, unnest(generate_series(2, times)) as k from acting where $of = 'purchases' and times > 1
    ),

    points as (
        select customer, day
        from acting
        union all
        select customer, day
        from further
    ),

    final as (select customer, list(day order by day) as days from points group by customer)

select *
from final
order by customer
