-- name: overview_counts
-- version: 1
-- title: Customers, what they did and paid
-- description: How many customers, how many active lately, what they did and what they paid, as sums.
-- section: Overview
-- needs: customers or guest_orders
-- uses: customers, activity_days, orders, guest_orders
-- param: days int(1..3650) = 30 | Days | active means active in these last days of the data
-- adds: one row; least first_day
-- column: customers bigint | customers known
-- column: active_customers bigint | customers active in the last days; null without activity
-- column: orders bigint | orders, cancelled ones left out
-- column: events bigint | events
-- column: subscriptions bigint | subscriptions
-- column: revenue decimal(38,4) money | money of all orders, refunds subtracted; null without amounts
-- column: churned_customers bigint | customers the files mark as churned; null where no file says
-- column: monthly_value decimal(38,4) money | monthly value of all customers in the customer file; null without one
-- column: first_day date | first day of activity
-- change: 1 2026-11-30 first version
with

    known as (
        select
            count(*) as customers,
            case when count(is_churned) > 0 then count(*) filter (is_churned) end as churned_customers,
            sum(monthly_value) as monthly_value,
        from customers
    ),

    counted as (
        select
            sum(times) filter (source = 'orders') as orders,
            sum(times) filter (source = 'events') as events,
            sum(times) filter (source = 'subscriptions') as subscriptions,
            min(day) as first_day,
        from activity_days
    ),

    recent as (
        select count(distinct activity_days.customer) as customers
        from activity_days
        cross join scope
        where activity_days.is_activity and activity_days.last_day > scope.as_of - $days
    ),

    -- orders of nobody count as orders and revenue
    nobodys as (select sum(times) as orders, sum(amount) as revenue, min(day) as first_day from guest_orders),

    paid as (
        select
            case
                when count(orders.amount) > 0 or any_value(nobodys.revenue) is not null
                then
                    coalesce(
                        sum(orders.amount) filter (not coalesce(orders.is_cancelled, false) or orders.amount < 0), 0
                    )
                    + coalesce(any_value(nobodys.revenue), 0)
            end as revenue
        from nobodys
        left join orders on true
    ),

    final as (
        select
            known.customers,
            case when counted.first_day is not null then recent.customers end as active_customers,
            (coalesce(counted.orders, 0) + coalesce(nobodys.orders, 0))::bigint as orders,
            coalesce(counted.events, 0)::bigint as events,
            coalesce(counted.subscriptions, 0)::bigint as subscriptions,
            paid.revenue,
            known.churned_customers,
            known.monthly_value,
            least(counted.first_day, nobodys.first_day) as first_day,
        from known
        cross join counted
        cross join recent
        cross join paid
        cross join nobodys
    )

select *
from final
order by customers
