-- name: ticket_hours
-- version: 1
-- title: First response and resolution time
-- description: Median hours to the first response and to the resolution, by the period of either.
-- needs: tickets, customer_segments.v1, periods.v1
-- column: measure varchar | first_response or resolution_time
-- column: segment varchar | the attribute's value, empty where there is none, (other); null without a split
-- column: period date | first day of the period responded or resolved in, so that later data never change it
-- column: value double | median hours since the ticket was opened
-- column: n bigint | tickets responded to, or resolved, in it
-- change: 1 2026-11-24 first version
with

    reached as (
        select customer, 'first_response' as measure, opened_at, first_response_at as reached_at
        from tickets
        where first_response_at >= opened_at
        union all
        select customer, 'resolution_time' as measure, opened_at, resolved_at as reached_at
        from tickets
        where resolved_at >= opened_at
    ),

    final as (
        select
            reached.measure,
            case when $breakdown::varchar is not null then coalesce(customer_segments.segment, '') end as segment,
            periods.period,
            median((epoch(reached.reached_at) - epoch(reached.opened_at)) / 3600.0::double) as value,
            count(*) as n,
        from reached
        inner join periods on reached.reached_at::date = periods.day
        left join customer_segments on reached.customer = customer_segments.customer
        group by reached.measure, customer_segments.segment, periods.period
    )

select *
from final
order by measure, segment, period
