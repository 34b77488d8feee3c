-- name: phrase_hits
-- version: 1
-- title: Phrases found in texts
-- description: Every place at which a phrase of the dictionary stands in a comment, or in a reason that is no known
-- code, whatever stands around it.
-- section: Reasons in comments
-- needs: said_texts.v1, phrase_keys.v1
-- column: customer integer | the customer
-- column: statement bigint | the statement
-- column: in_reason boolean | it stands in the reason, not in the comment
-- column: begins_at integer | where it begins in the text, from 1
-- column: length integer | how many letters it has there
-- column: reason varchar | the reason it tells of
-- change: 1 2026-11-30 first version
with

    letters as (select *, unnest(range(1, length(text) + 1))::integer as begins_at from said_texts),

    starts as (
        select
            *,
            substr(text, begins_at, 4) as first_letters,
            regexp_matches(substr(text, begins_at, 1), '[a-z0-9]') as is_latin,
        from letters
    ),

    -- a phrase in Latin letters begins with a word
    keys as (
        select
            * exclude (first_letters, is_latin),
            unnest(
                case
                    when is_latin
                    then list_distinct([first_letters, left(first_letters, 3), left(first_letters, 2)])
                    else list_distinct([left(first_letters, 2), left(first_letters, 1)])
                end
            ) as key,
        from starts
        where not is_latin or begins_at = 1 or not regexp_matches(substr(text, begins_at - 1, 1), '[a-z0-9]')
    ),

    heads as (
        select
            keys.customer,
            keys.statement,
            keys.in_reason,
            keys.begins_at,
            phrase_keys.* exclude (key, head),
            length(phrase_keys.head) + case
                when phrase_keys.head_is_open
                then length(regexp_extract(substr(keys.text, keys.begins_at + length(phrase_keys.head)), '^[a-z]*'))
                else 0
            end as head_length,
            keys.text,
        from keys
        inner join phrase_keys on keys.key = phrase_keys.key
        where
            starts_with(substr(keys.text, keys.begins_at), phrase_keys.head)
            and not (
                phrase_keys.head_ends_word
                and regexp_matches(substr(keys.text, keys.begins_at + length(phrase_keys.head), 1), '[a-z0-9]')
            )
    ),

    -- the tail stands a few words on, in the same clause
    near as (
        select
            *,
            case
                when tail is not null
                then regexp_extract(substr(text, begins_at + head_length, 40), '^[^,.;!?，。；！？\n]*')
            end as next_words,
        from heads
    ),

    placed as (select *, coalesce(strpos(next_words, tail), 0) as tail_at from near),

    final as (
        select
            customer,
            statement,
            in_reason,
            begins_at,
            (
                head_length + case
                    when tail is null
                    then 0
                    else
                        tail_at
                        - 1
                        + length(tail)
                        + case
                            when tail_is_open
                            then length(regexp_extract(substr(next_words, tail_at + length(tail)), '^[a-z]*'))
                            else 0
                        end
                end
            )::integer as length,
            reason,
        from placed
        where
            tail is null
            or (
                tail_at between 1 and 24
                and not (tail_ends_word and regexp_matches(substr(next_words, tail_at + length(tail), 1), '[a-z0-9]'))
            )
    )

select *
from final
order by customer, statement, in_reason, begins_at, length, reason
