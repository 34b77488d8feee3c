-- name: period_revenue
-- version: 1
-- title: Revenue by period
-- description: Money of each period: payments net of refunds, and monthly values of subscriptions day by day.
-- section: Revenue
-- needs: customer_segments.v1, periods.v1, value_months.v1
-- needs: revenue_moments.v1, revenue_spans.v1 with returning = null
-- needs: orders.amount or events.amount or subscriptions.mrr
-- adds: segment, period
-- column: segment varchar | the attribute's value, empty where there is none, (other); null without a split
-- column: period date | first day of the period
-- column: revenue decimal(38,10) money | money of the period
-- column: parts bigint | payments and running subscriptions behind it
-- change: 1 2026-11-24 first version
with

    spans as (select period, min(day) as first_day, max(day) as last_day from periods group by period),

    bounds as (
        select spans.period, first_days.month_before as from_month, last_days.month_after as until_month
        from spans
        inner join value_months as first_days on spans.first_day = first_days.day
        inner join value_months as last_days on spans.last_day = last_days.day
    ),

    paid as (
        select
            customer_segments.segment,
            periods.period,
            count(*) as parts,
            sum(revenue_moments.amount)::decimal(38, 10) as amount,
        from revenue_moments
        inner join periods on revenue_moments.day = periods.day
        left join customer_segments on revenue_moments.customer = customer_segments.customer
        group by customer_segments.segment, periods.period
    ),

    -- a subscription earns its monthly value in the part of a month it covers
    earned as (
        select
            customer_segments.segment,
            bounds.period,
            count(*) as parts,
            sum(
                (
                    revenue_spans.monthly_value * (
                        least(revenue_spans.until_month, bounds.until_month)
                        - greatest(revenue_spans.from_month, bounds.from_month)
                    )
                )::decimal(38, 10)
            ) as amount,
        from revenue_spans
        inner join
            bounds on revenue_spans.from_month < bounds.until_month and revenue_spans.until_month > bounds.from_month
        left join customer_segments on revenue_spans.customer = customer_segments.customer
        group by customer_segments.segment, bounds.period
    ),

    received as (
        select *
        from paid
        union all
        select *
        from earned
    ),

    final as (
        select
            case when $breakdown::varchar is not null then coalesce(segment, '') end as segment,
            period,
            sum(amount)::decimal(38, 10) as revenue,
            sum(parts)::bigint as parts,
        from received
        group by segment, period
    )

select *
from final
order by segment, period
