-- name: churn_change
-- version: 1
-- title: What changed the churn rate
-- description: The change between two periods, split exactly into other customers (mix) and other rates, by segment.
-- section: Change of the churn rate
-- needs: churn_balance.v1, reported_periods.v1
-- param: grain choice(day, week, month, quarter, year) = month | Period | size of a period
-- choice: grain day | Day
-- choice: grain week | Week
-- choice: grain month | Month
-- choice: grain quarter | Quarter
-- choice: grain year | Year
-- param: in_period date = null | Period | first day of the later period; null: the last complete one
-- param: against choice(period_before, year_before) = period_before | Compared with | the earlier period
-- choice: against period_before | The period before
-- choice: against year_before | The same period last year
-- picked: in_period
-- column: segment varchar | Segment | the attribute's value, empty where there is none, (other); null without a split
-- column: period_before date | Period before | first day of the earlier period
-- column: period date | Period | first day of the later period
-- column: opening_before bigint | Customers before | customers of the segment when the earlier period begins
-- column: opening_customers bigint | Customers at the beginning | customers of the segment when the later one begins
-- column: churn_rate_before double % | Churn rate before | their churn rate in the earlier period
-- column: churn_rate double % | Churn rate | their churn rate in the later one
-- column: mix double % | By its share | part of the change that comes from the segment's share of customers
-- column: rate double % | By its rate | part of the change that comes from the segment's rate
-- column: mix_customers double | By its share, customers | mix, in lost customers of the later period
-- column: rate_customers double | By its rate, customers | rate, in lost customers of the later period
-- column: total_before double % | Rate before, of the whole | churn rate of all in the earlier period
-- column: total double % | Change of the whole | churn rate of all in the later one; total - total_before is the sum
-- of all mix and rate
-- change: 1 2026-11-24 first version
with

    later as (
        select number, period
        from reported_periods
        where
            period = coalesce($in_period::date, (select max(period) from churn_balance where complete and is_reported))
    ),

    earlier as (
        select reported_periods.number, reported_periods.period
        from reported_periods
        cross join later
        where
            reported_periods.number
            = later.number
            - case
                when $against = 'period_before'
                then 1
                when $grain = 'day'
                then 364
                when $grain = 'week'
                then 52
                when $grain = 'month'
                then 12
                when $grain = 'quarter'
                then 4
                else 1
            end
    ),

    pairs as (
        select
            churn_balance.segment,
            sum(churn_balance.opening_customers) filter (
                churn_balance.period = earlier.period and churn_balance.can_lose
            )::double as s0,
            sum(churn_balance.opening_lost) filter (
                churn_balance.period = earlier.period and churn_balance.can_lose
            )::double as l0,
            sum(churn_balance.opening_customers) filter (churn_balance.period = later.period)::double as s1,
            sum(churn_balance.opening_lost) filter (churn_balance.period = later.period)::double as l1,
        from churn_balance
        cross join earlier
        cross join later
        group by churn_balance.segment
    ),

    totals as (
        select *, sum(s0) over () as all0, sum(s1) over () as all1, sum(l0) over () as lost0, sum(l1) over () as lost1,
        from pairs
        where s0 > 0 or s1 > 0
    ),

    -- a segment new or gone has the rate of all in the period it is missing from
    rates as (
        select
            *,
            s0 / nullif(all0, 0) as w0,
            s1 / nullif(all1, 0) as w1,
            coalesce(l0 / nullif(s0, 0), lost0 / nullif(all0, 0)) as r0,
            coalesce(l1 / nullif(s1, 0), lost1 / nullif(all1, 0)) as r1,
        from totals
    ),

    final as (
        select
            rates.segment,
            earlier.period as period_before,
            later.period,
            rates.s0::bigint as opening_before,
            rates.s1::bigint as opening_customers,
            rates.l0 / nullif(rates.s0, 0) as churn_rate_before,
            rates.l1 / nullif(rates.s1, 0) as churn_rate,
            (rates.w1 - rates.w0) * (rates.r0 + rates.r1) / 2 as mix,
            (rates.r1 - rates.r0) * (rates.w0 + rates.w1) / 2 as rate,
            (rates.w1 - rates.w0) * (rates.r0 + rates.r1) / 2 * rates.all1 as mix_customers,
            (rates.r1 - rates.r0) * (rates.w0 + rates.w1) / 2 * rates.all1 as rate_customers,
            rates.lost0 / nullif(rates.all0, 0) as total_before,
            rates.lost1 / nullif(rates.all1, 0) as total,
        from rates
        cross join earlier
        cross join later
    )

select *
from final
order by abs(mix + rate) desc nulls last, segment
