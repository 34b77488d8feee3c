-- name: funnel_window
-- version: 1
-- title: Time for a funnel
-- description: How long customers have from the entry on, and from when until when an entry counts; one row.
-- section: Funnel attempts
-- param: window int(1..100000) = 14 | Conversion window | the time customers have from the entry on, in units
-- param: window_unit choice(second, minute, hour, day, week, month) = day | Unit | unit of the window
-- choice: window_unit second | Seconds
-- choice: window_unit minute | Minutes
-- choice: window_unit hour | Hours
-- choice: window_unit day | Day
-- choice: window_unit week | Week
-- choice: window_unit month | Month
-- column: length interval | the window; what happens at its very end still counts
-- column: first_sequence bigint | entries from this sequence on: microseconds x 256
-- column: end_sequence bigint | entries before this sequence
-- change: 1 2026-11-24 first version
with

    units as (
        select
            case
                $window_unit
                when 'second'
                then interval 1 second
                when 'minute'
                then interval 1 minute
                when 'hour'
                then interval 1 hour
                when 'day'
                then interval 1 day
                when 'week'
                then interval 7 day
                else interval 1 month
            end as unit,
    ),

    final as (
        select
            $window * units.unit as length,
            coalesce(epoch_us(scope.report_from::timestamp) * 256, -4611686018427387904) as first_sequence,
            coalesce(epoch_us((scope.report_to + 1)::timestamp) * 256, 4611686018427387904) as end_sequence,
        from units
        cross join scope
    )

select *
from final
order by length
