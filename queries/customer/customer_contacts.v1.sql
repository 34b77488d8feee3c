-- name: customer_contacts
-- version: 1
-- title: Contacts with one customer
-- description: The tickets, survey answers, reasons for leaving and experiment groups of one customer.
-- section: One customer
-- needs: customers
-- uses: tickets, surveys, exits, assignments
-- param: customer text = null | Customer | the customer's id in the files
-- column: source varchar | the table the row stands in
-- column: occurred_at timestamp | local time of the row; null where the file has none
-- column: until timestamp | when a ticket was resolved, within the data
-- column: name varchar | ticket, exit, the survey's question or the experiment
-- column: detail varchar | what else the row says
-- column: score double | the score of a ticket or an answer
-- change: 1 2026-11-23 first version
with

    chosen as (select customer from customers where customer_id = $customer::varchar),

    final as (
        select
            'tickets' as source,
            tickets.opened_at as occurred_at,
            tickets.resolved_at as until,
            'ticket' as name,
            concat_ws(' · ', tickets.category, tickets.comment) as detail,
            tickets.score,
        from tickets
        inner join chosen on tickets.customer = chosen.customer
        union all
        select
            'surveys' as source,
            surveys.answered_at as occurred_at,
            null::timestamp as until,
            coalesce(surveys.question, 'survey') as name,
            surveys.comment as detail,
            surveys.score,
        from surveys
        inner join chosen on surveys.customer = chosen.customer
        union all
        select
            'exits' as source,
            exits.churned_at as occurred_at,
            null::timestamp as until,
            'exit' as name,
            concat_ws(' · ', exits.reason, exits.comment) as detail,
            null::double as score,
        from exits
        inner join chosen on exits.customer = chosen.customer
        union all
        select
            'assignments' as source,
            assignments.assigned_at as occurred_at,
            null::timestamp as until,
            assignments.experiment as name,
            assignments.variant as detail,
            null::double as score,
        from assignments
        inner join chosen on assignments.customer = chosen.customer
    )

select *
from final
order by occurred_at desc nulls last, source, name, detail, score, until
