-- name: reason_counts
-- version: 1
-- title: Reasons counted
-- description: Lost customers and what they cost: all of them, by reason, by kind, and by what is known of them.
-- section: Churn reasons
-- needs: loss_reasons.v1, loss_statements.v1, customer_segments.v1
-- param: breakdown attribute = null | Split by | split by this customer attribute
-- choice: breakdown null | Nothing
-- adds: segment, period, band, what, kind, reason
-- column: segment varchar | the attribute's value, empty where there is none, (other); null without a split
-- column: period date | first day of the period; null for all days, and of losses without a day
-- column: band integer | as in loss_reasons
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

    rows as (
        select
            case when $breakdown::varchar is not null then coalesce(customer_segments.segment, '') end as segment,
            loss_reasons.*,
            coalesce(loss_reasons.lost_revenue, 0)::decimal(38, 4) as money,
        from loss_reasons
        left join customer_segments on loss_reasons.customer = customer_segments.customer
    ),

    -- one row a loss
    losses as (
        select
            segment,
            period,
            band,
            customer,
            any_value(money) as money,
            any_value(money_of) as money_of,
            bool_and(churned_on is null) as is_undated,
            bool_or(reason <> '') as is_stated,
            count(distinct reason) > 1 as has_several,
            bool_or(has_comment) as has_comment,
        from rows
        group by segment, period, band, customer
    ),

    kinds as (select distinct segment, period, band, customer, kind, money from rows),

    final as (
        select
            segment,
            period,
            band,
            'lost' as what,
            '' as kind,
            '' as reason,
            count(*) as customers,
            sum(money)::decimal(38, 4) as lost_revenue,
        from losses
        group by all
        union all
        select segment, period, band, 'reason', kind, reason, count(*), sum(money)::decimal(38, 4)
        from rows
        group by all
        union all
        select segment, period, band, 'kind', kind, '', count(*), sum(money)::decimal(38, 4)
        from kinds
        group by all
        union all
        select segment, period, band, 'mention', '', reason, count(*), sum(money)::decimal(38, 4)
        from (select distinct segment, period, band, customer, reason, money from rows)
        group by all
        union all
        select segment, period, band, 'stated', '', '', count(*), sum(money)::decimal(38, 4)
        from losses
        where is_stated
        group by all
        union all
        select segment, period, band, 'several', '', '', count(*), sum(money)::decimal(38, 4)
        from losses
        where has_several
        group by all
        union all
        select segment, period, band, 'undated', '', '', count(*), sum(money)::decimal(38, 4)
        from losses
        where is_undated
        group by all
        union all
        select segment, period, band, 'comment', '', '', count(*), sum(money)::decimal(38, 4)
        from losses
        where has_comment
        group by all
        union all
        select segment, period, band, 'money', '', money_of, count(*), sum(money)::decimal(38, 4)
        from losses
        where money_of is not null
        group by all
        union all
        select null, null, null, 'outside', '', '', count(*), 0::decimal(38, 4)
        from loss_statements
        where sequence is null
        having count(*) > 0
    )

select *
from final
order by segment, period, band, what, kind, reason
