"""Files as known systems export them: what stands in them is typed out, how they are written is chosen by a seed."""

from __future__ import annotations

import csv
import io
import json
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import openpyxl

Row = Mapping[str, str]
Table = tuple[list[str], list[list[str]]]
"""Headers, and rows of cells."""

OWN = {"Our own column": "x", "備考": "甲", "Note of 2019 (do not use)": ""}
"""Columns that somebody added to an export, with what stands in every row."""


def listed(text: str) -> tuple[str, ...]:
    """The headers of a text that has a bar between them; blanks at their ends are theirs."""
    return tuple(text.strip("\n").replace("\n", "").split("|"))


def typed(text: str) -> tuple[Row, ...]:
    """The rows of a text table with a bar between the cells; its first line holds the headers, without end blanks."""
    lines = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    return tuple(dict(zip(lines[0], cells, strict=True)) for cells in lines[1:])


@dataclass(frozen=True)
class Export:
    """A file of a known system and what is true of it.

    `headers` are all the system writes, `rows` the cells that say something. `signs` are forms some columns have
    ('="{}"'). `roles` say which header is to carry which role.

    The answer: `customers` are those who count, `months` by month how many bought how many orders for what money net of
    refunds (no buyers where the export does not tell customers apart), `nps` by month promoters less detractors of a
    hundred, `counts` other numbers, by what they count.
    """

    recipe: str
    file: str
    headers: tuple[str, ...]
    rows: tuple[Row, ...]
    roles: Mapping[str, str]
    customers: int | None = None
    months: Mapping[str, tuple[int | None, int, str]] = field(default_factory=dict)
    nps: Mapping[str, int] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)
    written: Callable[[Table], bytes] = lambda table: comma(table)
    signs: Mapping[str, str] = field(default_factory=dict)
    timezone: str = "UTC"

    @property
    def id(self) -> str:
        """What tests call it."""
        return f"{self.recipe}-{self.file}"

    @property
    def is_counted(self) -> bool:
        """Whether it has an answer."""
        return bool(self.months or self.counts or self.customers is not None)

    def content(self, seed: int | None = None) -> bytes:
        """The file: whole and in order without a seed, else without a fifth of the columns that say nothing, reordered,
        and with columns of somebody's own."""
        headers = list(self.headers)
        own: Mapping[str, str] = {}
        if seed is not None:
            chance = random.Random(f"{self.id} {seed}")
            said = {*self.roles.values(), *(header for row in self.rows for header in row)}
            silent = [header for header in headers if header.strip() not in said]
            dropped = set(chance.sample(silent, round(len(silent) / 5)))
            own = OWN
            headers = [header for header in headers if header not in dropped] + list(own)
            chance.shuffle(headers)
        missing = {header for row in self.rows for header in row} - {header.strip() for header in headers}
        assert not missing, f"{self.id}: rows have columns the export does not: {missing}"
        return self.written(
            (headers, [[self._cell({**own, **row}, header) for header in headers] for row in self.rows])
        )

    def _cell(self, row: Row, header: str) -> str:
        cell = row.get(header.strip(), "")
        sign = self.signs.get(header.strip()) or self.signs.get("*")
        return sign.format(cell) if sign and (cell or "*" in self.signs) else cell


def comma(
    table: Table, encoding: str = "utf-8", above: Sequence[str] = (), below: Sequence[str] = (), delimiter: str = ","
) -> bytes:
    """A table as delimited text, with lines above and below it."""
    sink = io.StringIO()
    sink.writelines(f"{line}\r\n" for line in above)
    csv.writer(sink, delimiter=delimiter).writerows([table[0], *table[1]])
    sink.writelines(f"{line}\r\n" for line in below)
    return sink.getvalue().encode(encoding)


def workbook(table: Table, above: Sequence[Sequence[str]] = (), below: Sequence[Sequence[str]] = ()) -> bytes:
    """A table as a workbook of texts, with rows above and below it."""
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in [*above, table[0], *table[1], *below]:
        book.active.append(row)
    sink = io.BytesIO()
    book.save(sink)
    return sink.getvalue()


def lines(table: Table) -> bytes:
    """A table as an object a line; a header with dots is the way to a value in objects within it."""
    return "".join(f"{json.dumps(_object(table[0], row), ensure_ascii=False)}\n" for row in table[1]).encode()


def _object(headers: Sequence[str], row: Sequence[str]) -> dict[str, object]:
    found: dict[str, object] = {}
    for header, cell in zip(headers, row, strict=True):
        if cell:
            *outer, name = header.split(".")
            inner = found
            for key in outer:
                inner = inner.setdefault(key, {})  # type: ignore[assignment]
            inner[name] = cell
    return found
