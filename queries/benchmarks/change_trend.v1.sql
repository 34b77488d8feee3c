-- name: change_trend
-- version: 1
-- title: The trend before a change
-- description: The straight line through the periods before a change, for each series, and how far they lie from it.
-- section: Before and after
-- needs: change_phases.v1
-- column: is_concerned boolean | of those whom the change concerns, or of those compared with
-- column: periods bigint | periods before it
-- column: slope double | by how much the line rises a period
-- column: intercept double | where it is at period number 0
-- column: middle double | mean of the numbers of the periods
-- column: squares double | sum of the squares of their distances from the middle
-- column: error double | standard error of a period around the line
-- column: t double | quantile 97.5 % of Student's t, for so many periods less two
-- change: 1 2026-12-01 first version
with

    lines as (
        select
            is_concerned,
            count(*) as periods,
            regr_slope(value, number) as slope,
            regr_intercept(value, number) as intercept,
            avg(number) as middle,
            regr_sxx(value, number) as squares,
            regr_syy(value, number)
            - coalesce(power(regr_sxy(value, number), 2) / nullif(regr_sxx(value, number), 0), 0) as left_over,
        from change_phases
        where phase = 'before'
        group by is_concerned
    ),

    final as (
        select
            is_concerned,
            periods,
            slope,
            intercept,
            middle,
            squares,
            case when periods > 3 then sqrt(greatest(left_over, 0) / (periods - 2)) end as error,
            case when periods > 3 then t_quantile(periods - 2) end as t,
        from lines
    )

select *
from final
order by is_concerned desc
