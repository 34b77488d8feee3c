"""Ids and event names held as numbers while a file is staged: they are joined and sorted in half the time of text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from churnbook.engine.duckdb import columns_of
from churnbook.intake.cells.values import literal

_FORM = re.compile(r"([A-Za-z]{0,9}[_-]?)([0-9]{1,9})")
"""Nine digits fit an integer; no letter before them is special in a pattern, or cleaned away."""


@dataclass(frozen=True)
class Form:
    """How ids are written: `prefix`, then `width` digits; 0: as many as the number has, with no zero before it."""

    prefix: str
    width: int

    def is_of(self, cell: str) -> str:
        """SQL: whether a cell is written so; no two such cells have the same number."""
        if self.width:
            return f"{cell} glob {literal(self.prefix + '[0-9]' * self.width)}"
        return f"regexp_full_match({cell}, {literal(f'{self.prefix}(0|[1-9][0-9]{{0,8}})')})"

    def number(self, cell: str) -> str:
        """SQL: the number of an id of this form; null for all others."""
        return f"case when {self.is_of(cell)} then substr({cell}, {len(self.prefix) + 1})::integer end"

    def text(self, number: str) -> str:
        """SQL: the id of a number."""
        digits = f"lpad({number}::varchar, {self.width}, '0')" if self.width else f"{number}::varchar"
        return f"{literal(self.prefix)} || {digits}"


def form_of(ids: Sequence[str | None]) -> Form | None:
    """The one form that all of these ids have, if they have one."""
    found = [_FORM.fullmatch(each or "") for each in ids]
    matched = [each for each in found if each]
    prefixes = {each[1] for each in matched}
    if len(matched) < len(found) or len(prefixes) != 1:
        return None
    widths = {len(each[2]) for each in matched}
    if all(each[2] == str(int(each[2])) for each in matched):
        widths = {0}
    return Form(prefixes.pop(), widths.pop()) if len(widths) == 1 else None


def distinct_ids(connection: duckdb.DuckDBPyConnection, number: int, form: Form) -> None:
    """Make `customer_id_<number>` with the ids beside the numbers that stand for them, `digits` of a staged sheet."""
    ((low, high, rows),) = connection.execute(
        f"select min(digits), max(digits), count(*) from staged_{number}"
    ).fetchall()
    if rows and high - low < rows:
        # a bit for each number that may occur: a third of the time of grouping the rows
        found = (
            f"select i::integer as digits from range({low}, {high + 1}) as numbers(i)"
            f" cross join (select bitstring_agg(digits, {low}, {high}) as seen from staged_{number})"
            f" where get_bit(seen, (i - {low})::integer) = 1"
        )
    else:
        found = f"select distinct digits from staged_{number}"
    connection.execute(
        f"create temp table customer_id_{number} as select {form.text('digits')} as customer_id, digits from ({found})"
    )


def is_coded(connection: duckdb.DuckDBPyConnection, number: int) -> bool:
    """Whether numbers stand for the ids of a sheet: its staged rows have them in `digits`."""
    return "digits" in columns_of(connection, f"customer_id_{number}")


def create_names(connection: duckdb.DuckDBPyConnection, type_: str, sources: Sequence[str]) -> None:
    """Create a type of the event names that these queries select, and of those of our own."""
    names = " union ".join([*sources, "select 'order' as name", "select 'subscription' as name"])
    connection.execute(f"create {type_} as enum (select name from ({names}) order by name)")
