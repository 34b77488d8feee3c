-- name: cohort_members
-- version: 1
-- title: Cohort members
-- description: Every customer with the cohort they belong to: the period of their start.
-- needs: activity_days, periods.v1
-- uses: customers, customer_attributes
-- param: start event = null | what starts a customer; null: the first activity; signup: the sign-up date or event
-- param: breakdown attribute = null | split by this customer attribute
-- column: customer integer | the customer
-- column: segment varchar | the attribute's value, empty where there is none; null without a split
-- column: cohort date | first day of the period the customer started in
-- column: cohort_number integer | that period's number in the calendar
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
    ),

    first_days as (select customer, min(day) as day from starting_days group by customer),

    -- known to be older than the file: a sign-up or subscription before its first day
    older as (select customer, older_since from customers where older_since is not null and $start::varchar is null),

    started as (
        select first_days.customer, coalesce(older.older_since, first_days.day) as day
        from first_days
        left join older on first_days.customer = older.customer
    ),

    segments as (select customer, value as segment from customer_attributes where attribute = $breakdown::varchar),

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
            started.customer,
            case when $breakdown::varchar is not null then coalesce(segments.segment, '') end as segment,
            periods.period as cohort,
            periods.number as cohort_number,
            started.day as started_on,
        from started
        inner join periods on started.day = periods.day
        left join segments on started.customer = segments.customer
        cross join reported
        cross join scope
        where
            (scope.report_from is null or periods.number >= reported.from_number)
            and (scope.report_to is null or periods.number <= reported.to_number)
    )

select *
from final
order by customer
