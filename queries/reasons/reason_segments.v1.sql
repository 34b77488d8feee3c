-- name: reason_segments
-- version: 1
-- title: Reasons of segments
-- description: Whether lost customers of a segment name a reason more or less often than all others who were lost.
-- section: Reasons of segments
-- needs: reason_counts.v1
-- column: segment varchar | Segment | the attribute's value, empty where there is none, (other); null without a split
-- column: kind varchar | Kind | voluntary, involuntary or ours; empty where nothing tells
-- column: reason varchar | Reason | the reason, its group, or who can act on it; empty where none is known
-- column: customers bigint | Lost customers | of the segment who stated it
-- column: churned_customers bigint | All lost customers | of the segment
-- column: share double % | Share | customers / churned_customers
-- column: rest_share double % | Share of the others | of those lost in all other segments
-- column: difference double % | Difference | share - rest_share
-- column: ci_low double % | 95 % from | lower end of its 95 % interval (Newcombe)
-- column: ci_high double % | 95 % to | upper end
-- column: p_value double | p | how probable so large a difference is by chance alone
-- column: q_value double | q | p, corrected for the number of comparisons shown (Benjamini and Hochberg 1995)
-- change: 1 2026-11-30 first version
with

    sums as (
        select segment, what, kind, reason, sum(customers)::bigint as customers
        from reason_counts
        where what in ('reason', 'lost')
        group by segment, what, kind, reason
    ),

    bases as (select segment, customers from sums where what = 'lost'),

    totals as (select sum(customers)::bigint as customers from bases),

    named as (
        select kind, reason, sum(customers)::bigint as customers from sums where what = 'reason' group by kind, reason
    ),

    cells as (
        select
            bases.segment,
            named.kind,
            named.reason,
            coalesce(sums.customers, 0) as customers,
            bases.customers as churned_customers,
            named.customers - coalesce(sums.customers, 0) as rest_customers,
            totals.customers - bases.customers as rest_churned,
            named.customers::double / totals.customers as pooled,
        from bases
        cross join named
        cross join totals
        left join
            sums
            on sums.what = 'reason'
            and bases.segment is not distinct from sums.segment
            and named.kind = sums.kind
            and named.reason = sums.reason
    ),

    rates as (
        select
            *,
            customers::double / nullif(churned_customers, 0) as rate,
            rest_customers::double / nullif(rest_churned, 0) as rest_rate,
        from cells
    ),

    tested as (
        select
            *,
            probability_by_chance(
                (rate - rest_rate)
                / nullif(sqrt(pooled * (1 - pooled) * (1e0 / churned_customers + 1e0 / nullif(rest_churned, 0))), 0)
            ) as p_value,
        from rates
    ),

    ranked as (
        select *, rank() over (order by p_value) as position, count(p_value) over () as comparisons, from tested
    ),

    final as (
        select
            segment,
            kind,
            reason,
            customers,
            churned_customers,
            rate as share,
            rest_rate as rest_share,
            rate - rest_rate as difference,
            newcombe_low(rate, churned_customers, rest_rate, rest_churned) as ci_low,
            newcombe_high(rate, churned_customers, rest_rate, rest_churned) as ci_high,
            p_value,
            least(
                1e0,
                min(p_value * comparisons / position) over (
                    order by p_value desc rows between unbounded preceding and current row
                )
            ) as q_value,
        from ranked
    )

select *
from final
order by segment, kind desc, reason
