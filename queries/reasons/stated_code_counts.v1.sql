-- name: stated_code_counts
-- version: 1
-- title: Reasons as they stand in the files, counted
-- description: How often each text stands as a reason, or as who ended it.
-- section: Reasons in comments
-- needs: reason_statements
-- uses: reason_codings, reason_versions
-- param: taxonomy int(1..) = null | Version of the reasons | which version of the list of reasons; null: the newest
-- choice: taxonomy null | The newest
-- adds: role, code
-- column: role varchar | reason or cancelled_by
-- column: code varchar | the text as it is looked up: in lower case, its blanks and marks as one blank
-- column: statements bigint | how often it stands there
-- column: unassigned bigint | how often neither its parts nor its words tell a reason either
-- change: 1 2026-11-30 first version
with

    unassigned as (
        select distinct reason_codings.statement
        from reason_codings
        inner join
            (select coalesce($taxonomy, max(taxonomy)) as taxonomy from reason_versions) as asked
            on reason_codings.taxonomy = asked.taxonomy
        where reason_codings.reason = 'unassigned' and reason_codings.counts
    ),

    stated as (
        select
            unnest(['reason', 'cancelled_by']) as role,
            unnest([reason_statements.reason, reason_statements.cancelled_by]) as text,
            unassigned.statement is not null as is_unassigned,
        from reason_statements
        left join unassigned on reason_statements.statement = unassigned.statement
    ),

    final as (
        select
            role,
            code_of(text) as code,
            count(*) as statements,
            count(*) filter (is_unassigned and role = 'reason') as unassigned,
        from stated
        where text is not null
        group by all
    )

select *
from final
order by role, code
