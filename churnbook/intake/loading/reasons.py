"""What customers said when they left, kept word for word, and coded once by each version of the taxonomy."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import duckdb

from churnbook.catalogue import queries, schema
from churnbook.datasets.taxonomy import Taxonomy, usual
from churnbook.engine.duckdb import Session
from churnbook.intake.loading import tables
from churnbook.intake.mapping.plan import MappedSheet
from churnbook.words.language import N_

BEGINNING = N_("The usual list of reasons")

_SAYING: Mapping[str, frozenset[str]] = {
    "exits": frozenset({"reason", "comment", "cancelled_by"}),
    "subscriptions": frozenset({"reason", "comment", "cancelled_by"}),
    "customers": frozenset({"churn_reason", "churn_comment"}),
}
"""By table, the roles in which somebody says why they left."""
_KEPT = (schema.REASON_STATEMENTS, schema.REASON_CODINGS, *schema.TAXONOMY)


def keep(connection: duckdb.DuckDBPyConnection, mapped: Sequence[MappedSheet]) -> None:
    """Make the tables of reasons of a file whose other tables are loaded; where anything was said, code it."""
    for table in _KEPT:
        tables.create(connection, table)
    if not any(each.table in _SAYING and _SAYING[each.table] & each.roles.keys() for each in mapped):
        return
    Session(connection).insert(queries.catalogue().find("stated_at_exit"), {}, "main.reason_statements")
    ((said,),) = connection.execute("select count(*) from main.reason_statements").fetchall()
    if not said:
        return
    put(connection, 1, dt.datetime.now(dt.UTC).replace(tzinfo=None), BEGINNING, usual())


def put(
    connection: duckdb.DuckDBPyConnection, number: int, made_at: dt.datetime, note: str, taxonomy: Taxonomy
) -> None:
    """Write a version of the taxonomy into a file, in place of one of that number, and code what was said by it."""
    take_out(connection, number)
    connection.execute("insert into main.reason_versions values ($1, $2, $3)", [number, made_at, note])
    reasons = taxonomy.reasons
    connection.execute(
        "insert into main.reasons select $1, unnest(range($2)), unnest($3::varchar[]), unnest($4::varchar[]),"
        " unnest($5::varchar[]), unnest($6::varchar[]), unnest($7::varchar[])",
        [
            number,
            len(reasons),
            [each.key for each in reasons],
            [each.parent for each in reasons],
            [each.name for each in reasons],
            [each.department for each in reasons],
            [each.kind for each in reasons],
        ],
    )
    for table, pairs in (
        (schema.REASON_CODES, taxonomy.codes),
        (schema.REASON_PHRASES, taxonomy.phrases),
        (schema.REASON_KINDS, taxonomy.kinds),
    ):
        connection.execute(
            f"insert into main.{table.name} select $1, unnest($2::varchar[]), unnest($3::varchar[])",
            [number, [one for one, _other in pairs], [other for _one, other in pairs]],
        )
    code(connection, number)


def code(connection: duckdb.DuckDBPyConnection, number: int) -> None:
    """Code everything that was said by one version of the taxonomy, which the file holds."""
    connection.execute("delete from main.reason_codings where taxonomy = $1", [number])
    Session(connection).insert(
        queries.catalogue().find("coded_statements"), {"taxonomy": number}, "main.reason_codings"
    )


def take_out(connection: duckdb.DuckDBPyConnection, number: int) -> None:
    """Take a version of the taxonomy, and what was coded by it, out of a file."""
    for table in (schema.REASON_CODINGS, *schema.TAXONOMY):
        connection.execute(f"delete from main.{table.name} where taxonomy = $1", [number])


def count(connection: duckdb.DuckDBPyConnection) -> None:
    """Write down how many rows the tables of reasons have now."""
    for table in _KEPT:
        tables.count(connection, table)
