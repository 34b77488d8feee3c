-- name: cohort_windows
-- version: 1
-- title: Windows of cohort members
-- description: When every period since the start begins and ends for each customer, in time and in months of value.
-- section: Cohort revenue
-- needs: cohort_members.v1, value_months.v1, revenue_spans.v1, periods.v1
-- param: grain choice(day, week, month, quarter, year) = month | Period | size of a period
-- choice: grain day | Day
-- choice: grain week | Week
-- choice: grain month | Month
-- choice: grain quarter | Quarter
-- choice: grain year | Year
-- param: clock choice(calendar, rolling) = calendar | Periods counted | periods of the calendar; windows from each
-- customer's own start
-- choice: clock calendar | By the calendar
-- choice: clock rolling | From each start, by the hour
-- param: periods int(0..) = 12 | Periods to follow | how many later periods to follow
-- column: customer integer | the customer; with the calendar only those with a subscription
-- column: segment varchar | the attribute's value; null without a split
-- column: cohort date | first day of the period the customers started in
-- column: period integer | periods since the start
-- column: from_at timestamp | begin of the window
-- column: to_at timestamp | its end, itself outside
-- column: from_month double | the begin on the scale of value_months
-- column: until_month double | the end on that scale
-- change: 1 2026-11-23 first version
with

    offsets as (
        select unnest(generate_series(0, greatest(least($periods, max(number) - min(number)), 0)))::integer as k
        from periods
    ),

    units as (
        select
            case $grain when 'week' then 7 when 'day' then 1 else 0 end as days,
            case $grain when 'month' then 1 when 'quarter' then 3 when 'year' then 12 else 0 end as months,
    ),

    spending as (select distinct customer from revenue_spans),

    calendar_periods as (
        select number, min(day)::timestamp as from_at, (max(day) + 1)::timestamp as to_at from periods group by number
    ),

    windows as (
        select
            cohort_members.customer,
            cohort_members.segment,
            cohort_members.cohort,
            calendar_periods.number - cohort_members.cohort_number as period,
            calendar_periods.from_at,
            calendar_periods.to_at,
        from cohort_members
        inner join spending on cohort_members.customer = spending.customer
        inner join
            calendar_periods
            on calendar_periods.number between cohort_members.cohort_number and cohort_members.cohort_number + $periods
        where $clock = 'calendar'
        union all
        select
            cohort_members.customer,
            cohort_members.segment,
            cohort_members.cohort,
            offsets.k as period,
            cohort_members.started_at
            + offsets.k * units.months * interval 1 month
            + offsets.k * units.days * interval 1 day as from_at,
            cohort_members.started_at
            + (offsets.k + 1) * units.months * interval 1 month
            + (offsets.k + 1) * units.days * interval 1 day as to_at,
        from cohort_members
        cross join units
        inner join offsets on offsets.k <= cohort_members.reached
        where $clock = 'rolling'
    ),

    ends as (select max(month_before) as month_before, max(month_after) as month_after from value_months),

    final as (
        select
            windows.customer,
            windows.segment,
            windows.cohort,
            windows.period,
            windows.from_at,
            windows.to_at,
            first_days.month_before as from_month,
            coalesce(next_days.month_before, ends.month_after) as until_month,
        from windows
        inner join value_months as first_days on windows.from_at::date = first_days.day
        left join value_months as next_days on windows.to_at::date = next_days.day
        cross join ends
    )

select *
from final
order by customer, cohort, period
