-- name: churned_as_recorded
-- version: 1
-- title: Lost as the files say
-- description: Lost on the day the customer list or an exit names; a mark without a day counts without one.
-- section: Churn definition
-- uses: activity_days, customers, exits
-- column: customer integer | the customer
-- column: sequence bigint | 0 the first time the customer was lost, 1 the second
-- column: began_on date | the return before it; null the first time
-- column: churned_on date | the day recorded; null where the file marks the customer as churned without one
-- column: returned_on date | first activity after it, where a later exit or the list says they came back
-- column: known_on date | the day that is known from: the same
-- column: how varchar | recorded
-- change: 1 2026-11-24 first version
with

    listed as (
        select
            customers.customer,
            customers.churned_at::date as churned_on,
            customers.churned_at is null as is_undated,
            -- what the list says of a customer is how things stand at its end
            coalesce(customers.is_churned, true) as is_final,
        from customers
        cross join scope
        where
            customers.churned_at::date <= coalesce(scope.as_of, customers.churned_at::date)
            or (customers.churned_at is null and customers.is_churned)
    ),

    dated as (
        select customer, churned_on
        from listed
        where churned_on is not null
        union
        select customer, day as churned_on
        from exits
    ),

    recorded as (
        select
            dated.customer,
            dated.churned_on,
            lag(dated.churned_on) over (partition by dated.customer order by dated.churned_on) as before_on,
        from dated
        left join listed on dated.customer = listed.customer and listed.is_final
        cross join scope
        where
            (scope.as_of is null or dated.churned_on <= scope.as_of)
            -- after the day the list names nothing counts any more
            and (listed.churned_on is null or dated.churned_on <= listed.churned_on)
    ),

    followed as (
        select
            recorded.customer,
            recorded.churned_on,
            min(activity_days.day) filter (activity_days.day > recorded.churned_on) as next_on,
            recorded.before_on is null
            or count(*) filter (activity_days.day > recorded.before_on and activity_days.day <= recorded.churned_on)
            > 0 as is_another,
        from recorded
        cross join scope
        left join
            activity_days
            on recorded.customer = activity_days.customer
            and activity_days.is_activity
            and activity_days.day <= scope.as_of
        group by recorded.customer, recorded.churned_on, recorded.before_on
    ),

    -- a second record counts only if the customer was active between the two
    kept as (
        select
            customer,
            churned_on,
            next_on,
            lead(churned_on) over (partition by customer order by churned_on) is null as is_last,
        from followed
        where is_another
    ),

    -- who is only marked, without a day, stands with none
    joined as (
        select
            coalesce(kept.customer, listed.customer) as customer,
            kept.churned_on,
            case
                when
                    coalesce(listed.is_final, false)
                    and (kept.next_on > listed.churned_on or listed.is_undated and kept.is_last)
                then null
                else kept.next_on
            end as returned_on,
        from kept
        full join listed on kept.customer = listed.customer
        where kept.customer is not null or listed.is_undated
    ),

    final as (
        select
            customer,
            row_number() over (partition by customer order by churned_on) - 1 as sequence,
            lag(returned_on) over (partition by customer order by churned_on) as began_on,
            churned_on,
            returned_on,
            churned_on as known_on,
            'recorded' as how,
        from joined
    )

select *
from final
order by customer, sequence
