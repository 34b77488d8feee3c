-- name: survey_scores
-- version: 1
-- title: Satisfaction and recommendation
-- description: Share of answers 4 or 5 on a scale of 1 to 5 (CSAT), and promoters less detractors (NPS), by period.
-- section: Survey scores
-- needs: survey_counts.v1, reported_periods.v1
-- column: measure varchar | satisfaction or nps
-- column: segment varchar | the attribute's value, empty where there is none, (other); null without a split
-- column: period date | first day of the period answered in
-- column: value double | satisfied / answers, 0 to 1; for nps 100 x (promoters - detractors) / answers
-- column: numerator double | satisfied; for nps 100 x (promoters - detractors)
-- column: denominator double | answers
-- column: n bigint | customers who answered, each with the last answer of the period
-- column: basis varchar | the question asked; empty where the file does not say
-- column: ci_low double | lower end of its 95 % interval: Wilson's, for nps by the variance of the answers
-- column: ci_high double | upper end
-- column: complete boolean | the data cover the whole period
-- sample: value = n, ci_low, ci_high
-- metric: csat = value annual where measure=satisfaction, grain=year, years=ending
-- metric: nps = value annual where measure=nps, grain=year, years=ending
-- change: 1 2026-11-24 first version
with

    scored as (
        select
            survey_counts.*,
            points::double / customers as value,
            -- of answers that count 100, 0 or -100, with three more as of B. Rocks (2016), Interval estimation for the
            -- net promoter score. The American Statistician 70, 365-372: the adjusted Wald interval
            points::double / (customers + 3) as centre,
            1.959964e0 * sqrt(
                (1e4 * (decided + 1.5) / (customers + 3) - power(points::double / (customers + 3), 2)) / (customers + 3)
            ) as spread,
            reported_periods.complete,
        from survey_counts
        inner join reported_periods on survey_counts.period = reported_periods.period
    ),

    final as (
        select
            measure,
            segment,
            period,
            value,
            points::double as numerator,
            customers::double as denominator,
            customers as n,
            basis,
            case
                measure when 'nps' then greatest(centre - spread, -100) else wilson_low(value, customers)
            end as ci_low,
            case measure when 'nps' then least(centre + spread, 100) else wilson_high(value, customers) end as ci_high,
            complete,
        from scored
    )

select *
from final
order by measure, segment, period
