-- name: purchase_rates
-- version: 1
-- title: Purchases of every period
-- description: Buyers, orders and money by period, and how many of them are repeat purchases, counted in three ways.
-- section: Repeat purchase
-- needs: purchase_counts.v1, reported_periods.v1
-- column: segment varchar | the attribute's value, empty where there is none, (other); null without a split
-- column: period date | first day of the period
-- column: buyers bigint | customers with an order in the period, cancelled orders left out
-- column: orders bigint | orders in it, also those of which nobody knows whose they are
-- column: revenue double money | money of the period, refunds subtracted; null without amounts
-- column: repeat_buyers bigint | buyers with two orders or more in the period
-- column: repeat_rate_by_customers double % | by customers: repeat buyers / buyers, 0 to 1
-- column: ci_low double % | lower end of its 95 % Wilson interval
-- column: ci_high double % | upper end
-- column: repeat_orders bigint | orders of the period that are not the first one ever of their customer
-- column: repeat_rate_by_orders double % | by orders: repeat orders / orders of known customers, 0 to 1
-- column: earlier_buyers bigint | buyers of the period who had bought in an earlier one
-- column: repeat_rate_by_period double % | by period: earlier buyers / buyers, 0 to 1
-- column: average_order_value double money | revenue / orders
-- column: purchase_frequency double | orders of known customers / buyers
-- column: complete boolean | the data cover the whole period
-- column: is_reported boolean | it lies between the days chosen, or holds one of them
-- change: 1 2026-11-24 first version
with

    segments as (select distinct segment from purchase_counts),

    -- every segment in every period since the first order, so that a period without orders shows as one
    grid as (
        select
            segments.segment,
            reported_periods.number,
            reported_periods.period,
            reported_periods.complete,
            reported_periods.is_reported
        from segments
        cross join reported_periods
        where reported_periods.number >= (select min(number) from purchase_counts)
    ),

    paid as (select count(revenue) > 0 as has_amounts from purchase_counts),

    filled as (
        select
            grid.segment,
            grid.period,
            coalesce(purchase_counts.buyers, 0) as buyers,
            coalesce(purchase_counts.orders, 0) as known_orders,
            known_orders + coalesce(purchase_counts.guest_orders, 0) as orders,
            case when paid.has_amounts then coalesce(purchase_counts.revenue::double, 0e0) end as revenue,
            coalesce(purchase_counts.repeat_buyers, 0) as repeat_buyers,
            coalesce(purchase_counts.first_buyers, 0) as first_buyers,
            coalesce(purchase_counts.repeat_buyers, 0)::double / nullif(purchase_counts.buyers, 0) as rate,
            grid.complete,
            grid.is_reported,
        from grid
        left join
            purchase_counts
            on grid.segment is not distinct from purchase_counts.segment
            and grid.number = purchase_counts.number
        cross join paid
    ),

    final as (
        select
            segment,
            period,
            buyers,
            orders,
            revenue,
            repeat_buyers,
            rate as repeat_rate_by_customers,
            wilson_low(rate, buyers) as ci_low,
            wilson_high(rate, buyers) as ci_high,
            known_orders - first_buyers as repeat_orders,
            (known_orders - first_buyers)::double / nullif(known_orders, 0) as repeat_rate_by_orders,
            buyers - first_buyers as earlier_buyers,
            (buyers - first_buyers)::double / nullif(buyers, 0) as repeat_rate_by_period,
            revenue / nullif(orders, 0) as average_order_value,
            known_orders::double / nullif(buyers, 0) as purchase_frequency,
            complete,
            is_reported,
        from filled
    )

select *
from final
order by segment, period
