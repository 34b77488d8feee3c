-- name: cohort_sizes
-- version: 1
-- title: Cohort sizes over time
-- description: How many customers start in each period, and how that compares with the period before.
-- section: Cohort sizes
-- needs: cohort_cover.v1, periods.v1
-- column: segment varchar | Segment | the attribute's value; null without a split
-- column: cohort date | Cohort | first day of the period
-- column: customers bigint | Customers | customers who started in it
-- column: share double % | Share | of all who started in that period, 0 to 1
-- column: all_customers bigint | All customers | all who started in that period
-- column: change double % | Change | all who started / those of the period before - 1; null where nobody had
-- column: complete boolean | Complete | the data cover the whole period
-- picture: customers, share
-- change: 1 2026-11-23 first version
with

    totals as (
        select cohort, cohort_number, sum(customers)::bigint as customers
        from cohort_cover
        group by cohort, cohort_number
    ),

    ends as (select number, bool_and(complete) as complete from periods group by number),

    compared as (
        select
            totals.cohort,
            totals.cohort_number,
            totals.customers,
            ends.complete,
            totals.customers::double / before.customers - 1 as change,
        from totals
        inner join ends on totals.cohort_number = ends.number
        left join totals as before on totals.cohort_number = before.cohort_number + 1
    ),

    final as (
        select
            cohort_cover.segment,
            compared.cohort,
            sum(cohort_cover.customers)::bigint as customers,
            sum(cohort_cover.customers)::double / compared.customers as share,
            compared.customers as all_customers,
            compared.change,
            compared.complete,
        from cohort_cover
        inner join compared on cohort_cover.cohort_number = compared.cohort_number
        group by cohort_cover.segment, compared.cohort, compared.customers, compared.change, compared.complete
    )

select *
from final
order by segment, cohort
