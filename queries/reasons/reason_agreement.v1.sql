-- name: reason_agreement
-- version: 1
-- title: Do codes and words agree?
-- description: How often the words of a comment tell the group that the code given names, with Cohen's kappa.
-- section: Agreement of codes and words
-- needs: agreement_counts.v1
-- column: code_group varchar | Code | the group of the code given
-- column: words_group varchar | Words | the group the comment tells
-- column: customers bigint | Lost customers | lost customers with both
-- column: n bigint | All | of all groups
-- column: agreed double % | Agree | of all, those where both name the same group
-- column: kappa double | Kappa | agreement beyond chance, Cohen's kappa: 1 for perfect, 0 for chance
-- change: 1 2026-11-30 first version
with

    totals as (
        select
            sum(customers)::double as n,
            sum(customers) filter (code_group = words_group)::double / sum(customers) as agreed,
        from agreement_counts
    ),

    by_code as (select code_group as reason_group, sum(customers)::double as n from agreement_counts group by 1),

    by_words as (select words_group as reason_group, sum(customers)::double as n from agreement_counts group by 1),

    chance as (
        select coalesce(sum(by_code.n * by_words.n), 0) as pairs
        from by_code
        inner join by_words on by_code.reason_group = by_words.reason_group
    ),

    final as (
        select
            agreement_counts.code_group,
            agreement_counts.words_group,
            agreement_counts.customers,
            totals.n::bigint as n,
            coalesce(totals.agreed, 0) as agreed,
            (coalesce(totals.agreed, 0) - chance.pairs / (totals.n * totals.n))
            / nullif(1 - chance.pairs / (totals.n * totals.n), 0) as kappa,
        from agreement_counts
        cross join totals
        cross join chance
    )

select *
from final
order by code_group, words_group
