-- name: figures
-- version: 1
-- title: A figure by period
-- description: One figure of the business over all periods of the data: its value and what it is made of.
-- needs: figure_values.v1, period_list.v1
-- column: segment varchar | the attribute's value, empty where there is none, (other); null without a split
-- column: number integer | the period's number; without gaps from the first one that has the figure
-- column: period date | its first day
-- column: value double | the figure; null where the period has nothing to make it of
-- column: numerator double | value = numerator / denominator; null where the figure is no share or score
-- column: denominator double | see numerator
-- column: n bigint | customers, buyers, orders, payments, answers or tickets it is made of
-- column: kind varchar | share (0 to 1), number, ratio, money, score or hours
-- column: basis varchar | the survey question asked; null for other figures, empty where the file does not say
-- column: complete boolean | the data cover its last day
-- column: whole boolean | they cover its first day too, so that it can be compared
-- column: reported boolean | the period lies in the days chosen to be reported
-- change: 1 2026-11-24 first version
with

    kinds as (
        select
            case
                when $figure in ('repeat_rate', 'satisfaction')
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

    final as (
        select
            segments.segment,
            period_list.number,
            period_list.period,
            case when kinds.adds_up then coalesce(figure_values.value, 0e0) else figure_values.value end as value,
            figure_values.numerator,
            figure_values.denominator,
            coalesce(figure_values.n, 0)::bigint as n,
            kinds.kind,
            segments.basis,
            period_list.complete,
            period_list.complete and period_list.first_day = period_list.period as whole,
            period_list.reported,
        from segments
        cross join first_periods
        cross join kinds
        inner join period_list on period_list.period >= first_periods.first_period
        left join
            figure_values
            on figure_values.segment is not distinct from segments.segment
            and period_list.period = figure_values.period
    )

select *
from final
order by segment, number
