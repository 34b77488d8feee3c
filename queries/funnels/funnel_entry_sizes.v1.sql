-- name: funnel_entry_sizes
-- version: 1
-- title: Entries by value
-- description: How many customers entered with each value of the attribute that entries are split by.
-- section: Funnel attempts
-- needs: funnel_entry_values.v1
-- adds: value
-- column: value varchar | the value
-- column: customers bigint | customers who entered with it
-- change: 1 2026-11-30 first version
with final as (select value, count(*) as customers from funnel_entry_values where value is not null group by value)

select *
from final
order by value
