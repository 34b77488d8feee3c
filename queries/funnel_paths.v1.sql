-- name: funnel_paths
-- version: 1
-- title: Paths through a funnel
-- description: How far every customer came through the steps in their order, by the attempt that counts, and when.
-- needs: funnel_moments.v1, funnel_window.v1
-- param: steps events | the steps in their order, at most ten
-- param: mode choice(ordered, strict, any) = ordered | steps in their order with anything in between, with nothing of
-- the log in between, in any order
-- param: attempt choice(best, first, latest) = best | of several entries the one that comes furthest and is the
-- latest of those; the first; the latest
-- param: ties choice(together, strictly_later) = together | steps may happen at the same moment; each must be later
-- param: exclude event = null | an event that must not come in between; null: none
-- param: exclude_from int = 1 | the step after which it must not come
-- param: exclude_to int = null | the step before which it must not come; null: the last
-- param: excluded choice(dropped, removed) = dropped | whom it meets stops there; does not count at all, unless
-- another attempt is clean
-- column: customer integer | the customer
-- column: closes_at timestamp | the end of the window, itself included
-- column: reached_at timestamp[] | when each step was reached, the entry first
-- change: 1 2026-11-24 first version
with

    -- two entries of one moment are one
    entries as (
        select distinct
            moments.customer,
            epoch_us(make_timestamp(moments.place >> 8) + funnel_window.length) * 256 + 255 as last_place,
            moments.place as place_1,
        from funnel_moments as moments
        cross join funnel_window
        where
            moments.step = 1 and moments.place >= funnel_window.first_place and moments.place < funnel_window.end_place
    ),

    only_entries as (
        select customer, case $attempt when 'first' then min(place_1) else max(place_1) end as place_1
        from entries
        where $attempt <> 'best' and ($exclude::varchar is null or $excluded = 'dropped')
        group by customer
    ),

    reached_1 as materialized(
        select *
        from entries
        where $attempt = 'best' or ($exclude::varchar is not null and $excluded = 'removed')
        union all
        select entries.*
        from entries
        semi join only_entries on entries.customer = only_entries.customer and entries.place_1 = only_entries.place_1
    ),

    step_2 as (select * from funnel_moments where step = 2),

    reached_2 as materialized(
        select earlier.*, later.place as place_2
        from reached_1 as earlier
        asof join
            step_2 as later
            on earlier.customer = later.customer
            and case $ties when 'together' then earlier.place_1 else earlier.place_1 | 255 end < later.place
        where
            later.place <= earlier.last_place
            and ($mode <> 'strict' or later.place_before = earlier.place_1)
            and ($exclude::varchar is null or coalesce(later.barred_at < [earlier.place_1][$exclude_from], true))
    ),

    step_3 as (select * from funnel_moments where step = 3 and customer in (select customer from reached_2)),

    reached_3 as materialized(
        select earlier.*, later.place as place_3
        from reached_2 as earlier
        asof join
            step_3 as later
            on earlier.customer = later.customer
            and case $ties when 'together' then earlier.place_2 else earlier.place_2 | 255 end < later.place
        where
            later.place <= earlier.last_place
            and ($mode <> 'strict' or later.place_before = earlier.place_2)
            and (
                $exclude::varchar is null
                or coalesce(later.barred_at < [earlier.place_1, earlier.place_2][$exclude_from], true)
            )
    ),

    step_4 as (select * from funnel_moments where step = 4 and customer in (select customer from reached_3)),

    reached_4 as materialized(
        select earlier.*, later.place as place_4
        from reached_3 as earlier
        asof join
            step_4 as later
            on earlier.customer = later.customer
            and case $ties when 'together' then earlier.place_3 else earlier.place_3 | 255 end < later.place
        where
            later.place <= earlier.last_place
            and ($mode <> 'strict' or later.place_before = earlier.place_3)
            and (
                $exclude::varchar is null
                or coalesce(later.barred_at < [earlier.place_1, earlier.place_2, earlier.place_3][$exclude_from], true)
            )
    ),

    step_5 as (select * from funnel_moments where step = 5 and customer in (select customer from reached_4)),

    reached_5 as materialized(
        select earlier.*, later.place as place_5
        from reached_4 as earlier
        asof join
            step_5 as later
            on earlier.customer = later.customer
            and case $ties when 'together' then earlier.place_4 else earlier.place_4 | 255 end < later.place
        where
            later.place <= earlier.last_place
            and ($mode <> 'strict' or later.place_before = earlier.place_4)
            and (
                $exclude::varchar is null
                or coalesce(
                    later.barred_at
                    < [earlier.place_1, earlier.place_2, earlier.place_3, earlier.place_4][$exclude_from],
                    true
                )
            )
    ),

    step_6 as (select * from funnel_moments where step = 6 and customer in (select customer from reached_5)),

    reached_6 as materialized(
        select earlier.*, later.place as place_6
        from reached_5 as earlier
        asof join
            step_6 as later
            on earlier.customer = later.customer
            and case $ties when 'together' then earlier.place_5 else earlier.place_5 | 255 end < later.place
        where
            later.place <= earlier.last_place
            and ($mode <> 'strict' or later.place_before = earlier.place_5)
            and (
                $exclude::varchar is null
                or coalesce(
                    later.barred_at
                    < [earlier.place_1, earlier.place_2, earlier.place_3, earlier.place_4, earlier.place_5][
                        $exclude_from
                    ],
                    true
                )
            )
    ),

    step_7 as (select * from funnel_moments where step = 7 and customer in (select customer from reached_6)),

    reached_7 as materialized(
        select earlier.*, later.place as place_7
        from reached_6 as earlier
        asof join
            step_7 as later
            on earlier.customer = later.customer
            and case $ties when 'together' then earlier.place_6 else earlier.place_6 | 255 end < later.place
        where
            later.place <= earlier.last_place
            and ($mode <> 'strict' or later.place_before = earlier.place_6)
            and (
                $exclude::varchar is null
                or coalesce(
                    later.barred_at < [
                        earlier.place_1,
                        earlier.place_2,
                        earlier.place_3,
                        earlier.place_4,
                        earlier.place_5,
                        earlier.place_6
                    ][$exclude_from],
                    true
                )
            )
    ),

    step_8 as (select * from funnel_moments where step = 8 and customer in (select customer from reached_7)),

    reached_8 as materialized(
        select earlier.*, later.place as place_8
        from reached_7 as earlier
        asof join
            step_8 as later
            on earlier.customer = later.customer
            and case $ties when 'together' then earlier.place_7 else earlier.place_7 | 255 end < later.place
        where
            later.place <= earlier.last_place
            and ($mode <> 'strict' or later.place_before = earlier.place_7)
            and (
                $exclude::varchar is null
                or coalesce(
                    later.barred_at < [
                        earlier.place_1,
                        earlier.place_2,
                        earlier.place_3,
                        earlier.place_4,
                        earlier.place_5,
                        earlier.place_6,
                        earlier.place_7
                    ][$exclude_from],
                    true
                )
            )
    ),

    step_9 as (select * from funnel_moments where step = 9 and customer in (select customer from reached_8)),

    reached_9 as materialized(
        select earlier.*, later.place as place_9
        from reached_8 as earlier
        asof join
            step_9 as later
            on earlier.customer = later.customer
            and case $ties when 'together' then earlier.place_8 else earlier.place_8 | 255 end < later.place
        where
            later.place <= earlier.last_place
            and ($mode <> 'strict' or later.place_before = earlier.place_8)
            and (
                $exclude::varchar is null
                or coalesce(
                    later.barred_at < [
                        earlier.place_1,
                        earlier.place_2,
                        earlier.place_3,
                        earlier.place_4,
                        earlier.place_5,
                        earlier.place_6,
                        earlier.place_7,
                        earlier.place_8
                    ][$exclude_from],
                    true
                )
            )
    ),

    step_10 as (select * from funnel_moments where step = 10 and customer in (select customer from reached_9)),

    reached_10 as materialized(
        select earlier.*, later.place as place_10
        from reached_9 as earlier
        asof join
            step_10 as later
            on earlier.customer = later.customer
            and case $ties when 'together' then earlier.place_9 else earlier.place_9 | 255 end < later.place
        where
            later.place <= earlier.last_place
            and ($mode <> 'strict' or later.place_before = earlier.place_9)
            and (
                $exclude::varchar is null
                or coalesce(
                    later.barred_at < [
                        earlier.place_1,
                        earlier.place_2,
                        earlier.place_3,
                        earlier.place_4,
                        earlier.place_5,
                        earlier.place_6,
                        earlier.place_7,
                        earlier.place_8,
                        earlier.place_9
                    ][$exclude_from],
                    true
                )
            )
    ),

    reached as (
        select 1 as level, *
        from reached_1
        union all by name
        select 2 as level, *
        from reached_2
        union all by name
        select 3 as level, *
        from reached_3
        union all by name
        select 4 as level, *
        from reached_4
        union all by name
        select 5 as level, *
        from reached_5
        union all by name
        select 6 as level, *
        from reached_6
        union all by name
        select 7 as level, *
        from reached_7
        union all by name
        select 8 as level, *
        from reached_8
        union all by name
        select 9 as level, *
        from reached_9
        union all by name
        select 10 as level, *
        from reached_10
    ),

    -- where the excluded event takes customers out: how far each entry came in the end, and which meet it
    ended as (
        select *
        from reached
        where $exclude::varchar is not null and $excluded = 'removed'
        qualify level = max(level) over (partition by customer, place_1)
    ),

    after_steps as (
        select
            customer,
            place_1,
            last_place,
            [place_1, place_2, place_3, place_4, place_5, place_6, place_7, place_8, place_9, place_10][
                $exclude_from
            ] as place,
        from ended
        where level < coalesce($exclude_to, array_length($steps::varchar[]))
    ),

    met as (
        select after_steps.customer, after_steps.place_1
        from after_steps
        asof join
            (select customer, place from funnel_moments where step = 0) as barriers
            on after_steps.customer = barriers.customer
            and after_steps.place < barriers.place
        where barriers.place <= after_steps.last_place
    ),

    clean as (
        select *
        from reached
        where $exclude::varchar is null or $excluded = 'dropped'
        union all
        select ended.*
        from ended
        anti join met on ended.customer = met.customer and ended.place_1 = met.place_1
    ),

    -- level and entry in one number; where there still are several entries, the first or latest that is clean
    ranked as (
        select
            *,
            case
                when $attempt = 'best' or $exclude::varchar is null or $excluded = 'dropped'
                then level * 18446744073709551616::hugeint + place_1
                when $attempt = 'first'
                then - place_1
                else place_1
            end as rank,
        from clean
    ),

    highest as (select customer, max(rank) as rank from ranked group by customer),

    final as (
        select
            ranked.customer,
            make_timestamp(ranked.last_place >> 8) as closes_at,
            [
                make_timestamp(place_1 >> 8),
                make_timestamp(place_2 >> 8),
                make_timestamp(place_3 >> 8),
                make_timestamp(place_4 >> 8),
                make_timestamp(place_5 >> 8),
                make_timestamp(place_6 >> 8),
                make_timestamp(place_7 >> 8),
                make_timestamp(place_8 >> 8),
                make_timestamp(place_9 >> 8),
                make_timestamp(place_10 >> 8)
            ][:ranked.level] as reached_at,
        from ranked
        inner join highest on ranked.customer = highest.customer and ranked.rank = highest.rank
    )

select *
from final
order by customer
