-- name: funnel_attempts
-- version: 1
-- title: Attempts at a funnel
-- description: The attempt that counts of every customer who entered: how far it came, when, and whether time is left.
-- needs: funnel_paths.v1 if mode in ordered, strict
-- needs: funnel_mixed.v1 if mode in any
-- needs: funnel_steps.v1, customer_segments.v1
-- uses: events
-- param: entry_attribute text = null | split by this attribute of the event customers entered with; null: by none
-- column: customer integer | the customer
-- column: segment varchar | the attribute's value, empty where there is none, (other); null without a split
-- column: entered_at timestamp | when the customer entered
-- column: level integer | the last step reached: 1, 2, …
-- column: reached_at timestamp[] | when each step was reached, the entry first
-- column: open boolean | not converted, and the window goes on after the end of the data
-- change: 1 2026-11-24 first version
with

    attempts as (
        select customer, closes_at, reached_at
        from funnel_paths
        where $mode <> 'any'
        union all
        select customer, closes_at, reached_at
        from funnel_mixed
        where $mode = 'any'
    ),

    -- the event entered with, where split by its attribute; of several at that moment any that has a value
    entry_values as (
        select attempts.customer, min(events.attributes[$entry_attribute::varchar]) as value
        from attempts
        inner join events on attempts.customer = events.customer and attempts.reached_at[1] = events.occurred_at
        inner join
            funnel_steps
            on events.event::varchar = funnel_steps.event
            and (funnel_steps.step = 1 or ($mode = 'any' and funnel_steps.step > 0))
        where $entry_attribute::varchar is not null
        group by attempts.customer
    ),

    ranked as (
        select value, row_number() over (order by count(*) desc, value) as place
        from entry_values
        where value is not null
        group by value
    ),

    entry_segments as (
        select
            entry_values.customer,
            case when ranked.place <= greatest($top, 1) then ranked.value else '(other)' end as segment
        from entry_values
        inner join ranked on entry_values.value = ranked.value
    ),

    final as (
        select
            attempts.customer,
            case
                when $entry_attribute::varchar is not null
                then coalesce(entry_segments.segment, '')
                when $breakdown::varchar is not null
                then coalesce(customer_segments.segment, '')
            end as segment,
            attempts.reached_at[1] as entered_at,
            array_length(attempts.reached_at)::integer as level,
            attempts.reached_at,
            array_length(attempts.reached_at) < array_length($steps::varchar[])
            and attempts.closes_at >= scope.as_of + 1 as open,
        from attempts
        left join customer_segments on attempts.customer = customer_segments.customer
        left join entry_segments on attempts.customer = entry_segments.customer
        cross join scope
    )

select *
from final
order by customer
