-- name: customer_profile
-- version: 1
-- title: One customer
-- description: Where one customer stands: first and last activity, orders and revenue, what the customer file says.
-- section: One customer
-- needs: customers
-- uses: activity_days, customer_attributes, orders
-- param: customer text = null | Customer | the customer's id in the files
-- param: days int(1..3650) = 30 | Days | active means active in these last days of the data
-- column: cohort date | Cohort | month of the first activity, or of the sign-up or subscription known to be older
-- column: first_on date | First day | first day of activity; null without activity
-- column: last_on date | Last day | last day of it within the data
-- column: inactive_days bigint days | Inactive days | days from the last activity to the end of the data
-- column: is_active boolean | Active | active in the last days; null without activity
-- column: orders bigint | Orders | orders, cancelled ones left out
-- column: events bigint | Events | events
-- column: subscriptions bigint | Subscriptions | subscriptions
-- column: revenue double money | Revenue | money of all orders, refunds subtracted; null without amounts
-- column: signed_up_at timestamp | Sign-up time | sign-up, as the customer file says
-- column: is_churned boolean | Churned | whether the customer file marks them as churned; null where it does not say
-- column: churned_at timestamp | Churn time | when, as the customer file says
-- column: churn_reason varchar | Churn reason | why, as the customer file says
-- column: tenure_months double | Tenure in months | tenure, as the customer file says
-- column: monthly_value double money | Monthly value | monthly value, as the customer file says
-- column: data_to date | Data to | the data count up to this day; null for files without dates
-- column: attributes map(varchar, varchar) | Attributes | every further column of the customer
-- file, what their first rows say, and saved segments
-- change: 1 2026-11-23 first version
with

    chosen as (
        select customer, signed_up_at, is_churned, churned_at, churn_reason, tenure_months, monthly_value, older_since,
        from customers
        where customer_id = $customer::varchar
    ),

    activity as (
        select
            min(activity_days.day) filter (activity_days.is_activity) as first_on,
            max(activity_days.last_day) filter (activity_days.is_activity) as last_on,
            coalesce(sum(activity_days.times) filter (activity_days.source = 'orders'), 0)::bigint as orders,
            coalesce(sum(activity_days.times) filter (activity_days.source = 'events'), 0)::bigint as events,
            coalesce(sum(activity_days.times) filter (activity_days.source = 'subscriptions'), 0)::bigint
            as subscriptions,
        from activity_days
        inner join chosen on activity_days.customer = chosen.customer
    ),

    paid as (
        select
            sum(orders.amount) filter (not coalesce(orders.is_cancelled, false) or orders.amount < 0)::double
            as revenue,
        from orders
        inner join chosen on orders.customer = chosen.customer
    ),

    described as (
        select
            customer_attributes.attribute, min(coalesce(customer_attributes.exact, customer_attributes.value)) as value,
        from customer_attributes
        inner join chosen on customer_attributes.customer = chosen.customer
        where customer_attributes.origin <> 'role'  -- it has a column of its own
        group by customer_attributes.attribute
    ),

    gathered as (
        select map_from_entries(list(struct_pack(k := attribute, v := value) order by attribute)) as attributes
        from described
    ),

    final as (
        select
            date_trunc(
                'month',
                case when activity.first_on is not null then coalesce(chosen.older_since, activity.first_on) end
            )::date as cohort,
            activity.first_on,
            activity.last_on,
            date_diff('day', activity.last_on, scope.as_of) as inactive_days,
            date_diff('day', activity.last_on, scope.as_of) < $days as is_active,
            activity.orders,
            activity.events,
            activity.subscriptions,
            paid.revenue,
            chosen.signed_up_at,
            chosen.is_churned,
            chosen.churned_at,
            chosen.churn_reason,
            chosen.tenure_months,
            chosen.monthly_value::double as monthly_value,
            scope.as_of as data_to,
            gathered.attributes,
        from chosen
        cross join activity
        cross join paid
        cross join gathered
        cross join scope
    )

select *
from final
order by cohort
