-- name: event_values
-- version: 1
-- title: Values of an attribute of events
-- description: What values an attribute has among the rows of some events, and how often, the commonest first.
-- section: Derived events
-- needs: event_value_counts.v1
-- param: most int(1..) = 200 | At most | at most so many values
-- column: value varchar | Value | the value
-- column: times bigint | Times | rows with it; of orders the lines, cancelled ones left out
-- change: 1 2026-11-24 first version
with final as (select value, times from event_value_counts order by times desc, value limit greatest($most, 0))

select *
from final
order by times desc, value
