-- name: figure_levels
-- version: 1
-- title: Levels of a figure
-- description: The limits every period is judged by, from the beginning and anew from every shift of the level on.
-- section: Monitor limits
-- needs: figure_judged.v1, figure_bands.v1
-- column: series bigint | the number of the segment
-- column: number integer | the period judged
-- column: position bigint | its place among the periods that can be judged, from 1 on
-- column: known bigint | the place of the period the last shift was known in, 0 before any
-- column: since integer | first period of the level after that shift
-- column: periods integer | periods the limits come from; null where there are too few of its level
-- column: centre double | the line
-- column: low double | lower limit
-- column: high double | upper limit
-- column: beyond integer | 1 above the upper limit, -1 below the lower one
-- column: sides double | of the last eight periods those above the line less those below it
-- column: next_start bigint | where this period shows a shift, the place of the first one after it
-- column: next_since integer | and its number
-- change: 1 2026-11-30 first version
with recursive

    -- a shift is two in a row beyond one limit, or eight on one side of the line
    rounds as (
        select
            series,
            number,
            0::bigint as position,
            0::bigint as known,
            null::integer as since,
            null::integer as periods,
            null::double as centre,
            null::double as low,
            null::double as high,
            null::integer as beyond,
            null::double as sides,
            1::bigint as next_start,
            null::integer as next_since,
        from figure_judged
        where position = 1
        union all
        (
            with
                starts as (
                    select
                        series,
                        min(position) as known,
                        arg_min(next_start, position) as start,
                        arg_min(next_since, position) as since,
                    from rounds
                    where next_start is not null
                    group by series
                ),

                placed as (
                    select
                        judged.series,
                        judged.number,
                        judged.position,
                        judged.value,
                        judged.kind,
                        starts.known,
                        starts.since,
                        bands.periods,
                        bands.centre,
                        bands.low,
                        bands.high,
                        case when value > high then 1 when value < low then -1 end as beyond,
                        -- ties, and what nothing was or everything is, stand on no side; nor is a line through eight
                        -- judged by
                        case
                            when periods >= 12 and value <> 0 and (kind <> 'share' or value <> 1)
                            then if(abs(value - centre) > 1e-9 * abs(centre), sign(value - centre), 0)
                            else 0
                        end as side,
                    from figure_judged as judged
                    inner join starts on judged.series = starts.series and judged.position > starts.known
                    left join
                        figure_bands as bands
                        on judged.series = bands.series
                        and judged.number = bands.number
                        and judged.position - starts.start >= bands.periods
                    qualify
                        row_number() over (
                            partition by judged.series, judged.number order by bands.periods < 12, bands.spread
                        )
                        = 1
                )

            select
                series,
                number,
                position,
                known,
                since,
                periods,
                centre,
                low,
                high,
                beyond,
                sum(side) over (ordered rows between 7 preceding and current row) as sides,
                case
                    when beyond = lag(beyond) over ordered then position - 1 when abs(sides) = 8 then position - 7
                end as next_start,
                case
                    when beyond = lag(beyond) over ordered
                    then lag(number) over ordered
                    when abs(sides) = 8
                    then lag(number, 7) over ordered
                end as next_since,
            from placed
            window ordered as (partition by series order by number)
        )
    )

select *
from rounds
where position > 0
qualify row_number() over (partition by series, number order by known desc) = 1
order by series, number
