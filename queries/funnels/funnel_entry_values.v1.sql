-- name: funnel_entry_values
-- version: 1
-- title: The attribute entered with
-- description: The value each customer's entry has of the attribute that entries are split by; no rows without one.
-- section: Funnel attempts
-- needs: funnel_tries.v1, funnel_steps.v1
-- uses: events
-- param: entry_attribute text = null | Split by the entry's | split by this attribute of the event customers entered
-- with; null: by none
-- column: customer integer | the customer
-- column: value varchar | of several events at that moment any that has a value; null where none has
-- change: 1 2026-11-30 first version
with

    -- the event entered with, where split by its attribute; of several at that moment any that has a value
    final as (
        select funnel_tries.customer, min(events.attributes[$entry_attribute::varchar]) as value
        from funnel_tries
        inner join events on funnel_tries.customer = events.customer and funnel_tries.reached_at[1] = events.occurred_at
        inner join
            funnel_steps
            on events.event::varchar = funnel_steps.event
            and funnel_steps.in_log
            and (funnel_steps.step = 1 or ($mode = 'any' and funnel_steps.step > 0))
        where $entry_attribute::varchar is not null
        group by funnel_tries.customer
    )

select *
from final
order by customer
