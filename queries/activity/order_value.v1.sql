-- name: order_value
-- version: 1
-- title: Average order value with its uncertainty
-- description: Money of a period divided by its orders, with an interval that knows that orders of one buyer resemble
-- each other.
-- section: Average order value
-- needs: order_values.v1
-- column: segment varchar | Segment | the attribute's value, empty where there is none, (other); null without a split
-- column: period date | Period | first day of the period
-- column: buyers bigint | Buyers | customers with an order or a payment in it; each order of nobody is one
-- column: orders bigint | Orders | orders in it
-- column: revenue double money | Revenue | money of the period, refunds subtracted
-- column: average_order_value double money | Average order value | revenue / orders
-- column: ci_low double money | 95 % from | lower end of its 95 % interval, of a ratio over buyers
-- column: ci_high double money | 95 % to | upper end
-- column: complete boolean | Complete | the data cover the whole period
-- sample: average_order_value = buyers, ci_low, ci_high
-- metric: average_order_value = average_order_value 12 months where grain=year, years=ending
-- change: 1 2026-12-01 first version
with

    final as (
        select segment, period, buyers, orders, revenue, average_order_value, ci_low, ci_high, complete,
        from order_values
        where is_reported
    )

select *
from final
order by segment, period
