-- name: repeat_purchase_counts
-- version: 1
-- title: Customers by how often they ordered
-- description: Buyers by the number of their orders, and whether the second came within twelve months of the first.
-- section: Repeat purchase within a year
-- needs: purchase_days, customer_segments.v1, periods.v1
-- param: breakdown attribute = null | Split by | split by this customer attribute
-- choice: breakdown null | Nothing
-- adds: segment, number, is_settled, is_repeated, orders
-- column: segment varchar | the attribute's value, empty where there is none, (other); null without a split
-- column: number integer | the number of the period of their first order
-- column: is_settled boolean | twelve months have passed since their first order
-- column: is_repeated boolean | they ordered again within twelve months of it
-- column: orders bigint | how many orders they placed so far, at most ten
-- column: customers bigint | how many customers
-- change: 1 2026-12-01 first version
with

    final as (
        select
            case when $breakdown::varchar is not null then coalesce(customer_segments.segment, '') end as segment,
            periods.number,
            (purchase_days.days[1] + interval 12 month)::date <= scope.as_of + 1 as is_settled,
            coalesce(purchase_days.days[2] < (purchase_days.days[1] + interval 12 month)::date, false) as is_repeated,
            least(len(purchase_days.days), 10) as orders,
            count(*) as customers,
        from purchase_days
        cross join scope
        inner join periods on purchase_days.days[1] = periods.day
        left join customer_segments on purchase_days.customer = customer_segments.customer
        group by all
    )

select *
from final
order by segment, number, is_settled, is_repeated, orders
