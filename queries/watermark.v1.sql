-- name: watermark
-- version: 1
-- title: Data to
-- description: The earliest last day among orders and events; else the latest of subscriptions, of recorded churn.
-- uses: customers, events, exits, orders, subscriptions
-- param: uploaded_on date = null | the day of the upload
-- column: watermark date | null where no table has dates
-- change: 1 2026-11-22 first version
with

    last_days as (
        select max(day) as day
        from orders
        where day <= $uploaded_on::date
        union all
        select max(day) as day
        from events
        where day <= $uploaded_on::date
    ),

    subscription_days as (
        select day
        from subscriptions
        where day <= $uploaded_on::date
        union all
        select ended_at::date as day
        from subscriptions
        where ended_at::date <= $uploaded_on::date
    ),

    churn_days as (
        select churned_at::date as day
        from customers
        where churned_at::date <= $uploaded_on::date
        union all
        select day
        from exits
        where day <= $uploaded_on::date
    ),

    listed_days as (
        select day
        from churn_days
        union all
        select day
        from customers
        where day <= $uploaded_on::date and (select count(*) from churn_days) > 0
    ),

    final as (
        select
            coalesce(
                (select min(day) from last_days),
                (select max(day) from subscription_days),
                (select max(day) from listed_days)
            ) as watermark
    )

select *
from final
order by watermark
