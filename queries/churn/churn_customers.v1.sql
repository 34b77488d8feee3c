-- name: churn_customers
-- version: 1
-- title: Customers who came or left
-- description: The customers of one period who were lost, new or returned, joined and left, or lost and back.
-- section: Churn balance
-- needs: churn_steps.v1, customer_starts.v1, customer_segments.v1, periods.v1, customers
-- uses: activity_days, churns
-- param: in_period date = null | Period | first day of the period
-- param: state choice(lost, new, returned, joined_and_left, left_and_returned) = lost | Customers shown | which
-- customers
-- choice: state lost | Lost
-- choice: state new | New
-- choice: state returned | Returned
-- choice: state joined_and_left | Joined and left
-- choice: state left_and_returned | Lost and back
-- param: segment text = null | Segment | only this segment of the split; null: all
-- choice: segment null | All
-- picked: in_period, state, segment
-- column: customer_id varchar | Customer id | the customer's id in the files
-- column: began_on date | Customer since | customer since; null where the files do not tell
-- column: churned_on date | Lost on | last day lost on in the period; null while not lost in it
-- column: returned_on date | Returned on | day of coming back after that; null while they have not
-- column: last_on date | Last day | last day of activity within the data
-- column: amount double money | Amount | money of all activity; null where the files have none
-- change: 1 2026-11-24 first version
with

    chosen as (select distinct number from periods where period = $in_period::date),

    movers as (
        select churn_steps.customer, churn_steps.first_move, churn_steps.last_move
        from churn_steps
        inner join chosen on churn_steps.number = chosen.number
        left join customer_segments on churn_steps.customer = customer_segments.customer
        where
            ($segment::varchar is null or coalesce(customer_segments.segment, '') = $segment::varchar)
            and case
                $state
                when 'lost'
                then churn_steps.last_move % 2 = 1 and churn_steps.first_move > 0
                when 'new'
                then churn_steps.first_move = 0
                when 'returned'
                then churn_steps.first_move > 0 and churn_steps.first_move % 2 = 0
                when 'joined_and_left'
                then churn_steps.first_move = 0 and churn_steps.last_move % 2 = 1
                else churn_steps.last_move % 2 = 0 and churn_steps.last_move > churn_steps.first_move
            end
    ),

    activity as (
        select
            activity_days.customer, max(activity_days.last_day) as last_on, sum(activity_days.amount)::double as amount,
        from activity_days
        inner join movers on activity_days.customer = movers.customer
        where activity_days.is_activity
        group by activity_days.customer
    ),

    -- the last loss among the moves of the period: moves of losing are the odd ones
    losses as (
        select churns.customer, churns.churned_on, churns.returned_on
        from churns
        inner join movers on churns.customer = movers.customer
        where
            churns.sequence * 2 + 1 = movers.last_move - (movers.last_move + 1) % 2
            and churns.sequence * 2 + 1 >= movers.first_move
    ),

    final as (
        select
            customers.customer_id,
            customer_starts.began_on,
            losses.churned_on,
            losses.returned_on,
            activity.last_on,
            activity.amount,
        from movers
        inner join customers on movers.customer = customers.customer
        inner join customer_starts on movers.customer = customer_starts.customer
        left join losses on movers.customer = losses.customer
        left join activity on movers.customer = activity.customer
    )

select *
from final
order by customer_id
