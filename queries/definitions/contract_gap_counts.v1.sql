-- name: contract_gap_counts
-- version: 1
-- title: Gaps between subscriptions by length
-- description: How many ends of subscriptions were followed by another, or by none, after so many days.
-- section: Churn workbench
-- needs: contract_gaps.v1
-- adds: days, is_bridged
-- column: days bigint days | days to the next subscription, or to the end of the data
-- column: is_bridged boolean | another subscription followed
-- column: gaps bigint | ends of subscriptions
-- change: 1 2026-11-30 first version
with

    gaps as (
        select
            coalesce(contract_gaps.gap_days, date_diff('day', contract_gaps.ended_on, scope.as_of)) as days,
            contract_gaps.next_on is not null as is_bridged,
        from contract_gaps
        cross join scope
    ),

    final as (select days, is_bridged, count(*) as gaps from gaps group by days, is_bridged)

select *
from final
order by days, is_bridged
