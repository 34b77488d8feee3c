-- name: loss_spans
-- version: 1
-- title: Losses and the days in which they are explained
-- description: Every loss by the churn definition that is settled, with the days of exits that belong to it.
-- section: Churn reasons
-- needs: churns, customer_starts.v1
-- param: notice_days int(0..3650) = 92 | Days before the end | with a contract, or losses as recorded, how many days
-- before a loss its reason can be stated
-- param: after_days int(0..3650) = 30 | Days after the loss | how many days after a loss its reason can still be stated
-- column: customer integer | the customer
-- column: sequence bigint | 0 the first time the customer was lost, 1 the second
-- column: churned_on date | the day of the loss; null where the file marks it without one
-- column: last_on date | the last day of activity before it, or the last paid one; null without a day
-- column: from_on date | the first day on which its reason can be stated
-- column: ended_from_on date | the same for the end of a subscription, which is the loss itself by contract
-- column: to_on date | the last one
-- column: tenure_days integer days | days from becoming a customer to the loss; null where one of the two is not known
-- change: 1 2026-11-30 first version
with

    losses as (
        select
            churns.customer,
            churns.sequence,
            churns.churned_on,
            churns.churned_on
            - case when scope.churn = 'churned_by_inactivity' then scope.inactive_days else 1 end as last_on,
            scope.churn = 'churned_by_inactivity' as is_by_inactivity,
            scope.churn = 'churned_by_subscription' as is_by_contract,
            churns.began_on as back_on,
            customer_starts.began_on,
        from churns
        left join customer_starts on churns.customer = customer_starts.customer
        cross join scope
        where churns.churned_on is null or coalesce(churns.churned_on <= scope.churn_to, true)
    ),

    final as (
        select
            customer,
            sequence,
            churned_on,
            last_on,
            -- what was said before a return belongs to the loss before it
            greatest(case when is_by_inactivity then last_on else churned_on - $notice_days end, back_on) as from_on,
            greatest(
                case when is_by_inactivity or is_by_contract then last_on else churned_on - $notice_days end, back_on
            ) as ended_from_on,
            churned_on + $after_days as to_on,
            case when churned_on < began_on then 0 else churned_on - began_on end::integer as tenure_days,
        from losses
    )

select *
from final
order by customer, sequence
