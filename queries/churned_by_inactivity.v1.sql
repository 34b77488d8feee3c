-- name: churned_by_inactivity
-- version: 1
-- title: Lost after days without activity
-- description: Without a contract: lost once so many days have passed since the last day of activity.
-- uses: activity_days
-- param: days int = 90 | days without activity after which a customer is lost
-- column: customer integer | the customer
-- column: churned_on date | the last day of activity and so many days
-- column: returned_on date | the next day of activity; null while there is none
-- column: known_on date | the day that is known from: the same
-- column: how varchar | inactivity
-- change: 1 2026-11-24 first version
with

    active as (
        select
            activity_days.customer,
            activity_days.day,
            least(coalesce(activity_days.last_day, scope.as_of), scope.as_of) as last_day,
            floor(date_diff('day', date '1970-01-05', activity_days.day) / greatest($days, 1))::integer as block,
        from activity_days
        cross join scope
        where activity_days.is_activity and activity_days.day <= scope.as_of
    ),

    -- two days of one block lie less than so many days apart, so that only gaps between blocks can be long enough
    blocks as (
        select customer, block, min(day) as first_day, max(last_day) as last_day from active group by customer, block
    ),

    stretches as (
        select
            customer,
            max(last_day) over (
                partition by customer order by block rows between unbounded preceding and current row
            ) as last_day,
            lead(first_day) over (partition by customer order by block) as next_day,
        from blocks
    ),

    lapsed as (select customer, last_day + greatest($days, 1)::integer as churned_on, next_day from stretches),

    final as (
        select
            lapsed.customer,
            lapsed.churned_on,
            lapsed.next_day as returned_on,
            lapsed.churned_on as known_on,
            'inactivity' as how,
        from lapsed
        cross join scope
        where lapsed.churned_on <= scope.as_of and (lapsed.next_day is null or lapsed.next_day > lapsed.churned_on)
    )

select *
from final
order by customer, churned_on
