"""The published benchmarks, put into every dataset file, so that a figure beside them can be computed again from it alone."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING

import duckdb

from churnbook.catalogue import schema
from churnbook.datasets import benchmarks
from churnbook.intake.loading import tables

if TYPE_CHECKING:
    import pyarrow as pa

_SHARE = "rows.unit like '\\%%' escape '\\'"
"""Of a unit in per cent: % of churn, % of respondents."""


def keep(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the tables of published benchmarks in a file, shares from 0 to 1, and empty ones for what the user writes in the app."""
    for table in (*schema.PUBLISHED, *schema.WRITTEN):
        tables.create(connection, table)
    fill(connection)


def fill(connection: duckdb.DuckDBPyConnection) -> None:
    """Put the benchmarks that come with this Churnbook into a file that has the tables for them."""
    for table in schema.PUBLISHED:
        tables.insert(connection, table, _tables()[table.name])


@cache
def _tables() -> Mapping[str, pa.Table]:
    """The rows of the three tables by name, read from the files once for all."""
    with duckdb.connect() as connection:
        for table in schema.PUBLISHED:
            tables.create(connection, table)
        _read(connection)
        return MappingProxyType({each.name: connection.table(each.name).to_arrow_table() for each in schema.PUBLISHED})


def _read(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(
        f"""
        insert into main.{schema.PUBLISHED_BENCHMARKS.name} by name
        with rows as (
            select (row_number() over ())::integer as number, *
            from read_csv($benchmarks, all_varchar = true, header = true, quote = '"', parallel = false)
        ),
        reading as (from read_csv($reading, all_varchar = true, header = true, quote = '"'))
        select
            rows.number, rows.metric_id as metric, rows.industry, rows.segment, rows.region,
            {", ".join(f"rows.{name}::double / case when {_SHARE} then 100 else 1 end as {name}" for name in ("low", "typical", "high"))},
            case when {_SHARE} then 'share' when rows.unit = 'NPS points' then 'points' else rows.unit end as unit,
            rows.period, rows.range_basis, rows.sample_population as population, rows.data_year::integer as data_year,
            rows.source_title as title, rows.publisher, rows.url, rows.pub_year::integer as year,
            rows.definition_note as note, rows.confidence, rows.comparability, rows.tier,
            rows.seen_is_mirror = 'yes' as is_mirror,
            reading.counted_in, reading.is_contract = 'yes' as is_contract, coalesce(reading.kind, '') as kind,
            coalesce(reading.band_of, '') as band_of, reading.band_from::double as band_from,
            reading.band_to::double as band_to, coalesce(reading.company, '') as company,
            coalesce(reading."over", '') as measured_over, coalesce(reading.variant, '') as variant
        from rows inner join reading on rows.number = reading.row::integer
        order by rows.number
        """,
        {"benchmarks": str(benchmarks.BENCHMARKS), "reading": str(benchmarks.READING)},
    )
    connection.execute(
        f"""
        insert into main.{schema.BENCHMARK_METRICS.name}
        select metrics.metric_id, metrics.unit, metrics.better, named.names
        from read_csv($metrics, all_varchar = true, header = true, quote = '"') as metrics
        inner join (select unnest($ids::varchar[]) as metric_id, unnest($names::varchar[][]) as names) as named
            on metrics.metric_id = named.metric_id
        order by metrics.metric_id
        """,
        {
            "metrics": str(benchmarks.METRICS),
            "ids": list(benchmarks.METRIC_NAMES),
            "names": [benchmarks.known_as(name) for name in benchmarks.METRIC_NAMES],
        },
    )
    connection.execute(
        f"""
        insert into main.{schema.BENCHMARK_INDUSTRIES.name}
        with wider as (
            select row_number() over () as position, industry, beside
            from read_csv($industries, all_varchar = true, header = true, parallel = false)
        )
        select industry, industry, 0 from (select distinct industry from main.published_benchmarks)
        union all
        select industry, beside, row_number() over (partition by industry order by position)::integer from wider
        order by 1, 3
        """,
        {"industries": str(benchmarks.INDUSTRIES)},
    )
