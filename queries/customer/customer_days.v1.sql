-- name: customer_days
-- version: 1
-- title: One customer by day
-- description: What one customer did, by lane and day; spans whole. For the picture of their time.
-- section: One customer
-- needs: customer_rows.v1
-- param: lanes int(1..50) = 8 | Event names drawn apart | at most this many event names have a lane of their own; the
-- others share one
-- column: lane integer | Lane | order of the lanes, 1 at the top
-- column: source varchar | Table | the table the rows stand in
-- column: name varchar | What | what it is; null for the events that share a lane
-- column: begins timestamp | Begins | the day, or the beginning of a span
-- column: ends timestamp | Ends | the end of a span, at the latest of the data; null for a moment
-- column: is_open boolean | Still open | the span has no end within the data
-- column: times bigint | Times | rows
-- column: amount double money | Amount | money of them; null where the files have none
-- change: 1 2026-11-23 first version
with

    dated as (
        select
            source,
            name,
            case
                when source = 'subscriptions' then occurred_at else date_trunc('day', occurred_at)::timestamp
            end as begins,
            until,
            amount,
            case
                when source = 'customers'
                then 1
                when source = 'subscriptions'
                then 2
                when source = 'orders'
                then 3
                when source = 'events'
                then 4
                when source = 'tickets'
                then 5
                when source = 'surveys'
                then 6
                when source = 'assignments'
                then 7
                else 8
            end as position,
        from customer_rows
        where occurred_at is not null
    ),

    event_names as (
        select name, row_number() over (order by count(*) desc, name) as rank
        from dated
        where source = 'events'
        group by name
    ),

    named as (
        select
            dated.position,
            dated.source,
            case when dated.source <> 'events' or event_names.rank <= $lanes then dated.name end as name,
            case when dated.source = 'events' then least(event_names.rank, $lanes + 1) else 0 end as rank,
            dated.begins,
            case
                when dated.source = 'subscriptions' then coalesce(dated.until, (scope.as_of + 1)::timestamp)
            end as ends,
            dated.source = 'subscriptions' and dated.until is null as is_open,
            dated.amount,
        from dated
        cross join scope
        left join event_names on dated.source = 'events' and dated.name = event_names.name
    ),

    final as (
        select
            dense_rank() over (order by position, source, rank)::integer as lane,
            source,
            name,
            begins,
            ends,
            is_open,
            count(*) as times,
            sum(amount)::double as amount,
        from named
        group by position, source, rank, name, begins, ends, is_open
    )

select *
from final
order by lane, begins, name, ends, is_open
