-- name: survey_scores
-- version: 1
-- title: Satisfaction and recommendation
-- description: Share of answers 4 or 5 on a scale of 1 to 5 (CSAT), and promoters less detractors (NPS), by period.
-- needs: surveys, customer_segments.v1, periods.v1
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

    -- scores outside 0 to 10 are codes for no answer
    scored as (
        select customer, day, answered_at, score, coalesce(question, '') as question
        from surveys
        where score between 0 and 10
    ),

    scales as (
        select question, lower(question) as words, count(*) as answers, min(score) as lowest, max(score) as highest
        from scored
        group by question
    ),

    -- nobody who may answer up to 10 stays at 5: then it is another scale
    candidates as (
        select question, answers, 'satisfaction' as measure
        from scales
        where
            lowest >= 1
            and highest <= 5
            and (words = '' or words like '%csat%' or words like '%satisf%' or words like '%满意%')
        union all
        select question, answers, 'nps' as measure
        from scales
        where highest > 5 and (words = '' or words like '%nps%' or words like '%recommend%' or words like '%推荐%')
    ),

    -- of several questions the one most answered
    ranked as (
        select question, measure, row_number() over (partition by measure order by answers desc, question) as place
        from candidates
    ),

    answers as (
        select
            ranked.measure,
            ranked.question,
            scored.customer,
            periods.period,
            scored.score,
            row_number() over (
                partition by ranked.measure, scored.customer, periods.period
                order by scored.answered_at desc, scored.score
            ) as latest,
        from scored
        inner join ranked on scored.question = ranked.question and ranked.place = 1
        inner join periods on scored.day = periods.day
    ),

    counted as (
        select
            answers.measure,
            case when $breakdown::varchar is not null then coalesce(customer_segments.segment, '') end as segment,
            answers.period,
            answers.question as basis,
            count(*) as n,
            case
                when answers.measure = 'nps'
                then 100e0 * (count(*) filter (answers.score >= 9) - count(*) filter (answers.score <= 6))
                else 1e0 * count(*) filter (answers.score >= 4)
            end as points,
        from answers
        left join customer_segments on answers.customer = customer_segments.customer
        where answers.latest = 1
        group by answers.measure, customer_segments.segment, answers.period, answers.question
    ),

    final as (
        select measure, segment, period, points / n as value, points as numerator, n::double as denominator, n, basis,
        from counted
    )

select *
from final
order by measure, segment, period
