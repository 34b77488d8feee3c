-- name: churn_counts
-- version: 1
-- title: Customers by what they did in a period
-- description: How many customers came, left and came back in each period, each customer counted once a period.
-- section: Churn balance
-- needs: churn_moves.v1
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
            segment,
            number,
            coalesce(sum(times) filter (what = 'new'), 0)::bigint as new_customers,
            coalesce(sum(times) filter (what = 'returned'), 0)::bigint as returned_customers,
            coalesce(sum(times) filter (what = 'opening lost'), 0)::bigint as opening_lost,
            coalesce(sum(times) filter (what = 'joined and left'), 0)::bigint as joined_and_left,
            coalesce(sum(times) filter (what in ('opening lost', 'joined and left', 'returned and left')), 0)::bigint
            as churned_customers,
            coalesce(sum(times) filter (what = 'left and returned'), 0)::bigint as left_and_returned,
            coalesce(sum(times) filter (what not in ('new', 'returned', 'loss')), 0)::bigint as lost_at_all,
            coalesce(sum(times) filter (what = 'loss'), 0)::bigint as losses,
        from churn_moves
        where number is not null
        group by segment, number
    )

select *
from final
order by segment, number
