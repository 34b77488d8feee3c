-- name: loss_mentions
-- version: 1
-- title: What was said of every loss
-- description: The statements of each loss with their reasons at the level asked for, whether they count or not.
-- section: Churn reasons
-- needs: loss_statements.v1, statement_reasons.v1
-- param: level choice(group, reason, department) = group | Reasons by | how finely reasons are told apart
-- choice: level group | Group
-- choice: level reason | Reason
-- choice: level department | Who can act
-- column: customer integer | the customer
-- column: sequence bigint | the loss
-- column: counts boolean | it is a reason of the loss
-- column: reason varchar | the reason, group or department; empty where none is known
-- column: kind varchar | voluntary, involuntary or ours by the reason; empty where it tells nothing
-- column: is_stated boolean | a reason is known, and not only from who ended it
-- column: ended_kind varchar | the kind by who ended it; empty where the file does not say
-- column: stated_on date | the day it was said; null without one
-- column: detail_of varchar | the group of a reason that tells more than its group; null for others
-- column: has_comment boolean | the statement has a comment
-- change: 1 2026-11-30 first version
with

    final as (
        select
            loss_statements.customer,
            loss_statements.sequence,
            loss_statements.counts and statement_reasons.is_stated as counts,
            case
                when $level = 'group'
                then statement_reasons.reason_group
                when $level = 'reason'
                then statement_reasons.reason
                when statement_reasons.reason in ('', 'unassigned')
                then statement_reasons.reason
                else coalesce(nullif(statement_reasons.department, ''), 'nobody')
            end as reason,
            statement_reasons.kind,
            statement_reasons.is_stated,
            statement_reasons.ended_kind,
            statement_reasons.stated_on,
            case
                when statement_reasons.reason <> statement_reasons.reason_group then statement_reasons.reason_group
            end as detail_of,
            statement_reasons.has_comment,
        from loss_statements
        inner join statement_reasons on loss_statements.statement = statement_reasons.statement
        where loss_statements.sequence is not null
    )

select *
from final
order by customer, sequence, reason, kind
