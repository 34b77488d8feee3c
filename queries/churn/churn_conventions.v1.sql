-- name: churn_conventions
-- version: 1
-- title: One churn, several conventions
-- description: The churn rate of one period by customer, from totals, and as known tools count it, from the same ids.
-- section: Churn conventions
-- needs: churn_balance.v1
-- param: in_period date = null | Period | first day of the period; null: the last complete one
-- picked: in_period
-- column: convention varchar | Convention | the way of counting
-- column: period date | Period | first day of the period
-- column: counted bigint | Counted as lost | what it counts as lost: of those at the beginning, and what the
-- following columns add
-- column: joined_and_left bigint | Joined and left | of these: joined and left in the period
-- column: returned_and_left bigint | Returned and left | of these: came back and left in the period
-- column: again bigint | Lost and back | of these: lost and back again in the period, or lost more than once
-- column: returned bigint | Returned | taken off: customers who came back, whom totals cannot tell from those kept
-- column: base bigint | Divided by | what it divides by
-- column: churn_rate double % | Churn rate | counted / base
-- column: difference double % | Difference | churn_rate minus that by customer
-- picture: churn_rate, counted, base
-- change: 1 2026-11-24 first version
with

    totals as (
        select
            period,
            sum(opening_customers)::bigint as opening,
            sum(new_customers)::bigint as new,
            sum(returned_customers)::bigint as returned,
            sum(churned_customers)::bigint as churned,
            sum(opening_lost)::bigint as opening_lost,
            sum(joined_and_left)::bigint as joined_and_left,
            sum(returned_and_left)::bigint as returned_and_left,
            sum(lost_at_all)::bigint as lost_at_all,
            sum(losses)::bigint as losses,
        from churn_balance
        where
            period = coalesce($in_period::date, (select max(period) from churn_balance where complete and is_reported))
        group by period
    ),

    conventions as (
        select
            1 as position,
            'by_customer' as convention,
            period,
            0 as joined,
            0 as back,
            0 as again,
            0 as returned,
            opening as base,
            opening_lost
        from totals
        union all
        select 2, 'lost_of_start', period, joined_and_left, returned_and_left, 0, 0, opening, opening_lost
        from totals
        union all
        select 3, 'totals', period, joined_and_left, returned_and_left, 0, - returned, opening, opening_lost
        from totals
        union all
        select 4, 'totals_of_stayers', period, 0, returned_and_left, 0, - returned, opening, opening_lost
        from totals
        union all
        select 5, 'chartmogul', period, joined_and_left, returned_and_left, 0, 0, opening, opening_lost
        from totals
        union all
        select
            6,
            'baremetrics',
            period,
            joined_and_left,
            returned_and_left,
            lost_at_all - churned,
            0,
            opening,
            opening_lost
        from totals
        union all
        select 7, 'profitwell', period, 0, returned_and_left, 0, 0, opening, opening_lost
        from totals
        union all
        select 8, 'stripe', period, joined_and_left, returned_and_left, losses - churned, 0, opening + new, opening_lost
        from totals
    ),

    rates as (
        select
            *,
            opening_lost + joined + back + again + returned as counted,
            (opening_lost + joined + back + again + returned)::double / nullif(base, 0) as rate,
        from conventions
    ),

    final as (
        select
            convention,
            period,
            counted::bigint as counted,
            joined::bigint as joined_and_left,
            back::bigint as returned_and_left,
            again::bigint as again,
            returned::bigint as returned,
            base::bigint as base,
            rate as churn_rate,
            rate - first_value(rate) over (order by position) as difference,
            position,
        from rates
    )

select convention, period, counted, joined_and_left, returned_and_left, again, returned, base, churn_rate, difference
from final
order by position
