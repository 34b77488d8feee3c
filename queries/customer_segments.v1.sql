-- name: customer_segments
-- version: 1
-- title: Segments of a split
-- description: The segment of every customer who has a value of the attribute split by; no rows without a split.
-- uses: customer_attributes
-- param: breakdown attribute = null | split by this customer attribute
-- param: top int = 20 | with a split, this many of the largest segments; the rest together as (other)
-- column: customer integer | the customer
-- column: segment varchar | the attribute's value, or (other); with * as the split attribute, tab, value
-- change: 1 2026-11-24 first version
with

    ranked as (
        select
            attribute,
            value,
            row_number() over (partition by attribute order by count(*) desc, value) as place,
            count(*) over (partition by attribute) as values_held,
        from customer_attributes
        where $breakdown::varchar in (attribute, '*')
        group by attribute, value
    ),

    named as (
        select
            attribute,
            value,
            case
                when $breakdown::varchar = '*'
                then concat(attribute, chr(9), value)
                when place <= greatest($top, 1)
                then value
                else '(other)'
            end as segment,
        from ranked
        -- every attribute at once: those with few values, of which a customer has one each
        where $breakdown::varchar <> '*' or values_held between 2 and $top
    ),

    final as (
        select customer_attributes.customer, named.segment
        from customer_attributes
        inner join named on customer_attributes.attribute = named.attribute and customer_attributes.value = named.value
    )

select *
from final
order by customer, segment
