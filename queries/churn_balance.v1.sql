-- name: churn_balance
-- version: 1
-- title: Customers come and gone
-- description: Each customer once a period: opening + new + returned - lost = closing.
-- needs: churn_steps.v1, customer_spans.v1, customer_segments.v1, reported_periods.v1
-- param: breakdown attribute = null | split by this customer attribute
-- column: segment varchar | the attribute's value, empty where there is none, (other); null without a split
-- column: period date | its first day
-- column: days integer | how many days it has
-- column: opening_customers bigint | customers when it begins
-- column: new_customers bigint | became a customer in it for the first time, whether they stayed or not
-- column: returned_customers bigint | were customers before, not when it begins, and came back in it
-- column: churned_customers bigint | customers in it who are none when it ends
-- column: closing_customers bigint | customers when it ends
-- column: opening_lost bigint | customers when it begins who are none when it ends
-- column: joined_and_left bigint | new in it and none when it ends
-- column: returned_and_left bigint | came back in it and none when it ends
-- column: left_and_returned bigint | customers when it begins and when it ends, lost in between
-- column: losses bigint | times a customer was lost in it, each time counted
-- column: complete boolean | the data cover the whole period, and who was lost in it is settled
-- change: 1 2026-11-24 first version
with

    counted as (
        select
            segment,
            number,
            count(*) filter (not was_one and is_new) as new_customers,
            count(*) filter (not was_one and not is_new) as returned_customers,
            count(*) filter (was_one and not is_one) as opening_lost,
            count(*) filter (is_new and not is_one) as joined_and_left,
            count(*) filter (not was_one and not is_new and not is_one) as returned_and_left,
            count(*) filter (was_one and is_one) as left_and_returned,
            sum(losses)::bigint as losses,
        from churn_steps
        group by segment, number
    ),

    -- customers since before the files begin
    always as (
        select
            case when $breakdown::varchar is not null then coalesce(customer_segments.segment, '') end as segment,
            count(*) as customers,
        from customer_spans
        left join customer_segments on customer_spans.customer = customer_segments.customer
        where customer_spans.began_on is null
        group by 1
    ),

    segments as (
        select segment
        from counted
        union
        select segment
        from always
    ),

    changes as (
        select
            segments.segment,
            reported_periods.number,
            coalesce(counted.new_customers, 0) as new_customers,
            coalesce(counted.returned_customers, 0) as returned_customers,
            coalesce(counted.opening_lost, 0) as opening_lost,
            coalesce(counted.joined_and_left, 0) as joined_and_left,
            coalesce(counted.returned_and_left, 0) as returned_and_left,
            coalesce(counted.left_and_returned, 0) as left_and_returned,
            coalesce(counted.losses, 0) as losses,
        from segments
        cross join reported_periods
        left join
            counted
            on segments.segment is not distinct from counted.segment
            and reported_periods.number = counted.number
    ),

    ended as (
        select
            changes.*,
            coalesce(always.customers, 0) + sum(
                changes.new_customers
                + changes.returned_customers
                - changes.opening_lost
                - changes.joined_and_left
                - changes.returned_and_left
            ) over (partition by changes.segment order by changes.number)::bigint as closing_customers,
            changes.opening_lost + changes.joined_and_left + changes.returned_and_left as churned_customers,
        from changes
        left join always on changes.segment is not distinct from always.segment
    ),

    final as (
        select
            ended.segment,
            reported_periods.period,
            reported_periods.days,
            ended.closing_customers
            - ended.new_customers
            - ended.returned_customers
            + ended.churned_customers as opening_customers,
            ended.new_customers,
            ended.returned_customers,
            ended.churned_customers,
            ended.closing_customers,
            ended.opening_lost,
            ended.joined_and_left,
            ended.returned_and_left,
            ended.left_and_returned,
            ended.losses,
            reported_periods.complete and reported_periods.last_day <= scope.churn_to as complete,
        from ended
        inner join reported_periods on ended.number = reported_periods.number
        cross join scope
        where reported_periods.is_reported
    )

select *
from final
order by segment, period
