-- name: monitor
-- version: 1
-- title: A figure watched
-- description: A figure by period beside the period before, the same one last year, and the variation expected.
-- section: Monitored figures
-- needs: figures.v1, figure_limits.v1
-- column: segment varchar | Segment | the attribute's value, empty where there is none, (other); null without a split
-- column: period date | Period | first day of the period
-- column: value double | Value | the figure; null where the period has nothing to make it of
-- column: numerator double | Numerator | value = numerator / denominator; null where the figure is no share or score
-- column: denominator double | Denominator | see numerator
-- column: n bigint | Made of | customers, buyers, orders, payments, answers or tickets it is made of
-- column: kind varchar | Kind | share (0 to 1), number, ratio, money, score or hours
-- column: basis varchar | Question asked | the survey question asked; null for other figures, empty where the file
-- does not say
-- column: complete boolean | Complete | the data cover its last day, and no later day can change it
-- column: is_enough boolean | Enough | a sum, or made of 30 or more, so that it is compared and judged
-- column: previous double | Period before | the period before, where the data cover both whole and both are made of
-- enough
-- column: change double | Change | of a share or score value - previous, else value / previous - 1
-- column: last_year double | A year before | the same period a year before (of a week 52 weeks), where the data cover
-- both whole
-- column: change_on_year double | Change on a year before | as change, against last_year
-- column: periods integer | Periods | periods before it that its limits come from: 8, 12 or whole seasons
-- column: centre double | Expected | the line through them in this period; null before there are eight
-- column: low double | Lower limit | lower prediction limit
-- column: high double | Upper limit | upper prediction limit
-- column: signal varchar | Signal | above, below a limit; run_above, run_below: the eighth in a row on that side of
-- the line
-- column: since date | Level since | first period of its level, where a shift of the level was signalled before
-- picture: value, centre, low, high, n
-- change: 1 2026-11-24 first version
with

    compared as (
        select
            figures.*,
            figures.whole and figures.is_enough as is_compared,
            case when is_compared and before.whole and before.is_enough then before.value end as previous,
            case
                when is_compared and year_before.whole and year_before.is_enough then year_before.value
            end as last_year,
            figures.kind in ('share', 'score') as is_difference,
            case
                when figures.kind = 'score'
                then -100e0
                when figures.kind in ('share', 'number', 'ratio', 'hours')
                then 0e0
            end as least,
            case when figures.kind = 'score' then 100e0 when figures.kind = 'share' then 1e0 end as most,
            figure_limits.periods,
            figure_limits.centre,
            case when figure_limits.low is not null then greatest(figure_limits.low, least) end as low,
            case when figure_limits.high is not null then least(figure_limits.high, most) end as high,
            figure_limits.signal,
            shifted.period as since,
        from figures
        left join
            figures as before
            on figures.segment is not distinct from before.segment
            and figures.number = before.number + 1
        left join
            figures as year_before
            on figures.segment is not distinct from year_before.segment
            and figures.number = year_before.number + periods_in_a_year($grain)
        left join
            figure_limits
            on figures.segment is not distinct from figure_limits.segment
            and figures.number = figure_limits.number
        left join
            figures as shifted
            on figures.segment is not distinct from shifted.segment
            and figure_limits.since = shifted.number
    ),

    final as (
        select
            segment,
            period,
            value,
            numerator,
            denominator,
            n,
            kind,
            basis,
            complete,
            is_enough,
            previous,
            case when is_difference then value - previous else value / nullif(previous, 0) - 1 end as change,
            last_year,
            case when is_difference then value - last_year else value / nullif(last_year, 0) - 1 end as change_on_year,
            periods,
            centre,
            low,
            high,
            signal,
            since,
        from compared
        where is_reported
    )

select *
from final
order by segment, period
