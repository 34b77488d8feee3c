-- name: funnel_grain
-- version: 1
-- title: Period for a trend
-- description: The shortest period of which most hold enough entries for a rate to mean something; one row.
-- section: Conversion by entry
-- needs: funnel_counts.v1
-- param: enough int(1..) = 100 | Entries enough | so many entries a period
-- column: grain varchar | Period | day, week, month, or quarter, which is taken where no period holds enough
-- change: 1 2026-11-30 first version
with

    grains as (select unnest(['day', 'week', 'month', 'quarter']) as grain, unnest([1, 2, 3, 4]) as rank),

    entered as (
        select
            grains.grain,
            grains.rank,
            date_trunc(grains.grain, funnel_counts.entered_on) as period,
            sum(funnel_counts.customers) as customers,
        from funnel_counts
        cross join grains
        group by grains.grain, grains.rank, period
    ),

    -- those without entries in between are periods too
    judged as (
        select
            grain,
            rank,
            count(*) filter (customers >= $enough) as with_enough,
            date_diff(grain, min(period), max(period)) + 1 as periods,
        from entered
        group by grain, rank
    ),

    final as (
        select coalesce(arg_min(grain, rank) filter (with_enough > periods / 2.0), 'quarter') as grain from judged
    )

select *
from final
order by grain
