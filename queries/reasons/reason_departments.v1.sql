-- name: reason_departments
-- version: 1
-- title: Who can act on losses
-- description: Lost customers, and what they cost, by the department that owns their reason.
-- section: Churn reasons
-- needs: reason_counts.v1 with level = department, breakdown = null, grain = all
-- column: kind varchar | Kind | voluntary, involuntary or ours; empty where nothing tells
-- column: department varchar | Who can act | marketing, product, sales, service or finance; nobody where none is named,
-- unassigned where the reason has no place in the list, empty where none is known
-- column: customers bigint | Lost customers | who stated a reason of it
-- column: share double % | Share of those lost | customers / churned_customers
-- column: ci_low double % | 95 % from | lower end of its 95 % interval (Wilson)
-- column: ci_high double % | 95 % to | upper end
-- column: lost_revenue double money | Lost revenue | what they paid before leaving
-- column: share_of_revenue double % | Share of lost revenue | of all that was lost
-- column: churned_customers bigint | All lost customers | everybody lost
-- picture: customers, lost_revenue
-- change: 1 2026-11-30 first version
with

    sums as (
        select what, kind, reason, sum(customers)::bigint as customers, sum(lost_revenue)::double as lost_revenue
        from reason_counts
        where what in ('reason', 'lost')
        group by what, kind, reason
    ),

    final as (
        select
            sums.kind,
            sums.reason as department,
            sums.customers,
            sums.customers::double / lost.customers as share,
            wilson_low(sums.customers::double / lost.customers, lost.customers) as ci_low,
            wilson_high(sums.customers::double / lost.customers, lost.customers) as ci_high,
            case when lost.lost_revenue > 0 then sums.lost_revenue end as lost_revenue,
            case when lost.lost_revenue > 0 then sums.lost_revenue / lost.lost_revenue end as share_of_revenue,
            lost.customers as churned_customers,
        from sums
        inner join sums as lost on lost.what = 'lost'
        where sums.what = 'reason'
    )

select *
from final
order by kind desc, department = '', customers desc, department
