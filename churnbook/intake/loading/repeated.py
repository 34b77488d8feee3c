"""Exact copies: rows of a table that agree with another in every loaded column; told, or kept once by choice."""

from __future__ import annotations

from collections.abc import Mapping
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


def settle(
    connection: duckdb.DuckDBPyConnection,
    table: schema.Table,
    sources: Mapping[int, str],
    bound: Mapping[str, Any],
    once: bool,
    report: Report,
) -> None:
    """Find the copies among the rows of a filled table; with `once` take all but one of each out again.

    `sources` is SQL for the rows of each source as they were loaded, `bound` the values it binds.
    """
    columns = [name for name, _type in table.columns]
    _find(connection, table, columns)
    ((rows,),) = connection.execute("select coalesce(sum(len(row_ids) - 1), 0)::bigint from copies").fetchall()
    if rows:
        if once:
            _account(connection, columns, sources, bound)
            connection.execute(f"delete from main.{table.name} where rowid in (select unnest(row_ids[2:]) from copies)")
            report.rows[table.name] -= rows
        connection.execute("insert into meta.repeated values ($1, $2, $3)", [table.name, rows, not once])
        _warn(table, rows, once, report)
    connection.execute("drop table copies")


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


def _account(
    connection: duckdb.DuckDBPyConnection, columns: list[str], sources: Mapping[int, str], bound: Mapping[str, Any]
) -> None:
    """Write down how many copies of each source go; the first source that has a row keeps it."""
    agree = " and ".join(f"loaded.{name} is not distinct from copies.{name}" for name in columns)
    found = " union all ".join(
        f"select {source} as source, copies.row_ids[1] as row_id, count(*) as rows"
        f" from ({rows}) as loaded inner join copies on {agree} group by row_id"
        for source, rows in sources.items()
    )
    for source, gone in connection.execute(
        f"select source, (sum(rows) - count(*) filter (is_first))::bigint"
        f" from (select *, source = min(source) over (partition by row_id) as is_first from ({found}))"
        " group by source order by source",
        dict(bound),
    ).fetchall():
        accounts.enter(connection, source, REPEATED, gone)


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
