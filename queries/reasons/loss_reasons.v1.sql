-- name: loss_reasons
-- version: 1
-- title: Reasons of every loss
-- description: Each loss of the days chosen, once a customer and period, with each of its reasons and what it costs.
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
-- column: reason varchar | the reason, group or department; empty where none is known
-- column: kind varchar | voluntary, involuntary or ours; empty where nothing tells
-- column: has_comment boolean | a statement of the loss has a comment
-- column: lost_revenue decimal(38,4) money | what the loss costs; null where nothing tells
-- column: money_of varchar | where that is from
-- change: 1 2026-11-30 first version
with

    -- who ended it may be known where the reason is not
    told as (
        select
            loss_statements.customer,
            loss_statements.sequence,
            bool_or(statement_reasons.has_comment) as has_comment,
            max(statement_reasons.kind) as kind,
        from loss_statements
        inner join statement_reasons on loss_statements.statement = statement_reasons.statement
        where loss_statements.sequence is not null
        group by loss_statements.customer, loss_statements.sequence
    ),

    named as (
        select
            loss_statements.customer,
            loss_statements.sequence,
            statement_reasons.* exclude (customer, statement),
            -- of one group what tells more of it counts, from whichever file
            bool_or(statement_reasons.reason <> statement_reasons.reason_group) over (
                partition by loss_statements.customer, loss_statements.sequence, statement_reasons.reason_group
            ) as has_detail,
        from loss_statements
        inner join statement_reasons on loss_statements.statement = statement_reasons.statement
        where loss_statements.counts and statement_reasons.reason <> ''
    ),

    stated as (
        select distinct
            customer,
            sequence,
            case
                $level
                when 'group'
                then reason_group
                when 'reason'
                then reason
                else coalesce(nullif(department, ''), 'unassigned')
            end as reason,
            kind,
        from named
        where reason <> reason_group or not has_detail
    ),

    final as (
        select
            reported_losses.customer,
            reported_losses.sequence,
            reported_losses.churned_on,
            reported_losses.period,
            reported_losses.band,
            coalesce(stated.reason, '') as reason,
            coalesce(stated.kind, told.kind, '') as kind,
            coalesce(told.has_comment, false) as has_comment,
            loss_money.lost_revenue,
            loss_money.money_of,
        from reported_losses
        left join stated on reported_losses.customer = stated.customer and reported_losses.sequence = stated.sequence
        left join told on reported_losses.customer = told.customer and reported_losses.sequence = told.sequence
        left join
            loss_money
            on reported_losses.customer = loss_money.customer
            and reported_losses.sequence = loss_money.sequence
    )

select *
from final
order by customer, period, reason, kind
