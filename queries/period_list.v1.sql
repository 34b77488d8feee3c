-- name: period_list
-- version: 1
-- title: Periods of the calendar
-- description: Every period of the data once, with its days, and whether it is to be reported.
-- needs: periods.v1
-- column: number integer | the period's number
-- column: period date | its first day
-- column: first_day date | its first day within the data
-- column: last_day date | its last day within the data
-- column: complete boolean | the data cover its last day
-- column: reported boolean | it lies in the days chosen to be reported, or holds some of them
-- change: 1 2026-11-24 first version
with

    listed as (
        select number, period, complete, min(day) as first_day, max(day) as last_day
        from periods
        group by number, period, complete
    ),

    final as (
        select
            listed.number,
            listed.period,
            listed.first_day,
            listed.last_day,
            listed.complete,
            coalesce(listed.last_day >= scope.report_from, true)
            and coalesce(listed.first_day <= scope.report_to, true) as reported,
        from listed
        cross join scope
    )

select *
from final
order by number
