-- name: purchases
-- version: 1
-- title: Purchases and repeat purchases
-- description: Buyers, orders and money by period, and how many of them are repeat purchases, counted in three ways.
-- section: Repeat purchase
-- needs: purchase_rates.v1
-- column: segment varchar | Segment | the attribute's value, empty where there is none, (other); null without a split
-- column: period date | Period | first day of the period
-- column: buyers bigint | Buyers | customers with an order in the period, cancelled orders left out
-- column: orders bigint | Orders | orders in it, also those of which nobody knows whose they are
-- column: revenue double money | Revenue | money of the period, refunds subtracted; null without amounts
-- column: repeat_buyers bigint | Repeat buyers | buyers with two orders or more in the period
-- column: repeat_rate_by_customers double % | Repeat rate by customers | by customers: repeat buyers / buyers, 0 to 1
-- column: ci_low double % | 95 % from | lower end of its 95 % Wilson interval
-- column: ci_high double % | 95 % to | upper end
-- column: repeat_orders bigint | Repeat orders | orders of the period that are not the first one ever of their customer
-- column: repeat_rate_by_orders double % | Repeat rate by orders | by orders: repeat orders / orders of known
-- customers, 0 to 1
-- column: earlier_buyers bigint | Earlier buyers | buyers of the period who had bought in an earlier one
-- column: repeat_rate_by_period double % | Repeat rate by period | by period: earlier buyers / buyers, 0 to 1
-- column: average_order_value double money | Average order value | revenue / orders
-- column: purchase_frequency double | Purchase frequency | orders of known customers / buyers
-- column: complete boolean | Complete | the data cover the whole period
-- picture: repeat_rate_by_customers, repeat_rate_by_orders, repeat_rate_by_period, average_order_value, orders, buyers
-- change: 1 2026-11-24 first version
with

    final as (
        select
            segment,
            period,
            buyers,
            orders,
            revenue,
            repeat_buyers,
            repeat_rate_by_customers,
            ci_low,
            ci_high,
            repeat_orders,
            repeat_rate_by_orders,
            earlier_buyers,
            repeat_rate_by_period,
            average_order_value,
            purchase_frequency,
            complete,
        from purchase_rates
        where is_reported
    )

select *
from final
order by segment, period
