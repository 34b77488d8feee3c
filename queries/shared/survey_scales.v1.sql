-- name: survey_scales
-- version: 1
-- title: Scales of survey questions
-- description: The lowest and the highest score anybody gave to each question; scores outside 0 to 10 are codes for
-- no answer.
-- section: Survey scores
-- uses: surveys
-- adds: question; least lowest; greatest highest
-- column: question varchar | the question; null where the file does not say
-- column: answers bigint | answers with a score
-- column: lowest double | the lowest score
-- column: highest double | the highest score
-- change: 1 2026-11-30 first version
with

    final as (
        select question, count(*) as answers, min(score) as lowest, max(score) as highest
        from surveys
        where score between 0 and 10
        group by question
    )

select *
from final
order by question
