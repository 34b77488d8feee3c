-- name: before_after_effect
-- version: 1
-- title: What changed with a change
-- description: The mean of the periods after a change against the trend before it, and against those it does not
-- concern. Customers were not assigned by chance, so this is no proof of a cause.
-- section: Before and after
-- needs: change_phases.v1, change_trend.v1
-- column: periods_before bigint | Periods before | whole periods before the change
-- column: periods_after bigint | Periods after | whole periods after it
-- column: kind varchar | Kind | share (0 to 1), number, ratio, money, score or hours
-- column: before double | Mean before | of those concerned, mean of the periods before
-- column: after double | Mean after | of the periods after
-- column: expected double | Expected after | mean of the trend before, continued; null with fewer than four periods
-- before
-- column: effect double | After less expected | after - expected
-- column: effect_low double | 95 % from | lower end of its 95 % interval, if the trend had gone on
-- column: effect_high double | 95 % to | upper end
-- column: other_before double | Compared, before | of those compared with, mean before
-- column: other_after double | Compared, after | mean after
-- column: difference_in_differences double | Difference in differences | (after - before) - (their after - their
-- before)
-- column: did_low double | Its 95 % from | lower end of its 95 % interval
-- column: did_high double | Its 95 % to | upper end
-- change: 1 2026-12-01 first version
with

    totals as (
        select *, sum(numerator) over same / nullif(sum(denominator) over same, 0) as share,
        from change_phases
        where phase <> 'during'
        window same as (partition by is_concerned, phase)
    ),

    -- of shares chance is that of so many customers, else what the periods differ by
    means as (
        select
            is_concerned,
            phase,
            max(kind) as kind,
            count(*) as periods,
            avg(number) as middle,
            avg(value) as mean,
            case
                when max(kind) = 'share'
                then sum(share * (1 - share) / nullif(denominator, 0)) / power(count(*), 2)
                else var_samp(value) / count(*)
            end as variance,
        from totals
        group by is_concerned, phase
    ),

    sides as (
        select
            max(mean) filter (is_concerned and phase = 'before') as before,
            max(mean) filter (is_concerned and phase = 'after') as after,
            max(periods) filter (is_concerned and phase = 'before') as periods_before,
            max(periods) filter (is_concerned and phase = 'after') as periods_after,
            max(middle) filter (is_concerned and phase = 'after') as middle,
            max(kind) as kind,
            max(mean) filter (not is_concerned and phase = 'before') as other_before,
            max(mean) filter (not is_concerned and phase = 'after') as other_after,
            case when count(variance) = 4 then sum(variance) end as variance,
        from means
    ),

    final as (
        select
            coalesce(sides.periods_before, 0) as periods_before,
            coalesce(sides.periods_after, 0) as periods_after,
            sides.kind,
            sides.before,
            sides.after,
            trend.intercept + trend.slope * sides.middle as expected,
            sides.after - trend.intercept - trend.slope * sides.middle as effect,
            effect
            - trend.t
            * trend.error
            * sqrt(
                1e0 / sides.periods_after
                + 1e0 / trend.periods
                + power(sides.middle - trend.middle, 2) / nullif(trend.squares, 0)
            ) as effect_low,
            2 * effect - effect_low as effect_high,
            sides.other_before,
            sides.other_after,
            sides.after - sides.before - (sides.other_after - sides.other_before) as difference_in_differences,
            difference_in_differences - 1.959964e0 * sqrt(sides.variance) as did_low,
            difference_in_differences + 1.959964e0 * sqrt(sides.variance) as did_high,
        from sides
        left join change_trend as trend on trend.is_concerned and trend.error is not null
    )

select *
from final
order by periods_before
