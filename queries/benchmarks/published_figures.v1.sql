-- name: published_figures
-- version: 1
-- title: All that is published
-- description: Every published figure of an industry and the wider ones around it, with its source.
-- section: Benchmarks
-- needs: published_benchmarks, benchmark_industries
-- param: industry text = null | Industry | whose figures, and those of wider industries; null: all
-- choice: industry null | All
-- column: metric varchar | Metric | id of the metric
-- column: industry varchar | Industry | whose it is
-- column: segment varchar | Holds for | whom it holds for, as published
-- column: region varchar | Region | as published
-- column: low double | Low | lower end of the range; shares from 0 to 1
-- column: typical double | Typical | typical value
-- column: high double | High | upper end
-- column: unit varchar | Unit | share, points, hours, months, ratio or a currency
-- column: period varchar | Period | as published
-- column: range_basis varchar | Range | what low, typical and high are
-- column: population varchar | Population | who was counted
-- column: data_year integer | Year of the data | where it is given
-- column: year integer | Year | of publication
-- column: publisher varchar | Publisher | who published it
-- column: title varchar | Source | title of the source
-- column: url varchar | Address | of the source
-- column: confidence varchar | Confidence | primary, secondary, secondary_weak or folklore
-- column: note varchar | Definition | how it is defined, as collected
-- change: 1 2026-12-01 first version
with

    final as (
        select
            published_benchmarks.metric,
            published_benchmarks.industry,
            published_benchmarks.segment,
            published_benchmarks.region,
            published_benchmarks.low,
            published_benchmarks.typical,
            published_benchmarks.high,
            published_benchmarks.unit,
            published_benchmarks.period,
            published_benchmarks.range_basis,
            published_benchmarks.population,
            published_benchmarks.data_year,
            published_benchmarks.year,
            published_benchmarks.publisher,
            published_benchmarks.title,
            published_benchmarks.url,
            published_benchmarks.confidence,
            published_benchmarks.note,
        from published_benchmarks
        left join
            benchmark_industries
            on published_benchmarks.industry = benchmark_industries.beside
            and benchmark_industries.industry = $industry::varchar
        where $industry::varchar is null or benchmark_industries.industry is not null
    )

select *
from final
order by metric, industry, publisher, segment, period, low, typical
