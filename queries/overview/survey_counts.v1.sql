-- name: survey_counts
-- version: 1
-- title: Survey answers, counted
-- description: Satisfied customers, promoters and detractors among the answers of each period, the last answer of
-- each customer.
-- section: Survey scores
-- needs: surveys, customer_segments.v1, periods.v1, survey_questions.v1
-- adds: measure, segment, period, basis
-- column: measure varchar | satisfaction or nps
-- column: segment varchar | the attribute's value, empty where there is none, (other); null without a split
-- column: period date | first day of the period answered in
-- column: basis varchar | the question asked; empty where the file does not say
-- column: customers bigint | customers who answered
-- column: points bigint | satisfied customers; for nps 100 x (promoters - detractors)
-- column: decided bigint | satisfied customers; for nps promoters and detractors
-- change: 1 2026-11-30 first version
with

    -- scores outside 0 to 10 are codes for no answer
    scored as (
        select customer, day, answered_at, score, coalesce(question, '') as question
        from surveys
        where score between 0 and 10
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
        inner join survey_questions as ranked on scored.question = ranked.question
        inner join periods on scored.day = periods.day
    ),

    final as (
        select
            answers.measure,
            case when $breakdown::varchar is not null then coalesce(customer_segments.segment, '') end as segment,
            answers.period,
            answers.question as basis,
            count(*) as customers,
            case
                when answers.measure = 'nps'
                then 100 * (count(*) filter (answers.score >= 9) - count(*) filter (answers.score <= 6))
                else count(*) filter (answers.score >= 4)
            end as points,
            case
                when answers.measure = 'nps'
                then count(*) filter (answers.score >= 9 or answers.score <= 6)
                else count(*) filter (answers.score >= 4)
            end as decided,
        from answers
        left join customer_segments on answers.customer = customer_segments.customer
        where answers.latest = 1
        group by answers.measure, customer_segments.segment, answers.period, answers.question
    )

select *
from final
order by measure, segment, period, basis
