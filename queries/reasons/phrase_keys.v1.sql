-- name: phrase_keys
-- version: 1
-- title: Phrases as they are looked for
-- description: The phrases of a dictionary by their first letters, cut at `...` into head and tail.
-- section: Reasons in comments
-- needs: reason_phrases
-- param: taxonomy int(1..) = 1 | Version of the reasons | whose dictionary is used
-- column: key varchar | the first letters of the head: four of Latin words, two signs of Chinese
-- column: head varchar | what stands before `...`, or all of it
-- column: head_is_open boolean | any letters may follow the head (*)
-- column: head_ends_word boolean | no letter or digit may follow the head
-- column: tail varchar | what stands after `...`; null without it
-- column: tail_is_open boolean | any letters may follow the tail (*)
-- column: tail_ends_word boolean | no letter or digit may follow the tail
-- column: reason varchar | the reason it tells of
-- change: 1 2026-11-30 first version
with

    cut as (
        select
            reason,
            split_part(phrase, ' ... ', 1) as first_part,
            nullif(split_part(phrase, ' ... ', 2), '') as second_part,
        from reason_phrases
        where taxonomy = $taxonomy
    ),

    final as (
        select
            left(rtrim(first_part, '*'), case when regexp_matches(first_part, '^[a-z0-9]') then 4 else 2 end) as key,
            rtrim(first_part, '*') as head,
            first_part like '%*' as head_is_open,
            regexp_matches(first_part, '[a-z0-9]$') as head_ends_word,
            rtrim(second_part, '*') as tail,
            coalesce(second_part like '%*', false) as tail_is_open,
            coalesce(regexp_matches(second_part, '[a-z0-9]$'), false) as tail_ends_word,
            reason,
        from cut
    )

select *
from final
order by key, head, tail, reason
