-- name: own_benchmark_rows
-- version: 1
-- title: Your own benchmarks as written
-- description: The benchmarks of the user's files and of what was typed in, with the metric each name means and whether
-- its numbers are shares or per cent.
-- section: Your own benchmarks
-- needs: benchmark_metrics, kept_benchmarks.v1
-- column: id varchar | id of the metric its name means; null where none is known by that name
-- column: nearest_id varchar | the metric whose name is most like it; null where none is much like it
-- column: metric varchar | the name as written
-- column: low double | as written
-- column: typical double | as written
-- column: high double | as written
-- column: period varchar | in lower case; null where there is none
-- column: industry varchar | as written
-- column: segment varchar | as written
-- column: source varchar | as written
-- column: year double | as written
-- column: unit varchar | in lower case; empty where there is none
-- column: is_share boolean | the metric is a share
-- column: metric_unit varchar | unit of the metric
-- column: scale varchar | share or percent; null where nothing tells
-- change: 1 2026-12-01 first version
with

    named as (select unnest(names) as name, metric, unit from benchmark_metrics),

    written as (
        select
            * exclude (period, unit),
            row_number() over (order by metric, period, source, typical) as number,
            nullif(lower(trim(period)), '') as period,
            coalesce(lower(trim(unit)), '') as unit,
        from kept_benchmarks
    ),

    known as (
        select distinct on (written.number) written.number, named.metric as id
        from written
        inner join named on plain_name(written.metric) = plain_name(named.name)
        order by written.number, named.metric
    ),

    alike as (
        select
            written.number,
            arg_max(named.metric, jaro_winkler_similarity(plain_name(written.metric), plain_name(named.name))) filter (
                jaro_winkler_similarity(plain_name(written.metric), plain_name(named.name)) >= 0.75
            ) as id,
        from written
        cross join named
        group by written.number
    ),

    final as (
        select
            known.id,
            alike.id as nearest_id,
            written.metric,
            written.low,
            written.typical,
            written.high,
            written.period,
            written.industry,
            written.segment,
            written.source,
            written.year,
            written.unit,
            coalesce(metrics.unit[1] = '%', false) as is_share,
            metrics.unit as metric_unit,
            case
                when written.unit in ('share', 'ratio', '0-1', '小数', '比率', '比例')
                then 'share'
                when written.unit in ('%', 'percent', 'per cent', 'pct', '0-100', '百分比', '百分数')
                then 'percent'
                -- one number beyond what a share can be says that all without a unit from one source are per cent
                when
                    max(greatest(written.low, written.typical, written.high)) filter (
                        metrics.unit[1] = '%' and metrics.metric <> 'net_revenue_retention' and written.unit = ''
                    ) over (
                        partition by
                            written.is_written,
                            coalesce(nullif(lower(trim(written.source)), ''), written.number::varchar)
                    )
                    > 1
                then 'percent'
            end as scale,
        from written
        left join known on written.number = known.number
        left join alike on written.number = alike.number
        left join benchmark_metrics as metrics on known.id = metrics.metric
    )

select *
from final
order by metric, source, typical
