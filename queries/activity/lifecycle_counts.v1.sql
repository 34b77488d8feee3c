-- name: lifecycle_counts
-- version: 1
-- title: New and kept customers by period
-- description: How many customers are active in each period with activity, for the first time, and again at once.
-- section: Lifecycle states
-- needs: active_periods.v1, customer_segments.v1
-- adds: segment, number
-- column: segment varchar | the attribute's value, empty where there is none, (other); null without a split
-- column: number integer | the period's number in the calendar
-- column: active_customers bigint | customers active in the period
-- column: kept_customers bigint | those of them active in the period before too
-- column: new_customers bigint | those of them active for the first time
-- change: 1 2026-11-24 first version
with

    last_bits as (select customer, block + 60 as block, 1 as bit from active_periods where (bits >> 59) & 1 = 1),

    -- moved up by one: bit 0 is the last period of the block before
    words as (
        select
            customer_segments.segment,
            active_periods.block,
            (active_periods.bits << 1) | coalesce(last_bits.bit, 0) as bits,
        from active_periods
        left join last_bits on active_periods.customer = last_bits.customer and active_periods.block = last_bits.block
        left join customer_segments on active_periods.customer = customer_segments.customer
    ),

    parts as (select unnest(generate_series(0, 4)) as part),

    -- counted together by what they did in twelve periods and the one before, which are far fewer rows to take apart
    patterns as (
        select
            words.segment,
            words.block + parts.part * 12 as block,
            (words.bits >> (parts.part * 12)) & 8191 as bits,
            count(*) as customers,
        from words
        cross join parts
        where (words.bits >> (parts.part * 12)) & 8191 > 1
        group by 1, 2, 3
    ),

    positions as (select unnest(generate_series(1, 12)) as k),

    active as (
        select
            patterns.segment,
            (patterns.block + positions.k - 1)::integer as number,
            sum(patterns.customers)::bigint as customers,
            coalesce(sum(patterns.customers) filter ((patterns.bits >> (positions.k - 1)) & 1 = 1), 0)::bigint as kept,
        from patterns
        cross join positions
        where (patterns.bits >> positions.k) & 1 = 1
        group by 1, 2
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
