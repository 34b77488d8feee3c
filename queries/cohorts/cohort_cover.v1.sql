-- name: cohort_cover
-- version: 1
-- title: Cohorts by how far the data reach
-- description: Customers of each cohort by how many periods since their start the data cover; with the calendar all
-- alike.
-- section: Cohorts
-- needs: cohort_members.v1
-- adds: segment, cohort, cohort_number, complete_until, reached
-- column: segment varchar | the attribute's value; null without a split
-- column: cohort date | first day of the period the customers started in
-- column: cohort_number integer | that period's number in the calendar
-- column: complete_until integer | the last period since the start that the data cover whole
-- column: reached integer | the last period since the start that has begun
-- column: customers bigint | customers alike in all of this
-- change: 1 2026-11-30 first version
with

    final as (
        select segment, cohort, cohort_number, complete_until, reached, count(*) as customers
        from cohort_members
        group by segment, cohort, cohort_number, complete_until, reached
    )

select *
from final
order by segment, cohort, complete_until, reached
