-- name: ended_statements
-- version: 1
-- title: Who ended it
-- description: What each statement says of who or what ended it, by one version of the taxonomy.
-- section: Reasons in comments
-- needs: reason_statements
-- uses: reason_kinds, reason_codes
-- param: taxonomy int(1..) = 1 | Version of the reasons | whose words are known
-- column: customer integer | the customer
-- column: statement bigint | the statement
-- column: comment varchar | the comment as it stands in the file
-- column: known_on date | the day it is known from
-- column: kind varchar | voluntary, involuntary or ours; empty where the file does not say
-- column: reason_of_kind varchar | the reason that says by itself, as a payment that failed; null for none
-- change: 1 2026-11-30 first version
with

    -- who ended it makes the kind, and can be all that is known: a payment that failed; it may stand as the reason
    final as (
        select
            reason_statements.customer,
            reason_statements.statement,
            reason_statements.comment,
            reason_statements.known_on,
            coalesce(reason_kinds.kind, '') as kind,
            case
                when reason_kinds.kind <> 'voluntary' and reason_statements.cancelled_by is not null
                then nullif(meant.reason, '')
            end as reason_of_kind,
        from reason_statements
        left join
            reason_kinds
            on reason_kinds.taxonomy = $taxonomy
            and reason_kinds.word = code_of(coalesce(reason_statements.cancelled_by, reason_statements.reason))
        left join reason_codes as meant on meant.taxonomy = $taxonomy and reason_kinds.word = meant.code
    )

select *
from final
order by customer, statement
