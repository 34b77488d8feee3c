-- name: churn_moves
-- version: 1
-- title: What customers did in a period
-- description: How many customers came, left or came back in each period, by all they did in it together.
-- section: Churn balance
-- needs: customer_starts.v1, customer_segments.v1, periods.v1
-- uses: churns
-- param: breakdown attribute = null | Split by | split by this customer attribute
-- choice: breakdown null | Nothing
-- adds: segment, number, what
-- column: segment varchar | the attribute's value, empty where there is none, (other); null without a split
-- column: number integer | the period's number in the calendar; null: customers since before the files begin
-- column: what varchar | what they did: first came; came back; a loss, each counted; or all of a customer lost in it;
-- since before
-- column: times bigint | how many customers, or losses, in the period
-- change: 1 2026-11-24 first version
with

    starts as (
        select
            customer_starts.customer,
            case when $breakdown::varchar is not null then coalesce(customer_segments.segment, '') end as segment,
            customer_starts.began_on,
        from customer_starts
        left join customer_segments on customer_starts.customer = customer_segments.customer
    ),

    -- each loss with what came before and after it
    lost as (
        select
            starts.segment,
            churns.customer,
            churns.sequence,
            periods.number,
            coalesce(began.number = periods.number, false) as began_in_it,
            coalesce(back.number = periods.number, false) as back_in_it,
            back.number as back_number,
        from churns
        inner join starts on churns.customer = starts.customer
        inner join periods on churns.churned_on = periods.day
        left join periods as began on coalesce(churns.began_on, starts.began_on) = began.day
        left join periods as back on churns.returned_on = back.day
    ),

    -- several moves of a customer in one period stand together; few have several, so only they are grouped
    mixed as (
        select
            segment,
            number,
            bool_and(began_in_it) as came_first,
            bool_and(back_in_it) as came_last,
            min(sequence) = 0 as is_first,
        from lost
        where began_in_it or back_in_it
        group by segment, customer, number
    ),

    counted as (
        select starts.segment, periods.number, 'new' as what, count(*) as times
        from starts
        inner join periods on starts.began_on = periods.day
        group by starts.segment, periods.number
        union all
        select segment, back_number as number, 'returned' as what, count(*) as times
        from lost
        where back_number is not null and not back_in_it
        group by segment, back_number
        union all
        select segment, number, 'loss' as what, count(*) as times
        from lost
        group by segment, number
        union all
        select segment, number, 'opening lost' as what, count(*) as times
        from lost
        where not began_in_it and not back_in_it
        group by segment, number
        union all
        select
            segment,
            number,
            case
                when came_first and came_last
                then 'in, out and in'
                when came_last
                then 'left and returned'
                when came_first and is_first
                then 'joined and left'
                when came_first
                then 'returned and left'
                else 'opening lost'
            end as what,
            count(*) as times,
        from mixed
        group by 1, 2, 3
    ),

    always as (
        select segment, null::integer as number, 'since before' as what, count(*) as times
        from starts
        where began_on is null
        group by segment
    ),

    final as (
        select segment, number, what, times
        from counted
        union all
        select segment, number, what, times
        from always
    )

select *
from final
order by segment, number, what
