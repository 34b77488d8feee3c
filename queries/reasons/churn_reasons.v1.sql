-- name: churn_reasons
-- version: 1
-- title: Churn reasons
-- description: Lost customers, and what they cost, by the reasons they stated; those of whom none is known are a row of
-- their own.
-- section: Churn reasons
-- needs: reason_counts.v1
-- column: segment varchar | Segment | the attribute's value, empty where there is none, (other); null without a split
-- column: period date | Period | its first day; null for all days, and for losses without a day
-- column: kind varchar | Kind | voluntary, involuntary or ours; empty where nothing tells
-- column: reason varchar | Reason | the reason, its group, or who can act on it; empty where none is known, unassigned
-- where it has no place in the list
-- column: customers bigint | Lost customers | lost customers who stated it
-- column: share double % | Share of those lost | customers / churned_customers
-- column: ci_low double % | 95 % from | lower end of its 95 % interval (Wilson)
-- column: ci_high double % | 95 % to | upper end
-- column: share_of_stated double % | Share of those who stated one | customers / those lost of this kind who stated a
-- reason; null for the unknown
-- column: stated_low double % | Of those, 95 % from | lower end of its 95 % interval (Wilson)
-- column: stated_high double % | Of those, 95 % to | upper end
-- column: with_reason bigint | Reason stated | those lost of this kind who stated a reason
-- column: lost_revenue double money | Lost revenue | what they paid before leaving, as churn_reason_coverage says
-- column: share_of_revenue double % | Share of lost revenue | of all that was lost
-- column: cumulative_share double % | Mentions so far | of all mentions of reasons of this kind, those of this and
-- larger reasons; null where none is known
-- column: churned_customers bigint | All lost customers | everybody lost, whether they stated a reason or not
-- column: position bigint | Position | of the reason among all, by its mentions in all periods; null where none is
-- known
-- picture: customers, lost_revenue
-- sample: share_of_stated = with_reason, stated_low, stated_high
-- metric: churn_reason_share (price) = share_of_stated annual where kind=voluntary, reason=price
-- metric: churn_reason_share (service) = share_of_stated annual where kind=voluntary, reason=service
-- metric: churn_reason_share (competition) = share_of_stated annual where kind=voluntary, reason=competition
-- change: 1 2026-11-30 first version
with

    sums as (
        select
            segment,
            period,
            what,
            kind,
            reason,
            sum(customers)::bigint as customers,
            sum(lost_revenue)::double as lost_revenue,
        from reason_counts
        where what in ('reason', 'lost', 'told')
        group by segment, period, what, kind, reason
    ),

    told as (
        select
            sums.segment,
            sums.period,
            sums.kind,
            sums.reason,
            sums.customers,
            sums.customers::double / lost.customers as rate,
            sums.lost_revenue,
            sums.lost_revenue / nullif(lost.lost_revenue, 0) as share_of_revenue,
            lost.customers as churned_customers,
            lost.lost_revenue as all_revenue,
            known.customers as known,
        from sums
        inner join
            sums as lost
            on lost.what = 'lost'
            and sums.segment is not distinct from lost.segment
            and sums.period is not distinct from lost.period
        left join
            sums as known
            on known.what = 'told'
            and sums.segment is not distinct from known.segment
            and sums.period is not distinct from known.period
            and sums.kind = known.kind
        where sums.what = 'reason'
    ),

    counted as (
        select
            *,
            sum(customers) over (partition by reason) * (reason <> '')::integer as mentions,
            case when reason <> '' then customers::double / nullif(known, 0) end as stated,
        from told
    ),

    final as (
        select
            segment,
            period,
            kind,
            reason,
            customers,
            rate as share,
            wilson_low(rate, churned_customers) as ci_low,
            wilson_high(rate, churned_customers) as ci_high,
            stated as share_of_stated,
            wilson_low(stated, known) as stated_low,
            wilson_high(stated, known) as stated_high,
            known as with_reason,
            case when all_revenue > 0 then lost_revenue end as lost_revenue,
            case when all_revenue > 0 then share_of_revenue end as share_of_revenue,
            case
                when reason <> ''
                then
                    sum(customers) filter (reason <> '') over (
                        partition by segment, period, kind
                        order by customers desc, reason
                        rows between unbounded preceding and current row
                    )::double
                    / sum(customers) filter (reason <> '') over (partition by segment, period, kind)
            end as cumulative_share,
            churned_customers,
            case when reason <> '' then dense_rank() over (order by mentions desc, reason) end as position,
        from counted
    )

select *
from final
order by segment, period, kind desc, reason = '', customers desc, reason
