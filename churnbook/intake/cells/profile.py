"""How the columns of a sheet read: which kinds of value their first cells hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from types import MappingProxyType

import duckdb

from churnbook.engine.duckdb import in_memory
from churnbook.intake.cells import dates, numbers, values
from churnbook.intake.files.sheet import Sheet

JUDGED_ROWS = 300
FITS = 0.6
"""The share of cells that must read as a kind for a column to be of it."""


@dataclass(frozen=True)
class Profile:
    """How a sample column reads: filled cells, distinct cells, and the share of filled cells each kind reads.

    Beside the kinds there is "counted": times as numbers of seconds or days, which other numbers may look like.
    """

    filled: int
    distinct: int
    shares: Mapping[str, float]

    @property
    def is_dated(self) -> bool:
        """Whether most filled cells are dates in writing."""
        return self.filled > 0 and self.shares["timestamp"] >= FITS

    def fits(self, kind: str) -> bool:
        """Whether most filled cells read as that kind; an empty column fits nothing."""
        share = self.shares.get(kind, 1.0)
        return self.filled > 0 and max(share, self.shares["counted"] if kind == "timestamp" else share) >= FITS


@lru_cache(maxsize=32)
def profiles(sheet: Sheet) -> Mapping[str, Profile]:
    """A Profile for each header, judged on the first rows by the expressions that will load it."""
    found = {}
    with in_memory() as connection:
        for index, header in enumerate(sheet.headers):
            found[header] = _profile(connection, [row[index] for row in sheet.sample[:JUDGED_ROWS]])
    return MappingProxyType(found)


def profile_of(cells: Sequence[str | None]) -> Profile:
    """How a column with these cells reads."""
    with in_memory() as connection:
        return _profile(connection, cells)


def _profile(connection: duckdb.DuckDBPyConnection, sample: Sequence[str | None]) -> Profile:
    texts = [cell for cell in sample if cell is not None]
    if not texts:
        return Profile(0, 0, dict.fromkeys(("timestamp", "counted", "money", "number", "flag"), 0.0))
    source = "(select unnest($cells::varchar[]) as cell)"

    def counted(aggregates: Sequence[str]) -> tuple[int, ...]:
        bound = {"timezone": "UTC"} if any("$timezone" in each for each in aggregates) else {}
        (row,) = connection.execute(
            f"select {', '.join(aggregates)} from {source}", {"cells": texts} | bound
        ).fetchall()
        return tuple(row)

    written = numbers.judge(texts)
    reads = {kind: values.checked(values.typed("cell", kind, written), kind, "cell") for kind in ("money", "number")}
    reads["flag"] = values.typed("cell", "flag")
    dated = dates.judge(connection, texts, counted)
    moments = {"timestamp": replace(dated, counted=()), "counted": dates.Dates(counted=dated.counted)}
    reads |= {
        # days far ahead count too: they are how ends that never come are written
        name: f"nullif({values.typed('cell', 'timestamp', each)} >= timestamp '1900-01-01', false)"
        for name, each in moments.items()
        if each != dates.Dates()
    }
    filled, distinct, *read = counted(
        [
            f"count(*) filter (not {values.is_null('cell', 'number')})",
            "count(distinct cell)",
            *(f"count({each}) filter (not {values.is_null('cell', 'number')})" for each in reads.values()),
        ]
    )
    shares = dict.fromkeys(("timestamp", "counted"), 0.0)
    shares |= {kind: each / max(filled, 1) for kind, each in zip(reads, read, strict=True)}
    return Profile(filled=filled, distinct=distinct, shares=shares)
