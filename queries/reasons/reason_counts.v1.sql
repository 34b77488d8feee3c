-- name: reason_counts
-- version: 1
-- title: Reasons counted
-- description: Lost customers and what they cost: all of them, by reason, by kind, and by what is known of them.
-- section: Churn reasons
-- needs: explained_losses.v1, loss_statements.v1, customer_segments.v1
-- param: breakdown attribute = null | Split by | split by this customer attribute
-- choice: breakdown null | Nothing
-- adds: segment, period, band, what, kind, reason
-- column: segment varchar | the attribute's value, empty where there is none, (other); null without a split
-- column: period date | first day of the period; null for all days, and of losses without a day
-- column: band integer | as in explained_losses
-- column: what varchar | lost, reason (by kind), mention (whatever the kind), kind, told (a reason, by kind), kinded
-- (of any kind), stated, several, undated, comment, money (by where it is from, as its reason), or statements of no
-- loss (outside)
-- column: kind varchar | voluntary, involuntary or ours; empty where nothing tells, or all
-- column: reason varchar | the reason at the level asked for; empty where none is known
-- column: customers bigint | lost customers; of outside, statements
-- column: lost_revenue decimal(38,4) money | what they cost
-- change: 1 2026-11-30 first version
with

    -- all losses that are alike in everything counted
    alike as materialized(
        select
            case when $breakdown::varchar is not null then coalesce(customer_segments.segment, '') end as segment,
            explained_losses.period,
            explained_losses.band,
            explained_losses.reasons,
            explained_losses.kinds,
            explained_losses.has_comment,
            explained_losses.money_of,
            explained_losses.churned_on is null as is_undated,
            count(*) as losses,
            sum(greatest(coalesce(explained_losses.lost_revenue, 0), 0)::decimal(38, 4))::decimal(38, 4) as money,
        from explained_losses
        left join customer_segments on explained_losses.customer = customer_segments.customer
        group by all
    ),

    marks as (
        select
            segment,
            period,
            band,
            losses,
            money,
            unnest(['lost', 'stated', 'several', 'undated', 'comment', 'kinded']) as what,
            unnest(
                [
                    true,
                    reasons <> [''],
                    len(list_distinct(reasons)) > 1,
                    is_undated,
                    has_comment,
                    len(list_filter(kinds, lambda each:each <> '')) > 0
                ]
            ) as is_so,
        from alike
    ),

    counted as (
        select segment, period, band, what, '' as kind, '' as reason, losses, money
        from marks
        where is_so
        union all
        select segment, period, band, 'reason', unnest(kinds), unnest(reasons), losses, money
        from alike
        union all
        select segment, period, band, 'mention', '', unnest(list_distinct(reasons)), losses, money
        from alike
        union all
        select segment, period, band, 'kind', unnest(list_distinct(kinds)), '', losses, money
        from alike
        union all
        select
            segment,
            period,
            band,
            'told',
            unnest(
                list_distinct(
                    list_transform(
                        list_filter(list_zip(reasons, kinds), lambda each:each[1] <> ''), lambda each:each[2]
                    )
                )
            ),
            '',
            losses,
            money
        from alike
        union all
        select segment, period, band, 'money', '', money_of, losses, money
        from alike
        where money_of is not null
    ),

    final as (
        select
            segment,
            period,
            band,
            what,
            kind,
            reason,
            sum(losses)::bigint as customers,
            sum(money)::decimal(38, 4) as lost_revenue,
        from counted
        group by all
        union all
        select null, null, null, 'outside', '', '', count(*), 0::decimal(38, 4)
        from loss_statements
        where is_outside
        having count(*) > 0
    )

select *
from final
order by segment, period, band, what, kind, reason
