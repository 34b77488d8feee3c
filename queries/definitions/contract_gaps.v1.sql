-- name: contract_gaps
-- version: 1
-- title: Between two subscriptions
-- description: Every end of all the subscriptions a customer had at a time, and the start of the next one.
-- section: Churn definition
-- uses: subscriptions
-- column: customer integer | the customer
-- column: ended_on date | the day the last of the subscriptions ended
-- column: next_on date | the day the next one started; null while there is none
-- column: gap_days bigint days | days between the last day paid for and that day; null while there is none
-- change: 1 2026-11-24 first version
with

    spans as (
        select
            subscriptions.customer,
            subscriptions.day as began_on,
            case when subscriptions.ended_at::date <= scope.as_of then subscriptions.ended_at::date end as ended_on,
            -- an end in the course of a day leaves that day paid for
            case
                when subscriptions.ended_at::date <= scope.as_of
                then (subscriptions.ended_at - interval 1 microsecond)::date
            end as last_day,
        from subscriptions
        cross join scope
        where subscriptions.day <= scope.as_of
    ),

    -- several at a time count as one until the last of them has ended
    reached as (
        select
            customer,
            max(coalesce(ended_on, date '9999-12-31')) over (
                partition by customer
                order by began_on, ended_on nulls last
                rows between unbounded preceding and current row
            ) as ended_on,
            max(coalesce(last_day, date '9999-12-31')) over (
                partition by customer
                order by began_on, ended_on nulls last
                rows between unbounded preceding and current row
            ) as last_day,
            lead(began_on) over (partition by customer order by began_on, ended_on nulls last) as next_on,
        from spans
    ),

    final as (
        select
            reached.customer,
            reached.ended_on,
            reached.next_on,
            date_diff('day', reached.last_day, reached.next_on) - 1 as gap_days,
        from reached
        cross join scope
        where
            reached.ended_on <= scope.as_of
            and (reached.next_on is null or date_diff('day', reached.last_day, reached.next_on) > 1)
    )

select *
from final
order by customer, ended_on
