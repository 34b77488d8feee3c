-- name: return_blocks
-- version: 1
-- title: Returns since the start
-- description: The periods of a calendar of sixty and more in which a customer was active, counted from each start.
-- section: Retention by cohort
-- needs: activity_days, cohort_members.v1, periods.v1
-- uses: derived_moments
-- param: returning event = null | Comes back with | what counts as coming back; null: any activity
-- choice: returning null | Any activity
-- param: minimum int(1..) = 1 | Times to count as back | how often within a period to count as back
-- param: measure choice(on, on_or_after, up_to) = on | Counts as back | all of them; only the last; only the first
-- choice: measure on | In that period
-- choice: measure on_or_after | Then or later
-- choice: measure up_to | By then
-- param: clock choice(calendar, rolling) = calendar | Periods counted | with the rolling clock there are no rows
-- choice: clock calendar | By the calendar
-- choice: clock rolling | From each start, by the hour
-- param: periods int(0..) = 12 | Periods to follow | how many later periods to follow
-- column: customer integer | the customer
-- column: cohort_number integer | the cohort of the start
-- column: first_period integer | first period of the block of sixty
-- column: bits bigint | bit i: active in period first_period + i
-- change: 1 2026-11-24 first version
with

    spanned as (select max(number) - min(number) as periods from periods),

    -- none where sixty bits hold the whole calendar: then `return_periods` has them
    long as (select day, number from periods where $clock = 'calendar' and (select periods from spanned) >= 60),

    followed as (select customer, cohort_number from cohort_members where (select periods from spanned) >= 60),

    -- no more periods than the data have; only the last return needs what lies past the last period asked
    asked as (
        select case when $measure = 'on_or_after' then periods else greatest(least($periods, periods), 0) end as last
        from spanned
    ),

    offsets as (select unnest(generate_series(0, last)) as k from asked),

    returns as not materialized(
        select customer, day, last_day, times, source = 'subscriptions' as is_span
        from activity_days
        where case when $returning::varchar is null then is_activity else name = $returning::varchar end
        union all
        select customer, day, last_day, times, last_day > day as is_span
        from derived_moments
        where name = $returning::varchar and times > 0
    ),

    -- joined with the periods wanted: compared, they would be tested for every pair within the join before
    since as not materialized(
        select returns.customer, followed.cohort_number, long.number - followed.cohort_number as period, returns.times,
        from returns
        inner join long on returns.day = long.day
        inner join followed on returns.customer = followed.customer
        inner join offsets on long.number - followed.cohort_number = offsets.k
    ),

    -- a subscription is active in every period it touches, not only where it starts
    spans as (
        select
            subscribed.customer,
            followed.cohort_number,
            unnest(
                generate_series(
                    greatest(first_days.number + 1 - followed.cohort_number, 0),
                    last_days.number - followed.cohort_number
                )
            )::integer as period,
        from returns as subscribed
        inner join long as first_days on subscribed.day = first_days.day
        inner join long as last_days on subscribed.last_day = last_days.day
        inner join followed on subscribed.customer = followed.customer
        where
            subscribed.is_span
            and last_days.number > first_days.number
            and last_days.number >= followed.cohort_number
            and $minimum <= 1
    ),

    touched as not materialized(
        select customer, cohort_number, period
        from since
        where $minimum <= 1
        union all
        select customer, cohort_number, period
        from since
        where $minimum > 1
        group by customer, cohort_number, period
        having sum(times) >= $minimum
        union all
        select customer, cohort_number, period
        from spans
        where period <= $periods or $measure = 'on_or_after'
    ),

    edges as (
        select customer, cohort_number, case $measure when 'up_to' then min(period) else max(period) end as period,
        from touched
        where $measure <> 'on'
        group by customer, cohort_number
    ),

    final as (
        select
            customer,
            cohort_number,
            period - period % 60 as first_period,
            bit_or(1::bigint << (period % 60)::bigint) as bits,
        from touched
        where $measure = 'on'
        group by customer, cohort_number, period - period % 60
        union all
        select customer, cohort_number, period - period % 60 as first_period, 1::bigint << (period % 60)::bigint as bits
        from edges
    )

select *
from final
order by customer, cohort_number, first_period
