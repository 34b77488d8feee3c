-- name: customer_rows
-- version: 1
-- title: Rows of one customer
-- description: Every row the files hold about one customer, newest first.
-- section: One customer
-- needs: customer_contacts.v1, customers
-- uses: orders, events, subscriptions
-- param: customer text = null | Customer | the customer's id in the files
-- column: source varchar | Table | the table the row stands in
-- column: occurred_at timestamp | When | local time of the row, or of its beginning; null where the file has none
-- column: until timestamp | Until | the end of a span known within the data; null for a moment and while it runs
-- column: name varchar | What | what it is: the name of the event, survey or experiment, or a word for the table's rows
-- column: detail varchar | Details | what else the row says
-- column: amount double money | Amount | money of the row, of a subscription by the month; null where the file has none
-- column: score double | Score | the score of a ticket or an answer
-- change: 1 2026-11-23 first version
with

    chosen as (
        select customer, signed_up_at, churned_at, churn_reason, churn_comment
        from customers
        where customer_id = $customer::varchar
    ),

    happened as (
        select 'customers' as source, signed_up_at as occurred_at, 'signup' as name, null::varchar as detail
        from chosen
        where signed_up_at is not null
        union all
        select
            'customers' as source,
            churned_at as occurred_at,
            'churn' as name,
            concat_ws(' · ', churn_reason, churn_comment) as detail,
        from chosen
        where churned_at is not null
    ),

    bought as (
        select
            orders.ordered_at as occurred_at,
            case when orders.is_cancelled then 'cancelled' else 'order' end as name,
            concat_ws(' · ', orders.product, orders.category, orders.channel, orders.order_id) as detail,
            orders.amount::double as amount,
        from orders
        inner join chosen on orders.customer = chosen.customer
    ),

    done as (
        select
            events.occurred_at,
            events.event::varchar as name,
            array_to_string(
                list_transform(map_entries(events.attributes), lambda entry:concat(entry.key, ': ', entry.value)), ' · '
            ) as detail,
            events.amount::double as amount,
        from events
        inner join chosen on events.customer = chosen.customer
    ),

    subscribed as (
        select
            subscriptions.started_at as occurred_at,
            subscriptions.ended_at as until,
            concat_ws(' · ', subscriptions.plan, subscriptions.interval, subscriptions.reason) as detail,
            subscriptions.mrr::double as amount,
        from subscriptions
        inner join chosen on subscriptions.customer = chosen.customer
    ),

    gathered as (
        select
            source, occurred_at, null::timestamp as until, name, detail, null::double as amount, null::double as score
        from happened
        union all
        select 'orders', occurred_at, null, name, detail, amount, null
        from bought
        union all
        select 'events', occurred_at, null, name, detail, amount, null
        from done
        union all
        select 'subscriptions', occurred_at, until, 'subscription', detail, amount, null
        from subscribed
        union all
        select source, occurred_at, until, name, detail, null, score
        from customer_contacts
    ),

    final as (select source, occurred_at, until, name, nullif(detail, '') as detail, amount, score from gathered)

select *
from final
order by occurred_at desc nulls last, source, name, detail, amount, score, until
