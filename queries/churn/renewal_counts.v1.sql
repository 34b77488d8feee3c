-- name: renewal_counts
-- version: 1
-- title: Renewals due, counted
-- description: In each period the customers whose paid term ends, and those who did not renew.
-- section: Renewal rate
-- needs: subscriptions, contract_gaps.v1, customer_segments.v1, periods.v1
-- param: breakdown attribute = null | Split by | split by this customer attribute
-- choice: breakdown null | Nothing
-- adds: segment, number
-- column: segment varchar | the attribute's value, empty where there is none, (other); null without a split
-- column: number integer | the period's number in the calendar
-- column: due_customers bigint | customers with a term that ends in it
-- column: lost_customers bigint | those of them who did not renew in time
-- change: 1 2026-11-30 first version
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

    final as (
        select
            case when $breakdown::varchar is not null then coalesce(customer_segments.segment, '') end as segment,
            due.number,
            count(*) as due_customers,
            count(*) filter (due.is_lost) as lost_customers,
        from due
        left join customer_segments on due.customer = customer_segments.customer
        group by 1, due.number
    )

select *
from final
order by segment, number
