-- name: cohort_returns
-- version: 1
-- title: Returns of cohort members
-- description: The runs of periods, counted from the start, in which a customer counts as back.
-- needs: cohort_members.v1, periods.v1, activity_days
-- param: returning event = null | what counts as coming back; null: any activity
-- param: measure choice(on, on_or_after, up_to) = on | back in that period; in it or a later one; in any until then
-- column: customer integer | the customer
-- column: first_period integer | first period of the run; 0 is the period of the start
-- column: last_period integer | last period of the run
-- change: 1 2026-11-22 first version
with

    counted as (
        select customer, day, last_day
        from activity_days
        where case when $returning::varchar is null then is_activity else name = $returning::varchar end
    ),

    active as (
        select distinct counted.customer, periods.number from counted inner join periods on counted.day = periods.day
    ),

    -- a subscription is active in every period it touches, not only where it starts
    spans as (
        select counted.customer, unnest(generate_series(first_days.number + 1, last_days.number)) as number,
        from counted
        inner join periods as first_days on counted.day = first_days.day
        inner join periods as last_days on counted.last_day = last_days.day
        where counted.last_day > counted.day and last_days.number > first_days.number
    ),

    touched as (
        select customer, number
        from active
        union
        select customer, number::integer as number
        from spans
    ),

    returns as (
        select touched.customer, touched.number - cohort_members.cohort_number as period
        from touched
        inner join cohort_members on touched.customer = cohort_members.customer
        where touched.number >= cohort_members.cohort_number
    ),

    covered as (select max(number) as last_number from periods),

    final as (
        select customer, period as first_period, period as last_period
        from returns
        where $measure = 'on'
        union all
        select customer, 0 as first_period, max(period) as last_period
        from returns
        where $measure = 'on_or_after'
        group by customer
        union all
        select returns.customer, min(returns.period) as first_period, covered.last_number as last_period
        from returns
        cross join covered
        where $measure = 'up_to'
        group by returns.customer, covered.last_number
    )

select *
from final
order by customer, first_period
