-- name: comment_sources
-- version: 1
-- title: What each file says of reasons
-- description: How many statements each table has, and how many of them a reason and a comment.
-- section: Reasons in comments
-- needs: reason_statements
-- adds: source; least first_comment, first_reason; greatest last_comment, last_reason
-- column: source varchar | Table | exits, subscriptions or customers
-- column: statements bigint | Statements | how many say anything
-- column: with_reason bigint | With a reason | how many have a reason
-- column: with_comment bigint | With a comment | how many have a comment
-- column: first_comment varchar | First comment | the first in the alphabet; the same as the last where all are alike
-- column: last_comment varchar | Last comment | the last one
-- column: first_reason varchar | First reason | the first in the alphabet
-- column: last_reason varchar | Last reason | the last one
-- change: 1 2026-11-30 first version
with

    final as (
        select
            source,
            count(*) as statements,
            count(reason) as with_reason,
            count(comment) as with_comment,
            min(comment) as first_comment,
            max(comment) as last_comment,
            min(reason) as first_reason,
            max(reason) as last_reason,
        from reason_statements
        group by source
    )

select *
from final
order by source
