-- name: overview
-- version: 1
-- title: Overview
-- description: How many customers, how many active lately, what they did and what they paid.
-- section: Overview
-- needs: overview_counts.v1
-- column: customers bigint | Customers | customers known
-- column: active_customers bigint | Active customers | customers active in the last days; null without activity
-- column: orders bigint | Orders | orders, cancelled ones left out
-- column: events bigint | Events | events
-- column: subscriptions bigint | Subscriptions | subscriptions
-- column: revenue double money | Revenue | money of all orders, refunds subtracted; null without amounts
-- column: churned_customers bigint | Lost | customers the files mark as churned; null where no file says
-- column: monthly_value double money | Monthly value | monthly value of all customers in the customer file; null
-- without one
-- column: first_day date | Data from | first day of activity
-- column: last_day date | Data to | the data count up to this day
-- change: 1 2026-11-22 first version
with

    final as (
        select
            overview_counts.customers,
            overview_counts.active_customers,
            overview_counts.orders,
            overview_counts.events,
            overview_counts.subscriptions,
            overview_counts.revenue::double as revenue,
            overview_counts.churned_customers,
            overview_counts.monthly_value::double as monthly_value,
            overview_counts.first_day,
            scope.as_of as last_day,
        from overview_counts
        cross join scope
    )

select *
from final
order by customers
