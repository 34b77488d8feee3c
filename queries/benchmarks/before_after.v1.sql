-- name: before_after
-- version: 1
-- title: Before and after a change, by period
-- description: A figure around a dated change, and where it would be had the trend before it gone on.
-- section: Before and after
-- needs: change_phases.v1, change_trend.v1
-- column: is_concerned boolean | Concerned | of those whom the change concerns, or of those compared with
-- column: period date | Period | its first day
-- column: phase varchar | Phase | before, during (the change lies within it), after
-- column: value double | Value | the figure
-- column: ci_low double | 95 % from | lower end of its 95 % interval
-- column: ci_high double | 95 % to | upper end
-- column: n bigint | Made of | customers, buyers, orders or answers it is made of
-- column: kind varchar | Kind | share (0 to 1), number, ratio, money, score or hours
-- column: expected double | Expected | the line through the periods before, continued; null with fewer than four of
-- them
-- column: expected_low double | Expected from | lower end of the 95 % interval of a single period around it
-- column: expected_high double | Expected to | upper end
-- picture: value, expected
-- change: 1 2026-12-01 first version
with

    lined as (
        select
            phases.*,
            trend.intercept + trend.slope * phases.number as line,
            trend.t
            * trend.error
            * sqrt(
                1 + 1e0 / trend.periods + power(phases.number - trend.middle, 2) / nullif(trend.squares, 0)
            ) as margin,
        from change_phases as phases
        left join change_trend as trend on phases.is_concerned = trend.is_concerned and trend.error is not null
    ),

    final as (
        select
            is_concerned,
            period,
            phase,
            value,
            ci_low,
            ci_high,
            n,
            kind,
            line as expected,
            case kind when 'share' then greatest(line - margin, 0) else line - margin end as expected_low,
            case kind when 'share' then least(line + margin, 1) else line + margin end as expected_high,
        from lined
    )

select *
from final
order by is_concerned desc, period
