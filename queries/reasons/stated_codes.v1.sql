-- name: stated_codes
-- version: 1
-- title: Codes of what customers said
-- description: What stands as a reason by the codes of the taxonomy; a cell that holds several known codes gives each.
-- section: Reasons in comments
-- needs: reason_statements
-- uses: reason_codes
-- param: taxonomy int(1..) = 1 | Version of the reasons | whose codes are known
-- column: customer integer | the customer
-- column: statement bigint | the statement
-- column: code varchar | the code as it is looked up; null where nothing stands as a reason
-- column: reason varchar | what it means; empty where that is nothing; null where it is no known code
-- change: 1 2026-11-30 first version
with

    stated as (select customer, statement, code_of(reason) as code from reason_statements),

    codes as (select code, reason from reason_codes where taxonomy = $taxonomy),

    whole as (select stated.*, codes.reason from stated left join codes on stated.code = codes.code),

    parts as (
        select customer, statement, unnest(regexp_split_to_array(code, '\s*[;；|、,，/]\s*')) as code
        from whole
        where reason is null and regexp_matches(code, '[;；|、,，/]')
    ),

    parts_known as (
        select parts.*, codes.reason from parts left join codes on parts.code = codes.code where parts.code <> ''
    ),

    -- where all parts are known codes; else the cell is a text
    several as (select statement from parts_known group by statement having count(reason) = count(*)),

    final as (
        select whole.customer, whole.statement, whole.code, whole.reason
        from whole
        anti join several on whole.statement = several.statement
        union
        select parts_known.customer, parts_known.statement, parts_known.code, parts_known.reason
        from parts_known
        semi join several on parts_known.statement = several.statement
    )

select *
from final
order by customer, statement, code
