-- name: funnel_counts
-- version: 1
-- title: Attempts by day of entry
-- description: How many attempts that count began on each day, how far they came and how many have time left.
-- section: Funnel conversion
-- needs: funnel_attempts.v1
-- adds: segment, entered_on, level, open
-- column: segment varchar | the attribute's value, empty where there is none, (other); null without a split
-- column: entered_on date | the day of the entry
-- column: level integer | the furthest step reached
-- column: open boolean | not all steps, and time is left
-- column: customers bigint | customers alike in all of this
-- change: 1 2026-11-30 first version
with

    final as (
        select segment, entered_at::date as entered_on, level, open, count(*) as customers
        from funnel_attempts
        group by segment, entered_at::date, level, open
    )

select *
from final
order by segment, entered_on, level, open
