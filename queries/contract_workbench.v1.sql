-- name: contract_workbench
-- version: 1
-- title: Churn by the gap allowed between subscriptions
-- description: How many would be lost if 0 to 90 days may pass before the next subscription, and how many came back.
-- needs: contract_gaps.v1
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

    gaps as (
        select
            coalesce(contract_gaps.gap_days, date_diff('day', contract_gaps.ended_on, scope.as_of)) as days,
            contract_gaps.next_on is not null as is_bridged,
        from contract_gaps
        cross join scope
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
