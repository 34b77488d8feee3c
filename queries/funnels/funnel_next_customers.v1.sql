-- name: funnel_next_customers
-- version: 1
-- title: Customers by what they did next
-- description: The customers who dropped off after a step and did a certain thing next, or nothing any more.
-- section: What came next
-- needs: funnel_followed.v1, customers
-- param: next_event text = null | Next | what they did next; (other); (nothing); null: whatever it was
-- picked: next_event
-- column: customer_id varchar | Customer id | the customer's id in the files
-- column: segment varchar | Segment | the attribute's value, empty where there is none, (other); null without a split
-- column: left_at timestamp | Last step reached at | when the last step was reached
-- column: next_at timestamp | Next at | when the next thing happened; null where nothing came
-- column: event varchar | Event | what that was; null where nothing came
-- change: 1 2026-11-27 first version
with

    final as (
        select
            customers.customer_id,
            funnel_followed.segment,
            funnel_followed.left_at,
            funnel_followed.next_at,
            funnel_followed.event,
        from funnel_followed
        inner join customers on funnel_followed.customer = customers.customer
        where $next_event::varchar is null or coalesce(funnel_followed.event, '(nothing)') = $next_event::varchar
    )

select *
from final
order by customer_id
