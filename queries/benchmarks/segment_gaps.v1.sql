-- name: segment_gaps
-- version: 1
-- title: Segments against the rest
-- description: A figure of every segment in one period, its gap to all others, corrected for how many are compared, and
-- what closing it would be worth.
-- section: Segments against each other
-- needs: period_revenue.v1 if money in shown
-- needs: segment_values.v1, reported_periods.v1
-- param: money choice(shown, left_out) = left_out | Money | whether what a gap is worth is told in money too
-- choice: money shown | Shown
-- choice: money left_out | Left out
-- column: segment varchar | Segment | the attribute's value, empty where there is none, (other)
-- column: period date | Period | first day of the period
-- column: value double | Value | the figure of the segment
-- column: ci_low double | 95 % from | lower end of its 95 % interval
-- column: ci_high double | 95 % to | upper end
-- column: n bigint | Made of | customers, buyers, orders or answers it is made of
-- column: kind varchar | Kind | share (0 to 1), ratio, money, score or hours
-- column: overall double | All | the figure of all segments together
-- column: rest double | The rest | the figure of all other segments together
-- column: gap double | Gap | value - rest
-- column: gap_low double | Gap 95 % from | lower end of its 95 % interval
-- column: gap_high double | Gap 95 % to | upper end
-- column: p_value double | p | how probable such a gap is by chance alone
-- column: q_value double | q | p corrected for how many segments are compared (Benjamini and Hochberg)
-- column: shrunk double | Shrunk | the value drawn towards that of all, the more the smaller the segment
-- column: at_stake double | Customers at stake | customers who would stay, come back or renew if a worse segment were
-- like all; null for other figures
-- column: money_at_stake double money | Money at stake | what so many of its customers bring in a month; of churn and
-- retention rates
-- picture: value
-- change: 1 2026-12-01 first version
with

    gaps as (
        select
            *,
            value - rest as gap,
            sqrt(power(error, 2) + power(rest_error, 2)) as gap_error,
            case
                when kind = 'share'
                then (value - rest) / nullif(sqrt(overall * (1 - overall) * (1e0 / n + 1e0 / nullif(rest_n, 0))), 0)
                else (value - rest) / nullif(sqrt(power(error, 2) + power(rest_error, 2)), 0)
            end as z,
            power(error, 2) as noise,
            -- what segments differ by beyond what chance brings
            greatest(
                var_samp(value) filter (is_large) over () - avg(power(error, 2)) filter (is_large) over (), 0
            ) as spread,
        from segment_values
    ),

    ranked as (
        select
            *,
            case when is_compared then probability_by_chance(z) end as p,
            row_number() over (order by case when is_compared then abs(z) end desc nulls last, segment) as place,
            count(*) filter (is_compared) over () as compared,
        from
            (
                select
                    *,
                    -- a test of shares that expects fewer than five on a side says little
                    coalesce(
                        is_large
                        and rest_n >= $smallest
                        and z is not null
                        and (kind <> 'share' or least(overall, 1 - overall) * least(n, rest_n) >= 5),
                        false
                    ) as is_compared,
                from gaps
            )
    ),

    corrected as (
        select
            *,
            min(p * compared / place) over (order by place desc rows unbounded preceding) as q,
            -- by how much a worse segment lies off what all have; of figures that say who stays
            case
                when $figure = 'churn_rate'
                then greatest(value - overall, 0)
                when $figure in ('retention_rate', 'renewal_rate') or starts_with($figure, 'retained_')
                then greatest(overall - value, 0)
            end as worse,
        from ranked
    ),

    final as (
        select
            corrected.segment,
            corrected.period,
            corrected.value,
            corrected.ci_low,
            corrected.ci_high,
            corrected.n,
            corrected.kind,
            corrected.overall,
            corrected.rest,
            corrected.gap,
            case
                when corrected.kind = 'share'
                then newcombe_low(corrected.value, corrected.n, corrected.rest, corrected.rest_n)
                else corrected.gap - 1.959964e0 * corrected.gap_error
            end as gap_low,
            case
                when corrected.kind = 'share'
                then newcombe_high(corrected.value, corrected.n, corrected.rest, corrected.rest_n)
                else corrected.gap + 1.959964e0 * corrected.gap_error
            end as gap_high,
            corrected.p as p_value,
            case when corrected.p is not null then least(corrected.q, 1) end as q_value,
            corrected.overall
            + (corrected.value - corrected.overall)
            * corrected.spread
            / nullif(corrected.spread + corrected.noise, 0) as shrunk,
            corrected.worse * corrected.n as at_stake,
            case
                when $money = 'shown' and $figure in ('churn_rate', 'retention_rate')
                then corrected.worse * period_revenue.revenue::double * 365 / 12 / reported_periods.days
            end as money_at_stake,
        from corrected
        inner join reported_periods on corrected.number = reported_periods.number
        left join
            period_revenue on corrected.segment = period_revenue.segment and corrected.period = period_revenue.period
    )

select *
from final
order by value desc, segment
