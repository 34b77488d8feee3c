-- name: published_kinds
-- version: 1
-- title: Kinds that published figures name
-- description: The industries anything is published of, and the kinds of customers or goods named in each or around it.
-- section: Benchmarks
-- needs: benchmark_industries, published_benchmarks
-- column: asked_of varchar | Industry | the industry looked at
-- column: industry varchar | Of | it, or a wider one around it
-- column: kind varchar | Kind | whom figures hold for alone; empty where for everybody
-- column: figures bigint | Figures | how many are published
-- change: 1 2026-12-01 first version
with

    final as (
        select
            benchmark_industries.industry as asked_of,
            published_benchmarks.industry,
            published_benchmarks.kind,
            count(*) as figures,
        from benchmark_industries
        inner join published_benchmarks on benchmark_industries.beside = published_benchmarks.industry
        group by all
    )

select *
from final
order by asked_of, industry, kind
