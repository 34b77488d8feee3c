-- name: survey_questions
-- version: 1
-- title: Questions that measure satisfaction and recommendation
-- description: Of all questions the one that measures each, by its words and its scale: the one most answered.
-- section: Survey scores
-- needs: survey_scales.v1
-- column: measure varchar | satisfaction or nps
-- column: question varchar | the question asked; empty where the file does not say
-- change: 1 2026-11-30 first version
with

    scales as (
        select
            coalesce(question, '') as question,
            lower(coalesce(question, '')) as words,
            sum(answers) as answers,
            min(lowest) as lowest,
            max(highest) as highest,
        from survey_scales
        group by 1, 2
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
        select question, measure, row_number() over (partition by measure order by answers desc, question) as rank
        from candidates
    ),

    final as (select measure, question from ranked where rank = 1)

select *
from final
order by measure
