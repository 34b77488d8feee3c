-- name: recurring_counts
-- version: 1
-- title: Paying customers, counted
-- description: Customers with a subscription on the last day, and what they pay a month.
-- section: Benchmarks
-- needs: subscriptions.mrr
-- uses: subscriptions
-- adds: one row
-- column: customers bigint | customers with a subscription that brings money
-- column: bound bigint | of these, with a term of more than a month
-- column: mrr decimal(38,4) | what they pay a month
-- change: 1 2026-12-01 first version
with

    final as (
        select
            count(distinct subscriptions.customer) as customers,
            count(distinct subscriptions.customer) filter (subscriptions.term_months > 1) as bound,
            coalesce(sum(subscriptions.mrr), 0)::decimal(38, 4) as mrr,
        from subscriptions
        cross join scope
        where
            subscriptions.mrr > 0
            and subscriptions.day <= scope.as_of
            and coalesce(subscriptions.ended_at::date > scope.as_of, true)
    )

select *
from final
order by customers
