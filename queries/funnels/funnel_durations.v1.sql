-- name: funnel_durations
-- version: 1
-- title: Time of every customer between two steps
-- description: How long every customer who reached a step took from an earlier one, by the attempt that counts.
-- section: Funnel durations
-- needs: funnel_attempts.v1
-- param: steps events | Steps | the steps in their order, at most ten
-- param: from_step int(1..10) = 1 | From step | the step counted from
-- param: to_step int(1..10) = null | To step | the step counted to; null: the last
-- column: customer integer | the customer
-- column: segment varchar | the attribute's value, empty where there is none, (other); null without a split
-- column: microseconds bigint | from the one step to the other
-- change: 1 2026-11-24 first version
with

    final as (
        select
            customer,
            segment,
            epoch_us(reached_at[coalesce($to_step, array_length($steps::varchar[]))])
            - epoch_us(reached_at[$from_step]) as microseconds,
        from funnel_attempts
        where
            level >= coalesce($to_step, array_length($steps::varchar[]))
            and $from_step between 1 and coalesce($to_step, array_length($steps::varchar[]))
    )

select *
from final
order by customer
