-- name: value_months
-- version: 1
-- title: Months of value by day
-- description: A scale for monthly values: how many months have passed up to each day; a day is a part of its month.
-- section: Revenue
-- needs: periods.v1
-- column: day date | the day
-- column: month_before double | months from the first day of the data to the begin of the day
-- column: month_after double | months to its end
-- change: 1 2026-11-23 first version
with

    shares as (select day, 1e0 / day(last_day(day)) as share from periods),

    final as (
        select
            day,
            coalesce(
                sum(share) over (order by day rows between unbounded preceding and 1 preceding), 0e0
            ) as month_before,
            sum(share) over (order by day rows between unbounded preceding and current row) as month_after,
        from shares
    )

select *
from final
order by day
