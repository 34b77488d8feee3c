-- name: period_weeks
-- version: 1
-- title: Periods with their whole weeks
-- description: Every period reported with the days the data cover in it and the whole weeks they make.
-- section: Stickiness
-- needs: reported_periods.v1, periods.v1
-- column: number integer | the period's number in the calendar
-- column: period date | first day of the period
-- column: first_day date | first day of it that the data cover
-- column: last_day date | last day of it that the data cover
-- column: days bigint days | days of it that the data cover
-- column: whole_weeks integer | whole weeks of these days, counted from the first
-- column: complete boolean | the data cover the whole period
-- change: 1 2026-11-30 first version
with

    covered as (
        select number, min(day) as first_day, max(day) as last_day, count(*) as days from periods group by number
    ),

    final as (
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
    )

select *
from final
order by number
