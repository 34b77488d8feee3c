-- name: churned_share
-- version: 1
-- title: Customers lost so far
-- description: The share of all customers who are lost at the end of the data, by the churn definition; needs no dates.
-- needs: churned_counts.v1
-- column: segment varchar | the attribute's value, empty where there is none, (other); null without a split
-- column: customers bigint | customers known
-- column: churned_customers bigint | of these, lost and not back
-- column: share double | churned_customers / customers, 0 to 1
-- column: ci_low double | lower end of its 95 % interval (Wilson)
-- column: ci_high double | upper end
-- change: 1 2026-11-24 first version
with

    rates as (
        select *, churned_customers::double / nullif(customers, 0) as rate, 3.841459e0 / nullif(customers, 0) as z,  -- z squared over n
        from churned_counts
    ),

    final as (
        select
            segment,
            customers,
            churned_customers,
            rate as share,
            (rate + z / 2 - sqrt(z * (rate * (1 - rate) + z / 4))) / (1 + z) as ci_low,
            (rate + z / 2 + sqrt(z * (rate * (1 - rate) + z / 4))) / (1 + z) as ci_high,
        from rates
    )

select *
from final
order by share desc, segment
