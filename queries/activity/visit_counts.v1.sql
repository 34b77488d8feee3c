-- name: visit_counts
-- version: 1
-- title: Customers, days and weeks with activity
-- description: In each period the customers who came, and on how many days and in how many weeks, each customer
-- counted.
-- section: Stickiness
-- needs: period_weeks.v1, periods.v1, customer_segments.v1
-- uses: visit_days
-- adds: segment, number
-- column: segment varchar | the attribute's value, empty where there is none, (other); null without a split
-- column: number integer | the period's number in the calendar
-- column: customers bigint | customers with an order or event in the period
-- column: days bigint days | days with a customer, added up over the customers
-- column: weeks bigint | whole weeks of the period with a customer, added up over the customers
-- change: 1 2026-11-30 first version
with

    -- materialized, since the engine may fail where a list comes straight from a join
    segmented as materialized(
        select customer_segments.segment, visit_days.days
        from visit_days
        left join customer_segments on visit_days.customer = customer_segments.customer
    ),

    steps as (select segment, unnest(days) as day, unnest(days[2:]) as next_day from segmented),

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
        inner join period_weeks as spans on periods.number = spans.number
    ),

    -- counted on the last day of each customer in the period, on that day and in the week
    final as (
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
    )

select *
from final
order by segment, number
