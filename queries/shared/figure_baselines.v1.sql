-- name: figure_baselines
-- version: 1
-- title: Baselines of a figure
-- description: For every period the 8 and the 12 periods before it, of days the 14, and whole seasons where there are
-- some, as they are and as logarithms.
-- section: Monitor limits
-- needs: figure_judged.v1
-- column: series bigint | the number of the segment
-- column: number integer | the period judged
-- column: position bigint | its place among the periods that can be judged, from 1 on
-- column: cycle integer | periods of a season; 1 without one
-- column: cycles integer | whole seasons; without one the periods
-- column: is_log boolean | logarithms, of a figure that is only ever above 0
-- column: x integer | a period of the baseline, counted from the one judged
-- column: y double | its value or the logarithm of it
-- column: value double | its value
-- column: size double | of a share or score what its value is made of, else null
-- column: judged_size double | the same of the period judged
-- column: kind varchar | as in figures
-- column: one double | what a single customer or payment makes of the figure; 0 where it is made of 30 or more
-- change: 1 2026-11-30 first version
with

    -- a day is compared with two or four of its weekday, a month or week with two years of it
    spans as (
        select 1 as cycle, unnest(if($grain = 'day', [14], [8, 12])) as cycles
        union all
        select 7 as cycle, unnest([2, 4]) as cycles
        where $grain = 'day'
        union all
        select
            case $grain when 'week' then 52 when 'month' then 12 else 4 end as cycle,
            if($grain = 'quarter', 3, 2) as cycles,
        where $grain in ('week', 'month', 'quarter')
    ),

    baselines as (
        select
            judged.series,
            judged.number,
            judged.position,
            spans.cycle,
            spans.cycles,
            earlier.number - judged.number as x,
            earlier.value,
            earlier.size,
            judged.size as judged_size,
            judged.kind,
            case
                when judged.kind = 'share'
                then 1 / judged.size
                when $figure in ('active_customers', 'revenue')
                then sum(earlier.value) over baseline / nullif(sum(earlier.n) over baseline, 0)
                else 0e0
            end as one,
            judged.kind in ('money', 'number', 'hours') and min(earlier.value) over baseline > 0 as may_be_log,
            min(earlier.number) over baseline as first_number,
        from figure_judged as judged
        cross join spans
        inner join
            figure_judged as earlier
            on judged.series = earlier.series
            and earlier.position between judged.position - spans.cycle * spans.cycles and judged.position - 1
        where judged.position > spans.cycle * spans.cycles
        window baseline as (partition by judged.series, judged.number, spans.cycle, spans.cycles)
    ),

    final as (
        select
            baselines.series,
            baselines.number,
            baselines.position,
            baselines.cycle,
            baselines.cycles,
            shapes.is_log,
            baselines.x,
            case when shapes.is_log then ln(baselines.value) else baselines.value end as y,
            baselines.value,
            baselines.size,
            baselines.judged_size,
            baselines.kind,
            baselines.one,
        from baselines
        cross join (select unnest([false, true]) as is_log) as shapes
        where
            (baselines.may_be_log or not shapes.is_log)
            -- a season has no gaps
            and (baselines.cycle = 1 or baselines.number - baselines.first_number = baselines.cycle * baselines.cycles)
    )

select *
from final
order by series, number, cycle, cycles, is_log, x
