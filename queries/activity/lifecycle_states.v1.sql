-- name: lifecycle_states
-- version: 1
-- title: New, kept, returned and dormant customers
-- description: The state of every customer known: new + kept + returned = active, active + dormant = known.
-- section: Lifecycle states
-- needs: lifecycle_counts.v1, reported_periods.v1, periods.v1
-- column: segment varchar | Segment | the attribute's value, empty where there is none, (other); null without a split
-- column: period date | Period | first day of the period
-- column: new_customers bigint | New | active in the period for the first time ever
-- column: kept_customers bigint | Kept | active in the period and in the one before
-- column: returned_customers bigint | Returned | active in the period, not in the one before, but earlier
-- column: active_customers bigint | Active customers | active in the period: new + kept + returned
-- column: dormant_customers bigint | Dormant | active in an earlier period, not in this one
-- column: known_customers bigint | Known customers | active in this or an earlier period: active + dormant
-- column: active_before bigint | Active in the period before | customers active in the period before
-- column: kept_rate double % | Share kept | kept / active in the period before, 0 to 1
-- column: ci_low double % | 95 % from | lower end of its 95 % Wilson interval
-- column: ci_high double % | 95 % to | upper end
-- column: complete boolean | Complete | the data cover the whole period
-- picture: new_customers, kept_customers, returned_customers, active_customers, dormant_customers
-- change: 1 2026-11-24 first version
with

    numbers as (select distinct number from periods where number >= (select min(number) from lifecycle_counts)),

    segments as (select distinct segment from lifecycle_counts),

    counted as (
        select
            segments.segment,
            numbers.number,
            coalesce(lifecycle_counts.active_customers, 0) as active,
            coalesce(lifecycle_counts.kept_customers, 0) as kept,
            coalesce(lifecycle_counts.new_customers, 0) as new,
        from segments
        cross join numbers
        left join
            lifecycle_counts
            on segments.segment is not distinct from lifecycle_counts.segment
            and numbers.number = lifecycle_counts.number
    ),

    -- over all periods, so that what lies before those reported is known
    followed as (
        select
            *,
            (sum(new) over (partition by segment order by number))::bigint as known,
            lag(active) over (partition by segment order by number) as active_before,
        from counted
    ),

    rated as (select *, kept::double / nullif(active_before, 0) as rate from followed),

    final as (
        select
            rated.segment,
            reported_periods.period,
            rated.new as new_customers,
            rated.kept as kept_customers,
            rated.active - rated.kept - rated.new as returned_customers,
            rated.active as active_customers,
            rated.known - rated.active as dormant_customers,
            rated.known as known_customers,
            rated.active_before,
            rated.rate as kept_rate,
            wilson_low(rated.rate, rated.active_before) as ci_low,
            wilson_high(rated.rate, rated.active_before) as ci_high,
            reported_periods.complete,
        from rated
        inner join reported_periods on rated.number = reported_periods.number
        where reported_periods.is_reported
    )

select *
from final
order by segment, period
