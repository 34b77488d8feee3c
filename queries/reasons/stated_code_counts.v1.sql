-- name: stated_code_counts
-- version: 1
-- title: Reasons as they stand in the files, counted
-- description: How often each text stands as a reason, or as who ended it.
-- section: Reasons in comments
-- needs: reason_statements
-- adds: role, code
-- column: role varchar | reason or cancelled_by
-- column: code varchar | the text as it is looked up: in lower case, its blanks and marks as one blank
-- column: statements bigint | how often it stands there
-- change: 1 2026-11-30 first version
with

    stated as (
        select unnest(['reason', 'cancelled_by']) as role, unnest([reason, cancelled_by]) as text from reason_statements
    ),

    final as (
        select role, code_of(text) as code, count(*) as statements from stated where text is not null group by all
    )

select *
from final
order by role, code
