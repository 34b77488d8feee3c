-- name: figure_limits
-- version: 1
-- title: Control limits of a figure
-- description: For every period the centre line and the expected variation, from the whole periods before it.
-- section: Monitor limits
-- needs: figures.v1
-- column: segment varchar | as in figures
-- column: number integer | the period judged
-- column: periods bigint | whole periods before it, eight or more
-- column: centre double | their mean; of a share all numerators / all denominators
-- column: reach double | how far from the centre is expected: Laney's p' for shares, alike for scores, else XmR
-- change: 1 2026-11-24 first version
with

    -- Shares and scores: D. B. Laney (2002), Improved control charts for attributes, Quality Engineering 14, 531-537.
    -- Other figures: the XmR chart, D. J. Wheeler (1993), Understanding Variation.
    -- a running total has no level to vary around
    earlier as (
        select segment, number, value, numerator, denominator
        from figures
        where whole and value is not null and $figure <> 'customers'
    ),

    pairs as (
        select
            figures.segment,
            figures.number,
            figures.kind,
            figures.denominator as judged_denominator,
            earlier.number as earlier_number,
            earlier.value,
            earlier.numerator,
            earlier.denominator,
        from figures
        inner join earlier on figures.segment is not distinct from earlier.segment and earlier.number < figures.number
    ),

    centres as (
        select
            segment,
            number,
            count(*) as periods,
            case
                when sum(denominator) is null then avg(value) else sum(numerator) / nullif(sum(denominator), 0)
            end as centre,
        from pairs
        group by segment, number
        having count(*) >= 8
    ),

    -- a share or score in units of the spread that chance gives so many answers, other figures as they are
    units as (
        select
            pairs.*,
            centres.periods,
            centres.centre,
            case
                when pairs.kind = 'share'
                then sqrt(centres.centre * (1 - centres.centre))
                when pairs.kind = 'score'
                then 1e0
            end as unit,
        from pairs
        inner join centres on pairs.number = centres.number and pairs.segment is not distinct from centres.segment
    ),

    scaled as (
        select
            *,
            coalesce(unit / sqrt(nullif(judged_denominator, 0)), case when unit is null then 1e0 end) as judged_spread,
            (value - centre) / nullif(coalesce(unit / sqrt(denominator), 1e0), 0) as scaled,
        from units
    ),

    ranges as (
        select *, abs(scaled - lag(scaled) over (partition by segment, number order by earlier_number)) as moving_range,
        from scaled
    ),

    final as (
        select
            segment,
            number,
            periods,
            centre,
            case when unit is null then 2.66e0 else 3 / 1.128e0 end * avg(moving_range) * judged_spread as reach,
        from ranges
        group by segment, number, periods, centre, unit, judged_spread
    )

select *
from final
order by segment, number
