-- name: term_counts
-- version: 1
-- title: Subscriptions with a known term
-- description: How many subscriptions say for how many months they are paid, and how many there are.
-- section: Renewal rate
-- needs: subscriptions
-- adds: one row
-- column: known bigint | subscriptions that say
-- column: subscriptions bigint | subscriptions
-- change: 1 2026-11-30 first version
with final as (select count(term_months) as known, count(*) as subscriptions from subscriptions)

select *
from final
order by known
