-- name: cohort_comparison
-- version: 1
-- title: Two segments compared
-- description: Retention of two segments by periods since the start, with the interval of their difference.
-- section: Difference of two segments
-- needs: cohort_counts.v1
-- param: segment_a text = null | First segment | one segment of the split
-- param: segment_b text = null | Second segment | the other
-- column: period integer | Period | periods since the start
-- column: customers_a bigint | Customers, first | customers of the one segment whose period is complete
-- column: retained_a bigint | Came back, first | those of them who came back
-- column: retention_a double % | Retention, first | retained_a / customers_a
-- column: customers_b bigint | Customers, second | customers of the other
-- column: retained_b bigint | Came back, second | those of them who came back
-- column: retention_b double % | Retention, second | retained_b / customers_b
-- column: difference double % | Difference | retention_a - retention_b
-- column: ci_low double % | 95 % from | lower end of its 95 % interval, Newcombe's from two Wilson intervals
-- column: ci_high double % | 95 % to | upper end
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
        select *, retained_a::double / customers_a as a, retained_b::double / customers_b as b,
        from totals
        where customers_a > 0 and customers_b > 0
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
            newcombe_low(a, customers_a, b, customers_b) as ci_low,
            newcombe_high(a, customers_a, b, customers_b) as ci_high,
        from rates
    )

select *
from final
order by period
