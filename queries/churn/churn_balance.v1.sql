-- name: churn_balance
-- version: 1
-- title: Customers come and gone
-- description: Each customer once a period: opening + new + returned - lost = closing.
-- section: Churn balance
-- needs: churn_counts.v1, churn_moves.v1, reported_periods.v1, first_activity.v1
-- param: breakdown attribute = null | Split by | split by this customer attribute
-- choice: breakdown null | Nothing
-- column: segment varchar | the attribute's value, empty where there is none, (other); null without a split
-- column: period date | its first day
-- column: days integer days | how many days it has
-- column: opening_customers bigint | customers when it begins
-- column: new_customers bigint | became a customer in it for the first time, whether they stayed or not
-- column: returned_customers bigint | were customers before, not when it begins, and came back in it
-- column: churned_customers bigint | customers in it who are none when it ends
-- column: closing_customers bigint | customers when it ends
-- column: opening_lost bigint | customers when it begins who are none when it ends
-- column: joined_and_left bigint | new in it and none when it ends
-- column: returned_and_left bigint | came back in it and none when it ends
-- column: left_and_returned bigint | customers when it begins and when it ends, lost in between
-- column: lost_at_all bigint | customers lost in it at least once, whether they came back in it or not
-- column: losses bigint | times a customer was lost in it, each time counted
-- column: complete boolean | the data cover the whole period, and who was lost in it is settled
-- column: can_lose boolean | somebody can be lost in it: by inactivity once so many days of the files have passed,
-- else always
-- column: is_reported boolean | it lies between the days chosen, or holds one of them
-- change: 1 2026-11-24 first version
with

    -- customers since before the files begin
    always as (select segment, times as customers from churn_moves where what = 'since before'),

    segments as (
        select segment
        from churn_counts
        union
        select segment
        from always
    ),

    changes as (
        select
            segments.segment,
            reported_periods.number,
            coalesce(churn_counts.new_customers, 0) as new_customers,
            coalesce(churn_counts.returned_customers, 0) as returned_customers,
            coalesce(churn_counts.opening_lost, 0) as opening_lost,
            coalesce(churn_counts.joined_and_left, 0) as joined_and_left,
            coalesce(churn_counts.churned_customers, 0) as churned_customers,
            coalesce(churn_counts.left_and_returned, 0) as left_and_returned,
            coalesce(churn_counts.lost_at_all, 0) as lost_at_all,
            coalesce(churn_counts.losses, 0) as losses,
        from segments
        cross join reported_periods
        left join
            churn_counts
            on segments.segment is not distinct from churn_counts.segment
            and reported_periods.number = churn_counts.number
    ),

    ended as (
        select
            changes.*,
            coalesce(
                always.customers,
                0
            ) + sum(changes.new_customers + changes.returned_customers - changes.churned_customers) over (
                partition by changes.segment order by changes.number
            )::bigint as closing_customers,
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
            ended.churned_customers - ended.opening_lost - ended.joined_and_left as returned_and_left,
            ended.left_and_returned,
            ended.lost_at_all,
            ended.losses,
            reported_periods.complete and reported_periods.last_day <= scope.churn_to as complete,
            -- so many days of the files have to pass before anybody can be lost by inactivity
            scope.inactive_days is null
            or coalesce(reported_periods.last_day >= first_activity.day + scope.inactive_days, false) as can_lose,
            reported_periods.is_reported,
        from ended
        inner join reported_periods on ended.number = reported_periods.number
        cross join scope
        cross join first_activity
    )

select *
from final
order by segment, period
