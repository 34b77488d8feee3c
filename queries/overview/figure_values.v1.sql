-- name: figure_values
-- version: 1
-- title: Values of a figure
-- description: One figure by period as its own query counts it; periods without it are left out.
-- section: Monitored figures
-- needs: known_customers.v1 if figure in customers
-- needs: active_counts.v1 if figure in active_customers
-- needs: churn_rates.v1 if figure in churn_rate, retention_rate
-- needs: purchase_rates.v1 if figure in repeat_rate, purchase_frequency
-- needs: order_values.v1 if figure in average_order_value
-- needs: cohort_figures.v1 if figure in renewal_rate, winback_rate, repurchase_rate, retained_1, retained_3,
-- retained_6, retained_12
-- needs: period_revenue.v1 if figure in revenue
-- needs: survey_scores.v1 if figure in satisfaction, nps
-- needs: ticket_hours.v1 if figure in first_response, resolution_time
-- column: segment varchar | the attribute's value, empty where there is none, (other); null without a split
-- column: period date | first day of the period
-- column: value double | the figure
-- column: numerator double | value = numerator / denominator; null where the figure is no share or score
-- column: denominator double | see numerator
-- column: n bigint | customers, buyers, orders, payments, answers or tickets it is made of
-- column: ci_low double | lower end of its 95 % interval; null where it has none, or is a share, of which it follows
-- column: ci_high double | upper end
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
            null::double as ci_low,
            null::double as ci_high,
            null::varchar as basis,
            null::boolean as settled
        from plain
        union all
        select segment, period, value, numerator, denominator, n, ci_low, ci_high, basis, null as settled
        from survey_scores
        where measure = $figure
        union all
        select
            segment,
            period,
            case $figure when 'repeat_rate' then repeat_rate_by_customers else purchase_frequency end as value,
            case when $figure = 'repeat_rate' then repeat_buyers::double end as numerator,
            case when $figure = 'repeat_rate' then buyers::double end as denominator,
            buyers as n,
            null as ci_low,
            null as ci_high,
            null as basis,
            null as settled,
        from purchase_rates
        where $figure in ('repeat_rate', 'purchase_frequency')
        union all
        select segment, period, average_order_value, null, null, orders, ci_low, ci_high, null, null
        from order_values
        where $figure = 'average_order_value'
        union all
        select
            segment,
            period,
            numerator::double / denominator,
            numerator,
            denominator,
            denominator,
            null,
            null,
            null,
            settled
        from cohort_figures
        union all
        select
            churn_rates.segment,
            churn_rates.period,
            case when $figure = 'churn_rate' then churn_rates.churn_rate else retention_rate end as value,
            case when $figure = 'churn_rate' then opening_lost else opening_customers - opening_lost end as numerator,
            opening_customers as denominator,
            opening_customers as n,
            null as ci_low,
            null as ci_high,
            null as basis,
            complete as settled,
        from churn_rates
        where $figure in ('churn_rate', 'retention_rate') and opening_customers > 0 and can_lose
    )

select *
from final
order by segment, period
