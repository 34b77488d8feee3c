-- name: watermark
-- version: 1
-- title: Data to
-- description: The earliest last day among orders and events; else the latest of subscriptions, of recorded churn.
-- section: As-of day
-- needs: last_days.v1
-- column: watermark date | null where no table has dates
-- change: 1 2026-11-22 first version
with

    days as (
        select
            min(day) filter (source in ('orders', 'events')) as active,
            max(day) filter (source = 'subscriptions') as subscribed,
            max(day) filter (source = 'losses') as lost,
            max(day) filter (source = 'customers') as listed,
        from last_days
    ),

    -- the days of the customer list count only where it, or the exits, tell of losses
    final as (
        select coalesce(active, subscribed, case when lost is not null then greatest(lost, listed) end) as watermark
        from days
    )

select *
from final
order by watermark
