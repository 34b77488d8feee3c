"""Which days the tables cover: counted once at import by query files, kept in `meta`, and told where days are missing."""

from __future__ import annotations

import datetime as dt

import duckdb

from churnbook.catalogue import queries, schema
from churnbook.datasets.passport import COVERAGE_KEPT, ENDS_EARLY, GAP
from churnbook.intake.loading.report import Report
from churnbook.words.language import N_
from churnbook.words.message import LOOK, WRONG

_LONG = 10
"""From so many times the usual wait on, a gap is longer than holidays are."""
_GAPS_TOLD = 3
"""The longest gaps of a table that are told one by one; the passport marks all of them."""


def keep(connection: duckdb.DuckDBPyConnection, uploaded_on: dt.date, report: Report) -> None:
    """Make `meta.coverage` and the tables of what follows from it, and tell what is missing."""
    catalogue = queries.catalogue()
    asked = {each.name: each for name in COVERAGE_KEPT for each in catalogue.order(catalogue.find(name))}
    for name, query in asked.items():
        given = {"uploaded_on": uploaded_on} if "uploaded_on" in query.used_parameters else {}
        connection.execute(f"create temp table {name} as {query.sql}", given)
    for name in COVERAGE_KEPT:
        connection.execute(f"create table meta.{name} as from temp.{name}")
    _warn_of_gaps(connection, report)
    _warn_of_ends(connection, report)
    _warn_of_stragglers(connection, report)


def _warn_of_gaps(connection: duckdb.DuckDBPyConnection, report: Report) -> None:
    for name, first, last, days, usual in connection.execute(
        "select table_name, first_day, last_day, days, usual_days from meta.coverage_gaps"
        f" qualify row_number() over (partition by table_name order by days desc, first_day) <= {_GAPS_TOLD}"
        " order by days desc, table_name, first_day"
    ).fetchall():
        report.warn(
            GAP,
            _FILL_EVERY_DAY if usual == 1 else _FILL,
            WRONG if name in schema.ACTIVITIES and days >= _LONG * usual else LOOK,
            table=schema.LOADABLE[name].label,
            first=f"{first:%Y-%m-%d}",
            last=f"{last:%Y-%m-%d}",
            days=f"{days:,}",
            usual=f"{usual}",
        )


_FILL_EVERY_DAY = N_(
    "Otherwise there are rows every day. Export {table} again for {first} to {last}; if nothing happened then, all is right."
)
_FILL = N_(
    "Otherwise there are rows at least every {usual} days. Export {table} again for {first} to {last}; if nothing "
    "happened then, all is right."
)


def _warn_of_ends(connection: duckdb.DuckDBPyConnection, report: Report) -> None:
    for name, day, latest, other, behind in connection.execute(
        "select table_name, last_day, latest_day, latest_table, date_diff('day', last_day, latest_day)"
        " from meta.coverage_ends where ends_early order by table_name not in ('orders', 'events'), last_day, table_name"
    ).fetchall():
        report.warn(
            ENDS_EARLY,
            _UP_TO if name in ("orders", "events") else _IF_MORE,
            table=schema.LOADABLE[name].label,
            day=f"{day:%Y-%m-%d}",
            days=f"{behind:,}",
            other=schema.LOADABLE[other].label,
            latest=f"{latest:%Y-%m-%d}",
        )


_UP_TO = N_("Export {table} again up to {latest}: numbers count only the days that orders and events both cover.")
_IF_MORE = N_("Export {table} again up to {latest}, if more has happened.")


def _warn_of_stragglers(connection: duckdb.DuckDBPyConnection, report: Report) -> None:
    for name, rows, day in connection.execute(
        "select table_name, sum(rows)::bigint, arg_max(day, rows) from meta.coverage_astray"
        " group by table_name order by table_name"
    ).fetchall():
        report.warn(
            N_("{table}: rows more than a year away from all others: {rows}, for instance of {day}."),
            N_("Check these dates in the file; the calendar leaves them out."),
            table=schema.LOADABLE[name].label,
            rows=f"{rows:,}",
            day=f"{day:%Y-%m-%d}",
        )
