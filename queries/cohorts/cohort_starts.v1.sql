-- name: cohort_starts
-- version: 1
-- title: Starts
-- description: The day every customer starts: the first ever, or the first in each period.
-- section: Cohorts
-- needs: activity_days, periods.v1
-- uses: customers, derived_moments
-- param: start event = null | Starts with | what starts a customer; null: the first activity; signup: the sign-up
-- date or event
-- choice: start null | First activity
-- param: entry choice(first_time, recurring) = first_time | Customers enter | in the cohort of the first start; in
-- that of every start
-- choice: entry first_time | Once, at their first start
-- choice: entry recurring | At every start
-- column: customer integer | the customer
-- column: started_on date | the day the customer started
-- change: 1 2026-11-22 first version
with

    starting_days as (
        select customer, day
        from activity_days
        where case when $start::varchar is null then is_activity else name = $start::varchar end
        union all
        select customer, signed_up_at::date as day
        from customers
        where $start::varchar = 'signup' and signed_up_at is not null
        union all
        select customer, day
        from derived_moments
        where name = $start::varchar and times > 0
    ),

    first_days as (
        select customer, min(day) as day
        from starting_days
        where $entry = 'first_time' and $start::varchar is not null
        group by customer
        union all
        -- the first activity of all is kept with the customer
        select customer, active_from as day
        from customers
        where $entry = 'first_time' and $start::varchar is null and active_from is not null
        union all
        select starting_days.customer, min(starting_days.day) as day
        from starting_days
        inner join periods on starting_days.day = periods.day
        where $entry = 'recurring'
        group by starting_days.customer, periods.number
    ),

    -- known to be older than the file: a sign-up or subscription before its first day
    older as (
        select customer, older_since
        from customers
        where older_since is not null and $start::varchar is null and $entry = 'first_time'
    ),

    final as (
        select first_days.customer, coalesce(older.older_since, first_days.day) as started_on
        from first_days
        left join older on first_days.customer = older.customer
    )

select *
from final
order by customer, started_on
