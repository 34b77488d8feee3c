-- name: reason_contrasts
-- version: 1
-- title: Parts of those lost against all others
-- description: How often each part of those lost names each reason, against all other parts together.
-- section: Reasons of segments
-- needs: reason_parts.v1
-- column: attribute varchar | with * as the split attribute, which one; else null
-- column: segment varchar | the segment, of segments
-- column: period date | the period, of periods
-- column: kind varchar | voluntary, involuntary or ours; empty where nothing tells
-- column: reason varchar | the reason, group or department; empty where none is known
-- column: customers bigint | lost customers of the part who stated it
-- column: churned_customers bigint | lost customers of the part
-- column: share double % | customers / churned_customers
-- column: rest_share double % | the same of all other parts
-- column: difference double % | share - rest_share
-- column: ci_low double % | lower end of its 95 % interval (Newcombe)
-- column: ci_high double % | upper end
-- column: p_value double | how probable so large a difference is by chance alone; null with fewer than 30 lost or 5
-- expected
-- column: q_value double | corrected for the number of comparisons of known reasons (Benjamini and Hochberg 1995)
-- column: position bigint | of the reason among all, by its mentions; null where none is known
-- change: 1 2026-11-30 first version
with

    rates as (
        select
            *,
            everybody - churned_customers as rest_churned,
            customers::double / churned_customers as rate,
            (mentions - customers)::double / nullif(everybody - churned_customers, 0) as rest_rate,
            mentions::double / everybody as pooled,
        from reason_parts
    ),

    tested as (
        select
            *,
            -- too few make no normal distribution (Cochran 1954: five expected in each cell)
            case
                when
                    churned_customers >= 30
                    and rest_churned >= 30
                    and pooled * least(churned_customers, rest_churned) >= 5
                    and (1 - pooled) * least(churned_customers, rest_churned) >= 5
                then
                    probability_by_chance(
                        (rate - rest_rate)
                        / sqrt(pooled * (1 - pooled) * (1e0 / churned_customers + 1e0 / rest_churned))
                    )
            end as p_value,
        from rates
    ),

    ranked as (
        select
            *,
            -- of equal ones the last step counts; the last bits of two that mirror each other may differ
            count(p_value) over (partition by reason in ('', 'unassigned') order by p_value::float nulls last) as step,
            count(p_value) over (partition by reason in ('', 'unassigned')) as comparisons,
        from tested
    ),

    final as (
        select
            attribute,
            segment,
            period,
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
            case
                when p_value is not null
                then
                    least(
                        1e0,
                        min(p_value * comparisons / step) over (
                            partition by reason in ('', 'unassigned'), p_value is null
                            order by p_value desc
                            rows between unbounded preceding and current row
                        )
                    )
            end as q_value,
            case when reason <> '' then dense_rank() over (order by known_mentions desc, reason) end as position,
        from
            (select *, max(mentions) over (partition by reason) * (reason <> '')::integer as known_mentions from ranked)
    )

select *
from final
order by attribute, segment, period, kind desc, reason
