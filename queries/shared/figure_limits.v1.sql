-- name: figure_limits
-- version: 1
-- title: Control limits of a figure
-- description: For every period the line and the limits it is judged by, which begin anew after a shift, and its
-- signal.
-- section: Monitor limits
-- needs: figure_judged.v1, figure_levels.v1
-- column: segment varchar | as in figures
-- column: number integer | the period judged
-- column: periods integer | periods its limits come from; null where there are too few of its level
-- column: centre double | the line
-- column: low double | lower limit
-- column: high double | upper limit
-- column: signal varchar | above, below a limit; run_above, run_below: the eighth in a row on that side of the line
-- column: since integer | the first period of its level, after a shift; null where none is known
-- change: 1 2026-11-24 first version
with

    final as (
        select
            judged.segment,
            judged.number,
            levels.periods,
            levels.centre,
            levels.low,
            levels.high,
            case
                when levels.beyond = 1
                then 'above'
                when levels.beyond = -1
                then 'below'
                when levels.sides = 8
                then 'run_above'
                when levels.sides = -8
                then 'run_below'
            end as signal,
            levels.since,
        from figure_judged as judged
        inner join figure_levels as levels using (series, number)
    )

select *
from final
order by segment, number
