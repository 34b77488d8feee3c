-- name: renewal_rate
-- version: 1
-- title: Renewals due
-- description: Of the customers whose paid term ends in a period, the share who renewed: in time, on any plan.
-- needs: subscriptions, contract_gaps.v1, customer_segments.v1, reported_periods.v1, periods.v1
-- param: breakdown attribute = null | split by this customer attribute
-- column: segment varchar | the attribute's value, empty where there is none, (other); null without a split
-- column: period date | its first day
-- column: due_customers bigint | customers with a term that ends in it: an anniversary of the billing interval, or
-- the end
-- column: lost_customers bigint | of these, without a next subscription in time
-- column: renewal_rate double | 1 - lost_customers / due_customers
-- column: ci_low double | lower end of its 95 % interval (Wilson)
-- column: ci_high double | upper end
-- column: share_with_interval double | of all subscriptions, those whose billing interval is known
-- column: complete boolean | the data cover the whole period, and who was lost in it is settled
-- change: 1 2026-11-24 first version
with

    terms as (
        select
            subscriptions.customer,
            subscriptions.day as began_on,
            subscriptions.term_months,
            case when subscriptions.ended_at::date <= scope.as_of then subscriptions.ended_at::date end as ended_on,
            scope.as_of,
        from subscriptions
        cross join scope
    ),

    steps as (
        select
            *,
            unnest(
                generate_series(
                    1,
                    (year(coalesce(ended_on, as_of)) - year(began_on)) * 12
                    + month(coalesce(ended_on, as_of))
                    - month(began_on)
                    + 1,
                    term_months
                )
            )
            - 1
            + term_months as months,
        from terms
        where term_months > 0
    ),

    due_days as (
        select customer, (began_on + months::integer * interval 1 month)::date as due_on
        from steps
        where (began_on + months::integer * interval 1 month)::date <= coalesce(ended_on, as_of)
        union
        select customer, ended_on as due_on
        from terms
        where ended_on is not null
    ),

    due as (
        select due_days.customer, periods.number, count(contract_gaps.customer) > 0 as is_lost,
        from due_days
        inner join periods on due_days.due_on = periods.day
        cross join scope
        left join
            contract_gaps
            on due_days.customer = contract_gaps.customer
            and due_days.due_on = contract_gaps.ended_on
            and coalesce(contract_gaps.gap_days > date_diff('day', scope.churn_to, scope.as_of), true)
        group by due_days.customer, periods.number
    ),

    counted as (
        select
            case when $breakdown::varchar is not null then coalesce(customer_segments.segment, '') end as segment,
            due.number,
            count(*) as due_customers,
            count(*) filter (due.is_lost) as lost_customers,
        from due
        left join customer_segments on due.customer = customer_segments.customer
        group by 1, due.number
    ),

    known as (select count(term_months)::double / nullif(count(*), 0) as share from terms),

    rates as (
        select counted.*, 1 - lost_customers::double / due_customers as rate, 3.841459e0 / due_customers as z,  -- z squared over n
        from counted
    ),

    final as (
        select
            rates.segment,
            reported_periods.period,
            rates.due_customers,
            rates.lost_customers,
            rates.rate as renewal_rate,
            (rates.rate + z / 2 - sqrt(z * (rates.rate * (1 - rates.rate) + z / 4))) / (1 + z) as ci_low,
            least(1e0, (rates.rate + z / 2 + sqrt(z * (rates.rate * (1 - rates.rate) + z / 4))) / (1 + z)) as ci_high,
            known.share as share_with_interval,
            reported_periods.complete and reported_periods.last_day <= scope.churn_to as complete,
        from rates
        inner join reported_periods on rates.number = reported_periods.number
        cross join known
        cross join scope
        where reported_periods.is_reported
    )

select *
from final
order by segment, period
