-- name: loss_money
-- version: 1
-- title: What a loss costs
-- description: What a customer paid before leaving: with contracts a month of them on the last paid day, else the
-- monthly value in the customer file, else what was spent in the days before the last activity.
-- section: Churn reasons
-- needs: loss_spans.v1
-- uses: subscriptions, customers, activity_days
-- param: spend_days int(1..3650) = 30 | Days of spend | without contracts, how many days up to the last activity
-- column: customer integer | the customer
-- column: sequence bigint | the loss
-- column: lost_revenue decimal(38,4) money | money a month, or in so many days; null where none is known
-- column: money_of varchar | subscriptions, monthly_value or spend: where it is from
-- change: 1 2026-11-30 first version
with

    contracts as (
        select loss_spans.customer, loss_spans.sequence, sum(subscriptions.mrr)::decimal(38, 4) as lost_revenue
        from loss_spans
        inner join
            subscriptions
            on loss_spans.customer = subscriptions.customer
            and subscriptions.day <= loss_spans.last_on
            and coalesce(subscriptions.ended_at::date > loss_spans.last_on, true)
        cross join scope
        where scope.churn = 'churned_by_subscription' and subscriptions.mrr is not null
        group by loss_spans.customer, loss_spans.sequence
    ),

    monthly as (
        select loss_spans.customer, loss_spans.sequence, customers.monthly_value::decimal(38, 4) as lost_revenue
        from loss_spans
        inner join customers on loss_spans.customer = customers.customer
        cross join scope
        where scope.churn = 'churned_as_recorded' and customers.monthly_value is not null
    ),

    paid as (
        select activity_days.customer, activity_days.day, activity_days.amount
        from activity_days
        cross join scope
        where activity_days.amount is not null and scope.churn <> 'churned_by_subscription'
    ),

    -- the last day paid on, where the definition itself names no day of activity
    last_paid as (
        select
            loss_spans.customer,
            loss_spans.sequence,
            case
                when any_value(scope.churn) = 'churned_by_inactivity' then loss_spans.last_on else max(paid.day)
            end as last_on,
        from loss_spans
        inner join
            paid
            on loss_spans.customer = paid.customer
            and (loss_spans.churned_on is null or paid.day <= loss_spans.churned_on)
        cross join scope
        group by loss_spans.customer, loss_spans.sequence, loss_spans.last_on
    ),

    spend as (
        select last_paid.customer, last_paid.sequence, sum(paid.amount)::decimal(38, 4) as lost_revenue
        from last_paid
        inner join
            paid
            on last_paid.customer = paid.customer
            and paid.day > last_paid.last_on - $spend_days
            and paid.day <= last_paid.last_on
        group by last_paid.customer, last_paid.sequence
    ),

    found as (
        select customer, sequence, lost_revenue, 'subscriptions' as money_of
        from contracts
        union all
        select customer, sequence, lost_revenue, 'monthly_value' as money_of
        from monthly
        union all
        select spend.customer, spend.sequence, spend.lost_revenue, 'spend' as money_of
        from spend
        anti join monthly on spend.customer = monthly.customer and spend.sequence = monthly.sequence
    ),

    final as (
        select loss_spans.customer, loss_spans.sequence, found.lost_revenue, found.money_of
        from loss_spans
        left join found on loss_spans.customer = found.customer and loss_spans.sequence = found.sequence
    )

select *
from final
order by customer, sequence
