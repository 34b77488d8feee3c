-- name: reason_segments
-- version: 1
-- title: Reasons of segments
-- description: Whether lost customers of a segment name a reason more or less often than all others who were lost.
-- section: Reasons of segments
-- needs: reason_contrasts.v1 with across = segment, grain = all
-- column: segment varchar | Segment | the attribute's value, empty where there is none, (other); null without a split
-- column: kind varchar | Kind | voluntary, involuntary or ours; empty where nothing tells
-- column: reason varchar | Reason | the reason, its group, or who can act on it; empty where none is known
-- column: customers bigint | Lost customers | of them, who stated it
-- column: churned_customers bigint | All lost customers | of them
-- column: share double % | Share | customers / churned_customers
-- column: rest_share double % | Share of the others | of all others who were lost
-- column: difference double % | Difference | share - rest_share
-- column: ci_low double % | 95 % from | lower end of its 95 % interval (Newcombe)
-- column: ci_high double % | 95 % to | upper end
-- column: p_value double | p-value | how probable so large a difference is by chance alone; null with fewer than 30
-- lost or 5
-- expected
-- column: q_value double | q-value | p-value, corrected for the number of comparisons (Benjamini and Hochberg 1995)
-- column: position bigint | Position | of the reason among all, by its mentions; null where none is known
-- change: 1 2026-11-30 first version
with

    final as (
        select
            segment,
            kind,
            reason,
            customers,
            churned_customers,
            share,
            rest_share,
            difference,
            ci_low,
            ci_high,
            p_value,
            q_value,
            position,
        from reason_contrasts

    )

select *
from final
order by segment, kind desc, reason
