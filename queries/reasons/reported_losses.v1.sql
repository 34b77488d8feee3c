-- name: reported_losses
-- version: 1
-- title: Losses of the days chosen
-- description: The losses of the days chosen, of each customer the last one in each period.
-- section: Churn reasons
-- needs: loss_spans.v1
-- param: grain choice(month, quarter, year, all) = all | Period | size of a period
-- choice: grain month | Month
-- choice: grain quarter | Quarter
-- choice: grain year | Year
-- choice: grain all | All days
-- column: customer integer | the customer
-- column: sequence bigint | the loss: the last of the customer in the period
-- column: churned_on date | its day; null where the file marks it without one
-- column: period date | first day of the period; null for all days, and without a day
-- column: band integer | days from becoming a customer to the loss, at least: 0, 31, 91, 181, 366 or 731; null where
-- that is not known
-- change: 1 2026-11-30 first version
with

    dated as (
        select
            loss_spans.*,
            case
                $grain
                when 'month'
                then date_trunc('month', loss_spans.churned_on)::date
                when 'quarter'
                then date_trunc('quarter', loss_spans.churned_on)::date
                when 'year'
                then date_trunc('year', loss_spans.churned_on)::date
            end as period,
        from loss_spans
        cross join scope
        where
            loss_spans.churned_on is null
            or (
                coalesce(loss_spans.churned_on >= scope.report_from, true)
                and coalesce(loss_spans.churned_on <= scope.report_to, true)
            )
    ),

    final as (
        select
            customer,
            sequence,
            churned_on,
            period,
            case
                when tenure_days <= 30
                then 0
                when tenure_days <= 90
                then 31
                when tenure_days <= 180
                then 91
                when tenure_days <= 365
                then 181
                when tenure_days <= 730
                then 366
                when tenure_days > 730
                then 731
            end as band,
        from dated
        qualify row_number() over (partition by customer, period order by sequence desc) = 1
    )

select *
from final
order by customer, period
