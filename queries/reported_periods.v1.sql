-- name: reported_periods
-- version: 1
-- title: Periods reported
-- description: The periods of the calendar that the range of days chosen touches.
-- needs: periods.v1
-- column: number integer | the period's number in the calendar
-- column: period date | its first day
-- column: days bigint | how many of its days the data cover
-- column: complete boolean | the data cover its last day
-- change: 1 2026-11-24 first version
with

    final as (
        select periods.number, periods.period, count(*) as days, bool_and(periods.complete) as complete,
        from periods
        cross join scope
        group by periods.number, periods.period, scope.report_from, scope.report_to
        having
            (scope.report_from is null or max(periods.day) >= scope.report_from)
            and (scope.report_to is null or min(periods.day) <= scope.report_to)
    )

select *
from final
order by number
