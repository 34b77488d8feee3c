-- name: coverage_astray
-- version: 1
-- title: Days far from all others
-- description: Up to three days at either end of a table, more than a year away from the rest: dates written wrong.
-- section: Coverage
-- needs: coverage.v1, coverage_steps.v1
-- column: table_name varchar | the table
-- column: day date | the day
-- column: rows bigint | rows of that day
-- change: 1 2026-11-24 first version
with

    leaps as (
        select table_name, day, next_day, position, positions
        from coverage_steps
        where days > 365 and days >= 10 * usual_days
    ),

    edges as (
        select
            table_name,
            max(case when position <= 3 then next_day end) as begins,
            min(case when positions - position <= 3 then next_day end) as ends
        from leaps
        group by table_name
    ),

    final as (
        select coverage.table_name, coverage.day, coverage.rows
        from coverage
        inner join edges on coverage.table_name = edges.table_name
        where coverage.day < edges.begins or coverage.day >= edges.ends
    )

select *
from final
order by table_name, day
