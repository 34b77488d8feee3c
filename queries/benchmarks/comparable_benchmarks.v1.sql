-- name: comparable_benchmarks
-- version: 1
-- title: Which published figures can be compared
-- description: The published figures of a metric, each with the reason why it is not compared with ours, if there is
-- one.
-- section: Benchmarks
-- needs: benchmark_figures.v1
-- param: period text | Period | what ours is measured over
-- param: kind text | Customers or goods | the kind that figures which name one are to name
-- param: region text | Region | where figures that name a region are to be from
-- param: business_model choice(contract, no_contract, unknown) = null | Customers are lost | by the end of a contract,
-- or by staying away
-- choice: business_model null | Not asked
-- choice: business_model contract | When a contract ends
-- choice: business_model no_contract | When they stay away
-- choice: business_model unknown | Not known
-- param: bound float(0..1) = 0 | Bound for longer | share of paying customers with a term of more than a month
-- param: arpa float(0..) = null | Revenue a month of a customer | in US dollars
-- choice: arpa null | Not known
-- param: mrr float(0..) = null | Monthly recurring revenue | of the company, in US dollars
-- choice: mrr null | Not known
-- param: sources choice(primary, named, weak, claims) = primary | Sources | what is compared with
-- choice: sources primary | Primary | The publisher's own page or report, in its newest edition
-- choice: sources named | Named | Also older editions, and articles that name their source
-- choice: sources weak | Untraceable too | Also sources that cannot be traced
-- choice: sources claims | Claims too | Also claims without a source, as quotes that nothing is judged by
-- param: months int(0..) = 12 | Whole months of data | an annual figure is compared from twelve on
-- column: number integer | the row of the published list; null for one's own
-- column: industry varchar | whose it is
-- column: distance integer | 0: the industry itself; further ones after it
-- column: segment varchar | whom it holds for, as published
-- column: region varchar | as published
-- column: low double | lower end of the published range; shares from 0 to 1
-- column: typical double | published typical value
-- column: high double | upper end
-- column: unit varchar | share, points, hours, months, ratio or a currency
-- column: measured_over varchar | what it is measured over; any where that does not matter; empty where not known
-- column: period varchar | the period as published
-- column: range_basis varchar | what low, typical and high are
-- column: population varchar | who was counted
-- column: title varchar | title of the source
-- column: publisher varchar | who published it
-- column: url varchar | its address
-- column: year integer | of publication
-- column: data_year integer | of the data
-- column: note varchar | how it is defined
-- column: confidence varchar | primary, secondary, secondary_weak, folklore; own for one's own
-- column: comparability varchar | as in the list
-- column: tier varchar | core, or extended: an older edition, or a weak one
-- column: is_mirror boolean | it was read on a copy
-- column: counted_in varchar | billing, filings, companies, consumers, panel, trackers, orders, records, helpdesk,
-- model, compiled, claim or own
-- column: is_contract boolean | customers are lost by the end of a contract; null where that does not matter
-- column: kind varchar | whom it holds for alone; empty: everybody
-- column: band_of varchar | acv, arpa or mrr where it holds for a price band alone
-- column: band_from double | in US dollars
-- column: band_to double | in US dollars
-- column: company varchar | the one company it is of
-- column: better varchar | lower, higher or n/a
-- column: why varchar | why it is not compared: source, context, people, contract, terms, kind, region, band,
-- currency, months, period; null where it is
-- column: times double | how many of its periods pass in ours; null where a rate cannot be compounded
-- change: 1 2026-12-01 first version
with

    figures as (
        select
            *,
            case band_of when 'acv' then 12 * $arpa when 'arpa' then $arpa when 'mrr' then $mrr end::double
            as value_of_band,
        from benchmark_figures
    ),

    final as (
        select
            figures.* exclude (value_of_band),
            case
                when greatest(rank_of_source(confidence), (tier = 'extended')::integer + 1) > rank_of_source($sources)
                then 'source'
                when comparability = 'context_only'
                then 'context'
                -- people asked about any provider are no customers of one company
                when counted_in = 'consumers' and $metric <> 'nps'
                then 'people'
                when $business_model <> case is_contract when true then 'contract' when false then 'no_contract' end
                then 'contract'
                -- who is bound for a year cannot leave in most months
                when $metric = 'logo_churn_rate' and is_contract and measured_over = 'monthly' and $bound > 0.5
                then 'terms'
                when kind <> '' and kind <> $kind
                then 'kind'
                when not holds_in_region(region, $region)
                then 'region'
                when
                    band_of <> ''
                    and not coalesce(
                        value_of_band >= coalesce(band_from, 0) and value_of_band < coalesce(band_to, 'infinity'), false
                    )
                then 'band'
                when $metric = 'average_order_value' and unit is distinct from scope.currency
                then 'currency'
                when measured_over not in ($period, 'any')
                then 'period'
                when measured_over = 'annual' and $months < 12
                then 'months'
            end as why,
            -- a rate of loss can be compounded, or of those who stay; nothing else
            case
                when $metric in ('logo_churn_rate', 'customer_retention_rate')
                then months_of($period) / months_of(measured_over)
            end as times,
        from figures
        cross join scope
    )

select *
from final
order by distance, number, publisher
