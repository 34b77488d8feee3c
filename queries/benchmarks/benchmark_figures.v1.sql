-- name: benchmark_figures
-- version: 1
-- title: Published figures of a metric
-- description: What is published of one metric for an industry and the wider ones around it, and one's own benchmarks.
-- section: Benchmarks
-- needs: published_benchmarks, benchmark_industries, benchmark_metrics, own_benchmarks.v1
-- param: metric text | Metric | id of the metric
-- param: variant text | Variant | tells apart figures of one metric: order-2, price
-- param: industry text = null | Industry | whose figures, and those of wider industries; null: all
-- choice: industry null | All
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
-- change: 1 2026-12-01 first version
with

    listed as (
        select published_benchmarks.* exclude (metric, variant), coalesce(benchmark_industries.distance, 0) as distance,
        from published_benchmarks
        left join
            benchmark_industries
            on published_benchmarks.industry = benchmark_industries.beside
            and benchmark_industries.industry = $industry::varchar
        where
            published_benchmarks.metric = $metric
            and published_benchmarks.variant = $variant
            and ($industry::varchar is null or benchmark_industries.industry is not null)
    ),

    owned as (
        select
            * exclude (metric, variant, given, nearest, unsettled),
            -1 as distance,
            '' as region,
            measured_over as period,
            '' as range_basis,
            '' as population,
            '' as title,
            coalesce(source, '') as publisher,
            '' as note,
            'own' as confidence,
            'core' as tier,
            'direct' as comparability,
            'own' as counted_in,
            '' as kind,
            '' as band_of,
            '' as company,
        from own_benchmarks
        where metric = $metric and variant = $variant and coalesce(unsettled, '') in ('', 'source')
    ),

    figures as (
        select *
        from listed
        union all by name
        select * exclude (source)
        from owned
    ),

    final as (
        select
            figures.number,
            figures.industry,
            figures.distance,
            figures.segment,
            figures.region,
            figures.low,
            figures.typical,
            figures.high,
            figures.unit,
            figures.measured_over,
            figures.period,
            figures.range_basis,
            figures.population,
            figures.title,
            figures.publisher,
            figures.url,
            figures.year,
            figures.data_year,
            figures.note,
            figures.confidence,
            figures.comparability,
            figures.tier,
            coalesce(figures.is_mirror, false) as is_mirror,
            figures.counted_in,
            figures.is_contract,
            figures.kind,
            figures.band_of,
            figures.band_from,
            figures.band_to,
            figures.company,
            benchmark_metrics.better,
        from figures
        inner join benchmark_metrics on benchmark_metrics.metric = $metric
    )

select *
from final
order by distance, number, publisher
