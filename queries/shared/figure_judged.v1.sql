-- name: figure_judged
-- version: 1
-- title: Periods of a figure that can be judged
-- description: The whole periods of a figure that are made of enough, in order.
-- section: Monitor limits
-- needs: figures.v1
-- column: segment varchar | as in figures
-- column: series bigint | the number of the segment
-- column: number integer | the period
-- column: position bigint | its place among the periods that can be judged, from 1 on
-- column: value double | the figure
-- column: n bigint | as in figures
-- column: size double | of a share or score what it is made of, else null
-- column: kind varchar | as in figures
-- change: 1 2026-11-30 first version
with

    final as (
        select
            segment,
            dense_rank() over (order by segment) as series,
            number,
            row_number() over (partition by segment order by number) as position,
            value,
            n,
            case when kind in ('share', 'score') then denominator end as size,
            kind,
        from figures
        -- a running total has no level to vary around
        where whole and is_enough and value is not null and $figure <> 'customers'
    )

select *
from final
order by series, number
