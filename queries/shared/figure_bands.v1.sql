-- name: figure_bands
-- version: 1
-- title: Prediction limits of a figure
-- description: For every period limits around a robust line through each of its baselines.
-- section: Monitor limits
-- needs: figure_lines.v1
-- column: series bigint | the number of the segment
-- column: number integer | the period judged
-- column: position bigint | its place among the periods that can be judged, from 1 on
-- column: periods integer | periods of the baseline
-- column: centre double | the line in the period judged, the season included
-- column: low double | lower limit
-- column: high double | upper limit
-- column: spread double | the variation around the line, in the unit of the figure
-- change: 1 2026-11-30 first version
with

    -- the 99.85 % quantiles of t, of 6 to 22 degrees of freedom
    quantiles as (
        select
            [
                4.8e0,
                4.442,
                4.199,
                4.024,
                3.892,
                3.789,
                3.706,
                3.639,
                3.583,
                3.535,
                3.494,
                3.459,
                3.428,
                3.401,
                3.376,
                3.355,
                3.335
            ] as t
    ),

    reaches as (
        select
            *,
            t[least(freedom, 22) - 5] as quantile,
            quantile
            * spread
            * sqrt(
                1
                + 1.57e0 / cycles
                + if(
                    slope <> 0,
                    1.1e0
                    * power((cycle * cycles + 1) / 2, 2)
                    / (power(cycle, 3) * cycles * (cycles * cycles - 1) / 12),
                    0e0
                )
            ) as reach,
        from figure_lines
        cross join quantiles
        -- a baseline without any variation gives no limits
        where spread > 1e-9 * greatest(abs(line), 1e-3)
        qualify row_number() over (partition by series, number, cycle, cycles order by missed, is_log) = 1
    ),

    -- A count of fewer than ten leans upwards, one that nearly all are in downwards: the next term of E. A. Cornish and
    -- R. A. Fisher (1937), Moments and cumulants in the specification of distributions, Review of the International
    -- Statistical Institute 5, 307-320.
    leaning as (
        select *, if(is_log, exp(line), line) as centre, one * (quantile * quantile - 1) / 6 as lean, from reaches
    ),

    final as (
        select
            series,
            number,
            position,
            cycle * cycles as periods,
            centre,
            if(is_log, exp(line - reach), line - reach)
            - if(kind = 'share' and 1 - centre < 9.5 * one, lean, 0e0) as low,
            if(is_log, exp(line + reach), line + reach) + if(centre < 9.5 * one, lean, 0e0) as high,
            if(is_log, exp(line) * spread, spread) as spread,
        from leaning
    )

select *
from final
order by series, number, periods
