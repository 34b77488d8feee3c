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
-- column: what varchar | lost, reason (by kind), mention (whatever the kind), kind, stated, several, undated,
-- comment, money
-- (by where it is from, as its reason), or
-- statements of no loss (outside)
-- column: kind varchar | voluntary, involuntary or ours; empty where nothing tells, or all
-- column: reason varchar | the reason at the level asked for; empty where none is known
-- column: customers bigint | lost customers; of outside, statements
-- column: lost_revenue decimal(38,4) money | what they cost
-- change: 1 2026-11-30 first version
with

    losses as materialized(
        select
            case when $breakdown::varchar is not null then coalesce(customer_segments.segment, '') end as segment,
            explained_losses.* exclude (lost_revenue),
            greatest(coalesce(explained_losses.lost_revenue, 0), 0)::decimal(38, 4) as money,
            len(list_distinct(explained_losses.reasons)) > 1 as has_several,
        from explained_losses
        left join customer_segments on explained_losses.customer = customer_segments.customer
    ),

    sums as (
        select
            segment,
            period,
            band,
            count(*) as lost,
            sum(money) as lost_money,
            count(*) filter (reasons <> ['']) as stated,
            sum(money) filter (reasons <> ['']) as stated_money,
            count(*) filter (has_several) as several,
            sum(money) filter (has_several) as several_money,
            count(*) filter (churned_on is null) as undated,
            sum(money) filter (churned_on is null) as undated_money,
            count(*) filter (has_comment) as commented,
            sum(money) filter (has_comment) as commented_money,
        from losses
        group by all
    ),

    marks as (
        select
            segment,
            period,
            band,
            unnest(['lost', 'stated', 'several', 'undated', 'comment']) as what,
            unnest([lost, stated, several, undated, commented]) as customers,
            unnest([lost_money, stated_money, several_money, undated_money, commented_money])::decimal(38, 4) as money,
        from sums
    ),

    final as (
        select segment, period, band, what, '' as kind, '' as reason, customers, money as lost_revenue,
        from marks
        where customers > 0
        union all
        select segment, period, band, 'reason', kind, reason, count(*), sum(money)::decimal(38, 4)
        from (select segment, period, band, money, unnest(kinds) as kind, unnest(reasons) as reason from losses)
        group by all
        union all
        select segment, period, band, 'mention', '', reason, count(*), sum(money)::decimal(38, 4)
        from (select segment, period, band, money, unnest(list_distinct(reasons)) as reason from losses)
        group by all
        union all
        select segment, period, band, 'kind', kind, '', count(*), sum(money)::decimal(38, 4)
        from (select segment, period, band, money, unnest(list_distinct(kinds)) as kind from losses)
        group by all
        union all
        select segment, period, band, 'money', '', money_of, count(*), sum(money)::decimal(38, 4)
        from losses
        where money_of is not null
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
