-- name: loss_statements
-- version: 1
-- title: Which loss a statement belongs to
-- description: The last loss in whose days it was said; those of the last day with a reason count for the loss.
-- section: Churn reasons
-- needs: loss_spans.v1, statement_reasons.v1
-- column: customer integer | the customer
-- column: statement bigint | the statement
-- column: sequence bigint | the loss it belongs to; null for none
-- column: counts boolean | it was said on the last day on which a reason was stated for the loss
-- change: 1 2026-11-30 first version
with

    statements as (
        select customer, statement, stated_on, bool_or(reason <> '') as tells
        from statement_reasons
        group by customer, statement, stated_on
    ),

    placed as (
        select
            statements.customer,
            statements.statement,
            statements.stated_on,
            statements.tells,
            max(loss_spans.sequence) as sequence,
        from statements
        left join
            loss_spans
            on statements.customer = loss_spans.customer
            and (
                statements.stated_on is null
                or loss_spans.churned_on is null
                or statements.stated_on between loss_spans.from_on and loss_spans.to_on
            )
        group by statements.customer, statements.statement, statements.stated_on, statements.tells
    ),

    final as (
        select
            customer,
            statement,
            sequence,
            sequence is not null
            and tells
            and coalesce(
                stated_on,
                date '0001-01-01'
            ) = max(coalesce(stated_on, date '0001-01-01')) filter (tells) over (
                partition by customer, sequence
            ) as counts,
        from placed
    )

select *
from final
order by customer, statement
