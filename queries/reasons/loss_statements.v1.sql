-- name: loss_statements
-- version: 1
-- title: Which loss a statement belongs to
-- description: The last loss in whose days it was said; those of the last day with a reason count for the loss.
-- section: Churn reasons
-- needs: loss_spans.v1, statement_reasons.v1
-- uses: reason_statements
-- column: customer integer | the customer
-- column: statement bigint | the statement
-- column: sequence bigint | the loss it belongs to; null for none
-- column: counts boolean | it was said on the last day on which a reason was stated for the loss
-- column: is_outside boolean | it belongs to no loss, in the days chosen, where a loss would be settled by now; the
-- ends
-- of subscriptions are none
-- change: 1 2026-11-30 first version
with

    telling as (select distinct statement from statement_reasons where is_stated),

    statements as (
        select
            reason_statements.customer,
            reason_statements.statement,
            reason_statements.stated_on,
            reason_statements.source = 'subscriptions' as is_end,
            telling.statement is not null as tells,
        from reason_statements
        left join telling on reason_statements.statement = telling.statement
    ),

    placed as (
        select
            statements.statement,
            any_value(statements.customer) as customer,
            any_value(statements.stated_on) as stated_on,
            any_value(statements.is_end) as is_end,
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
                    statements.stated_on
                    >= case when statements.is_end then loss_spans.ended_from_on else loss_spans.from_on end
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
            and not placed.is_end
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
