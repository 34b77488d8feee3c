-- name: explained_losses
-- version: 1
-- title: Losses with their reasons
-- description: Each loss of the days chosen, once a customer and period, with its reasons and what it costs.
-- section: Churn reasons
-- needs: reported_losses.v1, loss_mentions.v1, loss_money.v1
-- column: customer integer | the customer
-- column: sequence bigint | the loss: the last of the customer in the period
-- column: churned_on date | its day; null where the file marks it without one
-- column: period date | first day of the period; null for all days, and without a day
-- column: band integer | days from becoming a customer to the loss, at least: 0, 31, 91, 181, 366 or 731; null where
-- that is not known
-- column: reasons varchar[] | its reasons, groups or departments; one empty text where none is known
-- column: kinds varchar[] | of each of them: voluntary, involuntary or ours; empty where nothing tells
-- column: has_comment boolean | a statement of the loss has a comment
-- column: lost_revenue decimal(38,4) money | what the loss costs; null where nothing tells
-- column: money_of varchar | where that is from
-- change: 1 2026-11-30 first version
with

    -- who ended it makes the kind of the loss; where no reason is stated it can be all that is known
    told as materialized(
        select
            customer,
            sequence,
            bool_or(has_comment) as has_comment,
            count(*) filter (counts) as mentions,
            coalesce(any_value(reason) filter (counts), max(reason) filter (reason <> '' and not is_stated)) as reason,
            arg_max(ended_kind, coalesce(stated_on, date '0001-01-01')) filter (ended_kind <> '') as ended_kind,
            coalesce(any_value(kind) filter (counts), max(kind) filter (reason <> '' and not is_stated)) as kind,
        from loss_mentions
        group by customer, sequence
    ),

    -- several: each once; of one group what tells more of it counts, from whichever file
    many as (
        select
            loss_mentions.*,
            bool_or(loss_mentions.detail_of is not null) over (
                partition by
                    loss_mentions.customer,
                    loss_mentions.sequence,
                    coalesce(loss_mentions.detail_of, loss_mentions.reason)
            ) as has_detail,
        from loss_mentions
        semi join
            (from told where mentions > 1) as told
            on loss_mentions.customer = told.customer
            and loss_mentions.sequence = told.sequence
        where loss_mentions.counts
    ),

    several as (
        select
            customer,
            sequence,
            list(reason order by reason, kind) as reasons,
            list(kind order by reason, kind) as kinds,
        from
            (
                select distinct customer, sequence, reason, kind
                from many
                where $level <> 'reason' or detail_of is not null or not has_detail
            )
        group by customer, sequence
    ),

    final as (
        select
            reported_losses.customer,
            reported_losses.sequence,
            reported_losses.churned_on,
            reported_losses.period,
            reported_losses.band,
            coalesce(several.reasons, [coalesce(told.reason, '')]) as reasons,
            case
                when told.ended_kind is not null
                then list_transform(coalesce(several.reasons, ['']), lambda each:told.ended_kind)
                else coalesce(several.kinds, [coalesce(told.kind, '')])
            end as kinds,
            coalesce(told.has_comment, false) as has_comment,
            loss_money.lost_revenue,
            loss_money.money_of,
        from reported_losses
        left join told on reported_losses.customer = told.customer and reported_losses.sequence = told.sequence
        left join several on reported_losses.customer = several.customer and reported_losses.sequence = several.sequence
        left join
            loss_money
            on reported_losses.customer = loss_money.customer
            and reported_losses.sequence = loss_money.sequence
    )

select *
from final
order by customer, period
