-- name: survey_scores
-- version: 1
-- title: Satisfaction and recommendation
-- description: Share of answers 4 or 5 on a scale of 1 to 5 (CSAT), and promoters less detractors (NPS), by period.
-- section: Survey scores
-- needs: survey_counts.v1
-- column: measure varchar | satisfaction or nps
-- column: segment varchar | the attribute's value, empty where there is none, (other); null without a split
-- column: period date | first day of the period answered in
-- column: value double | satisfied / answers, 0 to 1; for nps 100 x (promoters - detractors) / answers
-- column: numerator double | satisfied; for nps 100 x (promoters - detractors)
-- column: denominator double | answers
-- column: n bigint | customers who answered, each with the last answer of the period
-- column: basis varchar | the question asked; empty where the file does not say
-- change: 1 2026-11-24 first version
with

    final as (
        select
            measure,
            segment,
            period,
            points::double / customers as value,
            points::double as numerator,
            customers::double as denominator,
            customers as n,
            basis,
        from survey_counts
    )

select *
from final
order by measure, segment, period
