-- name: funnel_paths
-- version: 1
-- title: Paths through a funnel
-- description: How far every customer came through the steps in their order, by the attempt that counts, and when.
-- needs: funnel_moments.v1, funnel_places.v1, funnel_window.v1
-- param: steps events | Steps | the steps in their order, at most ten
-- param: mode choice(ordered, strict, any) = ordered | Order of the steps | steps in their order with anything in
-- between, with nothing of the log in between, in any order
-- choice: mode ordered | As given
-- choice: mode strict | As given, nothing in between
-- choice: mode any | Any
-- param: attempt choice(best, first, latest) = best | Attempt that counts | of several entries the one that comes
-- furthest and is the latest of those; the first; the latest
-- choice: attempt best | Furthest, then latest
-- choice: attempt first | First
-- choice: attempt latest | Latest
-- param: ties choice(together, strictly_later) = together | Steps at the same moment | steps may happen at the same
-- moment; each must be later
-- choice: ties together | Count
-- choice: ties strictly_later | Do not count
-- param: exclude event = null | Excluded event | an event that must not come in between; null: none
-- param: exclude_from int(1..10) = 1 | Excluded after step | the step after which it must not come
-- param: exclude_to int(1..10) = null | Excluded before step | the step before which it must not come; null: the last
-- param: excluded choice(dropped, removed) = dropped | Whom it meets | whom it meets stops there; does not count at
-- all, unless another attempt is clean
-- choice: excluded dropped | Dropped off before
-- choice: excluded removed | Is not counted
-- column: customer integer | the customer
-- column: closes_at timestamp | the end of the window, itself included
-- column: reached_at timestamp[] | when each step was reached, the entry first
-- change: 1 2026-11-24 first version
with

    -- the places of all customers in one order, since finding the next one by a single condition is much faster
    keyed as not materialized(
        select customer, step, place, customer * 18446744073709551616::hugeint + place as key from funnel_moments
    ),

    -- with strict order also the place of the row right before
    followers as not materialized(
        select *, null::bigint as place_before
        from keyed
        where $mode <> 'strict'
        union all
        select customer, step, place, customer * 18446744073709551616::hugeint + place as key, place_before
        from funnel_places
        where $mode = 'strict'
    ),

    -- the last excluded event before a step that must not come after one; another customer's does no harm
    guarded as not materialized(
        select *, null::hugeint as barred_key
        from followers
        where
            not coalesce(
                $exclude::varchar is not null
                and step > $exclude_from
                and step <= coalesce($exclude_to, array_length($steps::varchar[])),
                false
            )
        union all
        select followers.*, barriers.key as barred_key
        from followers
        asof left join (select key from keyed where step = 0) as barriers on followers.key > barriers.key
        where
            $exclude::varchar is not null
            and followers.step > $exclude_from
            and followers.step <= coalesce($exclude_to, array_length($steps::varchar[]))
    ),

    entries as not materialized(
        select
            keyed.customer,
            keyed.key,
            epoch_us(make_timestamp(keyed.place >> 8) + funnel_window.length) * 256 + 255 as last_place,
            keyed.place as place_1,
        from keyed
        cross join funnel_window
        where keyed.step = 1 and keyed.place >= funnel_window.first_place and keyed.place < funnel_window.end_place
    ),

    only_entries as (
        select customer, case $attempt when 'first' then min(place_1) else max(place_1) end as place_1
        from entries
        where $attempt <> 'best' and ($exclude::varchar is null or $excluded = 'dropped')
        group by customer
    ),

    chosen_entries as (
        select *
        from entries
        where $attempt = 'best' or ($exclude::varchar is not null and $excluded = 'removed')
        union all
        select entries.*
        from entries
        semi join only_entries on entries.customer = only_entries.customer and entries.place_1 = only_entries.place_1
    ),

    reached_1 as materialized(
        select customer, key, customer * 18446744073709551616::hugeint + last_place as last_key, place_1
        from chosen_entries
    ),

    step_2 as (select * from guarded where step = 2),

    reached_2 as materialized(
        select earlier.customer, later.key, earlier.last_key, earlier.place_1, later.place as place_2
        from reached_1 as earlier
        asof join step_2 as later on case $ties when 'together' then earlier.key else earlier.key | 255 end < later.key
        where
            later.key <= earlier.last_key
            and ($mode <> 'strict' or later.place_before = earlier.place_1)
            and (
                $exclude::varchar is null
                or coalesce(
                    later.barred_key
                    < earlier.customer * 18446744073709551616::hugeint + [earlier.place_1][$exclude_from],
                    true
                )
            )
    ),

    step_3 as (select * from guarded where step = 3 and customer in (select customer from reached_2)),

    reached_3 as materialized(
        select earlier.customer, later.key, earlier.last_key, earlier.place_1, earlier.place_2, later.place as place_3
        from reached_2 as earlier
        asof join step_3 as later on case $ties when 'together' then earlier.key else earlier.key | 255 end < later.key
        where
            later.key <= earlier.last_key
            and ($mode <> 'strict' or later.place_before = earlier.place_2)
            and (
                $exclude::varchar is null
                or coalesce(
                    later.barred_key
                    < earlier.customer * 18446744073709551616::hugeint
                    + [earlier.place_1, earlier.place_2][$exclude_from],
                    true
                )
            )
    ),

    step_4 as (select * from guarded where step = 4 and customer in (select customer from reached_3)),

    reached_4 as materialized(
        select
            earlier.customer,
            later.key,
            earlier.last_key,
            earlier.place_1,
            earlier.place_2,
            earlier.place_3,
            later.place as place_4
        from reached_3 as earlier
        asof join step_4 as later on case $ties when 'together' then earlier.key else earlier.key | 255 end < later.key
        where
            later.key <= earlier.last_key
            and ($mode <> 'strict' or later.place_before = earlier.place_3)
            and (
                $exclude::varchar is null
                or coalesce(
                    later.barred_key
                    < earlier.customer * 18446744073709551616::hugeint
                    + [earlier.place_1, earlier.place_2, earlier.place_3][$exclude_from],
                    true
                )
            )
    ),

    step_5 as (select * from guarded where step = 5 and customer in (select customer from reached_4)),

    reached_5 as materialized(
        select
            earlier.customer,
            later.key,
            earlier.last_key,
            earlier.place_1,
            earlier.place_2,
            earlier.place_3,
            earlier.place_4,
            later.place as place_5
        from reached_4 as earlier
        asof join step_5 as later on case $ties when 'together' then earlier.key else earlier.key | 255 end < later.key
        where
            later.key <= earlier.last_key
            and ($mode <> 'strict' or later.place_before = earlier.place_4)
            and (
                $exclude::varchar is null
                or coalesce(
                    later.barred_key
                    < earlier.customer * 18446744073709551616::hugeint
                    + [earlier.place_1, earlier.place_2, earlier.place_3, earlier.place_4][$exclude_from],
                    true
                )
            )
    ),

    step_6 as (select * from guarded where step = 6 and customer in (select customer from reached_5)),

    reached_6 as materialized(
        select
            earlier.customer,
            later.key,
            earlier.last_key,
            earlier.place_1,
            earlier.place_2,
            earlier.place_3,
            earlier.place_4,
            earlier.place_5,
            later.place as place_6
        from reached_5 as earlier
        asof join step_6 as later on case $ties when 'together' then earlier.key else earlier.key | 255 end < later.key
        where
            later.key <= earlier.last_key
            and ($mode <> 'strict' or later.place_before = earlier.place_5)
            and (
                $exclude::varchar is null
                or coalesce(
                    later.barred_key
                    < earlier.customer * 18446744073709551616::hugeint
                    + [earlier.place_1, earlier.place_2, earlier.place_3, earlier.place_4, earlier.place_5][
                        $exclude_from
                    ],
                    true
                )
            )
    ),

    step_7 as (select * from guarded where step = 7 and customer in (select customer from reached_6)),

    reached_7 as materialized(
        select
            earlier.customer,
            later.key,
            earlier.last_key,
            earlier.place_1,
            earlier.place_2,
            earlier.place_3,
            earlier.place_4,
            earlier.place_5,
            earlier.place_6,
            later.place as place_7
        from reached_6 as earlier
        asof join step_7 as later on case $ties when 'together' then earlier.key else earlier.key | 255 end < later.key
        where
            later.key <= earlier.last_key
            and ($mode <> 'strict' or later.place_before = earlier.place_6)
            and (
                $exclude::varchar is null
                or coalesce(
                    later.barred_key
                    < earlier.customer * 18446744073709551616::hugeint
                    + [
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

    step_8 as (select * from guarded where step = 8 and customer in (select customer from reached_7)),

    reached_8 as materialized(
        select
            earlier.customer,
            later.key,
            earlier.last_key,
            earlier.place_1,
            earlier.place_2,
            earlier.place_3,
            earlier.place_4,
            earlier.place_5,
            earlier.place_6,
            earlier.place_7,
            later.place as place_8
        from reached_7 as earlier
        asof join step_8 as later on case $ties when 'together' then earlier.key else earlier.key | 255 end < later.key
        where
            later.key <= earlier.last_key
            and ($mode <> 'strict' or later.place_before = earlier.place_7)
            and (
                $exclude::varchar is null
                or coalesce(
                    later.barred_key
                    < earlier.customer * 18446744073709551616::hugeint
                    + [
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

    step_9 as (select * from guarded where step = 9 and customer in (select customer from reached_8)),

    reached_9 as materialized(
        select
            earlier.customer,
            later.key,
            earlier.last_key,
            earlier.place_1,
            earlier.place_2,
            earlier.place_3,
            earlier.place_4,
            earlier.place_5,
            earlier.place_6,
            earlier.place_7,
            earlier.place_8,
            later.place as place_9
        from reached_8 as earlier
        asof join step_9 as later on case $ties when 'together' then earlier.key else earlier.key | 255 end < later.key
        where
            later.key <= earlier.last_key
            and ($mode <> 'strict' or later.place_before = earlier.place_8)
            and (
                $exclude::varchar is null
                or coalesce(
                    later.barred_key
                    < earlier.customer * 18446744073709551616::hugeint
                    + [
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

    step_10 as (select * from guarded where step = 10 and customer in (select customer from reached_9)),

    reached_10 as materialized(
        select
            earlier.customer,
            later.key,
            earlier.last_key,
            earlier.place_1,
            earlier.place_2,
            earlier.place_3,
            earlier.place_4,
            earlier.place_5,
            earlier.place_6,
            earlier.place_7,
            earlier.place_8,
            earlier.place_9,
            later.place as place_10
        from reached_9 as earlier
        asof join step_10 as later on case $ties when 'together' then earlier.key else earlier.key | 255 end < later.key
        where
            later.key <= earlier.last_key
            and ($mode <> 'strict' or later.place_before = earlier.place_9)
            and (
                $exclude::varchar is null
                or coalesce(
                    later.barred_key
                    < earlier.customer * 18446744073709551616::hugeint
                    + [
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

    -- a later entry comes to no step earlier: of those that came furthest the latest has the latest time of each step
    furthest as (
        select earlier.customer, [make_timestamp(max(earlier.place_1) >> 8)] as reached_at
        from reached_1 as earlier
        anti join reached_2 as later on earlier.customer = later.customer
        group by earlier.customer
        union all
        select
            earlier.customer,
            [make_timestamp(max(earlier.place_1) >> 8), make_timestamp(max(earlier.place_2) >> 8)] as reached_at
        from reached_2 as earlier
        anti join reached_3 as later on earlier.customer = later.customer
        group by earlier.customer
        union all
        select
            earlier.customer,
            [
                make_timestamp(max(earlier.place_1) >> 8),
                make_timestamp(max(earlier.place_2) >> 8),
                make_timestamp(max(earlier.place_3) >> 8)
            ] as reached_at
        from reached_3 as earlier
        anti join reached_4 as later on earlier.customer = later.customer
        group by earlier.customer
        union all
        select
            earlier.customer,
            [
                make_timestamp(max(earlier.place_1) >> 8),
                make_timestamp(max(earlier.place_2) >> 8),
                make_timestamp(max(earlier.place_3) >> 8),
                make_timestamp(max(earlier.place_4) >> 8)
            ] as reached_at
        from reached_4 as earlier
        anti join reached_5 as later on earlier.customer = later.customer
        group by earlier.customer
        union all
        select
            earlier.customer,
            [
                make_timestamp(max(earlier.place_1) >> 8),
                make_timestamp(max(earlier.place_2) >> 8),
                make_timestamp(max(earlier.place_3) >> 8),
                make_timestamp(max(earlier.place_4) >> 8),
                make_timestamp(max(earlier.place_5) >> 8)
            ] as reached_at
        from reached_5 as earlier
        anti join reached_6 as later on earlier.customer = later.customer
        group by earlier.customer
        union all
        select
            earlier.customer,
            [
                make_timestamp(max(earlier.place_1) >> 8),
                make_timestamp(max(earlier.place_2) >> 8),
                make_timestamp(max(earlier.place_3) >> 8),
                make_timestamp(max(earlier.place_4) >> 8),
                make_timestamp(max(earlier.place_5) >> 8),
                make_timestamp(max(earlier.place_6) >> 8)
            ] as reached_at
        from reached_6 as earlier
        anti join reached_7 as later on earlier.customer = later.customer
        group by earlier.customer
        union all
        select
            earlier.customer,
            [
                make_timestamp(max(earlier.place_1) >> 8),
                make_timestamp(max(earlier.place_2) >> 8),
                make_timestamp(max(earlier.place_3) >> 8),
                make_timestamp(max(earlier.place_4) >> 8),
                make_timestamp(max(earlier.place_5) >> 8),
                make_timestamp(max(earlier.place_6) >> 8),
                make_timestamp(max(earlier.place_7) >> 8)
            ] as reached_at
        from reached_7 as earlier
        anti join reached_8 as later on earlier.customer = later.customer
        group by earlier.customer
        union all
        select
            earlier.customer,
            [
                make_timestamp(max(earlier.place_1) >> 8),
                make_timestamp(max(earlier.place_2) >> 8),
                make_timestamp(max(earlier.place_3) >> 8),
                make_timestamp(max(earlier.place_4) >> 8),
                make_timestamp(max(earlier.place_5) >> 8),
                make_timestamp(max(earlier.place_6) >> 8),
                make_timestamp(max(earlier.place_7) >> 8),
                make_timestamp(max(earlier.place_8) >> 8)
            ] as reached_at
        from reached_8 as earlier
        anti join reached_9 as later on earlier.customer = later.customer
        group by earlier.customer
        union all
        select
            earlier.customer,
            [
                make_timestamp(max(earlier.place_1) >> 8),
                make_timestamp(max(earlier.place_2) >> 8),
                make_timestamp(max(earlier.place_3) >> 8),
                make_timestamp(max(earlier.place_4) >> 8),
                make_timestamp(max(earlier.place_5) >> 8),
                make_timestamp(max(earlier.place_6) >> 8),
                make_timestamp(max(earlier.place_7) >> 8),
                make_timestamp(max(earlier.place_8) >> 8),
                make_timestamp(max(earlier.place_9) >> 8)
            ] as reached_at
        from reached_9 as earlier
        anti join reached_10 as later on earlier.customer = later.customer
        group by earlier.customer
        union all
        select
            earlier.customer,
            [
                make_timestamp(max(earlier.place_1) >> 8),
                make_timestamp(max(earlier.place_2) >> 8),
                make_timestamp(max(earlier.place_3) >> 8),
                make_timestamp(max(earlier.place_4) >> 8),
                make_timestamp(max(earlier.place_5) >> 8),
                make_timestamp(max(earlier.place_6) >> 8),
                make_timestamp(max(earlier.place_7) >> 8),
                make_timestamp(max(earlier.place_8) >> 8),
                make_timestamp(max(earlier.place_9) >> 8),
                make_timestamp(max(earlier.place_10) >> 8)
            ] as reached_at
        from reached_10 as earlier
        group by earlier.customer
    ),

    -- where the excluded event takes customers out: how far each entry came in the end, and which meet it
    reached as (
        select 1 as level, customer, place_1, last_key, [place_1] as places
        from reached_1
        union all
        select 2 as level, customer, place_1, last_key, [place_1, place_2] as places
        from reached_2
        union all
        select 3 as level, customer, place_1, last_key, [place_1, place_2, place_3] as places
        from reached_3
        union all
        select 4 as level, customer, place_1, last_key, [place_1, place_2, place_3, place_4] as places
        from reached_4
        union all
        select 5 as level, customer, place_1, last_key, [place_1, place_2, place_3, place_4, place_5] as places
        from reached_5
        union all
        select 6 as level, customer, place_1, last_key, [place_1, place_2, place_3, place_4, place_5, place_6] as places
        from reached_6
        union all
        select
            7 as level,
            customer,
            place_1,
            last_key,
            [place_1, place_2, place_3, place_4, place_5, place_6, place_7] as places
        from reached_7
        union all
        select
            8 as level,
            customer,
            place_1,
            last_key,
            [place_1, place_2, place_3, place_4, place_5, place_6, place_7, place_8] as places
        from reached_8
        union all
        select
            9 as level,
            customer,
            place_1,
            last_key,
            [place_1, place_2, place_3, place_4, place_5, place_6, place_7, place_8, place_9] as places
        from reached_9
        union all
        select
            10 as level,
            customer,
            place_1,
            last_key,
            [place_1, place_2, place_3, place_4, place_5, place_6, place_7, place_8, place_9, place_10] as places
        from reached_10
    ),

    ended as (
        select *
        from reached
        where $exclude::varchar is not null and $excluded = 'removed'
        qualify level = max(level) over (partition by customer, place_1)
    ),

    after_steps as (
        select customer, place_1, last_key, customer * 18446744073709551616::hugeint + places[$exclude_from] as key,
        from ended
        where level < coalesce($exclude_to, array_length($steps::varchar[]))
    ),

    met as (
        select after_steps.customer, after_steps.place_1
        from after_steps
        asof join (select key from keyed where step = 0) as barriers on after_steps.key < barriers.key
        where barriers.key <= after_steps.last_key
    ),

    clean as (
        select
            ended.customer,
            ended.places,
            row_number() over (
                partition by ended.customer
                order by
                    case when $attempt = 'best' then ended.level end desc,
                    case when $attempt = 'first' then ended.place_1 else - ended.place_1 end
            ) as choice,
        from ended
        anti join met on ended.customer = met.customer and ended.place_1 = met.place_1
    ),

    attempts as (
        select customer, reached_at
        from furthest
        where $exclude::varchar is null or $excluded = 'dropped'
        union all
        select customer, list_transform(places, lambda each:make_timestamp(each >> 8)) as reached_at
        from clean
        where choice = 1
    ),

    final as (
        select attempts.customer, attempts.reached_at[1] + funnel_window.length as closes_at, attempts.reached_at,
        from attempts
        cross join funnel_window
    )

select *
from final
order by customer
