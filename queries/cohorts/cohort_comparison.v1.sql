-- name: cohort_comparison
-- version: 1
-- title: Two segments compared
-- description: Retention of two segments by periods since the start, with the interval of their difference.
-- needs: cohort_counts.v1
-- param: segment_a text = null | one segment of the split
-- param: segment_b text = null | the other
-- column: period integer | periods since the start
-- column: customers_a bigint | customers of the one segment whose period is complete
-- column: retained_a bigint | those of them who came back
-- column: retention_a double | retained_a / customers_a
-- column: customers_b bigint | customers of the other
-- column: retained_b bigint | those of them who came back
-- column: retention_b double | retained_b / customers_b
-- column: difference double | retention_a - retention_b
-- column: ci_low double | lower end of its 95 % interval, Newcombe's from two Wilson intervals
-- column: ci_high double | upper end
-- change: 1 2026-11-23 first version
with

    totals as (
        select
            period,
            sum(eligible) filter (segment = $segment_a::varchar)::bigint as customers_a,
            sum(eligible_retained) filter (segment = $segment_a::varchar)::bigint as retained_a,
            sum(eligible) filter (segment = $segment_b::varchar)::bigint as customers_b,
            sum(eligible_retained) filter (segment = $segment_b::varchar)::bigint as retained_b,
        from cohort_counts
        where eligible > 0
        group by period
    ),

    rates as (
        select
            *,
            retained_a::double / customers_a as a,
            retained_b::double / customers_b as b,
            3.841459e0 / customers_a as za,  -- z squared over n
            3.841459e0 / customers_b as zb,
        from totals
        where customers_a > 0 and customers_b > 0
    ),

    -- the Wilson interval of each share
    intervals as (
        select
            *,
            (a + za / 2 - sqrt(za * (a * (1 - a) + za / 4))) / (1 + za) as a_low,
            (a + za / 2 + sqrt(za * (a * (1 - a) + za / 4))) / (1 + za) as a_high,
            (b + zb / 2 - sqrt(zb * (b * (1 - b) + zb / 4))) / (1 + zb) as b_low,
            (b + zb / 2 + sqrt(zb * (b * (1 - b) + zb / 4))) / (1 + zb) as b_high,
        from rates
    ),

    final as (
        select
            period,
            customers_a,
            retained_a,
            a as retention_a,
            customers_b,
            retained_b,
            b as retention_b,
            a - b as difference,
            a - b - sqrt((a - a_low) * (a - a_low) + (b_high - b) * (b_high - b)) as ci_low,
            a - b + sqrt((a_high - a) * (a_high - a) + (b - b_low) * (b - b_low)) as ci_high,
        from intervals
    )

select *
from final
order by period
