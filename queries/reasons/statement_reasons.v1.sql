-- name: statement_reasons
-- version: 1
-- title: The reasons of a statement that count
-- description: The codes given; where they say nothing, or only "other", what the words of the comment tell; where they
-- name a group alone, what the words tell of it.
-- section: Churn reasons
-- uses: reason_codings, reason_versions
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
-- column: has_comment boolean | the statement has a comment
-- change: 1 2026-11-30 first version
with

    final as (
        select
            reason_codings.customer,
            reason_codings.statement,
            reason_codings.stated_on,
            reason_codings.reason,
            reason_codings.reason_group,
            reason_codings.department,
            reason_codings.kind,
            reason_codings.has_comment,
        from reason_codings
        inner join
            (select coalesce($taxonomy, max(taxonomy)) as taxonomy from reason_versions) as asked
            on reason_codings.taxonomy = asked.taxonomy
        where
            case
                $source
                when 'codes'
                then reason_codings.given = 'code'
                when 'words'
                then reason_codings.given = 'words'
                else reason_codings.counts
            end
    )

select *
from final
order by customer, statement, reason
