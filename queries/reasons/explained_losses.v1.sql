-- name: explained_losses
-- version: 1
-- title: Losses with their reasons
-- description: Each loss of the days chosen, once a customer and period, with its reasons and what it costs.
-- section: Churn reasons
-- needs: reported_losses.v1, loss_statements.v1, loss_money.v1, statement_reasons.v1
-- param: level choice(group, reason, department) = group | Reasons by | how finely reasons are told apart
-- choice: level group | Group
-- choice: level reason | Reason
-- choice: level department | Who can act
-- column: customer integer | the customer
-- column: sequence bigint | the loss: the last of the customer in the period
-- column: churned_on date | its day; null where the file marks it without one
-- column: period date | first day of the period; null for all days, and without a day
-- column: band integer | days from becoming a customer to the loss, at least: 0, 31, 91, 181, 366 or 731; null where
-- that is not known
-- column: reasons varchar[] | its reasons, groups or departments; one empty text where none is known
-- column: kinds varchar[] | of each of them: voluntary, involuntary or ours; empty where nothing tells
-- column: has_comment boolean | a statement of the loss has a comment
-- column: lost_revenue decimal(38,4) money | what the loss costs; null where nothing tells
-- column: money_of varchar | where that is from
-- change: 1 2026-11-30 first version
with

    stated as materialized(
        select
            loss_statements.customer,
            loss_statements.sequence,
            loss_statements.counts and statement_reasons.reason <> '' as counts,
            case
                $level
                when 'group'
                then statement_reasons.reason_group
                when 'reason'
                then statement_reasons.reason
                else coalesce(nullif(statement_reasons.department, ''), 'unassigned')
            end as reason,
            statement_reasons.kind,
            case
                when statement_reasons.reason <> statement_reasons.reason_group then statement_reasons.reason_group
            end as detail_of,
            statement_reasons.has_comment,
        from loss_statements
        inner join statement_reasons on loss_statements.statement = statement_reasons.statement
        where loss_statements.sequence is not null
    ),

    told as (
        select
            customer,
            sequence,
            bool_or(has_comment) as has_comment,
            count(*) filter (counts) as mentions,
            any_value(reason) filter (counts) as reason,
            -- who ended it may be known where the reason is not
            coalesce(any_value(kind) filter (counts), max(kind)) as kind,
        from stated
        group by customer, sequence
    ),

    -- several: each once; of one group what tells more of it counts, from whichever file
    many as (
        select
            stated.*,
            bool_or(stated.detail_of is not null) over (
                partition by stated.customer, stated.sequence, coalesce(stated.detail_of, stated.reason)
            ) as has_detail,
        from stated
        semi join
            (from told where mentions > 1) as told
            on stated.customer = told.customer
            and stated.sequence = told.sequence
        where stated.counts
    ),

    several as (
        select
            customer,
            sequence,
            list(reason order by reason, kind) as reasons,
            list(kind order by reason, kind) as kinds,
        from
            (
                select distinct customer, sequence, reason, kind
                from many
                where $level <> 'reason' or detail_of is not null or not has_detail
            )
        group by customer, sequence
    ),

    final as (
        select
            reported_losses.customer,
            reported_losses.sequence,
            reported_losses.churned_on,
            reported_losses.period,
            reported_losses.band,
            coalesce(several.reasons, [coalesce(told.reason, '')]) as reasons,
            coalesce(several.kinds, [coalesce(told.kind, '')]) as kinds,
            coalesce(told.has_comment, false) as has_comment,
            loss_money.lost_revenue,
            loss_money.money_of,
        from reported_losses
        left join told on reported_losses.customer = told.customer and reported_losses.sequence = told.sequence
        left join several on reported_losses.customer = several.customer and reported_losses.sequence = several.sequence
        left join
            loss_money
            on reported_losses.customer = loss_money.customer
            and reported_losses.sequence = loss_money.sequence
    )

select *
from final
order by customer, period
