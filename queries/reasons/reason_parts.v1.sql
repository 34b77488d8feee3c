-- name: reason_parts
-- version: 1
-- title: Parts of those lost
-- description: How many lost customers of each segment, or of each period, name each reason, and how many of all
-- others.
-- section: Reasons of segments
-- needs: reason_counts.v1
-- param: across choice(segment, period) = segment | Across | what the parts are
-- choice: across segment | Segments
-- choice: across period | Periods
-- column: attribute varchar | with * as the split attribute, which one; else null
-- column: segment varchar | the segment, of segments
-- column: period date | the period, of periods
-- column: kind varchar | voluntary, involuntary or ours; empty where nothing tells
-- column: reason varchar | the reason, group or department; empty where none is known
-- column: customers bigint | lost customers of the part who stated it
-- column: churned_customers bigint | lost customers of the part
-- column: mentions bigint | lost customers of all parts who stated it
-- column: everybody bigint | lost customers of all parts
-- change: 1 2026-11-30 first version
with

    parts as (
        select
            case when $breakdown::varchar = '*' then split_part(segment, chr(9), 1) end as attribute,
            case
                when $across = 'segment' and $breakdown::varchar = '*'
                then split_part(segment, chr(9), 2)
                when $across = 'segment'
                then segment
            end as segment,
            case when $across = 'period' then period end as period,
            what,
            kind,
            reason,
            sum(customers)::bigint as customers,
        from reason_counts
        where
            what in ('reason', 'lost')
            and ($across = 'segment' or period is not null)
            and ($breakdown::varchar is distinct from '*' or contains(segment, chr(9)))
        group by 1, 2, 3, 4, 5, 6
    ),

    bases as (
        select *, sum(customers) over (partition by attribute)::bigint as everybody from parts where what = 'lost'
    ),

    named as (
        select attribute, kind, reason, sum(customers)::bigint as mentions
        from parts
        where what = 'reason'
        group by attribute, kind, reason
    ),

    final as (
        select
            bases.attribute,
            bases.segment,
            bases.period,
            named.kind,
            named.reason,
            coalesce(parts.customers, 0) as customers,
            bases.customers as churned_customers,
            named.mentions,
            bases.everybody,
        from bases
        inner join named on bases.attribute is not distinct from named.attribute
        left join
            parts
            on parts.what = 'reason'
            and bases.attribute is not distinct from parts.attribute
            and bases.segment is not distinct from parts.segment
            and bases.period is not distinct from parts.period
            and named.kind = parts.kind
            and named.reason = parts.reason
    )

select *
from final
order by attribute, segment, period, kind desc, reason
