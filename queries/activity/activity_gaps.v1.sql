-- name: activity_gaps
-- version: 1
-- title: Days between activities
-- description: How many days customers let pass before they come again, and how long ago their last activity is.
-- section: Churn workbench
-- needs: activity_days, counts_visits.v1
-- uses: visit_days
-- adds: gap_days
-- column: gap_days integer days | days from a day of activity to the next, or to the end of the data
-- column: ended bigint | gaps of that length that ended with another activity
-- column: open bigint | customers whose last activity lies so many days before the end of the data
-- column: customer_days bigint days | days from the first activity of these customers to the end of the data
-- change: 1 2026-11-24 first version
with

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

    -- without subscriptions among what counts the days lie in a row already
    lists as (
        select visit_days.customer, visit_days.days
        from visit_days
        cross join counts_visits
        where counts_visits.is_activity
    ),

    neighbours as (
        select customer, unnest(days) as last_day, unnest(days[2:]) as next_day, days[1] as first_day
        from lists
        union all
        select
            active.customer,
            max(active.last_day) over (
                partition by active.customer
                order by active.day, active.last_day
                rows between unbounded preceding and current row
            ) as last_day,
            lead(active.day) over (partition by active.customer order by active.day, active.last_day) as next_day,
            min(active.day) over (partition by active.customer) as first_day,
        from active
    ),

    gaps as (
        select
            date_diff('day', neighbours.last_day, coalesce(neighbours.next_day, scope.as_of))::integer as gap_days,
            neighbours.next_day is null as is_open,
            date_diff('day', neighbours.first_day, scope.as_of) as customer_days,
        from neighbours
        cross join scope
    ),

    final as (
        select
            gap_days,
            count(*) filter (not is_open) as ended,
            count(*) filter (is_open) as open,
            coalesce(sum(customer_days) filter (is_open), 0)::bigint as customer_days,
        from gaps
        where gap_days > 0 or is_open
        group by gap_days
    )

select *
from final
order by gap_days
