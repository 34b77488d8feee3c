-- name: cohort_figures
-- version: 1
-- title: Figures of those who began in a period
-- description: By the period customers began, ordered first, or had to renew in - the share who stayed, ordered again
-- or renewed.
-- section: Monitored figures
-- needs: reported_periods.v1
-- needs: cohort_counts.v1 with start = null, entry = first_time, returning = null, measure = on, clock = rolling,
-- minimum = 1, periods = 12 if figure in retained_1, retained_3, retained_6, retained_12
-- needs: repeat_purchase_counts.v1 if figure in repurchase_rate
-- needs: renewal_counts.v1 if figure in renewal_rate
-- needs: winback_counts.v1 if figure in winback_rate
-- param: figure choice(customers, active_customers, churn_rate, retention_rate, repeat_rate, average_order_value,
-- purchase_frequency, revenue, satisfaction, nps, first_response, resolution_time, renewal_rate, winback_rate,
-- repurchase_rate, retained_1, retained_3, retained_6, retained_12) = customers | Figure | the figure
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
-- choice: figure renewal_rate | Renewal rate | Of the customers whose paid term ends in the period, the share who
-- renewed
-- choice: figure winback_rate | Win-back rate | Of the losses in the period, the share after which the customer came
-- back within twelve months
-- choice: figure repurchase_rate | Ordered again within a year | Of the customers with their first order in the
-- period, the share who ordered again within twelve months of it
-- choice: figure retained_1 | Back after one period | Of the customers who began in the period, the share active one
-- period later, counted from each one's start
-- choice: figure retained_3 | Back after three periods | Of the customers who began in the period, the share active
-- three periods later, counted from each one's start
-- choice: figure retained_6 | Back after six periods | Of the customers who began in the period, the share active six
-- periods later, counted from each one's start
-- choice: figure retained_12 | Back after twelve periods | Of the customers who began in the period, the share active
-- twelve periods later, counted from each one's start
-- column: segment varchar | the attribute's value, empty where there is none, (other); null without a split
-- column: period date | first day of the period
-- column: numerator bigint | who stayed, ordered again or renewed
-- column: denominator bigint | of so many whose time is over
-- column: settled boolean | no later day can change it
-- change: 1 2026-12-01 first version
with

    -- whoever began or was lost in a period, as far as their twelve months are over
    within_a_year as (
        select
            segment, number, is_settled, customers as members, case when is_repeated then customers else 0 end as kept,
        from repeat_purchase_counts
        union all
        select segment, number, is_settled, lost as members, returned as kept
        from winback_counts
    ),

    found as (
        select segment, cohort as period, eligible_retained as numerator, eligible as denominator, complete as settled,
        from cohort_counts
        where period = try_cast(split_part($figure, '_', 2) as integer) and starts_with($figure, 'retained_')
        union all
        select
            within_a_year.segment,
            reported_periods.period,
            coalesce(sum(within_a_year.kept) filter (within_a_year.is_settled), 0)::bigint as numerator,
            coalesce(sum(within_a_year.members) filter (within_a_year.is_settled), 0)::bigint as denominator,
            bool_and(within_a_year.is_settled) as settled,
        from within_a_year
        inner join reported_periods on within_a_year.number = reported_periods.number
        group by within_a_year.segment, reported_periods.period
        union all
        select
            renewal_counts.segment,
            reported_periods.period,
            renewal_counts.due_customers - renewal_counts.lost_customers as numerator,
            renewal_counts.due_customers as denominator,
            reported_periods.last_day <= scope.churn_to as settled,
        from renewal_counts
        inner join reported_periods on renewal_counts.number = reported_periods.number
        cross join scope
    ),

    final as (select segment, period, numerator, denominator, settled, from found where denominator > 0)

select *
from final
order by segment, period
