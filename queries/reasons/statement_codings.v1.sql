-- name: statement_codings
-- version: 1
-- title: Codings of what customers said
-- description: What each statement means by one version of the taxonomy: by its code, and by its words.
-- section: Reasons in comments
-- needs: reason_statements, stated_codes.v1, reason_hits.v1
-- uses: reasons, reason_codes, reason_kinds
-- column: customer integer | the customer
-- column: statement bigint | the statement
-- column: taxonomy integer | the version of the taxonomy
-- column: given varchar | code: by what stands as the reason; words: by the words of the comment
-- column: reason varchar | the reason; empty where nothing says one, unassigned where it is no known one
-- column: kind varchar | voluntary, involuntary or ours: by who ended it, else by the reason; empty where neither tells
-- column: words varchar[] | what told it, in the order of the text
-- column: known_on date | the day it is known from
-- change: 1 2026-11-30 first version
with

    -- who ended it makes the kind, and can be all that is known: a payment that failed; it may stand as the reason
    ended as (
        select
            reason_statements.*,
            coalesce(reason_kinds.kind, '') as kind,
            case when reason_kinds.kind <> 'voluntary' then nullif(meant.reason, '') end as reason_of_kind,
        from reason_statements
        left join
            reason_kinds
            on reason_kinds.taxonomy = $taxonomy
            and reason_kinds.word = code_of(coalesce(reason_statements.cancelled_by, reason_statements.reason))
        left join reason_codes as meant on meant.taxonomy = $taxonomy and reason_kinds.word = meant.code
    ),

    by_words as (
        select reason_hits.statement, reason_hits.reason, list(reason_hits.words order by begins_at) as words
        from reason_hits
        left join
            (select distinct statement from stated_codes where reason is not null) as known
            on reason_hits.statement = known.statement
        where not reason_hits.in_reason or known.statement is null
        group by reason_hits.statement, reason_hits.reason
    ),

    -- a comment that is a code and nothing else
    by_bare_comment as (
        select ended.statement, reason_codes.reason, [lower(ended.comment)] as words
        from ended
        inner join
            reason_codes
            on reason_codes.taxonomy = $taxonomy
            and reason_codes.reason <> ''
            and reason_codes.code = code_of(rtrim(ended.comment, '.!。！ '))
        anti join by_words on ended.statement = by_words.statement
    ),

    by_code as (
        select
            stated_codes.statement,
            coalesce(
                nullif(stated_codes.reason, ''),
                case
                    when stated_codes.code is not null and stated_codes.reason is null
                    then 'unassigned'
                    else ended.reason_of_kind
                end,
                ''
            ) as reason,
            case when stated_codes.code is not null then [stated_codes.code] else [] end as words,
        from stated_codes
        inner join ended on stated_codes.statement = ended.statement
    ),

    found as (
        select statement, 'words' as given, reason, words
        from by_words
        union all
        select statement, 'words' as given, reason, words
        from by_bare_comment
        union all
        -- a text that is no code is told by its words, where it has some that tell
        select by_code.statement, 'code' as given, by_code.reason, min(by_code.words) as words
        from by_code
        left join (select distinct statement from by_words) as told on by_code.statement = told.statement
        where by_code.reason <> 'unassigned' or told.statement is null
        group by by_code.statement, by_code.reason
    ),

    kinds as (
        select reasons.reason, coalesce(nullif(reasons.kind, ''), nullif(groups.kind, ''), 'voluntary') as kind
        from reasons
        left join reasons as groups on groups.taxonomy = $taxonomy and reasons.parent = groups.reason
        where reasons.taxonomy = $taxonomy
    ),

    final as (
        select
            ended.customer,
            found.statement,
            $taxonomy::integer as taxonomy,
            found.given,
            found.reason,
            coalesce(nullif(ended.kind, ''), kinds.kind, '') as kind,
            found.words::varchar[] as words,
            ended.known_on,
        from found
        inner join ended on found.statement = ended.statement
        left join kinds on found.reason = kinds.reason
    )

select *
from final
order by customer, statement, given, reason
