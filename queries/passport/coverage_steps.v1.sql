-- name: coverage_steps
-- version: 1
-- title: From one day with rows to the next
-- description: For every day with rows the days to the next, and how far apart such days usually lie.
-- section: Coverage
-- needs: coverage.v1
-- column: table_name varchar | the table
-- column: day date | a day with rows
-- column: next_day date | the next day with rows; null for the last
-- column: days integer days | days from one to the other; 1 where no day is left out
-- column: position integer | number of the day among the table's days with rows, from 1
-- column: positions integer | number of days with rows
-- column: usual_days integer days | days that 95 of 100 steps of the table do not exceed; null with a single day
-- column: days_around double | mean step among the seven before and the seven after
-- change: 1 2026-11-24 first version
with

    stepped as (
        select
            table_name,
            day,
            lead(day) over (partition by table_name order by day) as next_day,
            row_number() over (partition by table_name order by day)::integer as position,
            count(*) over (partition by table_name)::integer as positions
        from coverage
    ),

    measured as (
        select table_name, day, next_day, date_diff('day', day, next_day)::integer as days, position, positions
        from stepped
    ),

    usual as (
        select table_name, ceil(quantile_cont(days::double, 0.95))::integer as usual_days
        from measured
        group by table_name
    ),

    summed as (
        select
            table_name,
            day,
            next_day,
            days,
            position,
            positions,
            sum(days) over around - coalesce(days, 0) as sum_around,
            count(days) over around - (case when days is null then 0 else 1 end) as steps_around
        from measured
        window around as (partition by table_name order by day rows between 7 preceding and 7 following)
    ),

    final as (
        select
            summed.table_name,
            summed.day,
            summed.next_day,
            summed.days,
            summed.position,
            summed.positions,
            usual.usual_days,
            summed.sum_around::double / nullif(summed.steps_around, 0) as days_around
        from summed
        inner join usual on summed.table_name = usual.table_name
    )

select *
from final
order by table_name, day
