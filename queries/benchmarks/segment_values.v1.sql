-- name: segment_values
-- version: 1
-- title: A figure of each segment and of the rest
-- description: A figure of every segment in one period, beside that of all others together.
-- section: Segments against each other
-- needs: figures.v1
-- param: in_period date = null | Period | first day of the period looked at; null: the last whole one
-- choice: in_period null | The last whole one
-- param: smallest int(1..) = 30 | Smallest segment | smaller ones are shown, not compared
-- picked: in_period
-- column: segment varchar | the attribute's value, empty where there is none, (other)
-- column: number integer | the period's number
-- column: period date | first day of the period
-- column: value double | the figure of the segment
-- column: ci_low double | lower end of its 95 % interval
-- column: ci_high double | upper end
-- column: n bigint | customers, buyers, orders or answers it is made of
-- column: kind varchar | share (0 to 1), ratio, money, score or hours
-- column: error double | its standard error
-- column: is_large boolean | made of the smallest number compared, or more
-- column: overall double | the figure of all segments together; null for sums and medians
-- column: rest double | the figure of all other segments together
-- column: rest_n bigint | what that is made of
-- column: rest_error double | its standard error
-- change: 1 2026-12-01 first version
with

    -- periods that are over and settled for every segment that has them
    settled as (
        select number, min(period) as period, bool_or(is_reported) as is_reported,
        from figures
        where segment is not null and n > 0 and value is not null
        group by number
        having bool_and(whole)
    ),

    latest as (
        select coalesce(max(number) filter (period = $in_period::date), max(number) filter (is_reported)) as number,
        from settled
    ),

    rows as (
        select figures.*, (ci_high - ci_low) / 2 / 1.959964e0 as error, n >= $smallest as is_large,
        from figures
        inner join latest on figures.number = latest.number
        where figures.whole and figures.segment is not null and figures.value is not null and figures.n > 0
    ),

    -- sums, medians and what has no interval are held against nothing
    totals as (
        select
            *,
            kind not in ('hours', 'number', 'ratio') and $figure <> 'revenue' as has_rest,
            sum(n) over () as all_n,
            sum(n * value) over () as all_sum,
            sum(power(n * error, 2)) over () as all_errors,
        from rows
    ),

    rests as (
        select
            *,
            case when has_rest then all_sum / all_n end as overall,
            case when has_rest then (all_sum - n * value) / nullif(all_n - n, 0) end as rest,
            all_n - n as rest_n,
            case
                when all_n > n then sqrt(greatest(all_errors - power(n * error, 2), 0)) / (all_n - n)
            end as rest_error,
        from totals
    ),

    final as (
        select
            segment,
            number,
            period,
            value,
            ci_low,
            ci_high,
            n,
            kind,
            error,
            is_large,
            overall,
            rest,
            rest_n::bigint as rest_n,
            rest_error,
        from rests
    )

select *
from final
order by segment
