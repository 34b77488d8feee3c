-- name: customer_spans
-- version: 1
-- title: When a customer was one
-- description: Every stretch from becoming a customer, or coming back, to being lost by the churn definition.
-- needs: customers
-- uses: churns, subscriptions
-- column: customer integer | the customer
-- column: place bigint | 0 the first stretch, 1 the one after the first return
-- column: began_on date | its first day; null where the files do not tell since when
-- column: lost_on date | the day the customer was lost; null while they are not
-- change: 1 2026-11-24 first version
with

    first_contracts as (select customer, min(day) as day from subscriptions group by customer),

    firsts as (
        select
            customers.customer,
            case
                when scope.churn = 'churned_by_subscription'
                then first_contracts.day
                when scope.churn = 'churned_by_inactivity'
                then customers.active_from
                else least(customers.day, customers.active_from)
            end as began_on,
            scope.churn = 'churned_as_recorded' as is_always_one,
        from customers
        left join first_contracts on customers.customer = first_contracts.customer
        cross join scope
    ),

    begun as (
        select customer, 0 as place, began_on
        from firsts
        where began_on is not null or is_always_one
        union all
        select customer, row_number() over (partition by customer order by churned_on) as place, returned_on as began_on
        from churns
        where returned_on is not null
    ),

    ended as (
        select customer, row_number() over (partition by customer order by churned_on) - 1 as place, churned_on
        from churns
        where churned_on is not null
    ),

    final as (
        select
            begun.customer,
            begun.place,
            begun.began_on,
            case when ended.churned_on < begun.began_on then begun.began_on else ended.churned_on end as lost_on,
        from begun
        left join ended on begun.customer = ended.customer and begun.place = ended.place
    )

select *
from final
order by customer, place
