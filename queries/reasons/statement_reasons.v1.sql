-- name: statement_reasons
-- version: 1
-- title: The reasons of a statement that count
-- description: The codes given; where they say nothing, or only "other", what the words of the comment tell; where they
-- name a group alone, what the words tell of it.
-- section: Churn reasons
-- uses: reasons, reason_codings, reason_versions, reason_statements
-- param: taxonomy int(1..) = null | Version of the reasons | which version of the list of reasons; null: the newest
-- choice: taxonomy null | The newest
-- param: source choice(both, codes, words) = both | Reasons from | what tells the reason
-- choice: source both | Codes, else words
-- choice: source codes | Codes alone
-- choice: source words | Words alone
-- column: customer integer | the customer
-- column: statement bigint | the statement
-- column: stated_on date | the day it was said; null without one
-- column: reason varchar | the reason; empty where nothing tells one, unassigned where it is no known one
-- column: reason_group varchar | its group
-- column: department varchar | who can act on it; empty where nobody is named
-- column: kind varchar | voluntary, involuntary or ours; empty where nothing tells
-- column: given varchar | code or words
-- column: words varchar[] | what told it
-- column: has_comment boolean | the statement has a comment
-- change: 1 2026-11-30 first version
with

    asked as (select coalesce($taxonomy, max(taxonomy)) as taxonomy from reason_versions),

    known as (
        select
            reasons.reason,
            reasons.parent <> '' as is_detail,
            coalesce(nullif(reasons.parent, ''), reasons.reason) as reason_group,
            coalesce(nullif(reasons.department, ''), groups.department, '') as department,
        from reasons
        inner join asked on reasons.taxonomy = asked.taxonomy
        left join reasons as groups on reasons.taxonomy = groups.taxonomy and reasons.parent = groups.reason
    ),

    codings as (
        select
            reason_codings.*,
            coalesce(known.reason_group, reason_codings.reason) as reason_group,
            coalesce(known.department, '') as department,
            coalesce(known.is_detail, false) as is_detail,
        from reason_codings
        inner join asked on reason_codings.taxonomy = asked.taxonomy
        left join known on reason_codings.reason = known.reason
    ),

    judged as (
        select
            *,
            bool_or(given = 'code' and reason not in ('', 'other')) over (partition by statement) as has_code,
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
            reason_statements.stated_on,
            judged.reason,
            judged.reason_group,
            judged.department,
            judged.kind,
            judged.given,
            judged.words,
            reason_statements.comment is not null as has_comment,
        from judged
        inner join reason_statements on judged.statement = reason_statements.statement
        where
            case
                when $source = 'codes'
                then judged.given = 'code'
                when $source = 'words' or not judged.has_code and judged.has_words
                then judged.given = 'words'
                when judged.is_coded and judged.is_told and not judged.has_exact_code
                then judged.given = 'words' and judged.is_detail
                else judged.given = 'code'
            end
    )

select *
from final
order by customer, statement, reason
