-- name: purchase_counts
-- version: 1
-- title: Buyers, orders and money by period
-- description: How many customers bought how often in each period with orders, and how many for the first time.
-- needs: orders, activity_days, periods.v1, customer_segments.v1
-- column: segment varchar | the attribute's value, empty where there is none, (other); null without a split
-- column: number integer | the period's number in the calendar
-- column: buyers bigint | customers with an order in the period, cancelled orders left out
-- column: repeat_buyers bigint | those of them with two orders or more in it
-- column: first_buyers bigint | those of them whose first order ever is in it
-- column: orders bigint | their orders in it
-- column: revenue double | money of the period, refunds subtracted; null without amounts
-- change: 1 2026-11-24 first version
with

    -- money paid back on a cancelled order is no order, but it lowers the revenue
    payments as (
        select customer, day, times, amount
        from activity_days
        where source = 'orders'
        union all
        select customer, day, 0 as times, amount
        from orders
        where is_cancelled and amount < 0
    ),

    spending as (
        select payments.customer, periods.number, sum(payments.times) as orders, sum(payments.amount) as revenue
        from payments
        inner join periods on payments.day = periods.day
        group by payments.customer, periods.number
    ),

    bought as (
        select
            customer_segments.segment,
            spending.number,
            count(*) filter (spending.orders > 0) as buyers,
            count(*) filter (spending.orders > 1) as repeat_buyers,
            sum(spending.orders)::bigint as orders,
            sum(spending.revenue)::double as revenue,
        from spending
        left join customer_segments on spending.customer = customer_segments.customer
        group by customer_segments.segment, spending.number
    ),

    first_days as (select customer, min(day) as day from activity_days where source = 'orders' group by customer),

    began as (
        select customer_segments.segment, periods.number, count(*) as buyers,
        from first_days
        inner join periods on first_days.day = periods.day
        left join customer_segments on first_days.customer = customer_segments.customer
        group by customer_segments.segment, periods.number
    ),

    final as (
        select
            case when $breakdown::varchar is not null then coalesce(bought.segment, '') end as segment,
            bought.number,
            bought.buyers,
            bought.repeat_buyers,
            coalesce(began.buyers, 0) as first_buyers,
            bought.orders,
            bought.revenue,
        from bought
        left join began on bought.segment is not distinct from began.segment and bought.number = began.number
    )

select *
from final
order by segment, number
