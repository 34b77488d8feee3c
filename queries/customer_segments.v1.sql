-- name: customer_segments
-- version: 1
-- title: Segments of a split
-- description: The segment of every customer who has a value of the attribute split by; no rows without a split.
-- uses: customer_attributes
-- param: breakdown attribute = null | split by this customer attribute
-- param: top int = 20 | with a split, this many of the largest segments; the rest together as (other)
-- column: customer integer | the customer
-- column: segment varchar | the attribute's value, or (other)
-- change: 1 2026-11-24 first version
with

    ranked as (
        select value, row_number() over (order by count(*) desc, value) as place
        from customer_attributes
        where attribute = $breakdown::varchar
        group by value
    ),

    final as (
        select
            customer_attributes.customer,
            case when ranked.place <= greatest($top, 1) then customer_attributes.value else '(other)' end as segment,
        from customer_attributes
        inner join ranked on customer_attributes.value = ranked.value
        where customer_attributes.attribute = $breakdown::varchar
    )

select *
from final
order by customer
