-- name: coverage_ends
-- version: 1
-- title: First and last day of every table
-- description: Which days each table spans, and how far it stays behind the table that reaches furthest.
-- section: Coverage
-- needs: coverage_steps.v1, coverage_astray.v1
-- param: uploaded_on date = null | Day of the upload | the day of the upload; later days do not count as the furthest
-- column: table_name varchar | the table
-- column: first_day date | the first day with rows, but for days far from all others
-- column: last_day date | the last day with rows up to the upload, but for days far from all others
-- column: days integer days | days with rows
-- column: usual_days integer days | days that 95 of 100 steps from one day with rows to the next do not exceed
-- column: latest_day date | the last day of the table that reaches furthest
-- column: latest_table varchar | that table
-- column: ends_early boolean | stays behind by more than half as much again as it usually waits
-- change: 1 2026-11-24 first version
with

    spans as (
        select
            coverage_steps.table_name,
            min(coverage_steps.day) as first_day,
            max(coverage_steps.day) as last_day,
            count(*)::integer as days,
            max(coverage_steps.usual_days) as usual_days
        from coverage_steps
        left join
            coverage_astray
            on coverage_steps.table_name = coverage_astray.table_name
            and coverage_steps.day = coverage_astray.day
        where coverage_astray.day is null and ($uploaded_on::date is null or coverage_steps.day <= $uploaded_on::date)
        group by coverage_steps.table_name
    ),

    latest as (
        select table_name as latest_table, last_day as latest_day from spans order by last_day desc, table_name limit 1
    ),

    final as (
        select
            spans.table_name,
            spans.first_day,
            spans.last_day,
            spans.days,
            spans.usual_days,
            latest.latest_day,
            latest.latest_table,
            -- of a few days nobody can say how often rows should come, and experiments come and go
            spans.days >= 8
            and spans.table_name <> 'assignments'
            and date_diff('day', spans.last_day, latest.latest_day) > 1.5e0 * spans.usual_days as ends_early
        from spans
        cross join latest
    )

select *
from final
order by table_name
