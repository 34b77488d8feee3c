-- name: stated_reasons
-- version: 1
-- title: Reasons as they stand in the files
-- description: Every text that stands as a reason, or as who ended it, and what it means by the list of reasons.
-- section: Reasons in comments
-- needs: stated_code_counts.v1
-- uses: reason_codes, reason_kinds, reason_versions
-- param: most int(1..) = 500 | At most | how many texts
-- column: role varchar | Column | reason or cancelled_by
-- column: code varchar | As it stands | the text, in lower case
-- column: statements bigint | Times | how often it stands there
-- column: reason varchar | Means | the reason; empty for nothing, null where it has no place in the list yet
-- column: kind varchar | Kind | of who ended it: voluntary, involuntary or ours; null where that is not known
-- column: unassigned bigint | Not assigned | how often neither its parts nor its words tell a reason either
-- column: texts bigint | All texts | how many different ones there are
-- change: 1 2026-11-30 first version
with

    asked as (select coalesce($taxonomy, max(taxonomy)) as taxonomy from reason_versions),

    final as (
        select
            stated_code_counts.role,
            stated_code_counts.code,
            stated_code_counts.statements,
            reason_codes.reason,
            reason_kinds.kind,
            stated_code_counts.unassigned,
            count(*) over () as texts,
        from stated_code_counts
        cross join asked
        left join
            reason_codes
            on stated_code_counts.role = 'reason'
            and reason_codes.taxonomy = asked.taxonomy
            and stated_code_counts.code = reason_codes.code
        left join
            reason_kinds
            on stated_code_counts.role = 'cancelled_by'
            and reason_kinds.taxonomy = asked.taxonomy
            and stated_code_counts.code = reason_kinds.word
    )

select *
from final
order by statements desc, role, code
limit $most
