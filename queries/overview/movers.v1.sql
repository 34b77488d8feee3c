-- name: movers
-- version: 1
-- title: What moved a figure
-- description: The segments whose change moved a figure most between the last whole period and the one before.
-- needs: figures.v1, segment_names.v1
-- param: breakdown attribute = * | within this customer attribute; *: within every one with few values
-- param: most int = 3 | how many segments
-- column: attribute varchar | the customer attribute
-- column: segment varchar | its value
-- column: period date | the last whole period
-- column: before double | the figure of the segment in the period before
-- column: after double | in the last one
-- column: n_before bigint | what it was made of
-- column: n_after bigint | what it is made of
-- column: difference double | after - before
-- column: ci_low double | of shares the lower end of its 95 % interval, Newcombe's; null for other figures
-- column: ci_high double | upper end
-- column: effect double | what it does to the figure of all: its difference, for rates and means times its part of all
-- column: kind varchar | as in figures
-- change: 1 2026-11-24 first version
with

    sizes as (select segment, sum(customers) as customers from segment_names group by segment),

    latest as (select max(number) as number from figures where whole and is_reported and value is not null),

    pairs as (
        select
            case
                when $breakdown::varchar = '*' then split_part(figures.segment, chr(9), 1) else $breakdown::varchar
            end as attribute,
            case
                when $breakdown::varchar = '*' then split_part(figures.segment, chr(9), 2) else figures.segment
            end as segment,
            figures.period,
            before.value as before,
            figures.value as after,
            before.n as n_before,
            figures.n as n_after,
            figures.kind,
            figures.kind = 'number' or $figure = 'revenue' as adds_up,
            sizes.customers,
        from figures
        inner join latest on figures.number = latest.number
        inner join figures as before on figures.segment = before.segment and figures.number = before.number + 1
        inner join sizes on figures.segment = sizes.segment
        where figures.whole and before.whole
    ),

    -- z squared over n, of shares only
    spread as (
        select
            *,
            case when kind = 'share' then 3.841459e0 / nullif(n_before, 0) end as z0,
            case when kind = 'share' then 3.841459e0 / nullif(n_after, 0) end as z1,
        from pairs
    ),

    -- the Wilson interval of each share
    intervals as (
        select
            *,
            sum(n_before) over (partition by attribute) as all_before,
            sum(n_after) over (partition by attribute) as all_after,
            (before + z0 / 2 - sqrt(z0 * (before * (1 - before) + z0 / 4))) / (1 + z0) as before_low,
            (before + z0 / 2 + sqrt(z0 * (before * (1 - before) + z0 / 4))) / (1 + z0) as before_high,
            (after + z1 / 2 - sqrt(z1 * (after * (1 - after) + z1 / 4))) / (1 + z1) as after_low,
            (after + z1 / 2 + sqrt(z1 * (after * (1 - after) + z1 / 4))) / (1 + z1) as after_high,
        from spread
    ),

    differences as (
        select
            *,
            after - before as difference,
            after
            - before
            - sqrt(
                (after - after_low) * (after - after_low) + (before_high - before) * (before_high - before)
            ) as ci_low,
            after
            - before
            + sqrt(
                (after_high - after) * (after_high - after) + (before - before_low) * (before - before_low)
            ) as ci_high,
            case
                when adds_up
                then 1e0
                else (n_before::double / nullif(all_before, 0) + n_after::double / nullif(all_after, 0)) / 2
            end as weight,
        from intervals
    ),

    ranked as (
        select
            *,
            difference * weight as effect,
            row_number() over (order by abs(difference * weight) desc, attribute, segment) as place,
        from differences
        where customers >= 30 and difference <> 0 and (adds_up or (n_before >= 30 and n_after >= 30))
    ),

    final as (
        select attribute, segment, period, before, after, n_before, n_after, difference, ci_low, ci_high, effect, kind,
        from ranked
        where place <= $most
    )

select *
from final
order by abs(effect) desc, attribute, segment
