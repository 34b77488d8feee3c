-- name: coded_statements
-- version: 1
-- title: Reasons of what customers said
-- description: What each statement means by one version of the taxonomy, with the group of each reason, who can act on
-- it, and whether it counts: the codes given; where they say nothing, or only "other", what the words tell; where they
-- name a group alone, what the words tell of it.
-- section: Reasons in comments
-- needs: reason_statements, statement_codings.v1
-- uses: reasons
-- column: customer integer | the customer
-- column: statement bigint | the statement
-- column: taxonomy integer | the version of the taxonomy
-- column: given varchar | code: by what stands as the reason; words: by the words of the comment; ended: by who ended
-- it alone; none: by nothing
-- column: reason varchar | the reason; empty where nothing says one, unassigned where it is no known one
-- column: reason_group varchar | its group
-- column: department varchar | who can act on it; empty where nobody is named
-- column: kind varchar | voluntary, involuntary or ours by the reason; empty where it tells nothing
-- column: ended_kind varchar | the same by who ended it; empty where the file does not say
-- column: words varchar[] | what told it, in the order of the text
-- column: counts boolean | it is a reason of the statement where codes and words are both asked
-- column: has_words boolean | words of its comment tell a reason
-- column: has_comment boolean | the statement has a comment
-- column: source varchar | the table it stands in: exits, subscriptions or customers
-- column: stated_on date | the day it was said; null without one
-- column: known_on date | the day it is known from
-- change: 1 2026-11-30 first version
with

    known as (
        select
            reasons.reason,
            reasons.parent <> '' as is_detail,
            coalesce(nullif(reasons.parent, ''), reasons.reason) as reason_group,
            coalesce(nullif(reasons.department, ''), groups.department, '') as department,
        from reasons
        left join reasons as groups on groups.taxonomy = $taxonomy and reasons.parent = groups.reason
        where reasons.taxonomy = $taxonomy
    ),

    codings as (
        select
            statement_codings.*,
            coalesce(known.reason_group, statement_codings.reason) as reason_group,
            coalesce(known.department, '') as department,
            coalesce(known.is_detail, false) as is_detail,
        from statement_codings
        left join known on statement_codings.reason = known.reason
    ),

    judged as (
        select
            *,
            bool_or(given = 'code' and reason not in ('', 'other', 'unassigned')) over (
                partition by statement
            ) as has_code,
            bool_or(given = 'words') over (partition by statement) as has_words,
            -- words can tell more of a group than the code that names it alone
            bool_or(given = 'words' and is_detail) over (partition by statement, reason_group) as is_told,
            bool_or(given = 'code') over (partition by statement, reason_group) as is_coded,
            bool_or(given = 'code' and is_detail) over (partition by statement, reason_group) as has_exact_code,
        from codings
    ),

    final as (
        select
            judged.customer,
            judged.statement,
            judged.taxonomy,
            judged.given,
            judged.reason,
            judged.reason_group,
            judged.department,
            judged.kind,
            judged.ended_kind,
            judged.words,
            case
                when not judged.has_code and judged.has_words
                then judged.given = 'words'
                when judged.is_coded and judged.is_told and not judged.has_exact_code
                then judged.given = 'words' and judged.is_detail
                else judged.given <> 'words'
            end as counts,
            judged.has_words,
            reason_statements.comment is not null as has_comment,
            reason_statements.source,
            reason_statements.stated_on,
            judged.known_on,
        from judged
        inner join reason_statements on judged.statement = reason_statements.statement
    )

select *
from final
order by customer, statement, given, reason
