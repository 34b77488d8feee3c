-- name: churned_counts
-- version: 1
-- title: Customers lost at the end of the data, counted
-- description: How many customers there are and how many of them are lost at the end of the data.
-- section: Share of customers lost
-- needs: customers, customer_segments.v1
-- uses: churns
-- param: breakdown attribute = null | Split by | split by this customer attribute
-- choice: breakdown null | Nothing
-- adds: segment
-- column: segment varchar | the attribute's value, empty where there is none, (other); null without a split
-- column: customers bigint | customers known
-- column: churned_customers bigint | of these, lost and not back
-- change: 1 2026-11-30 first version
with

    lost as (select distinct customer from churns where returned_on is null),

    final as (
        select
            case when $breakdown::varchar is not null then coalesce(customer_segments.segment, '') end as segment,
            count(*) as customers,
            count(lost.customer) as churned_customers,
        from customers
        left join lost on customers.customer = lost.customer
        left join customer_segments on customers.customer = customer_segments.customer
        group by 1
    )

select *
from final
order by segment
