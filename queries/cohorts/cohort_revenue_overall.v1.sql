-- name: cohort_revenue_overall
-- version: 1
-- title: Cohort revenue, all cohorts together
-- description: Revenue per customer by periods since the start, over the cohorts whose period is complete.
-- section: Cohort revenue
-- needs: cohort_revenue.v1
-- column: segment varchar | Segment | the attribute's value; null without a split
-- column: period integer | Period | periods since the start
-- column: cohorts bigint | Cohorts | cohorts whose period is complete
-- column: customers bigint | Customers | their customers
-- column: revenue double money | Revenue | their revenue in that period, or up to its end
-- column: revenue_per_customer double money | Revenue per customer | revenue / customers
-- picture: revenue_per_customer, customers
-- change: 1 2026-11-23 first version
with

    final as (
        select
            segment,
            period,
            count(*) as cohorts,
            sum(cohort_size)::bigint as customers,
            sum(revenue::decimal(38, 10))::double as revenue,
            sum(revenue::decimal(38, 10))::double / nullif(sum(cohort_size), 0)::double as revenue_per_customer,
        from cohort_revenue
        where complete
        group by segment, period
    )

select *
from final
order by segment, period
