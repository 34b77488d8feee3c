"""Changing what the user writes in the app, marked days and benchmarks; each change is a generation of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

import pyarrow as pa

from churnbook.catalogue import schema
from churnbook.catalogue.schema import Derived
from churnbook.datasets.benchmarks import METRIC_NAMES
from churnbook.datasets.facts import Facts
from churnbook.datasets.library import DatasetEntry, Library
from churnbook.datasets.written import MOST_BENCHMARKS, MOST_MARKS, Mark, OwnBenchmark, marks, own_benchmarks
from churnbook.engine.duckdb import Cursor
from churnbook.generations.make import amend
from churnbook.intake.loading import written
from churnbook.words.language import N_
from churnbook.words.message import Notice, Refused


def save_marks(library: Library, id: str, wanted: Sequence[Mark], what: Notice) -> DatasetEntry:
    """Let a dataset have these marked days. Raises Refused where one is bad, or nothing would change."""
    kept = tuple(sorted({each.checked() for each in wanted}))
    if len(kept) > MOST_MARKS:
        raise Refused(N_("A dataset has at most {n} marked days."), n=str(MOST_MARKS))

    def check(facts: Facts) -> None:
        if marks(facts) == kept:
            raise Refused(N_("Nothing was changed."))

    def write(connection: Cursor) -> None:
        rows = pa.table({"day": [each.day for each in kept], "name": [each.name for each in kept]})
        written.put(connection, schema.MARKS, rows)

    return amend(library, id, check, write, what)


def save_benchmarks(library: Library, id: str, wanted: Sequence[OwnBenchmark]) -> DatasetEntry:
    """Let a dataset have these benchmarks in place of all it has, of files too.

    Raises Refused where a row that is new lacks its metric, a value or its source, or nothing would change.
    """
    held = own_benchmarks(library.facts(id, library.find(id).generation))
    for each in wanted:
        if each not in held:  # what a file says may wait to be settled
            _check(each)
    if len(wanted) > MOST_BENCHMARKS:
        raise Refused(N_("A dataset has at most {n} benchmarks of its own."), n=str(MOST_BENCHMARKS))

    def check(facts: Facts) -> None:
        if sorted(map(str, own_benchmarks(facts))) == sorted(map(str, wanted)):
            raise Refused(N_("Nothing was changed."))

    def write(connection: Cursor) -> None:
        columns = schema.BENCHMARKS.columns
        held = connection.sql(f"select {', '.join(name for name, _type in columns)} from main.benchmarks")
        written.put(connection, schema.REPLACED_BENCHMARKS, held.to_arrow_table())
        rows = [asdict(each) for each in wanted]
        written.put(connection, schema.WRITTEN_BENCHMARKS, _table(schema.WRITTEN_BENCHMARKS, rows))

    return amend(library, id, check, write, Notice.of(N_("Changed one’s own benchmarks.")))


def _check(row: OwnBenchmark) -> None:
    """Raises Refused where a row that was written lacks its metric, a value or its source."""
    if not row.metric.strip():
        raise Refused(N_("Choose the metric of every row."))
    name = METRIC_NAMES.get(row.metric, row.metric)
    if row.typical is None and row.low is None and row.high is None:
        raise Refused(N_("{metric}: give a typical value, or a low or high one."), metric=name)
    if not (row.source or "").strip():
        raise Refused(N_("{metric}: say where the figure is from; without a source nobody can weigh it."), metric=name)
    if row.year is not None and not 1900 <= row.year <= 2200:
        raise Refused(N_("{metric}: the year is to lie from 1900 to 2200."), metric=name)
    if row.low is not None and row.high is not None and row.low > row.high:
        raise Refused(N_("{metric}: the low value is above the high one."), metric=name)


def _table(table: Derived, rows: Sequence[dict[str, object]]) -> pa.Table:
    types = {"varchar": pa.string(), "double": pa.float64()}
    return pa.table({name: pa.array([row[name] for row in rows], types[type_]) for name, type_ in table.columns})
