-- name: funnel_mixed
-- version: 1
-- title: Steps in any order
-- description: How many steps every customer did within one window in whatever order, by the attempt that counts.
-- needs: funnel_moments.v1, funnel_window.v1, funnel_steps.v1
-- param: steps events | the steps in their order, at most ten
-- param: attempt choice(best, first, latest) = best | of several entries the one that comes furthest and is the
-- latest of those; the first; the latest
-- param: excluded choice(dropped, removed) = dropped | whom it meets stops there; does not count at all, unless
-- another attempt is clean
-- column: customer integer | the customer
-- column: closes_at timestamp | the end of the window, itself included
-- column: reached_at timestamp[] | when the first step was done, the second, …, whichever they are
-- change: 1 2026-11-24 first version
with

    -- for a step that repeats an earlier one: the row by which it has been done that often, counted from this one
    filled as (
        select
            moments.customer,
            moments.step,
            moments.place,
            case
                when names.before = 0
                then moments.place
                else
                    lead(moments.place, names.before) over (
                        partition by moments.customer, moments.step order by moments.place
                    )
            end as filled,
        from funnel_moments as moments
        inner join (select distinct step, before from funnel_steps) as names on moments.step = names.step
    ),

    -- the window starts with whichever step is done first
    entries as (
        select distinct
            moments.customer,
            moments.place,
            epoch_us(make_timestamp(moments.place >> 8) + funnel_window.length) * 256 + 255 as last_place,
        from funnel_moments as moments
        cross join funnel_window
        where
            moments.step > 0 and moments.place >= funnel_window.first_place and moments.place < funnel_window.end_place
    ),

    ahead as (
        select
            entries.customer,
            entries.place,
            entries.last_place,
            barriers.place as barred,
            [
                step_1.filled,
                step_2.filled,
                step_3.filled,
                step_4.filled,
                step_5.filled,
                step_6.filled,
                step_7.filled,
                step_8.filled,
                step_9.filled,
                step_10.filled
            ] as filled,
        from entries
        asof left join
            (select * from filled where step = 1) as step_1
            on entries.customer = step_1.customer
            and entries.place <= step_1.place
        asof left join
            (select * from filled where step = 2) as step_2
            on entries.customer = step_2.customer
            and entries.place <= step_2.place
        asof left join
            (select * from filled where step = 3) as step_3
            on entries.customer = step_3.customer
            and entries.place <= step_3.place
        asof left join
            (select * from filled where step = 4) as step_4
            on entries.customer = step_4.customer
            and entries.place <= step_4.place
        asof left join
            (select * from filled where step = 5) as step_5
            on entries.customer = step_5.customer
            and entries.place <= step_5.place
        asof left join
            (select * from filled where step = 6) as step_6
            on entries.customer = step_6.customer
            and entries.place <= step_6.place
        asof left join
            (select * from filled where step = 7) as step_7
            on entries.customer = step_7.customer
            and entries.place <= step_7.place
        asof left join
            (select * from filled where step = 8) as step_8
            on entries.customer = step_8.customer
            and entries.place <= step_8.place
        asof left join
            (select * from filled where step = 9) as step_9
            on entries.customer = step_9.customer
            and entries.place <= step_9.place
        asof left join
            (select * from filled where step = 10) as step_10
            on entries.customer = step_10.customer
            and entries.place <= step_10.place
        asof left join
            (select * from filled where step = 0) as barriers
            on entries.customer = barriers.customer
            and entries.place <= barriers.place
    ),

    reached as (
        select
            customer,
            place,
            last_place,
            barred,
            list_sort(list_filter(filled, lambda each:each <= least(last_place, barred - 1))) as places,
        from ahead
    ),

    ranked as (
        select
            customer,
            last_place,
            places,
            row_number() over (
                partition by customer
                order by
                    case when $attempt = 'best' then array_length(places) else 0 end desc,
                    case when $attempt = 'first' then place else - place end
            ) as choice,
        from reached
        where
            $excluded = 'dropped'
            or array_length(places) = array_length($steps::varchar[])
            or coalesce(barred > last_place, true)
    ),

    final as (
        select
            customer,
            make_timestamp(last_place >> 8) as closes_at,
            list_transform(places, lambda each:make_timestamp(each >> 8)) as reached_at,
        from ranked
        where choice = 1
    )

select *
from final
order by customer
