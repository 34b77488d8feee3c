-- name: days_between
-- version: 1
-- title: Days between two purchases or visits
-- description: How the days between two consecutive days of a customer spread; waiting times still open are not in it.
-- section: Days between
-- needs: day_intervals.v1
-- column: segment varchar | Segment | the attribute's value, empty where there is none, (other); null without a split
-- column: from_days integer days | Days from | shortest interval of the bin, in days
-- column: to_days integer days | Days to | longest interval of the bin; null: all that are longer
-- column: intervals bigint | Intervals | intervals of that length that end within the days reported
-- column: share double % | Share | of the intervals of the segment, 0 to 1
-- picture: share, intervals
-- change: 1 2026-11-24 first version
with

    lengths as (select segment, days, times from day_intervals where days is not null),

    all_lengths as (select days, sum(times) as times from lengths group by days),

    ranked as (
        select days, sum(times) over (order by days) / sum(times) over ()::double as share_up_to from all_lengths
    ),

    -- bins of days, weeks, fortnights, months, quarters or years: the first of which 24 hold 95 % of the intervals
    width as (
        select
            case
                when min(days) <= 24
                then 1
                when min(days) <= 24 * 7
                then 7
                when min(days) <= 24 * 14
                then 14
                when min(days) <= 24 * 30
                then 30
                when min(days) <= 24 * 91
                then 91
                else 365
            end as days,
        from ranked
        where share_up_to >= 0.95e0
    ),

    bins as (
        select least(floor((ranked.days - 1) / width.days::double)::integer, 24) as bin, ranked.days
        from ranked
        cross join width
    ),

    offsets as (select unnest(generate_series(0, (select max(bin) from bins))) as bin),

    sums as (
        select lengths.segment, bins.bin, sum(lengths.times) as times
        from lengths
        inner join bins on lengths.days = bins.days
        group by lengths.segment, bins.bin
    ),

    totals as (select segment, sum(times) as times from lengths group by segment),

    final as (
        select
            totals.segment,
            (1 + offsets.bin * width.days)::integer as from_days,
            case when offsets.bin < 24 then ((offsets.bin + 1) * width.days)::integer end as to_days,
            coalesce(sums.times, 0)::bigint as intervals,
            coalesce(sums.times, 0)::double / totals.times as share,
        from totals
        cross join offsets
        cross join width
        left join sums on totals.segment is not distinct from sums.segment and offsets.bin = sums.bin
    )

select *
from final
order by segment, from_days
