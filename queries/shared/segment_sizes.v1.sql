-- name: segment_sizes
-- version: 1
-- title: Customers by value
-- description: How many customers have each value of the attribute split by; with * of every attribute
-- but segments saved by a reader.
-- section: Segments and top
-- uses: customer_attributes
-- param: breakdown attribute = null | Split by | split by this customer attribute
-- choice: breakdown null | Nothing
-- adds: attribute, value
-- column: attribute varchar | the attribute
-- column: value varchar | its value
-- column: customers bigint | customers with that value
-- change: 1 2026-11-30 first version
with

    final as (
        select attribute, value, count(*) as customers
        from customer_attributes
        where $breakdown::varchar = attribute or ($breakdown::varchar = '*' and origin <> 'saved')
        group by attribute, value
    )

select *
from final
order by attribute, value
