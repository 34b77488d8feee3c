-- name: figures
-- version: 1
-- title: A figure by period
-- description: One figure of the business over all periods of the data: its value and what it is made of.
-- section: Monitored figures
-- needs: figure_values.v1, periods.v1, reported_periods.v1
-- column: segment varchar | the attribute's value, empty where there is none, (other); null without a split
-- column: number integer | the period's number; without gaps from the first one that has the figure
-- column: period date | its first day
-- column: value double | the figure; null where the period has nothing to make it of
-- column: numerator double | value = numerator / denominator; null where the figure is no share or score
-- column: denominator double | see numerator
-- column: ci_low double | lower end of its 95 % interval; null where it has none
-- column: ci_high double | upper end
-- column: n bigint | customers, buyers, orders, payments, answers or tickets it is made of
-- column: kind varchar | share (0 to 1), number, ratio, money, score or hours
-- column: basis varchar | the survey question asked; null for other figures, empty where the file does not say
-- column: complete boolean | the data cover its last day, and no later day can change it
-- column: whole boolean | they cover its first day too, so that it can be compared
-- column: is_enough boolean | a sum, or made of 30 or more, so that it can be compared
-- column: is_reported boolean | the period lies in the days chosen to be reported
-- change: 1 2026-11-24 first version
with

    kinds as (
        select
            case
                when
                    $figure in (
                        'churn_rate',
                        'retention_rate',
                        'repeat_rate',
                        'satisfaction',
                        'renewal_rate',
                        'winback_rate',
                        'repurchase_rate'
                    )
                    or starts_with($figure, 'retained_')
                then 'share'
                when $figure in ('revenue', 'average_order_value')
                then 'money'
                when $figure in ('first_response', 'resolution_time')
                then 'hours'
                when $figure = 'nps'
                then 'score'
                when $figure = 'purchase_frequency'
                then 'ratio'
                else 'number'
            end as kind,
            $figure in ('customers', 'active_customers', 'revenue') as adds_up,
    ),

    segments as (select segment, max(basis) as basis, min(period) as first_period from figure_values group by segment),

    first_periods as (select min(first_period) as first_period from segments),

    begun as (select min(day) as first_day from periods),

    final as (
        select
            segments.segment,
            reported_periods.number,
            reported_periods.period,
            case when kinds.adds_up then coalesce(figure_values.value, 0e0) else figure_values.value end as value,
            figure_values.numerator,
            figure_values.denominator,
            case
                when kinds.kind = 'share'
                then wilson_low(figure_values.value, figure_values.denominator)
                else figure_values.ci_low
            end as ci_low,
            case
                when kinds.kind = 'share'
                then wilson_high(figure_values.value, figure_values.denominator)
                else figure_values.ci_high
            end as ci_high,
            coalesce(figure_values.n, 0)::bigint as n,
            kinds.kind,
            segments.basis,
            reported_periods.complete and coalesce(figure_values.settled, true) as complete,
            reported_periods.complete
            and begun.first_day <= reported_periods.period
            and coalesce(figure_values.settled, true) as whole,
            kinds.adds_up or coalesce(figure_values.n, 0) >= 30 as is_enough,
            reported_periods.is_reported,
        from segments
        cross join first_periods
        cross join begun
        cross join kinds
        inner join reported_periods on reported_periods.period >= first_periods.first_period
        left join
            figure_values
            on figure_values.segment is not distinct from segments.segment
            and reported_periods.period = figure_values.period
    )

select *
from final
order by segment, number
