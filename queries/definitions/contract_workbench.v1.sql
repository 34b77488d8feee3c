-- name: contract_workbench
-- version: 1
-- title: Churn by the gap allowed between subscriptions
-- description: How many would be lost if 0 to 90 days may pass before the next subscription, and how many came back.
-- section: Churn workbench
-- needs: contract_gap_counts.v1
-- param: gap_days int(0..3650) = 0 | Gap allowed, days | the gap in use, shown among the others
-- column: gap_days integer days | Gap allowed, days | days that may pass before the next subscription starts
-- column: lost bigint | Times lost | times a customer was lost
-- column: returned bigint | Returned | times a customer lost came back later
-- column: returned_share double % | Share who came back | returned / lost
-- column: bridged bigint | Gaps bridged | gaps between two subscriptions that are none then
-- column: lost_now bigint | Lost at the end of the data | customers lost at the end of the data
-- change: 1 2026-11-24 first version
with

    tried as (
        select unnest([0, 1, 3, 7, 14, 30, 60, 90]) as gap_days
        union
        select $gap_days as gap_days
    ),

    counted as (
        select
            tried.gap_days,
            coalesce(sum(gaps.gaps) filter (gaps.is_bridged and gaps.days > tried.gap_days), 0)::bigint as returned,
            coalesce(sum(gaps.gaps) filter (gaps.is_bridged and gaps.days <= tried.gap_days), 0)::bigint as bridged,
            coalesce(sum(gaps.gaps) filter (not gaps.is_bridged and gaps.days >= tried.gap_days), 0)::bigint
            as lost_now,
        from contract_gap_counts as gaps
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
