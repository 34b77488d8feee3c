-- name: funnel_paths
-- version: 1
-- title: Paths through a funnel
-- description: How far every customer came through the steps in their order, by the attempt that counts, and when.
-- section: Funnel attempts
-- needs: funnel_moments.v1, funnel_sequences.v1, funnel_window.v1
-- param: steps events | Steps | the steps in their order, at most ten
-- param: mode choice(ordered, strict, any) = ordered | Order of the steps | steps in their order with anything in
-- between, with nothing of the log in between, in any order
-- choice: mode ordered | As given
-- choice: mode strict | As given, nothing in between
-- choice: mode any | Any
-- param: attempt choice(best, first, latest) = best | Attempt that counts | of several entries the one that comes
-- furthest, the latest if it comes through, else the first to come so far; the first; the latest
-- choice: attempt best | Furthest
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

    -- with strict order also the sequence of the row right before
    followed as not materialized(
        select *, null::bigint as sequence_before
        from funnel_moments
        where $mode <> 'strict'
        union all
        select *
        from funnel_sequences
        where $mode = 'strict'
    ),

    -- all customers in one order, since finding the next row by a single condition is much faster
    keyed as not materialized(select *, customer * 18446744073709551616::hugeint + sequence as key from followed),

    barriers as not materialized(select key from keyed where step = 0),

    -- since when the step before may be: with strict order the row right before, else after the last excluded event
    guarded as not materialized(
        select *, key - sequence + sequence_before as since_key
        from keyed
        where
            not (
                $exclude::varchar is not null
                and $exclude_from > 0
                and step between $exclude_from + 1 and coalesce($exclude_to, 10)
            )
        union all
        select keyed.*, greatest(keyed.key - keyed.sequence + keyed.sequence_before, barriers.key + 1) as since_key
        from keyed
        asof left join barriers on keyed.key > barriers.key
        where
            $exclude::varchar is not null
            and $exclude_from > 0
            and keyed.step between $exclude_from + 1 and coalesce($exclude_to, 10)
    ),

    entries as not materialized(
        select
            keyed.customer,
            keyed.key,
            keyed.key
            - keyed.sequence
            + epoch_us(make_timestamp(keyed.sequence >> 8) + funnel_window.length) * 256
            + 255 as last_key,
            keyed.sequence as sequence_1,
        from keyed
        cross join funnel_window
        where
            keyed.step = 1
            and keyed.sequence >= funnel_window.first_sequence
            and keyed.sequence < funnel_window.end_sequence
    ),

    -- a customer's entries are one attempt; where the excluded event takes them out, each is one of its own
    reached_1 as materialized(
        select
            *,
            case
                when $exclude::varchar is not null and $excluded = 'removed'
                then row_number() over ()::integer
                else customer
            end as attempt,
        from entries
        where $attempt = 'best' or ($exclude::varchar is not null and $excluded = 'removed')
        union all
        select case $attempt when 'first' then min(columns(*)) else max(columns(*)) end, customer as attempt
        from entries
        where not ($attempt = 'best' or ($exclude::varchar is not null and $excluded = 'removed'))
        group by customer
    ),

    step_2 as (select * from guarded where step = 2),

    reached_2 as materialized(
        select earlier.* replace (later.key as key), later.sequence as sequence_2
        from reached_1 as earlier
        asof join step_2 as later on case $ties when 'together' then earlier.key else earlier.key | 255 end < later.key
        where
            later.key <= earlier.last_key
            and (($mode <> 'strict' and $exclude::varchar is null) or coalesce(later.since_key <= earlier.key, true))
    ),

    step_3 as (select * from guarded where step = 3 and customer in (select customer from reached_2)),

    reached_3 as materialized(
        select earlier.* replace (later.key as key), later.sequence as sequence_3
        from reached_2 as earlier
        asof join step_3 as later on case $ties when 'together' then earlier.key else earlier.key | 255 end < later.key
        where
            later.key <= earlier.last_key
            and (($mode <> 'strict' and $exclude::varchar is null) or coalesce(later.since_key <= earlier.key, true))
    ),

    step_4 as (select * from guarded where step = 4 and customer in (select customer from reached_3)),

    reached_4 as materialized(
        select earlier.* replace (later.key as key), later.sequence as sequence_4
        from reached_3 as earlier
        asof join step_4 as later on case $ties when 'together' then earlier.key else earlier.key | 255 end < later.key
        where
            later.key <= earlier.last_key
            and (($mode <> 'strict' and $exclude::varchar is null) or coalesce(later.since_key <= earlier.key, true))
    ),

    step_5 as (select * from guarded where step = 5 and customer in (select customer from reached_4)),

    reached_5 as materialized(
        select earlier.* replace (later.key as key), later.sequence as sequence_5
        from reached_4 as earlier
        asof join step_5 as later on case $ties when 'together' then earlier.key else earlier.key | 255 end < later.key
        where
            later.key <= earlier.last_key
            and (($mode <> 'strict' and $exclude::varchar is null) or coalesce(later.since_key <= earlier.key, true))
    ),

    step_6 as (select * from guarded where step = 6 and customer in (select customer from reached_5)),

    reached_6 as materialized(
        select earlier.* replace (later.key as key), later.sequence as sequence_6
        from reached_5 as earlier
        asof join step_6 as later on case $ties when 'together' then earlier.key else earlier.key | 255 end < later.key
        where
            later.key <= earlier.last_key
            and (($mode <> 'strict' and $exclude::varchar is null) or coalesce(later.since_key <= earlier.key, true))
    ),

    step_7 as (select * from guarded where step = 7 and customer in (select customer from reached_6)),

    reached_7 as materialized(
        select earlier.* replace (later.key as key), later.sequence as sequence_7
        from reached_6 as earlier
        asof join step_7 as later on case $ties when 'together' then earlier.key else earlier.key | 255 end < later.key
        where
            later.key <= earlier.last_key
            and (($mode <> 'strict' and $exclude::varchar is null) or coalesce(later.since_key <= earlier.key, true))
    ),

    step_8 as (select * from guarded where step = 8 and customer in (select customer from reached_7)),

    reached_8 as materialized(
        select earlier.* replace (later.key as key), later.sequence as sequence_8
        from reached_7 as earlier
        asof join step_8 as later on case $ties when 'together' then earlier.key else earlier.key | 255 end < later.key
        where
            later.key <= earlier.last_key
            and (($mode <> 'strict' and $exclude::varchar is null) or coalesce(later.since_key <= earlier.key, true))
    ),

    step_9 as (select * from guarded where step = 9 and customer in (select customer from reached_8)),

    reached_9 as materialized(
        select earlier.* replace (later.key as key), later.sequence as sequence_9
        from reached_8 as earlier
        asof join step_9 as later on case $ties when 'together' then earlier.key else earlier.key | 255 end < later.key
        where
            later.key <= earlier.last_key
            and (($mode <> 'strict' and $exclude::varchar is null) or coalesce(later.since_key <= earlier.key, true))
    ),

    step_10 as (select * from guarded where step = 10 and customer in (select customer from reached_9)),

    reached_10 as materialized(
        select earlier.* replace (later.key as key), later.sequence as sequence_10
        from reached_9 as earlier
        asof join step_10 as later on case $ties when 'together' then earlier.key else earlier.key | 255 end < later.key
        where
            later.key <= earlier.last_key
            and (($mode <> 'strict' and $exclude::varchar is null) or coalesce(later.since_key <= earlier.key, true))
    ),

    -- a later entry comes to no step earlier: of those that came furthest the latest has the latest of each step, the
    -- first the earliest; it is the latest of those that came through, else the first, so that what followed is seen
    ended as not materialized(
        select 1 as level, case when 1 < array_length($steps::varchar[]) then min(columns(*)) else max(columns(*)) end
        from reached_1
        anti join reached_2 using (attempt)
        group by attempt
        union all by name
        select 2 as level, case when 2 < array_length($steps::varchar[]) then min(columns(*)) else max(columns(*)) end
        from reached_2
        anti join reached_3 using (attempt)
        group by attempt
        union all by name
        select 3 as level, case when 3 < array_length($steps::varchar[]) then min(columns(*)) else max(columns(*)) end
        from reached_3
        anti join reached_4 using (attempt)
        group by attempt
        union all by name
        select 4 as level, case when 4 < array_length($steps::varchar[]) then min(columns(*)) else max(columns(*)) end
        from reached_4
        anti join reached_5 using (attempt)
        group by attempt
        union all by name
        select 5 as level, case when 5 < array_length($steps::varchar[]) then min(columns(*)) else max(columns(*)) end
        from reached_5
        anti join reached_6 using (attempt)
        group by attempt
        union all by name
        select 6 as level, case when 6 < array_length($steps::varchar[]) then min(columns(*)) else max(columns(*)) end
        from reached_6
        anti join reached_7 using (attempt)
        group by attempt
        union all by name
        select 7 as level, case when 7 < array_length($steps::varchar[]) then min(columns(*)) else max(columns(*)) end
        from reached_7
        anti join reached_8 using (attempt)
        group by attempt
        union all by name
        select 8 as level, case when 8 < array_length($steps::varchar[]) then min(columns(*)) else max(columns(*)) end
        from reached_8
        anti join reached_9 using (attempt)
        group by attempt
        union all by name
        select 9 as level, case when 9 < array_length($steps::varchar[]) then min(columns(*)) else max(columns(*)) end
        from reached_9
        anti join reached_10 using (attempt)
        group by attempt
        union all by name
        select 10 as level, max(columns(*))
        from reached_10
        group by attempt
    ),

    -- where the excluded event takes entries out: those it meets after the last step, unless it is that step's row
    -- and the first it counts from, and of the others all but the one that counts
    discarded as (
        select
            ended.attempt,
            coalesce(barriers.key <= ended.last_key, false)
            and $exclude_from between 1 and ended.level
            and ended.level < coalesce($exclude_to, array_length($steps::varchar[])) as is_met,
        from ended
        asof left join barriers on ended.key - (ended.level > $exclude_from)::integer < barriers.key
        where $exclude::varchar is not null and $excluded = 'removed'
        qualify
            is_met
            or row_number() over (
                partition by ended.customer
                order by
                    is_met,
                    case when $attempt = 'best' then ended.level end desc,
                    case
                        when $attempt = 'first' or ($attempt = 'best' and ended.level < array_length($steps::varchar[]))
                        then ended.sequence_1
                        else - ended.sequence_1
                    end
            )
            > 1
    ),

    final as (
        select
            ended.customer,
            make_timestamp(ended.sequence_1 >> 8) + funnel_window.length as closes_at,
            list_transform(
                list_slice([*columns('sequence_.*')], 1, ended.level), lambda each:make_timestamp(each >> 8)
            ) as reached_at,
        from ended
        anti join discarded on ended.attempt = discarded.attempt
        cross join funnel_window
    )

select *
from final
order by customer
