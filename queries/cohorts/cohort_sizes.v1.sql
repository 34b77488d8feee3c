-- name: cohort_sizes
-- version: 1
-- title: Cohort sizes over time
-- description: How many customers start in each period, and how that compares with the period before.
-- section: Cohort sizes
-- needs: cohort_cover.v1, reported_periods.v1
-- column: segment varchar | Segment | the attribute's value; null without a split
-- column: cohort date | Cohort | first day of the period
-- column: customers bigint | Customers | customers who started in it; a complete period in which nobody did has 0
-- column: share double % | Share | of all who started in that period, 0 to 1; null where nobody did
-- column: all_customers bigint | All customers | all who started in that period
-- column: change double % | Change | all who started / those of the period before - 1; null where nobody had
-- column: complete boolean | Complete | the data cover the whole period
-- picture: customers, share
-- change: 1 2026-11-23 first version
with

    totals as (select cohort_number, sum(customers)::bigint as customers from cohort_cover group by cohort_number),

    -- also the complete periods after the first in which nobody starts
    calendar as (
        select
            reported_periods.number,
            reported_periods.period,
            reported_periods.complete,
            coalesce(totals.customers, 0)::bigint as customers,
        from reported_periods
        left join totals on reported_periods.number = totals.cohort_number
        where
            reported_periods.number >= (select min(cohort_number) from totals)
            and (totals.customers is not null or reported_periods.complete and reported_periods.is_reported)
    ),

    compared as (
        select calendar.*, calendar.customers::double / nullif(before.customers, 0) - 1 as change,
        from calendar
        left join calendar as before on calendar.number = before.number + 1
    ),

    segments as (select distinct segment from cohort_cover),

    sizes as (
        select segment, cohort_number, sum(customers)::bigint as customers
        from cohort_cover
        group by segment, cohort_number
    ),

    final as (
        select
            segments.segment,
            compared.period as cohort,
            coalesce(sizes.customers, 0)::bigint as customers,
            coalesce(sizes.customers, 0)::double / nullif(compared.customers, 0) as share,
            compared.customers as all_customers,
            compared.change,
            compared.complete,
        from segments
        cross join compared
        left join sizes on segments.segment is not distinct from sizes.segment and compared.number = sizes.cohort_number
        where sizes.customers is not null or compared.customers = 0
    )

select *
from final
order by segment, cohort
