-- name: cohort_clock
-- version: 1
-- title: Starts by the clock
-- description: For windows that count hours: the time of every start, and how many whole windows the data cover.
-- section: Cohorts
-- needs: cohort_starts.v1, activity_moments.v1
-- uses: customers
-- param: start event = null | Starts with | what starts a customer; null: the first activity; signup: the sign-up
-- date or event
-- choice: start null | First activity
-- param: grain choice(day, week, month, quarter, year) = month | Period | size of a period
-- choice: grain day | Day
-- choice: grain week | Week
-- choice: grain month | Month
-- choice: grain quarter | Quarter
-- choice: grain year | Year
-- param: clock choice(calendar, rolling) = rolling | Periods counted | with the calendar there are no rows
-- choice: clock calendar | By the calendar
-- choice: clock rolling | From each start, by the hour
-- column: customer integer | the customer
-- column: started_on date | the day the customer started
-- column: started_at timestamp | the time of the start; midnight where only the day is known
-- column: whole integer | whole windows from the start to the end of the data
-- column: begun integer | number of the last window that begins within the data
-- change: 1 2026-11-22 first version
with

    first_moments as (
        select cohort_starts.customer, cohort_starts.started_on, min(activity_moments.occurred_at) as started_at
        from cohort_starts
        inner join
            activity_moments
            on cohort_starts.customer = activity_moments.customer
            and cohort_starts.started_on = activity_moments.occurred_at::date
        where case when $start::varchar is null then is_activity else name = $start::varchar end
        group by cohort_starts.customer, cohort_starts.started_on
    ),

    timed as (
        select
            cohort_starts.customer,
            cohort_starts.started_on,
            case
                when $start::varchar = 'signup' and customers.signed_up_at::date = cohort_starts.started_on
                then customers.signed_up_at
                else coalesce(first_moments.started_at, cohort_starts.started_on::timestamp)
            end as started_at,
            (scope.as_of + 1)::timestamp as end_at,
        from cohort_starts
        inner join customers on cohort_starts.customer = customers.customer
        left join
            first_moments
            on cohort_starts.customer = first_moments.customer
            and cohort_starts.started_on = first_moments.started_on
        cross join scope
        where $clock = 'rolling'
    ),

    elapsed as (
        select
            *,
            floor((epoch(end_at) - epoch(started_at)) / case $grain when 'week' then 604800 else 86400 end) as windows,
            year(end_at) * 12 + month(end_at) - year(started_at) * 12 - month(started_at) as months,
        from timed
    ),

    counted as (
        select
            customer,
            started_on,
            started_at,
            end_at,
            case
                when $grain in ('day', 'week')
                then windows
                else
                    floor(
                        (months - case when started_at + months * interval 1 month > end_at then 1 else 0 end)
                        / case $grain when 'quarter' then 3.0 when 'year' then 12.0 else 1.0 end
                    )
            end::integer as whole,
        from elapsed
    ),

    units as (
        select
            case $grain when 'week' then 7 when 'day' then 1 else 0 end as days,
            case $grain when 'month' then 1 when 'quarter' then 3 when 'year' then 12 else 0 end as months,
    ),

    final as (
        select
            counted.customer,
            counted.started_on,
            counted.started_at,
            counted.whole,
            counted.whole - case
                when
                    counted.started_at
                    + counted.whole * units.months * interval 1 month
                    + counted.whole * units.days * interval 1 day
                    < counted.end_at
                then 0
                else 1
            end as begun,
        from counted
        cross join units
    )

select *
from final
order by customer, started_on
