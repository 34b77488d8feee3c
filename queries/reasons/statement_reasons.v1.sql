-- name: statement_reasons
-- version: 1
-- title: The reasons of a statement that count
-- description: The codes given; where they say nothing, or only "other", what the words of the comment tell.
-- section: Churn reasons
-- needs: reasons
-- uses: reason_codings, reason_versions, reason_statements
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

    codings as (
        select
            reason_codings.*,
            bool_or(reason_codings.given = 'code' and reason_codings.reason not in ('', 'other')) over (
                partition by reason_codings.statement
            ) as has_code,
            bool_or(reason_codings.given = 'words') over (partition by reason_codings.statement) as has_words,
        from reason_codings
        inner join asked on reason_codings.taxonomy = asked.taxonomy
    ),

    known as (
        select
            reasons.reason,
            coalesce(nullif(reasons.parent, ''), reasons.reason) as reason_group,
            coalesce(nullif(reasons.department, ''), groups.department, '') as department,
        from reasons
        inner join asked on reasons.taxonomy = asked.taxonomy
        left join reasons as groups on reasons.taxonomy = groups.taxonomy and reasons.parent = groups.reason
    ),

    final as (
        select
            codings.customer,
            codings.statement,
            reason_statements.stated_on,
            codings.reason,
            coalesce(known.reason_group, codings.reason) as reason_group,
            coalesce(known.department, '') as department,
            codings.kind,
            codings.given,
            codings.words,
            reason_statements.comment is not null as has_comment,
        from codings
        inner join reason_statements on codings.statement = reason_statements.statement
        left join known on codings.reason = known.reason
        where
            case
                $source
                when 'codes'
                then codings.given = 'code'
                when 'words'
                then codings.given = 'words'
                else codings.given = case when codings.has_code or not codings.has_words then 'code' else 'words' end
            end
    )

select *
from final
order by customer, statement, reason
