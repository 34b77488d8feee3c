-- name: churn_counts
-- version: 1
-- title: Customers by what they did in a period
-- description: How many customers came, left and came back in each period, each customer counted once a period.
-- needs: churn_steps.v1, customer_segments.v1
-- param: breakdown attribute = null | split by this customer attribute
-- column: segment varchar | the attribute's value, empty where there is none, (other); null without a split
-- column: number integer | the period's number in the calendar
-- column: new_customers bigint | became a customer in it for the first time, whether they stayed or not
-- column: returned_customers bigint | were customers before, not when it begins, and came back in it
-- column: opening_lost bigint | customers when it begins who are none when it ends
-- column: joined_and_left bigint | new in it and none when it ends
-- column: churned_customers bigint | customers in it who are none when it ends
-- column: left_and_returned bigint | customers when it begins and when it ends, lost in between
-- column: lost_at_all bigint | customers lost in it at least once, whether they came back in it or not
-- column: losses bigint | times a customer was lost in it, each time counted
-- change: 1 2026-11-24 first version
with

    final as (
        select
            case when $breakdown::varchar is not null then coalesce(customer_segments.segment, '') end as segment,
            churn_steps.number,
            count(*) filter (churn_steps.first_move = 0) as new_customers,
            count(*) filter (churn_steps.first_move > 0 and churn_steps.first_move % 2 = 0) as returned_customers,
            count(*) filter (churn_steps.first_move % 2 = 1 and churn_steps.last_move % 2 = 1) as opening_lost,
            count(*) filter (churn_steps.first_move = 0 and churn_steps.last_move % 2 = 1) as joined_and_left,
            count(*) filter (churn_steps.last_move % 2 = 1) as churned_customers,
            count(*) filter (churn_steps.first_move % 2 = 1 and churn_steps.last_move % 2 = 0) as left_and_returned,
            -- moves of losing are the odd ones
            count(*) filter (
                churn_steps.first_move % 2 = 1 or churn_steps.last_move > churn_steps.first_move
            ) as lost_at_all,
            sum(floor((churn_steps.last_move + 1) / 2) - floor(churn_steps.first_move / 2))::bigint as losses,
        from churn_steps
        left join customer_segments on churn_steps.customer = customer_segments.customer
        group by 1, churn_steps.number
    )

select *
from final
order by segment, number
