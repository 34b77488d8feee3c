-- name: contract_workbench
-- version: 1
-- title: Churn by the gap allowed between subscriptions
-- description: How many would be lost if 0 to 90 days may pass before the next subscription, and how many came back.
-- needs: subscriptions
-- param: gap_days int = 0 | the gap in use, shown among the others
-- column: gap_days integer | days that may pass before the next subscription starts
-- column: lost bigint | times a customer was lost
-- column: returned bigint | times a customer lost came back later
-- column: returned_share double | returned / lost
-- column: bridged bigint | gaps between two subscriptions that are none then
-- column: lost_now bigint | customers lost at the end of the data
-- change: 1 2026-11-24 first version
with

    tried as (
        select unnest([0, 1, 3, 7, 14, 30, 60, 90]) as gap_days
        union
        select $gap_days as gap_days
    ),

    spans as (
        select
            subscriptions.customer,
            subscriptions.day as began_on,
            case when subscriptions.ended_at::date <= scope.as_of then subscriptions.ended_at::date end as ended_on,
        from subscriptions
        cross join scope
        where subscriptions.day <= scope.as_of
    ),

    reached as (
        select
            customer,
            max(coalesce(ended_on, date '9999-12-31')) over (
                partition by customer
                order by began_on, ended_on nulls last
                rows between unbounded preceding and current row
            ) as ended_on,
            lead(began_on) over (partition by customer order by began_on, ended_on nulls last) as next_on,
        from spans
    ),

    gaps as (
        select
            date_diff('day', reached.ended_on, coalesce(reached.next_on, scope.as_of)) as days,
            reached.next_on is not null as is_bridged,
        from reached
        cross join scope
        where reached.ended_on <= scope.as_of and (reached.next_on is null or reached.next_on > reached.ended_on)
    ),

    counted as (
        select
            tried.gap_days,
            count(*) filter (gaps.is_bridged and gaps.days > tried.gap_days) as returned,
            count(*) filter (gaps.is_bridged and gaps.days <= tried.gap_days) as bridged,
            count(*) filter (not gaps.is_bridged and gaps.days >= tried.gap_days) as lost_now,
        from gaps
        cross join tried
        group by tried.gap_days
    ),

    final as (
        select
            gap_days::integer as gap_days,
            returned + lost_now as lost,
            returned,
            returned::double / nullif(returned + lost_now, 0) as returned_share,
            bridged,
            lost_now,
        from counted
    )

select *
from final
order by gap_days
