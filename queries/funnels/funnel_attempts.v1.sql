-- name: funnel_attempts
-- version: 1
-- title: Attempts at a funnel
-- description: The attempt that counts of every customer who entered: how far it came, when, and whether time is left.
-- section: Funnel attempts
-- needs: funnel_tries.v1, customer_segments.v1
-- needs: funnel_entry_values.v1, funnel_entry_names.v1 if entry_attribute
-- column: customer integer | the customer
-- column: segment varchar | the attribute's value, empty where there is none, (other); null without a split
-- column: entered_at timestamp | when the customer entered
-- column: level integer | the last step reached: 1, 2, …
-- column: reached_at timestamp[] | when each step was reached, the entry first
-- column: open boolean | not converted, and the window goes on after the end of the data
-- change: 1 2026-11-24 first version
with

    entry_segments as (
        select funnel_entry_values.customer, funnel_entry_names.segment
        from funnel_entry_values
        inner join funnel_entry_names on funnel_entry_values.value = funnel_entry_names.value
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
        from funnel_tries as attempts
        left join customer_segments on attempts.customer = customer_segments.customer
        left join entry_segments on attempts.customer = entry_segments.customer
        cross join scope
    )

select *
from final
order by customer
