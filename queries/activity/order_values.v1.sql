-- name: order_values
-- version: 1
-- title: Average order value of every period
-- description: Money of a period divided by its orders, with an interval that knows that orders of one buyer resemble
-- each other.
-- section: Average order value
-- needs: order_value_counts.v1, reported_periods.v1
-- column: segment varchar | the attribute's value, empty where there is none, (other); null without a split
-- column: period date | first day of the period
-- column: buyers bigint | customers with an order or a payment in it; each order of nobody is one
-- column: orders bigint | orders in it
-- column: revenue double money | money of the period, refunds subtracted
-- column: average_order_value double money | revenue / orders
-- column: ci_low double money | lower end of its 95 % interval, of a ratio over buyers
-- column: ci_high double money | upper end
-- column: complete boolean | the data cover the whole period
-- column: is_reported boolean | it lies between the days chosen, or holds one of them
-- change: 1 2026-12-01 first version
with

    ratios as (
        select
            *,
            revenue::double / nullif(orders, 0) as ratio,
            -- the squared distances of the buyers' money from what their orders would bring at the ratio
            revenue_squared::double
            - 2 * (revenue::double / nullif(orders, 0)) * revenue_orders::double
            + power(revenue::double / nullif(orders, 0), 2) * orders_squared as squares,
        from order_value_counts
    ),

    spread as (
        select
            *,
            1.959964e0
            * sqrt(greatest(squares, 0) * buyers::double / nullif(buyers - 1, 0))
            / nullif(orders, 0) as margin,
        from ratios
    ),

    final as (
        select
            spread.segment,
            reported_periods.period,
            spread.buyers,
            spread.orders,
            spread.revenue::double as revenue,
            spread.ratio as average_order_value,
            spread.ratio - spread.margin as ci_low,
            spread.ratio + spread.margin as ci_high,
            reported_periods.complete,
            reported_periods.is_reported,
        from spread
        inner join reported_periods on spread.number = reported_periods.number
    )

select *
from final
order by segment, period
