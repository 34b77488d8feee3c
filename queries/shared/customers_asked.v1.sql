-- name: customers_asked
-- version: 1
-- title: Customers asked
-- description: How many customers there are, and how many of them answered a survey; one row.
-- section: Funnel steps
-- uses: customers, surveys
-- adds: one row
-- column: customers bigint | Customers | all customers
-- column: answered bigint | Answered | those of them with an answer that has a score
-- change: 1 2026-11-30 first version
with

    answered as (select distinct customer from surveys where score between 0 and 10),

    final as (
        select count(*) as customers, count(answered.customer) as answered,
        from customers
        left join answered on customers.customer = answered.customer
    )

select *
from final
order by customers
