-- name: funnel_windows
-- version: 1
-- title: Conversion windows proposed
-- description: How much time a funnel needs in which customers order again or renew, by how long that usually takes.
-- section: Funnel steps
-- needs: funnel_gap_counts.v1
-- column: kind varchar | Kind | next, second: until the next order and the one after it; renewal: until a subscription
-- starts again; term: the longest term that is common, and a quarter more
-- column: window integer | Conversion window | in units
-- column: window_unit varchar | Unit | day; of a term month
-- change: 1 2026-11-30 first version
with

    shares as (
        select
            kind,
            length,
            times::double / sum(times) over (partition by kind) as share,
            sum(times) over (partition by kind order by length) / sum(times) over (partition by kind) as share_up_to,
        from funnel_gap_counts
    ),

    -- three in four come again in this time; nearly all renew in that
    enough as (
        select kind, min(length) as days
        from shares
        where share_up_to >= case kind when 'renewal' then 0.9 else 0.75 end and kind <> 'term'
        group by kind
    ),

    round_lengths as (select unnest([7, 14, 30, 60, 90, 180, 365, 730, 1825, 100000]) as days),

    terms as (select max(length) as months from shares where kind = 'term' and share >= 0.1),

    final as (
        select enough.kind, min(round_lengths.days) as
        window, 'day' as window_unit
        from enough
        inner join round_lengths on enough.days <= round_lengths.days
        group by enough.kind
        union all
        select 'term' as kind, (months + ceil(months / 4.0))::integer as
        window, 'month' as window_unit
        from terms
        where months is not null
    )

select *
from final
order by kind
