-- name: periods
-- version: 1
-- title: Calendar
-- description: Every day of the data with its period; periods are numbered without gaps.
-- section: Periods and complete periods
-- needs: first_days.v1
-- param: grain choice(day, week, month, quarter, year) = month | Period | size of a period
-- choice: grain day | Day
-- choice: grain week | Week
-- choice: grain month | Month
-- choice: grain quarter | Quarter
-- choice: grain year | Year
-- param: week_start choice(monday, sunday) = monday | Week starts | first day of a week
-- choice: week_start monday | Monday
-- choice: week_start sunday | Sunday
-- param: years choice(calendar, ending, settled) = calendar | Years | of periods of a year: where they begin and end
-- choice: years calendar | Calendar years
-- choice: years ending | Twelve months up to the last whole month
-- choice: years settled | Twelve months up to the last month of which is settled who was lost
-- column: day date | the day
-- column: period date | first day of its period
-- column: number integer | the period's number
-- column: complete boolean | the data cover the period's last day
-- column: block integer | periods are stored sixty to a block: the number of the first one in its block
-- column: bit bigint | its position in the block, as one bit
-- change: 1 2026-11-22 first version
with

    span as (select (select min(day) from first_days) as first_day, scope.as_of + 1 as end_day, from scope),

    -- the first month after the last one that counts, in months since the year 0
    anchors as (
        select
            case
                when $years = 'settled'
                then year(scope.churn_to + 1) * 12 + month(scope.churn_to + 1) - 1
                else year(scope.as_of + 1) * 12 + month(scope.as_of + 1) - 1
            end as month,
        from scope
    ),

    offsets as (
        select unnest(generate_series(0, date_diff('day', first_day, end_day))) as k
        from span
        where first_day <= end_day
    ),

    days as (select (span.first_day + offsets.k::integer) as day from span cross join offsets),

    numbered as (
        select
            day,
            case
                when $grain = 'day'
                then date_diff('day', date '1970-01-05', day)
                when $grain = 'week' and $week_start = 'monday'
                then floor(date_diff('day', date '1970-01-05', day) / 7.0)
                when $grain = 'week'
                then floor(date_diff('day', date '1970-01-04', day) / 7.0)
                when $grain = 'month'
                then year(day) * 12 + month(day)
                when $grain = 'quarter'
                then year(day) * 4 + quarter(day)
                when $years = 'calendar'
                then year(day)
                else floor((year(day) * 12 + month(day) - 1 - anchors.month) / 12.0)
            end::integer as number,
        from days
        cross join anchors
    ),

    labelled as (
        select
            day,
            case
                when $grain = 'day'
                then day
                when $grain = 'week' and $week_start = 'monday'
                then date '1970-01-05' + number * 7
                when $grain = 'week'
                then date '1970-01-04' + number * 7
                when $grain = 'month'
                then date_trunc('month', day)::date
                when $grain = 'quarter'
                then date_trunc('quarter', day)::date
                when $years = 'calendar'
                then date_trunc('year', day)::date
                else (date '0001-01-01' + (anchors.month + number * 12 - 12) * interval 1 month)::date
            end as period,
            number,
            number < max(number) over () as complete,  -- the day after the last one opens a new period
        from numbered
        cross join anchors
    ),

    blocks as (select min(number) as first_number from numbered),

    final as (
        select
            labelled.day,
            labelled.period,
            labelled.number,
            labelled.complete,
            labelled.number - (labelled.number - blocks.first_number) % 60 as block,
            1::bigint << ((labelled.number - blocks.first_number) % 60)::bigint as bit,
        from labelled
        cross join span
        cross join blocks
        where labelled.day < span.end_day
    )

select *
from final
order by day
