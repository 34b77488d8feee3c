-- name: churn_steps
-- version: 1
-- title: Who came and who left
-- description: Every customer who came or left in one period, with what they were at its beginning and at its end.
-- section: Churn balance
-- needs: customer_starts.v1, periods.v1
-- uses: churns
-- param: in_period date = null | Period | first day of the period
-- picked: in_period
-- column: customer integer | the customer
-- column: number integer | the period's number in the calendar
-- column: first_move bigint | their first move in it: 0 first came, 1 was lost, 2 came back, 3 was lost again …
-- column: last_move bigint | their last move in it; after an even one they are a customer
-- change: 1 2026-11-24 first version
with

    moves as (
        select customer, began_on as day, 0 as move
        from customer_starts
        where began_on is not null
        union all
        select customer, churned_on as day, sequence * 2 + 1 as move
        from churns
        where churned_on is not null
        union all
        select customer, returned_on as day, sequence * 2 + 2 as move
        from churns
        where returned_on is not null
    ),

    final as (
        select moves.customer, periods.number, min(moves.move) as first_move, max(moves.move) as last_move,
        from moves
        inner join periods on moves.day = periods.day
        where periods.period = $in_period::date
        group by moves.customer, periods.number
    )

select *
from final
order by customer, number
