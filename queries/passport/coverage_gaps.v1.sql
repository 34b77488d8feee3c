-- name: coverage_gaps
-- version: 1
-- title: Gaps that look like missing rows
-- description: At least five days without rows, and four times as long as the table usually waits.
-- section: Coverage
-- needs: coverage_steps.v1
-- column: table_name varchar | the table
-- column: first_day date | the first day without rows
-- column: last_day date | the last day without rows
-- column: days integer days | days without rows
-- column: usual_days integer days | days that 95 of 100 steps from one day with rows to the next do not exceed
-- change: 1 2026-11-24 first version
with

    final as (
        select table_name, day + 1 as first_day, next_day - 1 as last_day, days - 1 as days, usual_days
        from coverage_steps
        where
            days > 5
            and days >= 4 * usual_days
            and days >= 4 * days_around
            -- experiments come and go
            and table_name <> 'assignments'
            -- what stands alone before or after is a day written wrong, not the end of a gap
            and position >= 4
            and position <= positions - 4
    )

select *
from final
order by days desc, table_name, first_day
