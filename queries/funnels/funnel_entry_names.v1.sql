-- name: funnel_entry_names
-- version: 1
-- title: Segments of entries
-- description: The segment of each value of the attribute that entries are split by, the largest by name.
-- section: Funnel attempts
-- needs: funnel_entry_sizes.v1
-- param: top int(1..) = 20 | Segments shown apart | with a split, this many of the largest segments; the rest
-- together as (other)
-- column: value varchar | the value
-- column: segment varchar | the value, or (other)
-- change: 1 2026-11-30 first version
with

    ranked as (select value, row_number() over (order by customers desc, value) as rank from funnel_entry_sizes),

    final as (select value, case when rank <= greatest($top, 1) then value else '(other)' end as segment from ranked)

select *
from final
order by value
