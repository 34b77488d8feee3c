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
-- column: is_outside boolean | it belongs to no loss, in the days chosen, where a loss would be settled by now; the
-- ends
-- of subscriptions are none
-- change: 1 2026-11-30 first version
with

    statements as (
        select
            statement,
            any_value(customer) as customer,
            any_value(stated_on) as stated_on,
            any_value(source) as source,
            bool_or(is_stated) as tells,
        from statement_reasons
        group by statement
    ),

    placed as (
        select
            statements.statement,
            any_value(statements.customer) as customer,
            any_value(statements.stated_on) as stated_on,
            any_value(statements.source) as source,
            any_value(statements.tells) as tells,
            max(loss_spans.sequence) as sequence,
        from statements
        left join
            loss_spans
            on statements.customer = loss_spans.customer
            and (
                statements.stated_on is null
                or loss_spans.churned_on is null
                or (
                    statements.stated_on >= case
                        statements.source when 'subscriptions' then loss_spans.ended_from_on else loss_spans.from_on
                    end
                    and statements.stated_on <= loss_spans.to_on
                )
            )
        group by statements.statement
    ),

    final as (
        select
            placed.customer,
            placed.statement,
            placed.sequence,
            placed.sequence is not null
            and placed.tells
            and coalesce(
                placed.stated_on,
                date '0001-01-01'
            ) = max(coalesce(placed.stated_on, date '0001-01-01')) filter (placed.tells) over (
                partition by placed.customer, placed.sequence
            ) as counts,
            placed.sequence is null
            and placed.source <> 'subscriptions'
            and coalesce(placed.stated_on >= scope.report_from, true)
            and coalesce(placed.stated_on <= scope.report_to, true)
            and coalesce(
                placed.stated_on <= scope.churn_to - coalesce(scope.inactive_days, $notice_days), true
            ) as is_outside,
        from placed
        cross join scope
    )

select *
from final
order by customer, statement
