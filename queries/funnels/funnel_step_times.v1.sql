-- name: funnel_step_times
-- version: 1
-- title: Times from step to step, counted
-- description: How many customers took how long from the step before, by the attempt that counts.
-- section: Funnel conversion
-- needs: funnel_attempts.v1
-- param: steps events | Steps | the steps in their order, at most ten
-- adds: segment, step, microseconds
-- column: segment varchar | the attribute's value, empty where there is none, (other); null without a split
-- column: step integer | 2, 3, …
-- column: microseconds bigint | time from the step before
-- column: customers bigint | customers who took so long
-- change: 1 2026-11-30 first version
with

    chosen as (select unnest(generate_series(2, array_length($steps::varchar[])))::integer as step),

    final as (
        select
            attempts.segment,
            chosen.step,
            epoch_us(attempts.reached_at[chosen.step]) - epoch_us(attempts.reached_at[chosen.step - 1]) as microseconds,
            count(*) as customers,
        from funnel_attempts as attempts
        inner join chosen on attempts.level >= chosen.step
        group by 1, 2, 3
    )

select *
from final
order by segment, step, microseconds
