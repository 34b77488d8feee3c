-- name: customer_starts
-- version: 1
-- title: Since when a customer is one
-- description: The first day of every customer by the churn definition: contract, activity, or what is recorded.
-- section: Churn definition
-- needs: customers
-- uses: churns, subscriptions
-- column: customer integer | the customer
-- column: began_on date | the day the customer became one; null where the files do not tell since when
-- change: 1 2026-11-24 first version
with

    contracts as (select customer, min(day) as day from subscriptions group by customer),

    lost as (
        select churns.customer, min(churns.churned_on) as day
        from churns
        cross join scope
        where scope.churn = 'churned_as_recorded'
        group by churns.customer
    ),

    final as (
        select customers.customer, customers.active_from as began_on
        from customers
        cross join scope
        where scope.churn = 'churned_by_inactivity' and customers.active_from is not null
        union all
        select contracts.customer, contracts.day as began_on
        from contracts
        cross join scope
        where scope.churn = 'churned_by_subscription'
        union all
        select
            customers.customer,
            -- who is lost before being seen began on that day at the latest
            case
                when coalesce(customers.day, customers.active_from) is not null
                then least(customers.day, customers.active_from, lost.day)
            end as began_on,
        from customers
        left join lost on customers.customer = lost.customer
        cross join scope
        where scope.churn = 'churned_as_recorded'
    )

select *
from final
order by customer
