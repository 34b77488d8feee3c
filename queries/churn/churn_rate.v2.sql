-- name: churn_rate
-- version: 2
-- title: Customer churn and retention
-- description: Share of the customers when a period begins who are gone when it ends, counted by customer.
-- section: Churn rate
-- needs: churn_rates.v1
-- column: segment varchar | Segment | the attribute's value, empty where there is none, (other); null without a split
-- column: period date | Period | its first day
-- column: opening_customers bigint | Customers at the beginning | customers when it begins
-- column: new_customers bigint | New | became a customer in it for the first time, whether they stayed or not
-- column: returned_customers bigint | Returned | were customers before, not when it begins, and came back in it
-- column: churned_customers bigint | Lost | customers in it who are none when it ends
-- column: closing_customers bigint | Customers at the end | customers when it ends
-- column: opening_lost bigint | Lost of those at the beginning | customers when it begins who are none when it ends
-- column: joined_and_left bigint | Joined and left | new in it and none when it ends; in no rate
-- column: churn_rate double % | Churn rate | opening_lost / opening_customers, 0 to 1
-- column: ci_low double % | 95 % from | lower end of its 95 % interval (Wilson)
-- column: ci_high double % | 95 % to | upper end
-- column: retention_rate double % | Retention rate | 1 - churn_rate
-- column: retained_low double % | Retention 95 % from | lower end of its 95 % interval (Wilson)
-- column: retained_high double % | Retention 95 % to | upper end
-- column: retention_rate_by_counts double % | Retention rate from totals | (closing - new) / opening, as version 1
-- has it
-- column: monthly_churn_rate double % | Churn rate a month | churn_rate compounded to a month of 365 / 12 days
-- column: annual_churn_rate double % | Churn rate a year | churn_rate compounded to a year of 365 days
-- column: annual_of_three_months double % | Churn rate a year, of three months | what three months up to its end, or a
-- longer period, compound to in a year; null before there are so many complete ones
-- column: can_lose boolean | Somebody can be lost | by inactivity once so many days of the files have passed, else
-- always
-- column: complete boolean | Complete | the data cover the whole period, and who was lost in it is settled
-- picture: churn_rate, opening_customers, new_customers, returned_customers, churned_customers
-- sample: churn_rate = opening_customers, ci_low, ci_high
-- sample: retention_rate = opening_customers, retained_low, retained_high
-- metric: logo_churn_rate = churn_rate monthly where grain=month
-- metric: logo_churn_rate = churn_rate annual where grain=year, years=settled
-- metric: customer_retention_rate = retention_rate monthly where grain=month
-- metric: customer_retention_rate = retention_rate annual where grain=year, years=settled
-- change: 2 2026-11-24 counted by customer instead of from totals
-- change: 1 2026-11-24 first version
with

    final as (
        select
            segment,
            period,
            opening_customers,
            new_customers,
            returned_customers,
            churned_customers,
            closing_customers,
            opening_lost,
            joined_and_left,
            churn_rate,
            ci_low,
            ci_high,
            retention_rate,
            1 - ci_high as retained_low,
            1 - ci_low as retained_high,
            retention_rate_by_counts,
            monthly_churn_rate,
            annual_churn_rate,
            annual_of_three_months,
            can_lose,
            complete,
        from churn_rates
        where is_reported
    )

select *
from final
order by segment, period
