-- name: figure_lines
-- version: 1
-- title: Lines through a figure
-- description: For every period a robust line through each of its baselines, and how far its values vary around it.
-- section: Monitor limits
-- needs: figure_baselines.v1
-- column: series bigint | the number of the segment
-- column: number integer | the period judged
-- column: position bigint | its place among the periods that can be judged, from 1 on
-- column: cycle integer | periods of a season; 1 without one
-- column: cycles integer | whole seasons; without one the periods
-- column: is_log boolean | a line through logarithms
-- column: freedom integer | degrees of freedom
-- column: slope double | of the line, by period; 0 where its 80 % interval holds 0
-- column: line double | the line in the period judged, the season included
-- column: spread double | variation around it
-- column: missed double | how far it misses the values of its baseline in all
-- column: one double | what a single customer or payment makes of the figure; 0 where it is made of 30 or more
-- column: kind varchar | as in figures
-- change: 1 2026-11-30 first version
with

    -- P. K. Sen (1968), Estimates of the regression coefficient based on Kendall's tau, JASA 63, 1379-1389. With a
    -- season between the same periods of it: R. M. Hirsch, J. R. Slack, R. A. Smith (1982), Techniques of trend
    -- analysis for
    -- monthly water quality data, Water Resources Research 18, 107-121. Flat where the 80 % interval holds 0.
    slopes as (
        select
            series,
            number,
            cycle,
            cycles,
            is_log,
            case
                when
                    abs(sum(sign(later.y - earlier.y)))
                    > 1.2816e0 * sqrt(cycle * cycles * (cycles - 1) * (2 * cycles + 5) / 18)
                then median((later.y - earlier.y) / (later.x - earlier.x))
                else 0e0
            end as slope,
        from figure_baselines as earlier
        inner join figure_baselines as later using (series, number, cycle, cycles, is_log)
        where later.x > earlier.x and (later.x - earlier.x) % cycle = 0
        group by series, number, cycle, cycles, is_log
    ),

    lines as (
        select
            figure_baselines.*,
            slope,
            median(y - slope * x) over (partition by series, number, cycle, cycles, is_log, x % cycle) as intercept,
            avg(value) over (partition by series, number, cycle, cycles, is_log) as mean,
        from figure_baselines
        inner join slopes using (series, number, cycle, cycles, is_log)
    ),

    -- Shares in units of what chance gives so many, scores likewise: D. B. Laney (2002), Improved control charts for
    -- attributes, Quality Engineering 14, 531-537.
    residuals as (
        select
            *,
            intercept + slope * x as fitted,
            (y - fitted) / chance_spread(fitted, mean, size, kind) as residual,
            abs(
                residual - lag(residual) over (partition by series, number, cycle, cycles, is_log order by x)
            ) as moving_range,
            abs(if(is_log, exp(fitted), fitted) - value) as missed,
        from lines
    ),

    final as (
        select
            series,
            number,
            position,
            cycle,
            cycles,
            is_log,
            cycle * (cycles - 1) - 1 as freedom,
            max(slope) as slope,
            max(intercept) filter (x % cycle = 0) as line,
            greatest(
                avg(moving_range) / 1.128e0 * if(cycle > 1, sqrt(cycles / (cycles - 1)), 1),
                avg(abs(residual)) * 1.2533e0 * sqrt(cycle * cycles / freedom)
            )
            * chance_spread(line, max(mean), max(judged_size), max(residuals.kind)) as spread,
            sum(missed) as missed,
            max(one) as one,
            max(kind) as kind,
        from residuals
        group by series, number, position, cycle, cycles, is_log
    )

select *
from final
order by series, number, cycle, cycles, is_log
