-- name: change_phases
-- version: 1
-- title: Periods before and after a change
-- description: The whole periods of a figure around a dated change, of the customers it concerns and of those it does
-- not.
-- section: Before and after
-- needs: figures.v1, reported_periods.v1
-- param: changed_on date = null | Changed on | the day of the change
-- choice: changed_on null | None
-- param: affected text = null | Concerns | the segment that the change concerns; null: everybody
-- choice: affected null | Everybody
-- param: unaffected text = null | Compared with | a segment that it does not concern; null: nobody
-- choice: unaffected null | Nobody
-- param: before int(3..120) = 12 | Periods before | how many whole periods before it are looked at
-- param: after int(1..120) = 6 | Periods after | how many after it
-- column: is_concerned boolean | of those whom the change concerns, or of those compared with
-- column: number integer | the period's number
-- column: period date | its first day
-- column: phase varchar | before, during (the change lies within it, or before all of it is known), after
-- column: value double | the figure
-- column: ci_low double | lower end of its 95 % interval
-- column: ci_high double | upper end
-- column: numerator double | value = numerator / denominator, of shares and scores
-- column: denominator double | see numerator
-- column: n bigint | customers, buyers, orders or answers it is made of
-- column: kind varchar | share (0 to 1), number, ratio, money, score or hours
-- change: 1 2026-12-01 first version
with

    phased as (
        select
            figures.*,
            figures.segment is not distinct from $affected::varchar as is_concerned,
            case
                when outcome_day(reported_periods.last_day, $grain, $figure) < $changed_on::date
                then 'before'
                when figures.period >= $changed_on::date
                then 'after'
                else 'during'
            end as phase,
        from figures
        inner join reported_periods on figures.number = reported_periods.number
        where
            figures.whole
            and figures.value is not null
            and (
                figures.segment is not distinct from $affected::varchar
                or ($unaffected::varchar is not null and figures.segment = $unaffected::varchar)
            )
    ),

    placed as (
        select
            *,
            max(number) filter (phase = 'before') over () - number as back,
            number - min(number) filter (phase = 'after') over () as on_,
        from phased
    ),

    final as (
        select is_concerned, number, period, phase, value, ci_low, ci_high, numerator, denominator, n, kind,
        from placed
        where
            $changed_on::date is not null
            and (phase = 'during' or (phase = 'before' and back < $before) or (phase = 'after' and on_ < $after))
    )

select *
from final
order by is_concerned desc, number
