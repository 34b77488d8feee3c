-- name: known_customers
-- version: 1
-- title: Customers known
-- description: How many customers the files know of by the end of each period, those who left included.
-- section: Monitored figures
-- needs: customers, customer_segments.v1, reported_periods.v1
-- adds: segment, period
-- column: segment varchar | Segment | the attribute's value, empty where there is none, (other); null without a split
-- column: period date | Period | first day of the period
-- column: customers bigint | Customers | customers known by its end
-- change: 1 2026-11-24 first version
with

    firsts as (
        select
            case when $breakdown::varchar is not null then coalesce(customer_segments.segment, '') end as segment,
            customers.known_from,
            count(*) as customers,
        from customers
        left join customer_segments on customers.customer = customer_segments.customer
        group by customer_segments.segment, customers.known_from
    ),

    final as (
        select firsts.segment, reported_periods.period, sum(firsts.customers)::bigint as customers,
        from reported_periods
        inner join firsts on coalesce(firsts.known_from <= reported_periods.last_day, true)
        group by firsts.segment, reported_periods.period
    )

select *
from final
order by segment, period
