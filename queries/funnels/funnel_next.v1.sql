-- name: funnel_next
-- version: 1
-- title: What those who dropped off did next
-- description: The first thing customers did after the last step they reached before they dropped off.
-- section: What came next
-- needs: funnel_next_times.v1
-- column: event varchar | Event | the event that came next; (other); null where nothing came
-- column: customers bigint | Customers | customers who dropped off after that step and did it next
-- column: share double % | Share | of all who dropped off after that step, 0 to 1
-- column: median_seconds double seconds | Median time, seconds | median time until then
-- change: 1 2026-11-24 first version
with

    -- each length as often as it was counted
    final as (
        select
            times.event,
            count(*) as customers,
            count(*)::double / sum(count(*)) over () as share,
            median(times.microseconds) / 1e6 as median_seconds,
        from funnel_next_times as times
        cross join unnest(range(times.customers))
        group by times.event
    )

select *
from final
order by customers desc, event
