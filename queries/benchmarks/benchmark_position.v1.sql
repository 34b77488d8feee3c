-- name: benchmark_position
-- version: 1
-- title: A figure beside published ones
-- description: One figure with its interval beside every published one of its metric, what can be said of it, and why a
-- published figure is not compared.
-- section: Benchmarks
-- needs: comparable_benchmarks.v1
-- param: ours float(-2147483647..2147483647) = null | Ours | our figure; a share from 0 to 1
-- choice: ours null | Not known
-- param: n int(0..) = 0 | Made of | how many customers, orders or answers it is made of
-- param: ci_low float(-2147483647..2147483647) = null | 95 % from | lower end of its interval
-- choice: ci_low null | Not known
-- param: ci_high float(-2147483647..2147483647) = null | 95 % to | upper end
-- choice: ci_high null | Not known
-- param: smallest int(1..) = 30 | Smallest sample | of fewer nothing is said
-- column: metric varchar | Metric | id of the metric
-- column: ours double | Ours | our figure
-- column: ci_low double | 95 % from | lower end of its interval
-- column: ci_high double | 95 % to | upper end
-- column: n bigint | Made of | how many it is made of
-- column: low double | Low | lower end of the published range; shares from 0 to 1
-- column: typical double | Typical | published typical value
-- column: high double | High | upper end
-- column: unit varchar | Unit | share, points, hours, months, ratio or a currency
-- column: period varchar | Period | the period as published
-- column: verdict varchar | Position | better, worse, above, below, close (the interval holds it), within (the range),
-- too_few, no_interval, no_value; null where it is not compared
-- column: why varchar | Not compared because | source, context, people, contract, terms, kind, region, band, currency,
-- months, period; null where it is
-- column: estimate double | In our period, estimated | typical, or the only end, compounded to the period of ours
-- column: source varchar | Source | title of the source
-- column: publisher varchar | Publisher | who published it
-- column: year integer | Year | of publication
-- column: data_year integer | Year of the data | where it is given
-- column: population varchar | Population | who was counted
-- column: confidence varchar | Confidence | primary, secondary, secondary_weak, folklore or own
-- column: industry varchar | Industry | whose it is
-- column: distance integer | Distance | 0: the industry itself; -1: one's own; further ones after it
-- column: segment varchar | Holds for | whom it holds for, as published
-- column: region varchar | Region | as published
-- column: kind varchar | Kind | whom it holds for alone; empty: everybody
-- column: band_of varchar | Price band of | acv, arpa or mrr
-- column: range_basis varchar | Range | what low, typical and high are
-- column: counted_in varchar | Counted in | billing, filings, companies, consumers, …
-- column: is_contract boolean | Contract | customers are lost by the end of a contract
-- column: company varchar | One company | the one company it is of
-- column: is_mirror boolean | Read on a copy | the page of the publisher was not seen itself
-- column: note varchar | Definition | how it is defined, as collected
-- column: url varchar | Address | of the source
-- column: better varchar | Better | lower, higher or n/a
-- change: 1 2026-12-01 first version
with

    -- above and below what is published: its typical value, or its range where there is none
    placed as (
        select
            *,
            $ci_low::double > coalesce(typical, high) as is_above,
            $ci_high::double < coalesce(typical, low) as is_below,
        from comparable_benchmarks
    ),

    final as (
        select
            $metric as metric,
            $ours::double as ours,
            $ci_low::double as ci_low,
            $ci_high::double as ci_high,
            $n::bigint as n,
            low,
            typical,
            high,
            unit,
            period,
            case
                when why is not null
                then null
                when $ours::double is null
                then 'no_value'
                when $n < $smallest
                then 'too_few'
                when $ci_low::double is null or $ci_high::double is null
                then 'no_interval'
                when is_above
                then case better when 'higher' then 'better' when 'lower' then 'worse' else 'above' end
                when is_below
                then case better when 'higher' then 'worse' when 'lower' then 'better' else 'below' end
                when typical is not null
                then 'close'
                else 'within'
            end as verdict,
            why,
            case
                when times <> 1
                then compounded(coalesce(typical, low, high), times, $metric = 'customer_retention_rate')
            end as estimate,
            title as source,
            publisher,
            year,
            data_year,
            population,
            confidence,
            industry,
            distance,
            segment,
            region,
            kind,
            band_of,
            range_basis,
            counted_in,
            is_contract,
            company,
            is_mirror,
            note,
            url,
            better,
        from placed
    )

select *
from final
order by why is not null, distance, publisher, year desc, segment, low, typical
