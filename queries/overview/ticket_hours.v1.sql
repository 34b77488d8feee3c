-- name: ticket_hours
-- version: 1
-- title: First response and resolution time
-- description: Median hours to the first response and to the resolution, by the period of either.
-- section: Ticket times
-- needs: ticket_durations.v1, reported_periods.v1
-- column: measure varchar | first_response or resolution_time
-- column: segment varchar | the attribute's value, empty where there is none, (other); null without a split
-- column: period date | first day of the period responded or resolved in, so that later data never change it
-- column: value double | median hours since the ticket was opened
-- column: n bigint | tickets responded to, or resolved, in it
-- column: mean_hours double hours | mean hours since the ticket was opened
-- column: ci_low double | lower end of the 95 % interval of the mean, by the normal distribution
-- column: ci_high double | upper end
-- column: complete boolean | the data cover the whole period
-- sample: mean_hours = n, ci_low, ci_high
-- metric: first_response_time = mean_hours per ticket where measure=first_response, grain=year, years=ending
-- change: 1 2026-11-24 first version
with

    -- each length as often as it was counted
    counted as (
        select
            times.measure,
            times.segment,
            times.period,
            median(times.microseconds) / 3.6e9 as value,
            count(*) as n,
            avg(times.microseconds) / 3.6e9 as mean,
            1.959964e0 * stddev_samp(times.microseconds) / 3.6e9 / sqrt(count(*)) as spread,
        from ticket_durations as times
        cross join unnest(range(times.tickets))
        group by times.measure, times.segment, times.period
    ),

    final as (
        select
            counted.measure,
            counted.segment,
            counted.period,
            counted.value,
            counted.n,
            counted.mean as mean_hours,
            greatest(counted.mean - counted.spread, 0) as ci_low,
            counted.mean + counted.spread as ci_high,
            reported_periods.complete,
        from counted
        inner join reported_periods on counted.period = reported_periods.period
    )

select *
from final
order by measure, segment, period
