-- name: order_value_counts
-- version: 1
-- title: Money and orders of each buyer, counted
-- description: Orders and their money by period, with the sums that say how much buyers differ.
-- section: Average order value
-- needs: orders or guest_orders, orders.amount, periods.v1, customer_segments.v1
-- uses: orders, activity_days, guest_orders
-- adds: segment, number
-- column: segment varchar | the attribute's value, empty where there is none, (other); null without a split
-- column: number integer | the period's number in the calendar
-- column: buyers bigint | customers with an order or a payment in it; each order of nobody is one
-- column: orders bigint | orders in it
-- column: revenue decimal(38,4) | money of the period, refunds subtracted
-- column: revenue_squared decimal(38,4) | sum over buyers of their money squared
-- column: revenue_orders decimal(38,4) | sum over buyers of their money times their orders
-- column: orders_squared bigint | sum over buyers of their orders squared
-- change: 1 2026-12-01 first version
with

    payments as (
        select customer, day, times, amount
        from activity_days
        where source = 'orders'
        union all
        -- money paid back on a cancelled order is no order, but it lowers the revenue
        select customer, day, 0 as times, amount
        from orders
        where is_cancelled and amount < 0
    ),

    of_customers as (
        select
            payments.customer,
            periods.number,
            sum(payments.times) as orders,
            coalesce(sum(payments.amount), 0)::decimal(18, 4) as revenue,
        from payments
        inner join periods on payments.day = periods.day
        group by payments.customer, periods.number
    ),

    -- each order of nobody is a buyer; rows without an order's id are orders of their own
    of_nobody as (
        select day, sum(times) as orders, coalesce(sum(amount), 0)::decimal(18, 4) as revenue,
        from (select *, row_number() over (order by ordered_at, amount) as row_number from guest_orders)
        where not coalesce(is_cancelled, false) or amount < 0
        group by day, coalesce(order_id, row_number::varchar), order_id is null
    ),

    buyers as (
        select
            case when $breakdown::varchar is not null then coalesce(customer_segments.segment, '') end as segment,
            of_customers.number,
            of_customers.orders,
            of_customers.revenue,
        from of_customers
        left join customer_segments on of_customers.customer = customer_segments.customer
        union all
        select
            case when $breakdown::varchar is not null then '' end as segment,
            periods.number,
            of_nobody.orders,
            of_nobody.revenue,
        from of_nobody
        inner join periods on of_nobody.day = periods.day
    ),

    final as (
        select
            segment,
            number,
            count(*) as buyers,
            sum(orders)::bigint as orders,
            sum(revenue)::decimal(38, 4) as revenue,
            sum((revenue::double * revenue::double)::decimal(38, 4))::decimal(38, 4) as revenue_squared,
            sum((revenue::double * orders::double)::decimal(38, 4))::decimal(38, 4) as revenue_orders,
            sum(orders * orders)::bigint as orders_squared,
        from buyers
        group by segment, number
    )

select *
from final
order by segment, number
