-- name: figures
-- version: 1
-- title: A figure by period
-- description: One figure of the business over all periods of the data: its value and what it is made of.
-- needs: period_list.v1
-- needs: known_customers.v1 if figure in customers
-- needs: active_counts.v1 if figure in active_customers
-- needs: period_revenue.v1 if figure in revenue
-- needs: survey_scores.v1 if figure in satisfaction, nps
-- needs: ticket_hours.v1 if figure in first_response, resolution_time
-- param: figure choice(customers, active_customers, revenue, satisfaction, nps, first_response, resolution_time) =
-- customers | the figure
-- column: segment varchar | the attribute's value, empty where there is none, (other); null without a split
-- column: number integer | the period's number; without gaps from the first one that has the figure
-- column: period date | its first day
-- column: value double | the figure; null where the period has nothing to make it of
-- column: numerator double | value = numerator / denominator; null where the figure is no share or score
-- column: denominator double | see numerator
-- column: n bigint | customers, buyers, payments, answers or tickets it is made of
-- column: kind varchar | share (0 to 1), number, money, score or hours
-- column: basis varchar | the survey question asked; null for other figures, empty where the file does not say
-- column: complete boolean | the data cover its last day
-- column: whole boolean | they cover its first day too, so that it can be compared
-- column: reported boolean | the period lies in the days chosen to be reported
-- change: 1 2026-11-24 first version
with

    plain as (
        select segment, period, value, n
        from known_customers
        where $figure = 'customers'
        union all
        select segment, period, value, n
        from active_counts
        where $figure = 'active_customers'
        union all
        select segment, period, value, n
        from period_revenue
        where $figure = 'revenue'
        union all
        select segment, period, value, n
        from ticket_hours
        where measure = $figure
    ),

    measured as (
        select segment, period, value, null::double as numerator, null::double as denominator, n, null::varchar as basis
        from plain
        union all
        select segment, period, value, numerator, denominator, n, basis
        from survey_scores
        where measure = $figure
    ),

    kinds as (
        select
            case
                when $figure in ('satisfaction')
                then 'share'
                when $figure in ('revenue')
                then 'money'
                when $figure in ('first_response', 'resolution_time')
                then 'hours'
                when $figure = 'nps'
                then 'score'
                else 'number'
            end as kind,
            $figure in ('customers', 'active_customers', 'revenue') as adds_up,
    ),

    segments as (select segment, max(basis) as basis, min(period) as first_period from measured group by segment),

    first_periods as (select min(first_period) as first_period from segments),

    final as (
        select
            segments.segment,
            period_list.number,
            period_list.period,
            case when kinds.adds_up then coalesce(measured.value, 0e0) else measured.value end as value,
            measured.numerator,
            measured.denominator,
            coalesce(measured.n, 0)::bigint as n,
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
            measured on measured.segment is not distinct from segments.segment and period_list.period = measured.period
    )

select *
from final
order by segment, number
