-- name: cohort_payments
-- version: 1
-- title: Revenue of cohort members
-- description: Money of each cohort by period since the start: payments, and monthly values day by day.
-- section: Cohort revenue
-- needs: cohort_windows.v1, cohort_members.v1, revenue_moments.v1, revenue_spans.v1, periods.v1
-- needs: orders.amount or events.amount or subscriptions.mrr
-- param: clock choice(calendar, rolling) = calendar | Periods counted | periods of the calendar; windows from each
-- customer's own start
-- choice: clock calendar | By the calendar
-- choice: clock rolling | From each start, by the hour
-- adds: segment, cohort, period
-- column: segment varchar | the attribute's value; null without a split
-- column: cohort date | first day of the period the customers started in
-- column: period integer | periods since the start; 0 is the cohort's own
-- column: revenue decimal(38,10) money | money of the cohort in that period
-- change: 1 2026-11-23 first version
with

    calendar as (
        select
            cohort_members.segment,
            cohort_members.cohort,
            periods.number - cohort_members.cohort_number as period,
            revenue_moments.amount,
        from revenue_moments
        inner join periods on revenue_moments.day = periods.day
        inner join cohort_members on revenue_moments.customer = cohort_members.customer
        where $clock = 'calendar' and periods.number >= cohort_members.cohort_number
    ),

    rolling as (
        select cohort_windows.segment, cohort_windows.cohort, cohort_windows.period, revenue_moments.amount
        from cohort_windows
        inner join
            revenue_moments
            on cohort_windows.customer = revenue_moments.customer
            and revenue_moments.occurred_at >= cohort_windows.from_at
            and revenue_moments.occurred_at < cohort_windows.to_at
        where $clock = 'rolling'
    ),

    -- a subscription earns its monthly value in the part of a month it covers
    earned as (
        select
            cohort_windows.segment,
            cohort_windows.cohort,
            cohort_windows.period,
            (
                revenue_spans.monthly_value * (
                    least(revenue_spans.until_month, cohort_windows.until_month)
                    - greatest(revenue_spans.from_month, cohort_windows.from_month)
                )
            )::decimal(38, 10) as amount,
        from cohort_windows
        inner join
            revenue_spans
            on cohort_windows.customer = revenue_spans.customer
            and revenue_spans.from_month < cohort_windows.until_month
            and revenue_spans.until_month > cohort_windows.from_month
    ),

    payments as (
        select segment, cohort, period, sum(amount)::decimal(38, 10) as amount
        from calendar
        group by segment, cohort, period
        union all
        select segment, cohort, period, sum(amount)::decimal(38, 10) as amount
        from rolling
        group by segment, cohort, period
        union all
        select segment, cohort, period, sum(amount)::decimal(38, 10) as amount
        from earned
        group by segment, cohort, period
    ),

    final as (
        select segment, cohort, period::integer as period, sum(amount)::decimal(38, 10) as revenue
        from payments
        group by segment, cohort, period
    )

select *
from final
order by segment, cohort, period
