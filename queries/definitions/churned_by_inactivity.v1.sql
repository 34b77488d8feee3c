-- name: churned_by_inactivity
-- version: 1
-- title: Lost after days without activity
-- description: Without a contract: lost once so many days have passed since the last day of activity.
-- section: Churn definition
-- needs: counts_visits.v1
-- uses: activity_days, visit_days
-- param: days int(1..3650) = 90 | Days | days without activity after which a customer is lost
-- column: customer integer | the customer
-- column: sequence bigint | 0 the first time the customer was lost, 1 the second
-- column: began_on date | the return before it; null the first time
-- column: churned_on date | the last day of activity and so many days
-- column: returned_on date | the next day of activity; null while there is none
-- column: known_on date | the day that is known from: the same
-- column: how varchar | inactivity
-- change: 1 2026-11-24 first version
with

    -- with subscriptions among what counts; without, the days lie in a row already
    active as (
        select
            activity_days.customer,
            activity_days.day,
            least(coalesce(activity_days.last_day, scope.as_of), scope.as_of) as last_day,
        from activity_days
        cross join scope
        cross join counts_visits
        where activity_days.is_activity and activity_days.day <= scope.as_of and not counts_visits.is_activity
    ),

    -- of a contract that runs longer, days near enough to each other and its last one
    steps as (
        select
            customer,
            day,
            last_day,
            unnest(generate_series(1, date_diff('day', day, last_day), greatest($days, 1))) as further,
        from active
        where last_day > day
    ),

    points as (
        select customer, day
        from active
        union all
        select customer, day + further::integer as day
        from steps
        union all
        select customer, last_day as day
        from active
        where last_day > day
    ),

    lists as (
        select customer, list(day order by day) as days
        from points
        group by customer
        union all
        select visit_days.customer, visit_days.days
        from visit_days
        cross join counts_visits
        where counts_visits.is_activity
    ),

    pairs as (select customer, unnest(days) as day, unnest(days[2:]) as next_day from lists),

    neighbours as (
        select pairs.customer, pairs.day, case when pairs.next_day <= scope.as_of then pairs.next_day end as next_day,
        from pairs
        cross join scope
    ),

    lapsed as (
        select neighbours.customer, neighbours.day + greatest($days, 1)::integer as churned_on, neighbours.next_day
        from neighbours
        cross join scope
        where
            neighbours.day + greatest($days, 1)::integer <= scope.as_of
            and (neighbours.next_day is null or neighbours.next_day > neighbours.day + greatest($days, 1)::integer)
    ),

    final as (
        select
            customer,
            row_number() over (partition by customer order by churned_on) - 1 as sequence,
            lag(next_day) over (partition by customer order by churned_on) as began_on,
            churned_on,
            next_day as returned_on,
            churned_on as known_on,
            'inactivity' as how,
        from lapsed
    )

select *
from final
order by customer, sequence
