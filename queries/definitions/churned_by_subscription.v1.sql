-- name: churned_by_subscription
-- version: 1
-- title: Lost when the subscription has ended
-- description: With a contract: lost at the end of the paid period, unless another begins within the gap allowed.
-- section: Churn definition
-- needs: contract_gaps.v1
-- param: gap_days int(0..3650) = 0 | Gap allowed, days | days that may pass before the next subscription starts
-- column: customer integer | the customer
-- column: sequence bigint | 0 the first time the customer was lost, 1 the second
-- column: began_on date | the return before it; null the first time
-- column: churned_on date | the day the last of the customer's subscriptions ended
-- column: returned_on date | the day the next one started; null while there is none
-- column: known_on date | the day that is known from: the end and the gap allowed
-- column: how varchar | subscription
-- change: 1 2026-11-24 first version
with

    final as (
        select
            contract_gaps.customer,
            row_number() over (partition by contract_gaps.customer order by contract_gaps.ended_on) - 1 as sequence,
            lag(contract_gaps.next_on) over (
                partition by contract_gaps.customer order by contract_gaps.ended_on
            ) as began_on,
            contract_gaps.ended_on as churned_on,
            contract_gaps.next_on as returned_on,
            contract_gaps.ended_on + greatest($gap_days, 0)::integer as known_on,
            'subscription' as how,
        from contract_gaps
        cross join scope
        where
            contract_gaps.ended_on + greatest($gap_days, 0)::integer <= scope.as_of
            and (contract_gaps.next_on is null or contract_gaps.gap_days > greatest($gap_days, 0))
    )

select *
from final
order by customer, sequence
