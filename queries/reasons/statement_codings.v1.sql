-- name: statement_codings
-- version: 1
-- title: Codings of what customers said
-- description: What each statement means by one version of the taxonomy: by its code, and by its words.
-- section: Reasons in comments
-- needs: ended_statements.v1, stated_codes.v1, reason_hits.v1
-- uses: reasons, reason_codes
-- column: customer integer | the customer
-- column: statement bigint | the statement
-- column: taxonomy integer | the version of the taxonomy
-- column: given varchar | code: by what stands as the reason; words: by the words of the comment; ended: by who ended
-- it alone; none: by nothing
-- column: reason varchar | the reason; empty where nothing says one, unassigned where it is no known one
-- column: kind varchar | voluntary, involuntary or ours by the reason; empty where it tells nothing
-- column: ended_kind varchar | the same by who ended it; empty where the file does not say
-- column: words varchar[] | what told it, in the order of the text
-- column: known_on date | the day it is known from
-- change: 1 2026-11-30 first version
with

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
        from ended_statements as ended
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
            case
                when stated_codes.code is not null
                then 'code'
                when ended.reason_of_kind is not null
                then 'ended'
                else 'none'
            end as given,
            case
                when stated_codes.reason <> ''
                then stated_codes.reason
                when stated_codes.code is not null and stated_codes.reason is null
                then 'unassigned'
                when stated_codes.code is null
                then coalesce(ended.reason_of_kind, '')
                else ''
            end as reason,
            case when stated_codes.code is not null then [stated_codes.code] else [] end as words,
        from stated_codes
        inner join ended_statements as ended on stated_codes.statement = ended.statement
    ),

    found as (
        select statement, 'words' as given, reason, words
        from by_words
        union all
        select statement, 'words' as given, reason, words
        from by_bare_comment
        union all
        select statement, given, reason, min(words) as words
        from by_code
        group by statement, given, reason
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
            coalesce(kinds.kind, '') as kind,
            ended.kind as ended_kind,
            found.words::varchar[] as words,
            ended.known_on,
        from found
        inner join ended_statements as ended on found.statement = ended.statement
        left join kinds on found.reason = kinds.reason
    )

select *
from final
order by customer, statement, given, reason
