-- name: longest_hits
-- version: 1
-- title: Longest phrases found
-- description: Of phrases that overlap in a text the longest, then the first; one that is no match itself hides none.
-- section: Reasons in comments
-- needs: phrase_hits.v1
-- column: customer integer | the customer
-- column: statement bigint | the statement
-- column: in_reason boolean | it stands in the reason, not in the comment
-- column: begins_at integer | where it begins in the text, from 1
-- column: length integer | how many letters it has there
-- column: reason varchar | the reason it tells of
-- change: 1 2026-11-30 first version
with

    first_round as (
        select phrase_hits.*
        from phrase_hits
        anti join
            phrase_hits as better
            on phrase_hits.customer = better.customer
            and phrase_hits.statement = better.statement
            and phrase_hits.in_reason = better.in_reason
            and phrase_hits.begins_at < better.begins_at + better.length
            and better.begins_at < phrase_hits.begins_at + phrase_hits.length
            and (
                better.length > phrase_hits.length
                or (better.length = phrase_hits.length and better.begins_at < phrase_hits.begins_at)
            )
    ),

    left_over as (
        select phrase_hits.*
        from phrase_hits
        anti join
            first_round
            on phrase_hits.customer = first_round.customer
            and phrase_hits.statement = first_round.statement
            and phrase_hits.in_reason = first_round.in_reason
            and phrase_hits.begins_at < first_round.begins_at + first_round.length
            and first_round.begins_at < phrase_hits.begins_at + phrase_hits.length
    ),

    final as (
        select *
        from first_round
        union all
        select left_over.*
        from left_over
        anti join
            left_over as better
            on left_over.customer = better.customer
            and left_over.statement = better.statement
            and left_over.in_reason = better.in_reason
            and left_over.begins_at < better.begins_at + better.length
            and better.begins_at < left_over.begins_at + left_over.length
            and (
                better.length > left_over.length
                or (better.length = left_over.length and better.begins_at < left_over.begins_at)
            )
    )

select *
from final
order by customer, statement, in_reason, begins_at, length, reason
