-- name: return_windows
-- version: 1
-- title: Windows with a return
-- description: The windows after each start in which the customer was active, by the hour, as bits.
-- section: Retention by cohort
-- needs: cohort_members.v1, activity_moments.v1
-- param: returning event = null | Comes back with | what counts as coming back; null: any activity
-- choice: returning null | Any activity
-- param: minimum int(1..) = 1 | Times to count as back | how often within a period to count as back
-- param: grain choice(day, week, month, quarter, year) = month | Period | size of a period
-- choice: grain day | Day
-- choice: grain week | Week
-- choice: grain month | Month
-- choice: grain quarter | Quarter
-- choice: grain year | Year
-- column: customer integer | the customer
-- column: cohort_number integer | the cohort of the start
-- column: first_period integer | first window of the block of sixty
-- column: bits bigint | bit i: active in window first_period + i
-- change: 1 2026-11-22 first version
with

    following as (
        select
            cohort_members.customer,
            cohort_members.cohort_number,
            cohort_members.started_at,
            greatest(activity_moments.occurred_at, cohort_members.started_at) as first_at,
            activity_moments.last_at,
        from cohort_members
        inner join activity_moments on cohort_members.customer = activity_moments.customer
        where
            case when $returning::varchar is null then is_activity else name = $returning::varchar end
            and activity_moments.last_at >= cohort_members.started_at
    ),

    -- months from one to the other by the calendar, the last one counted only when it is whole
    measured as (
        select
            *,
            case $grain when 'week' then 604800 else 86400 end as seconds,
            case $grain when 'quarter' then 3.0 when 'year' then 12.0 else 1.0 end as months,
            year(first_at) * 12 + month(first_at) - year(started_at) * 12 - month(started_at) as first_month,
            year(last_at) * 12 + month(last_at) - year(started_at) * 12 - month(started_at) as last_month,
        from following
    ),

    windows as (
        select
            customer,
            cohort_number,
            case
                when $grain in ('day', 'week')
                then floor((epoch(first_at) - epoch(started_at)) / seconds)
                else
                    floor(
                        (
                            first_month
                            - case when started_at + first_month * interval 1 month > first_at then 1 else 0 end
                        )
                        / months
                    )
            end::integer as first_window,
            case
                when $grain in ('day', 'week')
                then floor((epoch(last_at) - epoch(started_at)) / seconds)
                else
                    floor(
                        (last_month - case when started_at + last_month * interval 1 month > last_at then 1 else 0 end)
                        / months
                    )
            end::integer as last_window,
        from measured
    ),

    touched as (
        select customer, cohort_number, unnest(generate_series(first_window, last_window))::integer as number
        from windows
    ),

    repeated as (
        select customer, cohort_number, number
        from touched
        group by customer, cohort_number, number
        having count(*) >= $minimum
    ),

    final as (
        select
            customer,
            cohort_number,
            number - number % 60 as first_period,
            bit_or(1::bigint << (number % 60)::bigint) as bits,
        from repeated
        group by customer, cohort_number, number - number % 60
    )

select *
from final
order by customer, cohort_number, first_period
