-- name: reported_periods
-- version: 1
-- title: Periods of the calendar
-- description: Every period of the data with its days; those between the days chosen are reported.
-- section: Periods and complete periods
-- needs: periods.v1
-- param: grain choice(day, week, month, quarter, year) = month | Period | size of a period
-- choice: grain day | Day
-- choice: grain week | Week
-- choice: grain month | Month
-- choice: grain quarter | Quarter
-- choice: grain year | Year
-- column: number integer | the period's number
-- column: period date | its first day
-- column: last_day date | its last day
-- column: days integer days | how many days it has
-- column: complete boolean | the data cover the period's last day
-- column: is_reported boolean | it lies between the days chosen, or holds one of them
-- change: 1 2026-11-24 first version
with

    grouped as (select number, min(period) as period, bool_and(complete) as complete from periods group by number),

    ended as (
        select
            *,
            case
                $grain
                when 'day'
                then period
                when 'week'
                then period + 6
                when 'month'
                then (period + interval 1 month)::date - 1
                when 'quarter'
                then (period + interval 3 month)::date - 1
                else (period + interval 12 month)::date - 1
            end as last_day,
        from grouped
    ),

    final as (
        select
            ended.number,
            ended.period,
            ended.last_day,
            date_diff('day', ended.period, ended.last_day)::integer + 1 as days,
            ended.complete,
            coalesce(ended.last_day >= scope.report_from, true)
            and coalesce(ended.period <= scope.report_to, true) as is_reported,
        from ended
        cross join scope
    )

select *
from final
order by number
