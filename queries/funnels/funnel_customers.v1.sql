-- name: funnel_customers
-- version: 1
-- title: Customers of a step
-- description: The customers who reached a step, who dropped off before it, or who still have time for it.
-- section: Funnel conversion
-- needs: funnel_attempts.v1, customers, periods.v1
-- param: step int(1..10) = 2 | Step | the step: 1, 2, …
-- param: state choice(converted, dropped, in_progress) = dropped | Customers shown | reached the step; reached the
-- one before, and have no time left; still have time
-- choice: state converted | Reached
-- choice: state dropped | Dropped off before
-- choice: state in_progress | Still has time
-- param: anywhere bool = false | At earlier steps too | also who dropped off, or still has time, at a step before
-- param: segment text = null | Segment | only this segment of the split; null: all
-- choice: segment null | All
-- param: in_period date = null | Period | only entries of the period that begins on this day; null: all
-- param: grain choice(day, week, month, quarter, year) = week | Period | period of the entries
-- choice: grain day | Day
-- choice: grain week | Week
-- choice: grain month | Month
-- choice: grain quarter | Quarter
-- choice: grain year | Year
-- picked: step, state, segment, in_period
-- column: customer_id varchar | Customer id | the customer's id in the files
-- column: segment varchar | Segment | the attribute's value, empty where there is none, (other); null without a split
-- column: entered_at timestamp | Entered at | when the customer entered
-- column: reached_at timestamp[] | Steps reached at | when each step was reached, the entry first
-- change: 1 2026-11-24 first version
with

    final as (
        select customers.customer_id, funnel_attempts.segment, funnel_attempts.entered_at, funnel_attempts.reached_at,
        from funnel_attempts
        inner join customers on funnel_attempts.customer = customers.customer
        left join periods on funnel_attempts.entered_at::date = periods.day
        where
            case
                $state
                when 'converted'
                then funnel_attempts.level >= $step
                when 'dropped'
                then not funnel_attempts.open
                else funnel_attempts.open
            end
            and (
                $state = 'converted'
                or funnel_attempts.level + 1 = $step
                or ($anywhere and funnel_attempts.level < $step)
            )
            and ($segment::varchar is null or funnel_attempts.segment = $segment::varchar)
            and ($in_period::date is null or periods.period = $in_period::date)
    )

select *
from final
order by customer_id
