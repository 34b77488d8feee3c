-- name: churn_reason_coverage
-- version: 1
-- title: How many reasons are known
-- description: How many lost customers, and how much of the money lost with them, have a known reason.
-- section: Churn reasons
-- needs: reason_counts.v1 with breakdown = null, grain = all
-- column: churned_customers bigint | Lost customers | everybody lost in the days chosen, each once
-- column: with_reason bigint | With a reason | of these, with a reason
-- column: with_comment bigint | With a comment | of these, with a comment
-- column: coverage double % | Reason known | with_reason / churned_customers
-- column: ci_low double % | 95 % from | lower end of its 95 % interval (Wilson)
-- column: ci_high double % | 95 % to | upper end
-- column: lost_revenue double money | Lost revenue | what they paid before leaving
-- column: coverage_of_revenue double % | Of revenue | the part of it lost with a known reason
-- column: with_several bigint | With several reasons | of these, with more than one reason
-- column: voluntary bigint | Chose to leave | of these, by their own choice
-- column: involuntary bigint | Payment failed | of these, because a payment failed or was disputed
-- column: ours bigint | Ended by the company | of these, whom the company closed out
-- column: unassigned bigint | Not assigned | of these, with a reason that has no place in the list
-- column: involuntary_share double % | Payment failed, share | involuntary / those of whom is known who ended it;
-- null where the data know of none who did not choose it
-- column: involuntary_low double % | Its 95 % from | lower end of its 95 % interval (Wilson)
-- column: involuntary_high double % | Its 95 % to | upper end
-- column: with_kind bigint | Known who ended it | those lost of whom is known who ended it
-- column: outside bigint | Statements of no loss | exits and the like of customers who were not lost near their day
-- column: without_money bigint | Without money | of these, of whom no money is known
-- column: undated bigint | Without a day | of these, marked as lost without a day
-- column: money_of varchar | Money from | subscriptions, monthly_value, spend, or several; null without money
-- sample: involuntary_share = with_kind, involuntary_low, involuntary_high
-- metric: involuntary_churn_share = involuntary_share annual
-- change: 1 2026-11-30 first version
with

    sums as (
        select
            coalesce(sum(customers) filter (what = 'lost'), 0)::bigint as churned_customers,
            coalesce(sum(customers) filter (what = 'stated'), 0)::bigint as with_reason,
            coalesce(sum(customers) filter (what = 'comment'), 0)::bigint as with_comment,
            sum(lost_revenue) filter (what = 'lost')::double as lost_revenue,
            coalesce(sum(lost_revenue) filter (what = 'stated'), 0)::double as known_revenue,
            coalesce(sum(customers) filter (what = 'several'), 0)::bigint as with_several,
            coalesce(sum(customers) filter (what = 'kind' and kind = 'voluntary'), 0)::bigint as voluntary,
            coalesce(sum(customers) filter (what = 'kind' and kind = 'involuntary'), 0)::bigint as involuntary,
            coalesce(sum(customers) filter (what = 'kind' and kind = 'ours'), 0)::bigint as ours,
            coalesce(sum(customers) filter (what = 'kinded'), 0)::bigint as with_kind,
            coalesce(sum(customers) filter (what = 'mention' and reason = 'unassigned'), 0)::bigint as unassigned,
            coalesce(sum(customers) filter (what = 'outside'), 0)::bigint as outside,
            coalesce(sum(customers) filter (what = 'undated'), 0)::bigint as undated,
            coalesce(sum(customers) filter (what = 'money'), 0)::bigint as with_money,
            count(distinct reason) filter (what = 'money') as moneys,
            min(reason) filter (what = 'money') as money_of,
        from reason_counts
    ),

    known as (select *, case when involuntary + ours > 0 then involuntary::double / with_kind end as forced, from sums),

    final as (
        select
            churned_customers,
            with_reason,
            with_comment,
            with_reason::double / nullif(churned_customers, 0) as coverage,
            wilson_low(with_reason::double / nullif(churned_customers, 0), churned_customers) as ci_low,
            wilson_high(with_reason::double / nullif(churned_customers, 0), churned_customers) as ci_high,
            case when moneys > 0 and lost_revenue > 0 then lost_revenue end as lost_revenue,
            case when moneys > 0 and lost_revenue > 0 then known_revenue / lost_revenue end as coverage_of_revenue,
            with_several,
            voluntary,
            involuntary,
            ours,
            unassigned,
            forced as involuntary_share,
            wilson_low(forced, with_kind) as involuntary_low,
            wilson_high(forced, with_kind) as involuntary_high,
            with_kind,
            outside,
            churned_customers - with_money as without_money,
            undated,
            case when moneys > 1 then 'several' else money_of end as money_of,
        from known
    )

select *
from final
order by churned_customers
