-- name: cohort_revenue
-- version: 1
-- title: Cohort revenue
-- description: What the customers who started in the same period bring in, by period since the start.
-- section: Cohort revenue
-- needs: cohort_counts.v1, cohort_payments.v1, priced_rows.v1
-- param: cumulative bool = false | Added up since the start | add up from the start to the end of each period
-- column: segment varchar | Segment | the attribute's value; null without a split
-- column: cohort date | Cohort | first day of the period the customers started in
-- column: cohort_size bigint | Cohort size | customers who started in it
-- column: period integer | Period | periods since the start; 0 is the cohort's own
-- column: revenue double money | Revenue | money of the cohort in that period, or up to its end; null where the files
-- have no money
-- column: revenue_per_customer double money | Revenue per customer | revenue / cohort_size
-- column: revenue_retention double % | Revenue kept | revenue / revenue of period 0
-- column: complete boolean | Complete | the data cover the whole period
-- picture: revenue_per_customer
-- change: 1 2026-11-23 first version
with

    priced as (select orders + events + subscriptions as amounts from priced_rows),

    earned as (
        select
            cohort_counts.segment,
            cohort_counts.cohort,
            cohort_counts.cohort_size,
            cohort_counts.period,
            case when priced.amounts > 0 then coalesce(cohort_payments.revenue::double, 0e0) end as revenue,
            cohort_counts.complete,
        from cohort_counts
        left join
            cohort_payments
            on cohort_counts.cohort = cohort_payments.cohort
            and cohort_counts.segment is not distinct from cohort_payments.segment
            and cohort_counts.period = cohort_payments.period
        cross join priced
    ),

    added as (
        select
            segment,
            cohort,
            cohort_size,
            period,
            case
                when $cumulative then sum(revenue) over (partition by segment, cohort order by period) else revenue
            end as revenue,
            first_value(revenue) over (partition by segment, cohort order by period) as first_revenue,
            complete,
        from earned
    ),

    final as (
        select
            segment,
            cohort,
            cohort_size,
            period,
            revenue,
            revenue / nullif(cohort_size, 0) as revenue_per_customer,
            revenue / nullif(first_revenue, 0) as revenue_retention,
            complete,
        from added
    )

select *
from final
order by segment, cohort, period
