-- name: reason_tenure
-- version: 1
-- title: Reasons by time as a customer
-- description: Which reasons those name who leave early, and which those who leave late.
-- section: Churn reasons
-- needs: reason_counts.v1 with breakdown = null, grain = all
-- column: band integer days | From | days from becoming a customer to the loss, at least; null where that is not known
-- column: to_days integer days | To | at most; null for more
-- column: kind varchar | Kind | voluntary, involuntary or ours; empty where nothing tells
-- column: reason varchar | Reason | the reason, its group, or who can act on it; empty where none is known
-- column: customers bigint | Lost customers | who stated it
-- column: share double % | Share of those lost | customers / churned_customers
-- column: ci_low double % | 95 % from | lower end of its 95 % interval (Wilson)
-- column: ci_high double % | 95 % to | upper end
-- column: churned_customers bigint | All lost customers | after such a time
-- column: position bigint | Position | of the reason among all, by its mentions; null where none is known
-- change: 1 2026-11-30 first version
with

    sums as (
        select band, what, kind, reason, sum(customers)::bigint as customers
        from reason_counts
        where what in ('reason', 'lost')
        group by band, what, kind, reason
    ),

    final as (
        select
            sums.band,
            case
                sums.band when 0 then 30 when 31 then 90 when 91 then 180 when 181 then 365 when 366 then 730
            end as to_days,
            sums.kind,
            sums.reason,
            sums.customers,
            sums.customers::double / lost.customers as share,
            wilson_low(sums.customers::double / lost.customers, lost.customers) as ci_low,
            wilson_high(sums.customers::double / lost.customers, lost.customers) as ci_high,
            lost.customers as churned_customers,
            case
                when sums.reason <> '' then dense_rank() over (order by mentions.customers desc, sums.reason)
            end as position,
        from sums
        inner join sums as lost on lost.what = 'lost' and sums.band is not distinct from lost.band
        inner join
            (
                select reason, sum(customers) * (reason <> '')::integer as customers
                from sums
                where what = 'reason'
                group by reason
            ) as mentions
            on sums.reason = mentions.reason
        where sums.what = 'reason'
    )

select *
from final
order by band, kind desc, reason = '', customers desc, reason
