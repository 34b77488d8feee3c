-- name: reason_hits
-- version: 1
-- title: Words that tell a reason
-- description: The phrases found that count: of those that overlap the longest, none that is negated, none that
-- praises.
-- section: Reasons in comments
-- needs: longest_hits.v1, said_texts.v1
-- column: customer integer | the customer
-- column: statement bigint | the statement
-- column: in_reason boolean | they stand in the reason, not in the comment
-- column: begins_at integer | where they begin in the text, from 1
-- column: words varchar | the words as they stand there, in lower case
-- column: reason varchar | the reason they tell of
-- change: 1 2026-11-30 first version
with

    around as (
        select
            longest_hits.*,
            substr(said_texts.text, longest_hits.begins_at, longest_hits.length) as words,
            substr(
                said_texts.text,
                greatest(longest_hits.begins_at - 40, 1),
                longest_hits.begins_at - greatest(longest_hits.begins_at - 40, 1)
            ) as before,
            substr(said_texts.text, longest_hits.begins_at + longest_hits.length, 24) as after,
        from longest_hits
        inner join
            said_texts
            on longest_hits.customer = said_texts.customer
            and longest_hits.statement = said_texts.statement
            and longest_hits.in_reason = said_texts.in_reason
    ),

    -- what stands before it in its clause; words that only look like a negation end one
    clauses as (
        select
            *,
            regexp_replace(
                regexp_replace(regexp_extract(before, '[^,.;:!?，。；：！？、\n]*$'), '\bnot because( of)?\b', 'not'),
                '.*(\b(but|and|because|so|however|though|although|since|while|until|then|that|which)\b|not only|not just'
                || '|no longer|not to mention|nothing but|no wonder|而且|又|还|但|却|结果|导致|所以|因为|于是|只是|就|都是'
                || '|实在|不仅|不但|不光|不只|不过|不少|不知|不得不|不停|不断|不同|没想到|没少|没完|没多久|没几|没过|没到|不到'
                || '|受不了|忍不了|无论|不管)',
                ''
            ) as clause,
        from around
    ),

    final as (
        select customer, statement, in_reason, begins_at, words, reason
        from clauses
        where
            -- not, and up to three words; 不, and up to three signs
            not regexp_matches(
                clause,
                '(^|[^a-z])(not|no|never|nothing|without|neither|nor|none|cannot|(is|are|was|were|do|does|did|have|has|had|wo|would|ca|could|should|ai)n[''’]?t)([^a-z]+[a-z''’]+){0,3}[^a-z]*$'
            )
            and not regexp_matches(clause, '(不是|并非).{0,6}$|(没有|不|没|无|未).{0,3}$')
            -- the price is fine, 价格还行
            and not regexp_matches(
                after,
                '^\s*((is|are|was|were|seems?|looks?)\s+)?((really|very|quite|perfectly|totally|all|always|still)\s+)?'
                || '(fine|ok|okay|fair|good|great|nice|lovely|excellent|perfect|reasonable|(not|never) (really )?(the|an?) (issue|problem|reason))\b'
            )
            and not regexp_matches(after, '^[也都还倒是很挺真确实算得蛮]{0,4}(不错|可以|行|好的|挺好|很好|没问题|没毛病|没得说|没话说|满意|还好|无关|不是问题|神速|及时)')
    )

select *
from final
order by customer, statement, in_reason, begins_at, reason
