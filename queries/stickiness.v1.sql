-- name: stickiness
-- version: 1
-- title: Stickiness
-- description: How often customers come: the mean share of a period's active customers who come on a day, in a week.
-- needs: reported_periods.v1, periods.v1, customer_segments.v1
-- uses: coming_days
-- column: segment varchar | the attribute's value, empty where there is none, (other); null without a split
-- column: period date | first day of the period
-- column: active_customers bigint | customers with an order or event in the period; a running subscription is none
-- column: active_days bigint | days on which they came, added up over customers
-- column: days_per_customer double | active days / active customers
-- column: daily_active double | customers active on a day, mean of all days of the period
-- column: weekly_active double | customers active in seven days from the first on, mean; null under two weeks
-- column: stickiness double | daily active / active customers, by month DAU/MAU, 0 to 1
-- column: weekly_stickiness double | weekly active / active customers, by month WAU/MAU, 0 to 1
-- column: complete boolean | the data cover the whole period, its first day too
-- change: 1 2026-11-24 first version
with

    -- materialized, since the engine may fail where a list comes straight from a join
    segmented as materialized(
        select customer_segments.segment, coming_days.days
        from coming_days
        left join customer_segments on coming_days.customer = customer_segments.customer
    ),

    steps as (select segment, unnest(days) as day, unnest(days[2:]) as next_day from segmented),

    covered as (
        select number, min(day) as first_day, max(day) as last_day, count(*) as days from periods group by number
    ),

    spans as (
        select
            reported_periods.number,
            reported_periods.period,
            covered.first_day,
            covered.last_day,
            covered.days,
            floor(covered.days / 7e0)::integer as whole_weeks,
            reported_periods.complete and covered.first_day = reported_periods.period as complete,
        from reported_periods
        inner join covered on reported_periods.number = covered.number
        where reported_periods.is_reported
    ),

    -- weeks are counted from the first day of the period; one that it cuts off is none
    weeks as (
        select
            periods.day,
            periods.number,
            spans.first_day,
            spans.last_day,
            spans.whole_weeks,
            floor(date_diff('day', spans.first_day, periods.day) / 7e0)::integer as week,
        from periods
        inner join spans on periods.number = spans.number
    ),

    -- counted on the last day of each customer in the period, on that day and in the week
    sums as (
        select
            steps.segment,
            weeks.number,
            count(*) filter (steps.next_day is null or steps.next_day > weeks.last_day) as customers,
            count(*) filter (steps.next_day is null or steps.next_day > steps.day) as days,
            count(*) filter (
                weeks.week < weeks.whole_weeks
                and (steps.next_day is null or steps.next_day >= weeks.first_day + (weeks.week + 1) * 7)
            ) as weeks,
        from steps
        inner join weeks on steps.day = weeks.day
        group by steps.segment, weeks.number
    ),

    rated as (
        select
            sums.segment,
            spans.period,
            sums.customers,
            sums.days,
            sums.days::double / spans.days as daily,
            case when spans.whole_weeks > 1 then sums.weeks::double / spans.whole_weeks end as weekly,
            spans.complete,
        from sums
        inner join spans on sums.number = spans.number
    ),

    final as (
        select
            case when $breakdown::varchar is not null then coalesce(segment, '') end as segment,
            period,
            customers as active_customers,
            days as active_days,
            days::double / nullif(customers, 0) as days_per_customer,
            daily as daily_active,
            weekly as weekly_active,
            daily / nullif(customers, 0) as stickiness,
            weekly / nullif(customers, 0) as weekly_stickiness,
            complete,
        from rated
    )

select *
from final
order by segment, period
