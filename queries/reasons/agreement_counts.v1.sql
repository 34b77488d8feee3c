-- name: agreement_counts
-- version: 1
-- title: Codes and words counted
-- description: Lost customers who gave both a code and words that tell a reason, by the group of each.
-- section: Agreement of codes and words
-- needs: reasons, reason_codings, loss_statements.v1
-- needs: reported_losses.v1 with grain = all
-- uses: reason_versions
-- param: taxonomy int(1..) = null | Version of the reasons | which version of the list of reasons; null: the newest
-- choice: taxonomy null | The newest
-- adds: code_group, words_group
-- column: code_group varchar | the group of the code given, the first of several
-- column: words_group varchar | the group the comment tells: that of the code where it is among them, else its first
-- column: customers bigint | lost customers with both
-- change: 1 2026-11-30 first version
with

    -- what belongs to a loss of the days chosen; "other" says nothing to agree with
    codings as (
        select
            loss_statements.customer,
            reason_codings.given,
            coalesce(nullif(reasons.parent, ''), reasons.reason) as reason_group,
        from reason_codings
        inner join
            (select coalesce($taxonomy, max(taxonomy)) as taxonomy from reason_versions) as asked
            on reason_codings.taxonomy = asked.taxonomy
        inner join reasons on reason_codings.taxonomy = reasons.taxonomy and reason_codings.reason = reasons.reason
        inner join loss_statements on reason_codings.statement = loss_statements.statement
        inner join
            reported_losses
            on loss_statements.customer = reported_losses.customer
            and loss_statements.sequence = reported_losses.sequence
        where reason_codings.given in ('code', 'words') and reason_codings.reason <> 'other'
    ),

    codes as (select customer, min(reason_group) as code_group from codings where given = 'code' group by customer),

    words as (
        select customer, list(reason_group order by reason_group) as groups
        from codings
        where given = 'words'
        group by customer
    ),

    final as (
        select
            codes.code_group,
            case
                when list_contains(words.groups, codes.code_group) then codes.code_group else words.groups[1]
            end as words_group,
            count(*) as customers,
        from codes
        inner join words on codes.customer = words.customer
        group by all
    )

select *
from final
order by code_group, words_group
