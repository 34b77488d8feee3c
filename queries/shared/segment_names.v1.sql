-- name: segment_names
-- version: 1
-- title: Segments by size
-- description: The segment of each value of the attribute split by, the largest by name; no rows without a split.
-- section: Segments and top
-- needs: segment_sizes.v1
-- param: breakdown attribute = null | Split by | split by this customer attribute
-- choice: breakdown null | Nothing
-- param: top int(1..) = 20 | Segments shown apart | with a split, this many of the largest segments; the rest
-- together as (other)
-- column: attribute varchar | the attribute
-- column: value varchar | its value
-- column: segment varchar | the attribute's value, or (other); with * as the split attribute, tab, value
-- column: customers bigint | customers with that value
-- change: 1 2026-11-30 first version
with

    ranked as (
        select
            attribute,
            value,
            customers,
            row_number() over (partition by attribute order by customers desc, value) as rank,
            count(*) over (partition by attribute) as values_held,
        from segment_sizes
    ),

    final as (
        select
            attribute,
            value,
            case
                when $breakdown::varchar = '*'
                then concat(attribute, chr(9), value)
                when rank <= greatest($top, 1)
                then value
                else '(other)'
            end as segment,
            customers,
        from ranked
        -- every attribute at once: those with few values, of which a customer has one each
        where $breakdown::varchar <> '*' or values_held between 2 and $top
    )

select *
from final
order by attribute, value
