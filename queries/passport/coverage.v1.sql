-- name: coverage
-- version: 1
-- title: Rows by table and day
-- description: How many rows every table has on each day; days without rows are not listed.
-- section: Coverage
-- needs: coverage_rows.v1
-- uses: costs
-- column: table_name varchar | the table
-- column: day date | a day with rows: of the order, event, sign-up or subscription start
-- column: rows bigint | rows of that day
-- change: 1 2026-11-24 first version
with

    final as (
        select table_name, day, rows
        from coverage_rows
        union all
        select 'costs' as table_name, day, count(*) as rows
        from costs
        where day is not null
        group by day
    )

select *
from final
order by table_name, day
