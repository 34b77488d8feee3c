-- name: renewal_rate
-- version: 1
-- title: Renewals due
-- description: Of the customers whose paid term ends in a period, the share who renewed: in time, on any plan.
-- section: Renewal rate
-- needs: renewal_counts.v1, term_counts.v1, reported_periods.v1
-- column: segment varchar | Segment | the attribute's value, empty where there is none, (other); null without a split
-- column: period date | Period | its first day
-- column: due_customers bigint | Due | customers with a term that ends in it: an anniversary of the billing interval,
-- or the end
-- column: lost_customers bigint | Lost | of these, without a next subscription in time
-- column: renewal_rate double % | Renewal rate | 1 - lost_customers / due_customers
-- column: ci_low double % | 95 % from | lower end of its 95 % interval (Wilson)
-- column: ci_high double % | 95 % to | upper end
-- column: share_with_interval double % | With a billing interval | of all subscriptions, those whose billing interval
-- is known
-- column: complete boolean | Complete | the data cover the whole period, and who was lost in it is settled
-- sample: renewal_rate = due_customers, ci_low, ci_high
-- metric: renewal_rate = renewal_rate annual where grain=year, years=settled
-- picture: renewal_rate, due_customers
-- change: 1 2026-11-24 first version
with

    known as (select known::double / nullif(subscriptions, 0) as share from term_counts),

    rates as (select renewal_counts.*, 1 - lost_customers::double / due_customers as rate from renewal_counts),

    final as (
        select
            rates.segment,
            reported_periods.period,
            rates.due_customers,
            rates.lost_customers,
            rates.rate as renewal_rate,
            wilson_low(rates.rate, rates.due_customers) as ci_low,
            wilson_high(rates.rate, rates.due_customers) as ci_high,
            known.share as share_with_interval,
            reported_periods.complete and reported_periods.last_day <= scope.churn_to as complete,
        from rates
        inner join reported_periods on rates.number = reported_periods.number
        cross join known
        cross join scope
        where reported_periods.is_reported
    )

select *
from final
order by segment, period
