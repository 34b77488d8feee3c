-- name: figure_values
-- version: 1
-- title: Values of a figure
-- description: One figure by period as its own query counts it; periods without it are left out.
-- section: Monitored figures
-- needs: known_customers.v1 if figure in customers
-- needs: active_counts.v1 if figure in active_customers
-- needs: churn_rates.v1 if figure in churn_rate, retention_rate
-- needs: purchase_rates.v1 if figure in repeat_rate, average_order_value, purchase_frequency
-- needs: orders.amount if figure in average_order_value
-- needs: period_revenue.v1 if figure in revenue
-- needs: survey_scores.v1 if figure in satisfaction, nps
-- needs: ticket_hours.v1 if figure in first_response, resolution_time
-- param: figure choice(customers, active_customers, churn_rate, retention_rate, repeat_rate, average_order_value,
-- purchase_frequency, revenue, satisfaction, nps, first_response, resolution_time) = customers | Figure | the figure
-- choice: figure customers | Customers | Customers known by the end of the period, those who left included
-- choice: figure active_customers | Active customers | Customers active in the period, by the dataset's definition of
-- activity
-- choice: figure churn_rate | Churn rate | Of the customers when the period begins, the share gone when it ends, by
-- the dataset's definition of churn
-- choice: figure retention_rate | Retention rate | Of the customers when the period begins, the share still there
-- when it ends
-- choice: figure repeat_rate | Repeat purchase rate | By customers: of the buyers of the period, the share with two
-- orders or more in it
-- choice: figure average_order_value | Average order value | Revenue of the period's orders / orders
-- choice: figure purchase_frequency | Purchase frequency | Orders of the period / buyers of the period
-- choice: figure revenue | Revenue | Payments net of refunds; a subscription earns its monthly value day by day
-- choice: figure satisfaction | Satisfaction (CSAT) | Share of answers 4 or 5 on a scale of 1 to 5, the last one of
-- each customer in the period
-- choice: figure nps | Recommendation (NPS) | On a scale of 0 to 10 the share of 9 and 10 less that of 0 to 6, times
-- 100; the last answer of each customer
-- choice: figure first_response | First response time | Median time from opening a ticket to its first response, in
-- the period of the response
-- choice: figure resolution_time | Resolution time | Median time from opening a ticket to its resolution, in the
-- period of the resolution
-- column: segment varchar | the attribute's value, empty where there is none, (other); null without a split
-- column: period date | first day of the period
-- column: value double | the figure
-- column: numerator double | value = numerator / denominator; null where the figure is no share or score
-- column: denominator double | see numerator
-- column: n bigint | customers, buyers, orders, payments, answers or tickets it is made of
-- column: basis varchar | the survey question asked; null for other figures, empty where the file does not say
-- column: settled boolean | false where later days can still change a period that is over; null where none can
-- change: 1 2026-11-24 first version
with

    plain as (
        select segment, period, customers::double as value, customers as n
        from known_customers
        where $figure = 'customers'
        union all
        select segment, period, customers::double as value, customers as n
        from active_counts
        where $figure = 'active_customers'
        union all
        select segment, period, revenue::double as value, parts as n
        from period_revenue
        where $figure = 'revenue'
        union all
        select segment, period, value, n
        from ticket_hours
        where measure = $figure
    ),

    final as (
        select
            segment,
            period,
            value,
            null::double as numerator,
            null::double as denominator,
            n,
            null::varchar as basis,
            null::boolean as settled
        from plain
        union all
        select segment, period, value, numerator, denominator, n, basis, null as settled
        from survey_scores
        where measure = $figure
        union all
        select
            segment,
            period,
            case
                $figure
                when 'repeat_rate'
                then repeat_rate_by_customers
                when 'average_order_value'
                then average_order_value
                else purchase_frequency
            end as value,
            case when $figure = 'repeat_rate' then repeat_buyers::double end as numerator,
            case when $figure = 'repeat_rate' then buyers::double end as denominator,
            case when $figure = 'average_order_value' then orders else buyers end as n,
            null as basis,
            null as settled,
        from purchase_rates
        where $figure in ('repeat_rate', 'average_order_value', 'purchase_frequency')
        union all
        select
            churn_rates.segment,
            churn_rates.period,
            case when $figure = 'churn_rate' then churn_rates.churn_rate else retention_rate end as value,
            case when $figure = 'churn_rate' then opening_lost else opening_customers - opening_lost end as numerator,
            opening_customers as denominator,
            opening_customers as n,
            null as basis,
            complete as settled,
        from churn_rates
        where $figure in ('churn_rate', 'retention_rate') and opening_customers > 0 and can_lose
    )

select *
from final
order by segment, period
