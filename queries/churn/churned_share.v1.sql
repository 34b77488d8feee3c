-- name: churned_share
-- version: 1
-- title: Customers lost so far
-- description: The share of all customers who are lost at the end of the data, by the churn definition; needs no dates.
-- section: Share of customers lost
-- needs: churned_counts.v1
-- column: segment varchar | Segment | the attribute's value, empty where there is none, (other); null without a split
-- column: customers bigint | Customers | customers known
-- column: churned_customers bigint | Lost | of these, lost and not back
-- column: share double % | Share | churned_customers / customers, 0 to 1
-- column: ci_low double % | 95 % from | lower end of its 95 % interval (Wilson)
-- column: ci_high double % | 95 % to | upper end
-- picture: share, customers, churned_customers
-- change: 1 2026-11-24 first version
with

    rates as (select *, churned_customers::double / nullif(customers, 0) as rate from churned_counts),

    final as (
        select
            segment,
            customers,
            churned_customers,
            rate as share,
            wilson_low(rate, customers) as ci_low,
            wilson_high(rate, customers) as ci_high,
        from rates
    )

select *
from final
order by share desc, segment
