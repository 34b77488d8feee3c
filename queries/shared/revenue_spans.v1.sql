-- name: revenue_spans
-- version: 1
-- title: Subscriptions on the scale of months
-- description: Every subscription with a monthly value: when it begins and ends on the scale of value_months.
-- section: Revenue
-- needs: value_months.v1
-- uses: subscriptions, derived_events
-- param: returning event = null | Comes back with | what counts as coming back; null: any activity
-- choice: returning null | Any activity
-- column: customer integer | the customer
-- column: monthly_value double money | monthly recurring revenue
-- column: from_month double | its first day's begin on the scale
-- column: until_month double | its last day's end within the data
-- change: 1 2026-11-23 first version
with

    spans as (
        select
            subscriptions.customer,
            subscriptions.mrr::double as monthly_value,
            subscriptions.day,
            least(
                greatest(
                    coalesce((subscriptions.ended_at - interval 1 microsecond)::date, scope.as_of), subscriptions.day
                ),
                scope.as_of
            ) as last_day,
        from subscriptions
        cross join scope
        where
            subscriptions.mrr is not null
            and coalesce(
                $returning::varchar = 'subscription'
                or $returning::varchar in (select name from derived_events where event = 'subscription'),
                true
            )
    ),

    final as (
        select
            spans.customer,
            spans.monthly_value,
            first_days.month_before as from_month,
            last_days.month_after as until_month
        from spans
        inner join value_months as first_days on spans.day = first_days.day
        inner join value_months as last_days on spans.last_day = last_days.day
    )

select *
from final
order by customer, from_month
