-- name: stated_at_exit
-- version: 1
-- title: What customers said when they left
-- description: A row for each exit, ended subscription and marked customer that says why, in what words, or who ended
-- it.
-- section: Churn reasons
-- uses: exits, subscriptions, customers
-- column: customer integer | the customer
-- column: statement bigint | a number of the statement that no other has
-- column: source varchar | the table it stands in: exits, subscriptions or customers
-- column: stated_on date | the day it was said, or the end it belongs to; null where the file has no day
-- column: known_on date | the day it is known from: the same
-- column: reason varchar | the reason as it stands in the file
-- column: comment varchar | the comment as it stands in the file
-- column: cancelled_by varchar | who or what ended it, as it stands in the file
-- change: 1 2026-11-30 first version
with

    said as (
        select customer, 'exits' as source, day as stated_on, reason, comment, cancelled_by
        from exits
        union all
        select customer, 'subscriptions' as source, ended_at::date as stated_on, reason, comment, cancelled_by
        from subscriptions
        where ended_at is not null
        union all
        select
            customer,
            'customers' as source,
            churned_at::date as stated_on,
            churn_reason as reason,
            churn_comment as comment,
            null as cancelled_by,
        from customers
    ),

    final as (
        select
            customer,
            customer::bigint * 1000000 + row_number() over (
                partition by customer order by stated_on, source, reason, comment, cancelled_by
            ) as statement,
            source,
            stated_on,
            stated_on as known_on,
            reason,
            comment,
            cancelled_by,
        from said
        where coalesce(reason, comment, cancelled_by) is not null
    )

select *
from final
order by customer, statement
