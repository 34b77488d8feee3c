-- name: said_texts
-- version: 1
-- title: Texts to look for phrases in
-- description: The comments, and the reasons that are no known code, of all that was said; their first 5,000 letters.
-- section: Reasons in comments
-- needs: reason_statements
-- uses: reason_codes
-- param: taxonomy int(1..) = 1 | Version of the reasons | whose codes are known
-- column: customer integer | the customer
-- column: statement bigint | the statement
-- column: in_reason boolean | the reason, not the comment
-- column: text varchar | the text in lower case, its blanks as one, its apostrophes straight
-- change: 1 2026-11-30 first version
with

    said as (
        select customer, statement, unnest([false, true]) as in_reason, unnest([lower(comment), lower(reason)]) as text,
        from reason_statements
    ),

    final as (
        select
            said.customer,
            said.statement,
            said.in_reason,
            left(
                trim(regexp_replace(replace(said.text, '’', ''''), '[\s\x{A0}\x{2000}-\x{200B}\x{3000}]+', ' ', 'g')),
                5000
            ) as text
        from said
        left join
            reason_codes
            on said.in_reason
            and reason_codes.taxonomy = $taxonomy
            and reason_codes.code = code_of(said.text)
        where said.text is not null and reason_codes.code is null
    )

select *
from final
order by customer, statement, in_reason
