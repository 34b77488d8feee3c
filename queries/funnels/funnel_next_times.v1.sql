-- name: funnel_next_times
-- version: 1
-- title: Times until what came next, counted
-- description: How many of those who dropped off after a step did what next, after how long.
-- section: What came next
-- needs: funnel_followed.v1
-- adds: event, microseconds
-- column: event varchar | the event that came next; (other); null where nothing came
-- column: microseconds bigint | time until then; null where nothing came
-- column: customers bigint | customers alike in both
-- change: 1 2026-11-30 first version
with

    final as (
        select event, epoch_us(next_at) - epoch_us(left_at) as microseconds, count(*) as customers
        from funnel_followed
        group by 1, 2
    )

select *
from final
order by event, microseconds
