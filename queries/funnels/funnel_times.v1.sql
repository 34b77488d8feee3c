-- name: funnel_times
-- version: 1
-- title: Time to convert
-- description: How the times from one step to another spread, over those who reached it.
-- section: Funnel durations
-- needs: funnel_duration_counts.v1
-- column: segment varchar | Segment | the attribute's value, empty where there is none, (other); null without a split
-- column: from_seconds bigint seconds | Seconds from | longer than this; 0 with those who took no time
-- column: to_seconds bigint seconds | Seconds to | at most this long; null: any longer
-- column: customers bigint | Customers | customers who took so long
-- column: share double % | Share | of the segment's customers who reached the step, 0 to 1
-- picture: share, customers
-- change: 1 2026-11-24 first version
with

    -- up to a minute, an hour, a day, a week, …
    limits as (
        select
            unnest(
                [
                    60,
                    300,
                    900,
                    1800,
                    3600,
                    10800,
                    21600,
                    43200,
                    86400,
                    172800,
                    259200,
                    432000,
                    604800,
                    1209600,
                    1814400,
                    2592000,
                    5184000,
                    7776000,
                    15552000,
                    31536000
                ]
            )::bigint as to_seconds,
    ),

    bins as (
        select coalesce(lag(to_seconds) over (order by to_seconds), 0) as from_seconds, to_seconds
        from limits
        union all
        select max(to_seconds) as from_seconds, null as to_seconds
        from limits
    ),

    -- from the first bin anyone is in to the last
    range as (
        select min(microseconds) / 1e6 as shortest, max(microseconds) / 1e6 as longest from funnel_duration_counts
    ),

    shown as (
        select bins.from_seconds, bins.to_seconds
        from bins
        cross join range
        where
            range.longest > bins.from_seconds - (bins.from_seconds = 0)::integer
            and coalesce(range.shortest <= bins.to_seconds, true)
    ),

    segments as (select segment, sum(customers)::bigint as customers from funnel_duration_counts group by segment),

    sums as (
        select
            funnel_duration_counts.segment,
            shown.from_seconds,
            sum(funnel_duration_counts.customers)::bigint as customers,
        from funnel_duration_counts
        inner join
            shown
            on funnel_duration_counts.microseconds / 1e6 > shown.from_seconds - (shown.from_seconds = 0)::integer
            and (shown.to_seconds is null or funnel_duration_counts.microseconds / 1e6 <= shown.to_seconds)
        group by funnel_duration_counts.segment, shown.from_seconds
    ),

    final as (
        select
            segments.segment,
            shown.from_seconds,
            shown.to_seconds,
            coalesce(sums.customers, 0)::bigint as customers,
            coalesce(sums.customers, 0)::double / segments.customers as share,
        from segments
        cross join shown
        left join sums on segments.segment is not distinct from sums.segment and shown.from_seconds = sums.from_seconds
    )

select *
from final
order by segment, from_seconds
