-- name: ticket_hours
-- version: 1
-- title: First response and resolution time
-- description: Median hours to the first response and to the resolution, by the period of either.
-- section: Ticket times
-- needs: ticket_durations.v1
-- column: measure varchar | first_response or resolution_time
-- column: segment varchar | the attribute's value, empty where there is none, (other); null without a split
-- column: period date | first day of the period responded or resolved in, so that later data never change it
-- column: value double | median hours since the ticket was opened
-- column: n bigint | tickets responded to, or resolved, in it
-- change: 1 2026-11-24 first version
with

    -- each length as often as it was counted
    final as (
        select times.measure, times.segment, times.period, median(times.microseconds) / 3.6e9 as value, count(*) as n,
        from ticket_durations as times
        cross join unnest(range(times.tickets))
        group by times.measure, times.segment, times.period
    )

select *
from final
order by measure, segment, period
