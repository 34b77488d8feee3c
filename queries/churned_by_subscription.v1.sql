-- name: churned_by_subscription
-- version: 1
-- title: Lost when the subscription has ended
-- description: With a contract: lost at the end of the paid period, unless another begins within the gap allowed.
-- uses: subscriptions
-- param: gap_days int = 0 | days that may pass before the next subscription starts
-- column: customer integer | the customer
-- column: place bigint | 0 the first time the customer was lost, 1 the second
-- column: began_on date | the return before it; null the first time
-- column: churned_on date | the day the last of the customer's subscriptions ended
-- column: returned_on date | the day the next one started; null while there is none
-- column: known_on date | the day that is known from: the end and the gap allowed
-- column: how varchar | subscription
-- change: 1 2026-11-24 first version
with

    spans as (
        select
            subscriptions.customer,
            subscriptions.day as began_on,
            case when subscriptions.ended_at::date <= scope.as_of then subscriptions.ended_at::date end as ended_on,
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
            lead(began_on) over (partition by customer order by began_on, ended_on nulls last) as next_on,
        from spans
    ),

    final as (
        select
            reached.customer,
            row_number() over (partition by reached.customer order by reached.ended_on) - 1 as place,
            lag(reached.next_on) over (partition by reached.customer order by reached.ended_on) as began_on,
            reached.ended_on as churned_on,
            reached.next_on as returned_on,
            reached.ended_on + greatest($gap_days, 0)::integer as known_on,
            'subscription' as how,
        from reached
        cross join scope
        where
            reached.ended_on + greatest($gap_days, 0)::integer <= scope.as_of
            and (reached.next_on is null or reached.next_on > reached.ended_on + greatest($gap_days, 0)::integer)
    )

select *
from final
order by customer, place
