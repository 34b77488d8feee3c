-- name: winback_counts
-- version: 1
-- title: Lost customers by whether they came back
-- description: Losses of each period, and how many of those customers came back within twelve months.
-- section: Win-back rate
-- needs: customer_segments.v1, periods.v1
-- uses: churns
-- param: breakdown attribute = null | Split by | split by this customer attribute
-- choice: breakdown null | Nothing
-- adds: segment, number, is_settled
-- column: segment varchar | the attribute's value, empty where there is none, (other); null without a split
-- column: number integer | the number of the period they were lost in
-- column: is_settled boolean | twelve months have passed since
-- column: lost bigint | losses, each time counted
-- column: returned bigint | of these, with a return within twelve months
-- change: 1 2026-12-01 first version
with

    final as (
        select
            case when $breakdown::varchar is not null then coalesce(customer_segments.segment, '') end as segment,
            periods.number,
            (churns.churned_on + interval 12 month)::date <= scope.as_of + 1 as is_settled,
            count(*) as lost,
            count(*) filter (churns.returned_on < (churns.churned_on + interval 12 month)::date) as returned,
        from churns
        cross join scope
        inner join periods on churns.churned_on = periods.day
        left join customer_segments on churns.customer = customer_segments.customer
        group by all
    )

select *
from final
order by segment, number, is_settled
