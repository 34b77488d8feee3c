"""Exact copies: rows of a table that agree with another in every loaded column; told, or kept once by choice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from churnbook.catalogue import schema
from churnbook.datasets.passport import REPEATED
from churnbook.intake.loading import accounts
from churnbook.intake.loading.report import Report
from churnbook.words.language import N_
from churnbook.words.message import NOTE


def begin(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the empty `meta.repeated`."""
    connection.execute("create table meta.repeated (table_name varchar, rows bigint, is_kept boolean)")


@dataclass(frozen=True)
class Loaded:
    """Rows of one source as they were loaded, in SQL: those read, or made of them beside, as money paid back."""

    source: int
    sql: str
    is_made: bool = False


def settle(
    connection: duckdb.DuckDBPyConnection,
    table: schema.Table,
    loaded: Sequence[Loaded],
    bound: Mapping[str, Any],
    once: bool,
    report: Report,
) -> Counter[tuple[int, bool]]:
    """Find the copies among the rows of a filled table; with `once` take all but one of each out again.

    `bound` are the values that the SQL of `loaded` binds. Returns how many rows of each source were taken out, by
    source and whether they were made; those that were read are in the accounts. Copies told are rows of files.
    """
    columns = [name for name, _type in table.columns]
    _find(connection, table, columns)
    ((rows,),) = connection.execute("select coalesce(sum(len(row_ids) - 1), 0)::bigint from copies").fetchall()
    gone: Counter[tuple[int, bool]] = Counter()
    if rows:
        if once or any(each.is_made for each in loaded):
            gone = _of_sources(connection, columns, loaded, bound)
            rows = sum(count for (_source, is_made), count in gone.items() if not is_made)
        if once:
            for (source, is_made), count in gone.items():
                if not is_made:
                    accounts.enter(connection, source, REPEATED, count)
            connection.execute(f"delete from main.{table.name} where rowid in (select unnest(row_ids[2:]) from copies)")
        connection.execute("insert into meta.repeated values ($1, $2, $3)", [table.name, rows, not once])
        _warn(table, rows, once, report)
    connection.execute("drop table copies")
    return gone if once else Counter()


def _find(connection: duckdb.DuckDBPyConnection, table: schema.Table, columns: list[str]) -> None:
    """Make `copies`: each row that stands more than once, and the rows it stands at."""
    # rows lie by customer and time, so that copies are among neighbours that agree in both
    near = [name for name in columns if name in ("customer", table.moment)]
    is_tied = " and ".join(f"{name} is not distinct from lag({name}) over ()" for name in near) or "true"
    listed = ", ".join(columns)
    connection.execute(
        f"""
        create temp table copies as
        with rows as (select rowid as row_id, lag(rowid) over () as row_id_before, {is_tied} as is_tied from main.{table.name}),
        tied as (select distinct unnest([row_id_before, row_id]) as row_id from rows where is_tied)
        select {listed}, list(stored.rowid order by stored.rowid) as row_ids
        from main.{table.name} as stored semi join tied on stored.rowid = tied.row_id
        group by {listed} having count(*) > 1
        """
    )


def _of_sources(
    connection: duckdb.DuckDBPyConnection, columns: list[str], loaded: Sequence[Loaded], bound: Mapping[str, Any]
) -> Counter[tuple[int, bool]]:
    """How many copies each source has, by source and whether they were made; the first that has a row keeps it."""
    agree = " and ".join(f"loaded.{name} is not distinct from copies.{name}" for name in columns)
    found = " union all ".join(
        f"select {number} as number, copies.row_ids[1] as row_id, count(*) as rows"
        f" from ({each.sql}) as loaded inner join copies on {agree} group by row_id"
        for number, each in enumerate(loaded)
    )
    rows = connection.execute(
        f"select number, (sum(rows) - count(*) filter (is_first))::bigint"
        f" from (select *, number = min(number) over (partition by row_id) as is_first from ({found}))"
        " group by number order by number",
        dict(bound),
    ).fetchall()
    return Counter({(loaded[number].source, loaded[number].is_made): count for number, count in rows if count})


def _warn(table: schema.Table, rows: int, once: bool, report: Report) -> None:
    if once:
        report.warn(
            N_("{table}: exact copies of other rows left out: {rows}; each row was kept once."),
            weight=NOTE,
            table=table.label,
            rows=f"{rows:,}",
        )
    else:
        report.warn(
            N_("{table}: rows that repeat another exactly, in every column that was loaded: {rows}; all were kept."),
            N_(
                "If they were exported twice, load the files again with each kept once. If a column that was left out "
                "tells them apart, they are right as they are."
            ),
            table=table.label,
            rows=f"{rows:,}",
        )
