-- name: weekday_counts
-- version: 1
-- title: Orders and money by day of the week
-- description: How many orders there are on each day of the week, and what they bring in.
-- section: Days of the week
-- needs: orders or guest_orders, customer_segments.v1
-- uses: orders, activity_days, guest_orders
-- adds: segment, weekday; least first_day
-- column: segment varchar | the attribute's value, empty where there is none, (other); null without a split
-- column: weekday integer | 1 Monday to 7 Sunday
-- column: orders bigint | orders on that day of the week, cancelled orders left out
-- column: revenue decimal(38,4) money | their money, refunds subtracted; null without amounts
-- column: first_day date | the first such day with an order, whichever days are chosen
-- change: 1 2026-11-30 first version
with

    -- money paid back on a cancelled order is no order, but it lowers the revenue
    payments as (
        select customer, day, times as orders, amount
        from activity_days
        where source = 'orders'
        union all
        select customer, day, 0 as orders, amount
        from orders
        where is_cancelled and amount < 0
        union all
        select customer, day, times as orders, amount
        from guest_orders
    ),

    chosen as (
        select
            payments.*,
            payments.day >= coalesce(scope.report_from, payments.day)
            and payments.day <= least(scope.as_of, coalesce(scope.report_to, scope.as_of)) as is_reported,
        from payments
        cross join scope
    ),

    final as (
        select
            case when $breakdown::varchar is not null then coalesce(customer_segments.segment, '') end as segment,
            isodow(chosen.day)::integer as weekday,
            coalesce(sum(chosen.orders) filter (chosen.is_reported), 0)::bigint as orders,
            sum(chosen.amount) filter (chosen.is_reported) as revenue,
            min(chosen.day) as first_day,
        from chosen
        left join customer_segments on chosen.customer = customer_segments.customer
        group by all
    )

select *
from final
order by segment, weekday
