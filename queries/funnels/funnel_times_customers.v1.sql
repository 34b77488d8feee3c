-- name: funnel_times_customers
-- version: 1
-- title: Customers by time to convert
-- description: The customers who took so long from one step to another.
-- section: Funnel durations
-- needs: funnel_durations.v1, customers
-- param: over_seconds int(0..) = 0 | Over, seconds | only who took longer than this; with 0 also who took
-- no time
-- param: up_to_seconds int(0..) = null | Up to, seconds | only who took at most this long; null: any longer
-- param: segment text = null | Segment | only this segment of the split; null: all
-- choice: segment null | All
-- picked: over_seconds, up_to_seconds, segment
-- column: customer_id varchar | Customer id | the customer's id in the files
-- column: segment varchar | Segment | the attribute's value, empty where there is none, (other); null without a split
-- column: seconds double seconds | Time, seconds | from the one step to the other
-- change: 1 2026-11-27 first version
with

    final as (
        select customers.customer_id, funnel_durations.segment, funnel_durations.microseconds / 1e6 as seconds,
        from funnel_durations
        inner join customers on funnel_durations.customer = customers.customer
        where
            funnel_durations.microseconds / 1e6 > $over_seconds - ($over_seconds = 0)::integer
            and ($up_to_seconds::integer is null or funnel_durations.microseconds / 1e6 <= $up_to_seconds)
            and ($segment::varchar is null or funnel_durations.segment = $segment::varchar)
    )

select *
from final
order by customer_id
