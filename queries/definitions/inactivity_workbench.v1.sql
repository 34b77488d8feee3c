-- name: inactivity_workbench
-- version: 1
-- title: Churn by days without activity
-- description: What churn would be after 7 to 365 days without activity, and how many of those lost came back.
-- section: Churn workbench
-- needs: activity_gaps.v1
-- param: days int(1..3650) = 90 | Days | the days in use, shown among the others
-- param: share float(0..1) = 0.9 | Share | the days suggested: within them this share of gaps between activities ended
-- column: days integer days | Days | days without activity after which a customer is lost
-- column: lost bigint | Times lost | times a customer was lost
-- column: returned bigint | Returned | times a customer lost came back later
-- column: returned_share double % | Share who came back | returned / lost
-- column: monthly_churn_rate double % | Churn rate a month | churn a month, from times lost and days at risk over all
-- the data
-- column: lost_now bigint | Lost at the end of the data | customers lost at the end of the data
-- column: customers bigint | Customers | customers with activity
-- column: suggested_days integer days | Days suggested | the days suggested
-- change: 1 2026-11-24 first version
with

    tried as (
        select unnest([7, 14, 30, 45, 60, 75, 90, 120, 150, 180, 240, 300, 365]) as days
        union
        select $days as days
    ),

    reached as (
        select gap_days, (sum(ended) over (order by gap_days))::double / nullif(sum(ended) over (), 0) as share,
        from activity_gaps
    ),

    suggested as (select min(gap_days) as days from reached where share >= $share),

    longest as (select max(gap_days) as days from activity_gaps),

    counted as (
        select
            tried.days,
            sum(activity_gaps.ended) filter (activity_gaps.gap_days > tried.days) as returned,
            sum(activity_gaps.open) filter (activity_gaps.gap_days >= tried.days) as lost_now,
            sum(activity_gaps.open) as customers,
            -- of a longer gap only so many days are at risk
            sum(
                activity_gaps.customer_days
                - (activity_gaps.ended + activity_gaps.open) * greatest(activity_gaps.gap_days - tried.days, 0)
            ) as days_at_risk,
        from activity_gaps
        cross join tried
        cross join longest
        where tried.days <= longest.days
        group by tried.days
    ),

    summed as (
        select
            days,
            coalesce(returned, 0)::bigint as returned,
            coalesce(lost_now, 0)::bigint as lost_now,
            customers::bigint as customers,
            days_at_risk::double as days_at_risk,
        from counted
    ),

    final as (
        select
            summed.days::integer as days,
            summed.returned + summed.lost_now as lost,
            summed.returned,
            summed.returned::double / nullif(summed.returned + summed.lost_now, 0) as returned_share,
            1 - exp(
                -365 / 12.0e0 * (summed.returned + summed.lost_now) / nullif(summed.days_at_risk, 0)
            ) as monthly_churn_rate,
            summed.lost_now,
            summed.customers,
            suggested.days::integer as suggested_days,
        from summed
        cross join suggested
    )

select *
from final
order by days
