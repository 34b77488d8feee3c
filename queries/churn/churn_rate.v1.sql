-- name: churn_rate
-- version: 1
-- title: Customer churn and retention from totals
-- description: Churn from the totals of a period alone, as the textbook has it: 1 - (E - N) / S.
-- section: Churn rate
-- needs: churn_balance.v1
-- column: segment varchar | Segment | the attribute's value, empty where there is none, (other); null without a split
-- column: period date | Period | its first day
-- column: opening_customers bigint | Customers at the beginning | customers when it begins
-- column: new_customers bigint | New | became a customer in it for the first time, whether they stayed or not
-- column: returned_customers bigint | Returned | were customers before, not when it begins, and came back in it
-- column: churned_customers bigint | Lost | customers in it who are none when it ends
-- column: closing_customers bigint | Customers at the end | customers when it ends
-- column: churn_rate double % | Churn rate | 1 - retention_rate; below 0 where more came back than left
-- column: retention_rate double % | Retention rate | (closing - new) / opening
-- column: retention_rate_by_counts double % | Retention rate from totals | the same
-- column: complete boolean | Complete | the data cover the whole period, and who was lost in it is settled
-- change: 1 2026-11-24 first version
with

    rates as (
        select *, (closing_customers - new_customers)::double / nullif(opening_customers, 0) as kept
        from churn_balance
        where is_reported
    ),

    final as (
        select
            segment,
            period,
            opening_customers,
            new_customers,
            returned_customers,
            churned_customers,
            closing_customers,
            1 - kept as churn_rate,
            kept as retention_rate,
            kept as retention_rate_by_counts,
            complete,
        from rates
    )

select *
from final
order by segment, period
