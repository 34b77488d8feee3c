-- name: reason_customers
-- version: 1
-- title: Customers who left for a reason
-- description: The lost customers who stated a reason, with what they said word for word.
-- section: Churn reasons
-- needs: explained_losses.v1, loss_statements.v1, customer_segments.v1, customers
-- uses: reason_statements, reason_codings, reason_versions
-- param: reason text = null | Reason | the reason at the level asked for; empty: none known
-- param: kind text = null | Kind | voluntary, involuntary, ours or empty; null: all
-- choice: kind null | All
-- param: in_period date = null | Period | first day of the period; null: all
-- param: segment text = null | Segment | only this segment of the split; null: all
-- choice: segment null | All
-- param: band int(-1..731) = null | Days as a customer, from | only those lost after such a time; null: all, -1: not
-- known
-- picked: reason, kind, in_period, segment, band
-- param: breakdown attribute = null | Split by | split by this customer attribute
-- choice: breakdown null | Nothing
-- column: customer_id varchar | Customer id | the customer's id in the files
-- column: churned_on date | Lost on | day of the loss; null where the file has none
-- column: stated_on date | Said on | day of the statement; null where nothing was said
-- column: stated varchar | Reason as stated | what stands as the reason in the file
-- column: comment varchar | Comment | what was said, word for word
-- column: words varchar | Words that tell it | the words of it that tell a reason
-- column: lost_revenue double money | Lost revenue | what the customer paid before leaving
-- change: 1 2026-11-30 first version
with

    chosen as (
        select distinct
            explained_losses.customer,
            explained_losses.sequence,
            explained_losses.churned_on,
            explained_losses.lost_revenue,
        from explained_losses
        left join customer_segments on explained_losses.customer = customer_segments.customer
        where
            len(
                list_filter(
                    list_zip(explained_losses.reasons, explained_losses.kinds),
                    lambda each:each[1] = coalesce($reason::varchar, each[1])
                    and each[2] = coalesce($kind::varchar, each[2])
                )
            )
            > 0
            and ($in_period::date is null or explained_losses.period = $in_period::date)
            and ($segment::varchar is null or coalesce(customer_segments.segment, '') = $segment::varchar)
            and ($band::integer is null or coalesce(explained_losses.band, -1) = $band::integer)
    ),

    -- the statement that counts; of a loss without a known reason the last one
    said as (
        select loss_statements.customer, loss_statements.sequence, reason_statements.* exclude (customer),
        from loss_statements
        inner join reason_statements on loss_statements.statement = reason_statements.statement
        semi join chosen on loss_statements.customer = chosen.customer and loss_statements.sequence = chosen.sequence
        qualify
            row_number() over (
                partition by loss_statements.customer, loss_statements.sequence
                order by
                    loss_statements.counts desc,
                    reason_statements.comment is null,
                    reason_statements.stated_on desc,
                    loss_statements.statement
            )
            = 1
    ),

    told as (
        select codings.statement, string_agg(distinct codings.word, ' · ' order by codings.word) as words
        from
            (
                select reason_codings.statement, unnest(reason_codings.words) as word
                from reason_codings
                where
                    reason_codings.given = 'words'
                    and reason_codings.taxonomy = (select coalesce($taxonomy, max(taxonomy)) from reason_versions)
            ) as codings
        group by codings.statement
    ),

    final as (
        select
            customers.customer_id,
            chosen.churned_on,
            said.stated_on,
            said.reason as stated,
            said.comment,
            told.words,
            chosen.lost_revenue::double as lost_revenue,
        from chosen
        inner join customers on chosen.customer = customers.customer
        left join said on chosen.customer = said.customer and chosen.sequence = said.sequence
        left join told on said.statement = told.statement
    )

select *
from final
order by churned_on desc, customer_id
