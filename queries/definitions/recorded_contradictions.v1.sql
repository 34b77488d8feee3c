-- name: recorded_contradictions
-- version: 1
-- title: Churn recorded against activity
-- description: Customers the files mark as churned who are active later, and customers not marked who have gone silent.
-- section: Churn workbench
-- needs: customers, activity_days
-- uses: exits
-- param: days int(1..3650) = 90 | Days | silent means no activity for so many days
-- param: state choice(active_after, silent_unmarked) = active_after | Customers shown | marked and active later;
-- silent and not marked
-- choice: state active_after | Marked, and active later
-- choice: state silent_unmarked | Silent, and not marked
-- picked: state
-- column: customer_id varchar | Customer id | the customer's id in the files
-- column: churned_on date | Lost on | last day they are recorded as churned on; null for a mark without a day, and
-- for none
-- column: last_on date | Last day | last day of activity within the data
-- column: days_after bigint | Days after | days from the one to the other; of the silent, days without activity
-- change: 1 2026-11-24 first version
with

    recorded as (
        select customer, churned_at::date as churned_on
        from customers
        where churned_at is not null
        union all
        select customer, day as churned_on
        from exits
    ),

    last_recorded as (select customer, max(churned_on) as churned_on from recorded group by customer),

    activity as (
        select activity_days.customer, max(coalesce(activity_days.last_day, scope.as_of)) as last_on
        from activity_days
        cross join scope
        where activity_days.is_activity
        group by activity_days.customer
    ),

    joined as (
        select
            customers.customer_id,
            last_recorded.churned_on,
            activity.last_on,
            coalesce(customers.is_churned, last_recorded.churned_on is not null) as is_marked,
            case
                when $state = 'active_after' and last_recorded.churned_on is not null
                then date_diff('day', last_recorded.churned_on, activity.last_on)
                else date_diff('day', activity.last_on, scope.as_of)
            end as days_after,
        from customers
        inner join activity on customers.customer = activity.customer
        left join last_recorded on customers.customer = last_recorded.customer
        cross join scope
    ),

    final as (
        select customer_id, churned_on, last_on, days_after
        from joined
        where
            case
                when $state = 'silent_unmarked'
                then not is_marked and days_after >= $days
                when churned_on is not null
                then is_marked and days_after > 0
                else is_marked and days_after < $days
            end
    )

select *
from final
order by customer_id
