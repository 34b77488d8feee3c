-- name: customer_segments
-- version: 1
-- title: Segments of a split
-- description: The segment of every customer who has a value of the attribute split by; no rows without a split.
-- section: Segments and top
-- needs: segment_names.v1 if breakdown
-- uses: customer_attributes
-- column: customer integer | the customer
-- column: segment varchar | the attribute's value, or (other); with * as the split attribute, tab, value
-- change: 1 2026-11-24 first version
with

    final as (
        select customer_attributes.customer, segment_names.segment
        from customer_attributes
        inner join
            segment_names
            on customer_attributes.attribute = segment_names.attribute
            and customer_attributes.value = segment_names.value
    )

select *
from final
order by customer, segment
