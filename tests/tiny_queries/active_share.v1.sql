-- name: active_share
-- version: 1
-- title: Share of active customers
-- description: Active customers among all with activity.
-- needs: active_customers.v2
-- param: digits int(0..9) = 4 | Digits | decimals
-- column: share double | 0 to 1
-- change: 1 2026-11-22 first version
select round(customers::double / nullif(everyone, 0), $digits) as share from active_customers order by share
