-- name: data_months
-- version: 1
-- title: Whole months of data
-- description: How many whole months the data cover, and of how many is settled who was lost in them.
-- section: Benchmarks
-- needs: first_days.v1, first_activity.v1
-- param: since date = null | Not before | the first day of the table a figure is made of
-- choice: since null | The first day of activity
-- column: first_day date | First day | of activity, or of the table
-- column: last_day date | Last day | of the data that counts
-- column: months bigint | Whole months | months the data cover from the first day to the last
-- column: settled_months bigint | Settled months | of these, months of which is settled who was lost in them
-- change: 1 2026-12-01 first version
with

    begun as (
        select greatest(coalesce(first_activity.day, first_days.day), coalesce($since::date, date '0001-01-01')) as day,
        from first_days
        cross join first_activity
        where first_days.day is not null
    ),

    spans as (
        select
            begun.day as first_day,
            scope.as_of as last_day,
            (date_trunc('month', begun.day - 1) + interval 1 month)::date as first_month,
            date_trunc('month', scope.as_of + 1)::date as end_month,
            date_trunc('month', scope.churn_to + 1)::date as settled_month,
        from begun
        cross join scope
    ),

    final as (
        select
            first_day,
            last_day,
            greatest(date_diff('month', first_month, end_month), 0) as months,
            greatest(date_diff('month', first_month, settled_month), 0) as settled_months,
        from spans
    )

select *
from final
order by first_day
