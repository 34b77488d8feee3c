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
-- column: kind varchar | voluntary, involuntary or ours by the reason; empty where it tells nothing
-- column: ended_kind varchar | the same by who ended it; empty where the file does not say
-- column: is_stated boolean | a reason is known, and not only from who ended it
-- column: source varchar | the table it stands in
-- column: has_comment boolean | the statement has a comment
-- change: 1 2026-11-30 first version
with

    -- every statement stays, also where what is asked tells no reason of it
    final as (
        select
            reason_codings.customer,
            reason_codings.statement,
            reason_codings.stated_on,
            case
                when $source = 'words' and reason_codings.given <> 'words' then '' else reason_codings.reason
            end as reason,
            case
                when $source = 'words' and reason_codings.given <> 'words' then '' else reason_codings.reason_group
            end as reason_group,
            case
                when $source = 'words' and reason_codings.given <> 'words' then '' else reason_codings.department
            end as department,
            case
                when $source = 'words' and reason_codings.given <> 'words' then '' else reason_codings.kind
            end as kind,
            reason_codings.ended_kind,
            reason_codings.reason <> ''
            and reason_codings.given <> 'ended'
            and not ($source = 'words' and reason_codings.given <> 'words') as is_stated,
            reason_codings.source,
            reason_codings.has_comment,
        from reason_codings
        inner join
            (select coalesce($taxonomy, max(taxonomy)) as taxonomy from reason_versions) as asked
            on reason_codings.taxonomy = asked.taxonomy
        where
            case
                $source
                when 'codes'
                then reason_codings.given <> 'words'
                when 'words'
                then reason_codings.given = 'words' or not reason_codings.has_words
                else reason_codings.counts
            end
    )

select *
from final
order by customer, statement, reason
