-- name: stickiness
-- version: 1
-- title: Stickiness
-- description: How often customers come: the mean share of a period's active customers who come on a day, in a week.
-- section: Stickiness
-- needs: visit_counts.v1, period_weeks.v1
-- column: segment varchar | Segment | the attribute's value, empty where there is none, (other); null without a split
-- column: period date | Period | first day of the period
-- column: active_customers bigint | Active customers | customers with an order or event in the period; a running
-- subscription is none
-- column: active_days bigint | Active days | days on which they came, added up over customers
-- column: days_per_customer double | Active days per customer | active days / active customers
-- column: daily_active double | Active on a day | customers active on a day, mean of all days of the period
-- column: weekly_active double | Active in a week | customers active in seven days from the first on, mean; null
-- under two weeks
-- column: stickiness double % | Daily share | daily active / active customers, by month DAU/MAU, 0 to 1
-- column: weekly_stickiness double % | Weekly share | weekly active / active customers, by month WAU/MAU, 0 to 1
-- column: complete boolean | Complete | the data cover the whole period, its first day too
-- picture: stickiness, weekly_stickiness, active_customers
-- change: 1 2026-11-24 first version
with

    rated as (
        select
            sums.segment,
            spans.period,
            sums.customers,
            sums.days,
            sums.days::double / spans.days as daily,
            case when spans.whole_weeks > 1 then sums.weeks::double / spans.whole_weeks end as weekly,
            spans.complete,
        from visit_counts as sums
        inner join period_weeks as spans on sums.number = spans.number
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
