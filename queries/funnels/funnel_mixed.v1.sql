-- name: funnel_mixed
-- version: 1
-- title: Steps in any order
-- description: How many steps every customer did within one window in whatever order, by the attempt that counts.
-- section: Funnel attempts
-- needs: funnel_moments.v1, funnel_window.v1, funnel_steps.v1
-- param: steps events | Steps | the steps in their order, at most ten
-- param: attempt choice(best, first, latest) = best | Attempt that counts | of several entries the one that comes
-- furthest, the latest if it comes through, else the first to come so far; the first; the latest
-- choice: attempt best | Furthest
-- choice: attempt first | First
-- choice: attempt latest | Latest
-- param: excluded choice(dropped, removed) = dropped | Whom it meets | whom it meets stops there; does not count at
-- all, unless another attempt is clean
-- choice: excluded dropped | Dropped off before
-- choice: excluded removed | Is not counted
-- column: customer integer | the customer
-- column: closes_at timestamp | the end of the window, itself included
-- column: reached_at timestamp[] | when the first step was done, the second, …, whichever they are
-- change: 1 2026-11-24 first version
with

    repeated as (select distinct step, before from funnel_steps where before > 0),

    -- for a step that repeats an earlier one: the row by which it has been done that often, counted from this one
    filled as not materialized(
        select customer, step, sequence, sequence as filled
        from funnel_moments
        anti join repeated on funnel_moments.step = repeated.step
        union all
        select
            moments.customer,
            moments.step,
            moments.sequence,
            lead(moments.sequence, repeated.before) over (
                partition by moments.customer, moments.step order by moments.sequence
            ) as filled,
        from funnel_moments as moments
        inner join repeated on moments.step = repeated.step
    ),

    -- by which row each step is done next, seen from every row
    ahead as (
        select
            customer,
            step,
            sequence,
            first_value(case when step = 1 then filled end ignore nulls) over ahead as filled_1,
            first_value(case when step = 2 then filled end ignore nulls) over ahead as filled_2,
            first_value(case when step = 3 then filled end ignore nulls) over ahead as filled_3,
            first_value(case when step = 4 then filled end ignore nulls) over ahead as filled_4,
            first_value(case when step = 5 then filled end ignore nulls) over ahead as filled_5,
            first_value(case when step = 6 then filled end ignore nulls) over ahead as filled_6,
            first_value(case when step = 7 then filled end ignore nulls) over ahead as filled_7,
            first_value(case when step = 8 then filled end ignore nulls) over ahead as filled_8,
            first_value(case when step = 9 then filled end ignore nulls) over ahead as filled_9,
            first_value(case when step = 10 then filled end ignore nulls) over ahead as filled_10,
            first_value(case when step = 0 then sequence end ignore nulls) over ahead as barred,
        from filled
        window ahead as (partition by customer order by sequence range between current row and unbounded following)
    ),

    -- the window starts with whichever step is done first
    entries as (
        select
            ahead.*,
            epoch_us(make_timestamp(ahead.sequence >> 8) + funnel_window.length) * 256 + 255 as last_sequence,
            least(last_sequence, ahead.barred - 1) as reach,
        from ahead
        cross join funnel_window
        where
            ahead.step > 0
            and ahead.sequence >= funnel_window.first_sequence
            and ahead.sequence < funnel_window.end_sequence
    ),

    levels as (
        select
            customer,
            sequence,
            reach,
            coalesce(barred > last_sequence, true) as is_clean,
            case when filled_1 <= reach then 1 else 0 end
            + case when filled_2 <= reach then 1 else 0 end
            + case when filled_3 <= reach then 1 else 0 end
            + case when filled_4 <= reach then 1 else 0 end
            + case when filled_5 <= reach then 1 else 0 end
            + case when filled_6 <= reach then 1 else 0 end
            + case when filled_7 <= reach then 1 else 0 end
            + case when filled_8 <= reach then 1 else 0 end
            + case when filled_9 <= reach then 1 else 0 end
            + case when filled_10 <= reach then 1 else 0 end as level,
        from entries
    ),

    ranked as (
        select
            customer,
            sequence,
            reach,
            case
                $attempt
                when 'best'
                then
                    level * 18446744073709551616::hugeint
                    + case when level = array_length($steps::varchar[]) then sequence else - sequence end
                when 'first'
                then - sequence
                else sequence
            end as rank,
        from levels
        where $excluded = 'dropped' or level = array_length($steps::varchar[]) or is_clean
    ),

    chosen as (
        select customer, arg_max(sequence, rank) as sequence, arg_max(reach, rank) as reach
        from ranked
        group by customer
    ),

    reached as (
        select chosen.customer, chosen.sequence, filled.step, min(filled.filled) as filled
        from chosen
        inner join
            filled
            on chosen.customer = filled.customer
            and filled.step > 0
            and chosen.sequence <= filled.sequence
            and chosen.reach >= filled.filled
        group by chosen.customer, chosen.sequence, filled.step
    ),

    final as (
        select
            reached.customer,
            make_timestamp(reached.sequence >> 8) + any_value(funnel_window.length) as closes_at,
            list_sort(list(make_timestamp(reached.filled >> 8))) as reached_at,
        from reached
        cross join funnel_window
        group by reached.customer, reached.sequence
    )

select *
from final
order by customer
