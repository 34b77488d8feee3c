-- name: lifecycle_counts
-- version: 1
-- title: New and kept customers by period
-- description: How many customers are active in each period with activity, for the first time, and again at once.
-- needs: active_periods.v1, customer_segments.v1
-- column: segment varchar | the attribute's value, empty where there is none, (other); null without a split
-- column: number integer | the period's number in the calendar
-- column: active_customers bigint | customers active in the period
-- column: kept_customers bigint | those of them active in the period before too
-- column: new_customers bigint | those of them active for the first time
-- change: 1 2026-11-24 first version
with

    -- a bit of kept_bits stands where that bit and the one before it do, the one before the first in the row before
    words as (
        select
            active_periods.customer,
            active_periods.block,
            active_periods.bits,
            active_periods.bits & ((active_periods.bits << 1) | coalesce((earlier.bits >> 59) & 1, 0)) as kept_bits,
        from active_periods
        left join
            active_periods as earlier
            on active_periods.customer = earlier.customer
            and active_periods.block = earlier.block + 60
    ),

    places as (select unnest(generate_series(0, 59)) as k),

    active as (
        select
            customer_segments.segment,
            (words.block + places.k)::integer as number,
            count(*) as customers,
            count(*) filter ((words.kept_bits >> places.k) & 1 = 1) as kept,
        from words
        cross join places
        left join customer_segments on words.customer = customer_segments.customer
        where (words.bits >> places.k) & 1 = 1
        group by customer_segments.segment, words.block + places.k
    ),

    first_periods as (
        select customer, min(block + bit_count((bits & - bits) - 1)) as number  -- the lowest bit
        from active_periods
        group by customer
    ),

    began as (
        select customer_segments.segment, first_periods.number, count(*) as customers,
        from first_periods
        left join customer_segments on first_periods.customer = customer_segments.customer
        group by customer_segments.segment, first_periods.number
    ),

    final as (
        select
            case when $breakdown::varchar is not null then coalesce(active.segment, '') end as segment,
            active.number,
            active.customers as active_customers,
            active.kept as kept_customers,
            coalesce(began.customers, 0) as new_customers,
        from active
        left join began on active.segment is not distinct from began.segment and active.number = began.number
    )

select *
from final
order by segment, number
