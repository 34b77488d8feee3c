-- name: customer_search
-- version: 1
-- title: Customers by the beginning of their id
-- description: The first customers whose id begins with a text, the exact one at the top; upper and lower case alike.
-- section: One customer
-- needs: customers
-- uses: activity_days
-- param: beginning text | Id begins with | how the id begins; empty: all
-- param: most int(1..) = 20 | At most | at most this many
-- column: customer_id varchar | Customer id | the customer's id in the files
-- column: first_on date | First day | first day of activity; null without activity
-- column: last_on date | Last day | last day of it within the data
-- column: times bigint | Times | how often, ever
-- column: amount double money | Amount | money of it, ever; null where the files have none
-- change: 1 2026-11-23 first version
with

    numbered as (
        select
            customer,
            customer_id,
            row_number() over (
                order by case when customer_id = $beginning::varchar then 0 else 1 end, customer_id
            ) as position,
        from customers
        where starts_with(lower(customer_id), lower($beginning::varchar))
    ),

    found as (select customer, customer_id, position from numbered where position <= $most),

    activity as (
        select
            activity_days.customer,
            min(activity_days.day) as first_on,
            max(activity_days.last_day) as last_on,
            sum(activity_days.times)::bigint as times,
            sum(activity_days.amount)::double as amount,
        from activity_days
        inner join found on activity_days.customer = found.customer
        where activity_days.is_activity
        group by activity_days.customer
    ),

    final as (
        select
            found.position,
            found.customer_id,
            activity.first_on,
            activity.last_on,
            coalesce(activity.times, 0) as times,
            activity.amount,
        from found
        left join activity on found.customer = activity.customer
    )

select customer_id, first_on, last_on, times, amount
from final
order by customer_id <> $beginning::varchar, customer_id
limit greatest($most, 0)
