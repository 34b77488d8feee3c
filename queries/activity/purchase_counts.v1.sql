-- name: purchase_counts
-- version: 1
-- title: Buyers, orders and money by period
-- description: How many customers bought how often in each period with orders, and how many for the first time.
-- section: Repeat purchase
-- needs: orders or guest_orders, periods.v1, customer_segments.v1
-- uses: orders, activity_days, purchase_days, guest_orders
-- adds: segment, number
-- column: segment varchar | the attribute's value, empty where there is none, (other); null without a split
-- column: number integer | the period's number in the calendar
-- column: buyers bigint | customers with an order in the period, cancelled orders left out
-- column: repeat_buyers bigint | those of them with two orders or more in it
-- column: first_buyers bigint | those of them whose first order ever is in it
-- column: orders bigint | their orders in it
-- column: guest_orders bigint | orders in it of which nobody knows whose they are
-- column: revenue decimal(38,4) money | money of the period, refunds subtracted; null without amounts
-- change: 1 2026-11-24 first version
with

    -- materialized, since the engine may fail where a list comes straight from a join
    segmented as materialized(
        select customer_segments.segment, purchase_days.days, purchase_days.days[1] as first_day
        from purchase_days
        left join customer_segments on purchase_days.customer = customer_segments.customer
    ),

    -- the day of every order, of the next one and of the one after that
    steps as (
        select segment, first_day, unnest(days) as day, unnest(days[2:]) as next_day, unnest(days[3:]) as third_day,
        from segmented
    ),

    spans as (select number, min(day) as first_day, max(day) as last_day from periods group by number),

    calendar as (
        select periods.day, spans.number, spans.first_day, spans.last_day
        from periods
        inner join spans on periods.number = spans.number
    ),

    -- a buyer is counted at the last order of the period, one with two or more at the last but one
    bought as (
        select
            steps.segment,
            calendar.number,
            count(*) filter (steps.next_day is null or steps.next_day > calendar.last_day) as buyers,
            count(*) filter (
                steps.next_day <= calendar.last_day and (steps.third_day is null or steps.third_day > calendar.last_day)
            ) as repeat_buyers,
            count(*) filter (
                steps.first_day >= calendar.first_day and (steps.next_day is null or steps.next_day > calendar.last_day)
            ) as first_buyers,
            count(*) as orders,
        from steps
        inner join calendar on steps.day = calendar.day
        group by steps.segment, calendar.number
    ),

    -- money paid back on a cancelled order is no order, but it lowers the revenue
    payments as (
        select customer, day, amount
        from activity_days
        where source = 'orders'
        union all
        select customer, day, amount
        from orders
        where is_cancelled and amount < 0
        union all
        select customer, day, amount
        from guest_orders
    ),

    nobodys as (
        select periods.number, sum(guest_orders.times) as orders
        from guest_orders
        inner join periods on guest_orders.day = periods.day
        group by periods.number
    ),

    earned as (
        select customer_segments.segment, periods.number, sum(payments.amount) as revenue
        from payments
        inner join periods on payments.day = periods.day
        left join customer_segments on payments.customer = customer_segments.customer
        group by customer_segments.segment, periods.number
    ),

    final as (
        select
            case when $breakdown::varchar is not null then coalesce(earned.segment, '') end as segment,
            earned.number,
            coalesce(bought.buyers, 0) as buyers,
            coalesce(bought.repeat_buyers, 0) as repeat_buyers,
            coalesce(bought.first_buyers, 0) as first_buyers,
            coalesce(bought.orders, 0) as orders,
            case when earned.segment is null then coalesce(nobodys.orders, 0) else 0 end::bigint as guest_orders,
            earned.revenue,
        from earned
        left join bought on earned.segment is not distinct from bought.segment and earned.number = bought.number
        left join nobodys on earned.number = nobodys.number
    )

select *
from final
order by segment, number
