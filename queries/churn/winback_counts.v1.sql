-- name: winback_counts
-- version: 1
-- title: Lost customers by whether they came back
-- description: Losses of each month, and how many of those customers came back within twelve months.
-- section: Win-back rate
-- needs: customer_segments.v1
-- uses: churns
-- param: breakdown attribute = null | Split by | split by this customer attribute
-- choice: breakdown null | Nothing
-- adds: segment, period, is_settled
-- column: segment varchar | the attribute's value, empty where there is none, (other); null without a split
-- column: period date | the month they were lost in
-- column: is_settled boolean | twelve months have passed since
-- column: lost bigint | losses, each time counted
-- column: returned bigint | of these, with a return within twelve months
-- change: 1 2026-12-01 first version
with

    final as (
        select
            case when $breakdown::varchar is not null then coalesce(customer_segments.segment, '') end as segment,
            date_trunc('month', churns.churned_on)::date as period,
            (churns.churned_on + interval 12 month)::date <= scope.as_of + 1 as is_settled,
            count(*) as lost,
            count(*) filter (churns.returned_on < (churns.churned_on + interval 12 month)::date) as returned,
        from churns
        cross join scope
        left join customer_segments on churns.customer = customer_segments.customer
        where churns.churned_on is not null
        group by all
    )

select *
from final
order by segment, period, is_settled
