-- name: lifecycle_customers
-- version: 1
-- title: Customers of a lifecycle state
-- description: The customers who are new, kept, returned or dormant in one period.
-- section: Lifecycle states
-- needs: active_periods.v1, periods.v1, customer_segments.v1, activity_days, customers
-- param: period date = null | Period since start | first day of the period
-- param: state choice(new, kept, returned, dormant) = new | Customers shown | active for the first time; also before;
-- again; not
-- choice: state new | New
-- choice: state kept | Kept
-- choice: state returned | Returned
-- choice: state dormant | Dormant
-- param: segment text = null | Segment | only this segment of the split; null: all
-- choice: segment null | All
-- picked: period, state, segment
-- column: customer_id varchar | Customer id | the customer's id in the files
-- column: first_on date | First day | first day of activity, ever
-- column: last_on date | Last day | last day of it within the data
-- column: times bigint | Times | how often, ever
-- column: amount double money | Amount | money of it, ever; null where the files have none
-- change: 1 2026-11-24 first version
with

    chosen as (select min(number) as number from periods where period = $period::date),

    asked as (
        select
            max(periods.block) filter (periods.number = chosen.number) as block,
            max(periods.bit) filter (periods.number = chosen.number) as bit,
            max(periods.block) filter (periods.number = chosen.number - 1) as block_before,
            max(periods.bit) filter (periods.number = chosen.number - 1) as bit_before,
        from periods
        cross join chosen
    ),

    seen as (
        select
            active_periods.customer,
            bool_or(active_periods.block = asked.block and active_periods.bits & asked.bit <> 0) as is_active,
            bool_or(
                active_periods.block = asked.block_before and active_periods.bits & asked.bit_before <> 0
            ) as was_active,
            bool_or(
                active_periods.block < asked.block
                or (active_periods.block = asked.block and active_periods.bits & (asked.bit - 1) <> 0)
            ) as is_known,
        from active_periods
        cross join asked
        group by active_periods.customer
    ),

    stated as (
        select
            customer,
            case
                when is_active and was_active
                then 'kept'
                when is_active and is_known
                then 'returned'
                when is_active
                then 'new'
                when is_known
                then 'dormant'
            end as state,
        from seen
    ),

    listed as (
        select stated.customer
        from stated
        left join customer_segments on stated.customer = customer_segments.customer
        where
            stated.state = $state
            and ($segment::varchar is null or coalesce(customer_segments.segment, '') = $segment::varchar)
    ),

    activity as (
        select
            activity_days.customer,
            min(activity_days.day) as first_on,
            max(activity_days.last_day) as last_on,
            sum(activity_days.times)::bigint as times,
            sum(activity_days.amount)::double as amount,
        from activity_days
        inner join listed on activity_days.customer = listed.customer
        where activity_days.is_activity
        group by activity_days.customer
    ),

    final as (
        select customers.customer_id, activity.first_on, activity.last_on, activity.times, activity.amount,
        from activity
        inner join customers on activity.customer = customers.customer
    )

select *
from final
order by customer_id
