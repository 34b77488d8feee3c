-- name: funnel_tries
-- version: 1
-- title: Attempts before they are split
-- description: The attempt that counts of every customer who entered, however the steps are to be taken.
-- section: Funnel attempts
-- needs: funnel_paths.v1 if mode in ordered, strict
-- needs: funnel_mixed.v1 if mode in any
-- column: customer integer | the customer
-- column: closes_at timestamp | until when the last step can be reached
-- column: reached_at timestamp[] | when each step was reached, as far as it came
-- change: 1 2026-11-30 first version
with

    final as (
        select customer, closes_at, reached_at
        from funnel_paths
        where $mode <> 'any'
        union all
        select customer, closes_at, reached_at
        from funnel_mixed
        where $mode = 'any'
    )

select *
from final
order by customer
