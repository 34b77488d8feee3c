-- name: price_band
-- version: 1
-- title: What a customer pays
-- description: Recurring revenue a month on the last day, of the company and of a paying customer.
-- section: Benchmarks
-- needs: recurring_counts.v1
-- column: customers bigint | Paying customers | customers with a subscription that brings money
-- column: mrr double money | Recurring revenue a month | of all of them
-- column: arpa double money | A month of a customer | mrr / customers
-- column: acv double money | A year of a customer | twelve times that
-- column: bound double % | Bound for longer | of paying customers, with a term of more than a month
-- change: 1 2026-12-01 first version
with

    final as (
        select
            customers,
            mrr::double as mrr,
            mrr::double / nullif(customers, 0) as arpa,
            12 * mrr::double / nullif(customers, 0) as acv,
            bound::double / nullif(customers, 0) as bound,
        from recurring_counts
    )

select *
from final
order by customers
