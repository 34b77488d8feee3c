-- name: repeat_purchase
-- version: 1
-- title: Repeat purchase within a year
-- description: Of the customers whose first order lies twelve months back, the share who ordered again within twelve
-- months of it.
-- section: Repeat purchase within a year
-- needs: repeat_purchase_counts.v1
-- column: segment varchar | Segment | the attribute's value, empty where there is none, (other); null without a split
-- column: customers bigint | Customers | with twelve whole months since their first order
-- column: repeated bigint | Ordered again | of these, within twelve months of their first order
-- column: repeat_rate double % | Repeat purchase rate | repeated / customers
-- column: ci_low double % | 95 % from | lower end of its 95 % interval (Wilson)
-- column: ci_high double % | 95 % to | upper end
-- column: too_recent bigint | Too recent | customers left out, since their twelve months are not over
-- sample: repeat_rate = customers, ci_low, ci_high
-- metric: repeat_purchase_rate = repeat_rate 12 months
-- change: 1 2026-12-01 first version
with

    sums as (
        select
            segment,
            coalesce(sum(customers) filter (is_settled), 0)::bigint as customers,
            coalesce(sum(customers) filter (is_settled and is_repeated), 0)::bigint as repeated,
            coalesce(sum(customers) filter (not is_settled), 0)::bigint as too_recent,
        from repeat_purchase_counts
        group by segment
    ),

    rated as (select *, repeated::double / nullif(customers, 0) as rate from sums),

    final as (
        select
            segment,
            customers,
            repeated,
            rate as repeat_rate,
            wilson_low(rate, customers) as ci_low,
            wilson_high(rate, customers) as ci_high,
            too_recent,
        from rated
    )

select *
from final
order by segment
