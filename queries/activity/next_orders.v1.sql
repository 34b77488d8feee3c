-- name: next_orders
-- version: 1
-- title: How many order once more
-- description: Of the customers who placed an order of a number, the share who placed the next one so far.
-- section: Next order
-- needs: repeat_purchase_counts.v1
-- column: segment varchar | Segment | the attribute's value, empty where there is none, (other); null without a split
-- column: order_number integer | Order | 1: the first; at most 9
-- column: customers bigint | Customers | who placed so many orders or more
-- column: went_on bigint | Ordered once more | of these, one order more
-- column: probability double % | Next order | went_on / customers
-- column: ci_low double % | 95 % from | lower end of its 95 % interval (Wilson)
-- column: ci_high double % | 95 % to | upper end
-- sample: probability = customers, ci_low, ci_high
-- metric: repeat_purchase_rate = probability all-time (store life) where order_number=1
-- metric: next_order_probability (order-2) = probability lifetime where order_number=2
-- metric: next_order_probability (order-3) = probability lifetime where order_number=3
-- metric: next_order_probability (order-9) = probability lifetime where order_number=9
-- change: 1 2026-12-01 first version
with

    numbers as (select unnest(generate_series(1, 9))::integer as order_number),

    sums as (
        select
            counts.segment,
            numbers.order_number,
            coalesce(sum(counts.customers) filter (counts.orders >= numbers.order_number), 0)::bigint as customers,
            coalesce(sum(counts.customers) filter (counts.orders > numbers.order_number), 0)::bigint as went_on,
        from repeat_purchase_counts as counts
        cross join numbers
        group by counts.segment, numbers.order_number
    ),

    rated as (select *, went_on::double / nullif(customers, 0) as rate from sums),

    final as (
        select
            segment,
            order_number,
            customers,
            went_on,
            rate as probability,
            wilson_low(rate, customers) as ci_low,
            wilson_high(rate, customers) as ci_high,
        from rated
    )

select *
from final
order by segment, order_number
