-- name: movers
-- version: 1
-- title: What moved a figure
-- description: The segments whose change moved a figure most between the last whole period and the one before.
-- section: Movers
-- needs: figures.v1, segment_names.v1
-- param: breakdown attribute = * | Split by | within this customer attribute; *: within every one with few values
-- param: most int(1..) = 3 | At most | how many segments
-- column: attribute varchar | Attribute | the customer attribute
-- column: segment varchar | Segment | its value
-- column: period date | Period | the last whole period
-- column: before double | Before | the figure of the segment in the period before
-- column: after double | After | in the last one
-- column: n_before bigint | Made of, before | what it was made of
-- column: n_after bigint | Made of, after | what it is made of
-- column: difference double | Difference | after - before
-- column: ci_low double % | 95 % from | of shares the lower end of its 95 % interval, Newcombe's; null for other
-- figures
-- column: ci_high double % | 95 % to | upper end
-- column: effect double | Effect on the whole | what it does to the figure of all: its difference, for rates and
-- means times its part of all
-- column: kind varchar | Kind | as in figures
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

    sums as (
        select
            *,
            sum(n_before) over (partition by attribute) as all_before,
            sum(n_after) over (partition by attribute) as all_after,
        from pairs
    ),

    differences as (
        select
            *,
            after - before as difference,
            case when kind = 'share' then newcombe_low(after, n_after, before, n_before) end as ci_low,
            case when kind = 'share' then newcombe_high(after, n_after, before, n_before) end as ci_high,
            case
                when adds_up
                then 1e0
                else (n_before::double / nullif(all_before, 0) + n_after::double / nullif(all_after, 0)) / 2
            end as weight,
        from sums
    ),

    effects as (
        select *, difference * weight as effect, sum(difference * weight) over (partition by attribute) as together,
        from differences
    ),

    -- a segment that moved the other way did not move a rate or mean; medians are not made of those of segments
    ranked as (
        select *, row_number() over (order by abs(effect) desc, attribute, segment) as position,
        from effects
        where
            customers >= 30
            and difference <> 0
            and kind <> 'hours'
            and (adds_up or (n_before >= 30 and n_after >= 30 and sign(effect) = sign(together)))
    ),

    final as (
        select attribute, segment, period, before, after, n_before, n_after, difference, ci_low, ci_high, effect, kind,
        from ranked
        where position <= $most
    )

select *
from final
order by abs(effect) desc, attribute, segment
