-- name: churn_steps
-- version: 1
-- title: Who came and who left
-- description: Every customer who came or left in a period, with what they were at its beginning and at its end.
-- needs: customer_spans.v1, customer_segments.v1, periods.v1
-- param: breakdown attribute = null | split by this customer attribute
-- column: customer integer | the customer
-- column: segment varchar | the attribute's value, empty where there is none, (other); null without a split
-- column: number integer | the period's number in the calendar
-- column: was_one boolean | a customer when the period begins
-- column: is_one boolean | a customer when it ends
-- column: is_new boolean | became a customer in it for the first time
-- column: losses bigint | how often lost in it
-- column: began_on date | first day of the last stretch that began in it
-- column: lost_on date | the last day the customer was lost on in it
-- change: 1 2026-11-24 first version
with

    moves as (
        select customer, began_on as day, place * 2 as move, true as comes
        from customer_spans
        where began_on is not null
        union all
        select customer, lost_on as day, place * 2 + 1 as move, false as comes
        from customer_spans
        where lost_on is not null
    ),

    numbered as (
        select moves.customer, moves.day, moves.move, moves.comes, periods.number
        from moves
        inner join periods on moves.day = periods.day
    ),

    grouped as (
        select
            customer,
            number,
            min(move) as first_move,
            max(move) as last_move,
            count(*) filter (not comes) as losses,
            max(day) filter (comes) as began_on,
            max(day) filter (not comes) as lost_on,
        from numbered
        group by customer, number
    ),

    final as (
        select
            grouped.customer,
            case when $breakdown::varchar is not null then coalesce(customer_segments.segment, '') end as segment,
            grouped.number,
            grouped.first_move % 2 = 1 as was_one,
            grouped.last_move % 2 = 0 as is_one,
            grouped.first_move = 0 as is_new,
            grouped.losses,
            grouped.began_on,
            grouped.lost_on,
        from grouped
        left join customer_segments on grouped.customer = customer_segments.customer
    )

select *
from final
order by customer, number
