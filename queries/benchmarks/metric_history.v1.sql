-- name: metric_history
-- version: 1
-- title: A figure against its own past
-- description: A figure by period, and what changed from an earlier whole period to a later one, with an interval.
-- section: Own history
-- needs: figures.v1
-- param: in_period date = null | Period | first day of the period looked at; null: the last whole one
-- choice: in_period null | The last whole one
-- param: against choice(previous, last_year, other) = previous | Against | what it is held against
-- choice: against previous | Period before
-- choice: against last_year | Year before
-- choice: against other | Another
-- param: other_period date = null | Other period | first day of that other period
-- choice: other_period null | None
-- picked: in_period, other_period
-- column: segment varchar | Segment | the attribute's value, empty where there is none, (other); null without a split
-- column: period date | Period | first day of the period
-- column: value double | Value | the figure
-- column: ci_low double | 95 % from | lower end of its 95 % interval; null where it has none
-- column: ci_high double | 95 % to | upper end
-- column: n bigint | Made of | customers, buyers, orders, payments, answers or tickets it is made of
-- column: kind varchar | Kind | share (0 to 1), number, ratio, money, score or hours
-- column: complete boolean | Complete | the data cover the whole period, and no later day can change it
-- column: part varchar | Part | now, before, or null for the others
-- column: before double | Before | on the row of now, the value before
-- column: difference double | Difference | value - before
-- column: relative double | Relative change | value / before - 1; null for scores, and where before is not above 0
-- column: difference_low double | Difference 95 % from | lower end of its 95 % interval
-- column: difference_high double | Difference 95 % to | upper end
-- column: interval_of varchar | Interval of | sample: from the intervals of both; variation: from how the figure varies
-- from one period to the next
-- picture: value
-- change: 1 2026-12-01 first version
with

    chosen as (
        select
            coalesce(
                max(number) filter (period = $in_period::date),
                max(number) filter (whole and is_reported and value is not null)
            ) as now,
            max(number) filter (period = $other_period::date) as other,
        from figures
    ),

    pairs as (
        select
            chosen.now,
            case
                $against
                when 'previous'
                then chosen.now - 1
                when 'last_year'
                then chosen.now - periods_in_a_year($grain)
                else chosen.other
            end as earlier,
        from chosen
    ),

    steps as (
        select
            *,
            value - lag(value) over (partition by segment order by number) as step,
            lag(number) over (partition by segment order by number) = number - 1 as follows,
        from figures
        where whole and value is not null
    ),

    -- how far two neighbouring periods lie apart usually, as a standard deviation: moving ranges of individuals charts
    variations as (
        select
            segment,
            case when count(step) filter (follows) >= 8 then avg(abs(step)) filter (follows) / 1.128379e0 end as sigma,
        from steps
        group by segment
    ),

    compared as (
        select
            figures.*,
            case figures.number when pairs.now then 'now' when pairs.earlier then 'before' end as part,
            case when figures.number = pairs.now and figures.whole and earlier.whole then earlier.value end as before,
            figures.value - earlier.value as apart,
            sqrt(
                power(reach(figures.value, figures.ci_low), 2) + power(reach(earlier.ci_high, earlier.value), 2)
            ) as below,
            sqrt(
                power(reach(figures.ci_high, figures.value), 2) + power(reach(earlier.value, earlier.ci_low), 2)
            ) as beyond,
            1.959964e0 * sqrt(2) * variations.sigma as usual,
        from figures
        cross join pairs
        left join
            figures as earlier
            on figures.segment is not distinct from earlier.segment
            and earlier.number = pairs.earlier
        left join variations on figures.segment is not distinct from variations.segment
    ),

    final as (
        select
            segment,
            period,
            value,
            ci_low,
            ci_high,
            n,
            kind,
            whole as complete,
            part,
            before,
            case when before is not null then apart end as difference,
            case when kind <> 'score' and before > 0 then value / before - 1 end as relative,
            case when before is not null then apart - coalesce(below, usual) end as difference_low,
            case when before is not null then apart + coalesce(beyond, usual) end as difference_high,
            case
                when before is null
                then null
                when below is not null
                then 'sample'
                when usual is not null
                then 'variation'
            end as interval_of,
        from compared
        where is_reported or part is not null
    )

select *
from final
order by segment, period
