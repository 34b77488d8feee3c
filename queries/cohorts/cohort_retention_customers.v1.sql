-- name: cohort_retention_customers
-- version: 1
-- title: Customers behind a cohort cell
-- description: The customers of one cohort who came back in one period, or who did not.
-- section: Retention by cohort
-- needs: cohort_members.v1, cohort_returns.v1, activity_days, customers
-- uses: derived_moments
-- param: periods int(0..) = null | Periods to follow | how many later periods are followed; null: all
-- param: cohort date = null | Cohort | first day of the cohort's period
-- param: period int(0..) = 1 | Period since start | periods since the start
-- param: state choice(retained, not_retained) = retained | Customers shown | who came back, or who did not
-- choice: state retained | Came back
-- choice: state not_retained | Did not come back
-- param: segment text = null | Segment | only this segment of the split; null: all
-- choice: segment null | All
-- picked: cohort, period, state, segment
-- column: customer_id varchar | Customer id | the customer's id in the files
-- column: first_on date | First day | first day of the returning activity, ever
-- column: last_on date | Last day | last day of it within the data
-- column: times bigint | Times | how often, ever
-- column: amount double money | Amount | money of it, ever; null where the files have none
-- change: 1 2026-11-22 first version
with

    members as (
        select customer, cohort_number
        from cohort_members
        where
            cohort = $cohort::date
            and ($periods::integer is null or $period <= $periods::integer)
            and ($segment::varchar is null or segment = $segment::varchar)
    ),

    retained as (
        select distinct members.customer
        from members
        inner join cohort_returns on members.customer = cohort_returns.customer
        where
            cohort_returns.cohort_number = members.cohort_number
            and case
                when $period between cohort_returns.first_period and cohort_returns.last_period
                then coalesce((cohort_returns.bits >> ($period - cohort_returns.first_period)::bigint) & 1 = 1, true)
                else false
            end
    ),

    listed as (
        select members.customer
        from members
        left join retained on members.customer = retained.customer
        where (retained.customer is not null) = ($state = 'retained')
    ),

    returns as not materialized(
        select customer, day, last_day, times, amount
        from activity_days
        where case when $returning::varchar is null then is_activity else name = $returning::varchar end
        union all
        select customer, day, last_day, times, amount
        from derived_moments
        where name = $returning::varchar and times > 0
    ),

    activity as (
        select
            returns.customer,
            min(returns.day) as first_on,
            max(returns.last_day) as last_on,
            sum(returns.times)::bigint as times,
            sum(returns.amount)::double as amount,
        from returns
        inner join listed on returns.customer = listed.customer
        group by returns.customer
    ),

    final as (
        select
            customers.customer_id,
            activity.first_on,
            activity.last_on,
            coalesce(activity.times, 0) as times,
            activity.amount,
        from listed
        inner join customers on listed.customer = customers.customer
        left join activity on listed.customer = activity.customer
    )

select *
from final
order by customer_id
