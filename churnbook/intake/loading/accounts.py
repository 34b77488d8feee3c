"""Accounts: how many rows of every sheet were read and what became of them. They add up, or nothing is loaded."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from churnbook.datasets.passport import LOADED, MADE, NOBODY, READ, REPEATED
from churnbook.intake.loading.report import Account, Report
from churnbook.intake.mapping.plan import MappedSheet
from churnbook.words.language import N_
from churnbook.words.message import Refused


def begin(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the empty `meta.accounts`; `what` is READ, or what became of rows: LOADED, REPEATED (exact copies),
    REPLACED (by those of another file), or a key of REASONS.
    """
    connection.execute("create table meta.accounts (source integer, what varchar, rows bigint)")


def enter(connection: duckdb.DuckDBPyConnection, source: int, what: str, rows: int) -> None:
    """Write down so many rows of a source."""
    connection.execute("insert into meta.accounts values ($1, $2, $3)", [source, what, rows])


def close(connection: duckdb.DuckDBPyConnection, mapped: Sequence[MappedSheet], report: Report) -> None:
    """Count what was loaded and set aside of every sheet; raises Refused where a row read is not accounted for."""
    for number in range(len(mapped)):
        enter(connection, number, LOADED, _loaded(connection, number, mapped))
    connection.execute(
        "insert into meta.accounts"
        " select source, reason, count(*) from meta.rejected group by source, reason order by source, reason"
    )
    for number, read, found in connection.execute(
        "select source, coalesce(sum(rows) filter (what in ($read, $made)), 0),"
        " coalesce(sum(rows) filter (what not in ($read, $made)), 0) from meta.accounts group by source order by source",
        {"read": READ, "made": MADE},
    ).fetchall():
        _check(mapped[number].sheet.name, read, found)
    for table in dict.fromkeys(each.table for each in mapped):
        ((loaded,),) = connection.execute(
            "select sum(rows) from meta.accounts inner join meta.sources using (source)"
            " where what = $loaded and table_name = $table",
            {"loaded": LOADED, "table": table},
        ).fetchall()
        _check(table, loaded, _count(connection, _arrived(table)))
    report.accounts = [
        Account(mapped[source].sheet.name, what, rows)
        for source, what, rows in connection.execute(
            "select source, what, sum(rows)::bigint from meta.accounts group by source, what"
            " having sum(rows) > 0 order by source, min(rowid)"
        ).fetchall()
    ]


def _loaded(connection: duckdb.DuckDBPyConnection, number: int, mapped: Sequence[MappedSheet]) -> int:
    """The rows of a sheet that arrived; those of several sheets of one table cannot be told apart there."""
    table = mapped[number].table
    if sum(each.table == table for each in mapped) == 1:
        return _count(connection, _arrived(table))
    if table == "customers":
        return _count(connection, f"listed where source = {number}")
    # rows made of others arrived as well, those of nobody elsewhere
    ((others,),) = connection.execute(
        "select coalesce(sum(case when what = $made then -rows else rows end), 0) from meta.accounts"
        " where source = $source and what in ($repeated, $nobody, $made)",
        {"source": number, "repeated": REPEATED, "nobody": NOBODY, "made": MADE},
    ).fetchall()
    return _count(connection, f"staged_{number}") - int(others)


def _arrived(table: str) -> str:
    return "listed" if table == "customers" else f"main.{table}"


def _count(connection: duckdb.DuckDBPyConnection, source: str) -> int:
    ((rows,),) = connection.execute(f"select count(*) from {source}").fetchall()
    return int(rows)


def _check(name: str, read: int, found: int) -> None:
    if read != found:
        raise Refused(
            N_(
                "{name}: {read} rows were read but {found} are accounted for, so nothing was loaded. "
                "This is a fault of Churnbook, not of the file; please report it."
            ),
            name=name,
            read=f"{read:,}",
            found=f"{found:,}",
        )
