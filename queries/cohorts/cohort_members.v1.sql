-- name: cohort_members
-- version: 1
-- title: Cohort members
-- description: Every customer with the cohort they belong to: the period of their start.
-- section: Cohorts
-- needs: cohort_starts.v1, customer_segments.v1, periods.v1
-- needs: cohort_clock.v1 if clock in rolling
-- param: clock choice(calendar, rolling) = calendar | Periods counted | periods of the calendar; windows from each
-- customer's own start
-- choice: clock calendar | By the calendar
-- choice: clock rolling | From each start, by the hour
-- column: customer integer | the customer
-- column: segment varchar | the attribute's value, empty where there is none, (other); null without a split
-- column: cohort date | first day of the period the customer started in
-- column: cohort_number integer | that period's number in the calendar
-- column: started_on date | the day the customer started
-- column: started_at timestamp | the time of the start with the rolling clock, else null
-- column: complete_until integer | the last period since the start that the data cover whole
-- column: reached integer | the last period since the start that has begun
-- change: 1 2026-11-22 first version
with

    covered as (select max(number) as last_number, max(number) filter (complete) as last_complete from periods),

    reported as (
        select
            coalesce(
                min(periods.number) filter (periods.day >= scope.report_from), max(periods.number) + 1
            ) as from_number,
            max(periods.number) filter (periods.day <= scope.report_to) as to_number,
        from periods
        cross join scope
        group by scope.report_from, scope.report_to
    ),

    final as (
        select
            cohort_starts.customer,
            case when $breakdown::varchar is not null then coalesce(customer_segments.segment, '') end as segment,
            periods.period as cohort,
            periods.number as cohort_number,
            cohort_starts.started_on,
            cohort_clock.started_at,
            case
                $clock
                when 'rolling'
                then cohort_clock.whole - 1
                else coalesce(covered.last_complete - periods.number, -1)
            end as complete_until,
            case $clock when 'rolling' then cohort_clock.begun else covered.last_number - periods.number end as reached,
        from cohort_starts
        inner join periods on cohort_starts.started_on = periods.day
        left join customer_segments on cohort_starts.customer = customer_segments.customer
        left join
            cohort_clock
            on cohort_starts.customer = cohort_clock.customer
            and cohort_starts.started_on = cohort_clock.started_on
        cross join covered
        cross join reported
        cross join scope
        where
            (scope.report_from is null or periods.number >= reported.from_number)
            and (scope.report_to is null or periods.number <= reported.to_number)
    )

select *
from final
order by customer, cohort
