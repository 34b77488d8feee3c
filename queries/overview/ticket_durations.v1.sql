-- name: ticket_durations
-- version: 1
-- title: Times to response and resolution, counted
-- description: How many tickets took how long to the first response and to the resolution, by the period of either.
-- section: Ticket times
-- needs: tickets, customer_segments.v1, periods.v1
-- adds: measure, segment, period, microseconds
-- column: measure varchar | first_response or resolution_time
-- column: segment varchar | the attribute's value, empty where there is none, (other); null without a split
-- column: period date | first day of the period responded or resolved in
-- column: microseconds bigint | time since the ticket was opened
-- column: tickets bigint | tickets that took so long
-- change: 1 2026-11-30 first version
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
            epoch_us(reached.reached_at) - epoch_us(reached.opened_at) as microseconds,
            count(*) as tickets,
        from reached
        inner join periods on reached.reached_at::date = periods.day
        left join customer_segments on reached.customer = customer_segments.customer
        group by 1, 2, 3, 4
    )

select *
from final
order by measure, segment, period, microseconds
