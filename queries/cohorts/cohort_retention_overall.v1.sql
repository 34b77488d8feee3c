-- name: cohort_retention_overall
-- version: 1
-- title: Cohort retention, all cohorts together
-- description: Retention by periods since the start over all customers whose period is complete.
-- section: Retention of all cohorts
-- needs: cohort_counts.v1
-- param: relative_to choice(start, previous) = start | Share of | share of the cohort; of those back one period before
-- choice: relative_to start | The whole cohort
-- choice: relative_to previous | Those back one period before
-- param: average choice(pooled, simple, median) = pooled | Average | every customer weighs the same; every cohort;
-- the middle one
-- choice: average pooled | Pooled
-- choice: average simple | Simple mean
-- choice: average median | Median
-- column: segment varchar | Segment | the attribute's value; null without a split
-- column: period integer | Period | periods since the start
-- column: cohorts bigint | Cohorts | cohorts with customers whose period is complete
-- column: customers bigint | Customers | customers whose period is complete
-- column: retained bigint | Came back | customers who came back
-- column: retention double % | Retention | by the average chosen, 0 to 1
-- column: ci_low double % | 95 % from | lower end of the 95 % interval, Wilson when pooled; null for the median and
-- what is no share
-- column: ci_high double % | 95 % to | upper end
-- picture: retention, customers
-- sample: retention = customers, ci_low, ci_high
-- metric: cohort_retention = retention month-1 where grain=month, clock=rolling, start=subscription,
-- returning=subscription, period=1 if subscriptions
-- metric: cohort_retention = retention month-3 where grain=month, clock=rolling, start=subscription,
-- returning=subscription, period=3 if subscriptions
-- metric: cohort_retention = retention month-6 where grain=month, clock=rolling, start=subscription,
-- returning=subscription, period=6 if subscriptions
-- metric: cohort_retention = retention month-12 where grain=month, clock=rolling, start=subscription,
-- returning=subscription, period=12 if subscriptions
-- metric: cohort_retention = retention month-1 where grain=month, clock=rolling, period=1
-- metric: cohort_retention = retention month-3 where grain=month, clock=rolling, period=3
-- metric: cohort_retention = retention month-6 where grain=month, clock=rolling, period=6
-- metric: cohort_retention = retention month-12 where grain=month, clock=rolling, period=12
-- metric: app_retention = retention day-1 where grain=day, periods=30, period=1 if activity is events
-- metric: app_retention = retention day-7 where grain=day, periods=30, period=7 if activity is events
-- metric: app_retention = retention day-14 where grain=day, periods=30, period=14 if activity is events
-- metric: app_retention = retention day-28 where grain=day, periods=30, period=28 if activity is events
-- metric: app_retention = retention day-30 where grain=day, periods=30, period=30 if activity is events
-- change: 1 2026-11-22 first version
with

    bases as (
        select
            *,
            case when $relative_to = 'start' or period = 0 then eligible else eligible_retained_before end as base,
            $relative_to = 'start' or period = 0 or $measure = 'on_or_after' as is_share,
        from cohort_counts
        where eligible > 0
    ),

    rates as (
        select
            *,
            eligible_retained::double / nullif(base, 0) as retention,
            eligible_retained::double
            / nullif(base, 0)
            * (1 - eligible_retained::double / nullif(base, 0))
            / nullif(base, 0) as variance,
        from bases
    ),

    totals as (
        select
            segment,
            period,
            is_share,
            count(*) as cohorts,
            sum(eligible)::bigint as customers,
            sum(eligible_retained)::bigint as retained,
            sum(eligible_retained)::double / nullif(sum(base), 0) as pooled,
            avg(retention) as simple,
            median(retention) as middle,
            1.959964e0 * sqrt(sum(variance)) / count(variance) as simple_margin,
            sum(base) as base,
        from rates
        group by segment, period, is_share
    ),

    final as (
        select
            segment,
            period,
            cohorts,
            customers,
            retained,
            case $average when 'pooled' then pooled when 'simple' then simple else middle end as retention,
            case
                when not is_share or $average = 'median'
                then null
                when $average = 'pooled'
                then wilson_low(pooled, base)
                else greatest(0e0, simple - simple_margin)
            end as ci_low,
            case
                when not is_share or $average = 'median'
                then null
                when $average = 'pooled'
                then wilson_high(pooled, base)
                else least(1e0, simple + simple_margin)
            end as ci_high,
        from totals
    )

select *
from final
order by segment, period
