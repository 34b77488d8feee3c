-- name: winback_rate
-- version: 1
-- title: Lost customers won back
-- description: Of the losses that lie twelve months back, the share after which the customer came back within twelve
-- months.
-- section: Win-back rate
-- needs: winback_counts.v1
-- column: segment varchar | Segment | the attribute's value, empty where there is none, (other); null without a split
-- column: lost bigint | Lost | losses with twelve whole months since, each time counted
-- column: returned bigint | Came back | of these, with a return within twelve months
-- column: winback_rate double % | Win-back rate | returned / lost
-- column: ci_low double % | 95 % from | lower end of its 95 % interval (Wilson)
-- column: ci_high double % | 95 % to | upper end
-- sample: winback_rate = lost, ci_low, ci_high
-- metric: winback_rate = winback_rate within 12 months
-- change: 1 2026-12-01 first version
with

    sums as (
        select segment, sum(lost)::bigint as lost, sum(returned)::bigint as returned,
        from winback_counts
        where is_settled
        group by segment
    ),

    rated as (select *, returned::double / nullif(lost, 0) as rate from sums),

    final as (
        select
            segment,
            lost,
            returned,
            rate as winback_rate,
            wilson_low(rate, lost) as ci_low,
            wilson_high(rate, lost) as ci_high,
        from rated
    )

select *
from final
order by segment
