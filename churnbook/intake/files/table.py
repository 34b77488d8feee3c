"""Rows that a reader took from a workbook, a web page or JSON to a sheet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain, islice

from churnbook.intake.files import shape
from churnbook.intake.files.merged import Downwards
from churnbook.intake.files.shape import Merge, Record, Span
from churnbook.intake.files.sheet import File, Sheet, copied
from churnbook.words.message import Notice

_JUDGED = 1000


def sheet(
    file: File,
    title: str | None,
    format: str,
    records: Iterable[Record],
    encoding: str | None = None,
    merges: Sequence[Merge] = (),
    spans: Sequence[Span] = (),
    notes: Sequence[Notice] = (),
) -> Sheet | None:
    """The sheet these rows of one width make, without columns that are blank from the header on; None without data.

    Cells merged downwards are filled for the rows they cover. Rows are written as they come, unless some column has no name and could be blank to the last of them.
    """
    filled = (record for record in records if "".join(record[1]).strip())
    first = list(islice(filled, _JUDGED))
    if len(first) < 2:
        return None
    found = shape.find(first, merges)
    begun = first[found.first :] or list(islice(filled, 1))
    if not begun:
        return None
    headers = found.headers
    merged = Downwards(spans, found)
    rows: Iterator[Record] = merged.filled(chain(begun, filled))
    if not all(found.is_named):
        body = list(rows)
        used = [
            index for index, name in enumerate(found.is_named) if name or any(cells[index].strip() for _, cells in body)
        ]
        headers = tuple(found.headers[index] for index in used)
        rows = ((line, [cells[index] for index in used]) for line, cells in body)
    made = copied(file, title, format, encoding, found.header_line, headers, rows, notes)
    said = [*shape.said_of_repeated(made.name, found.repeated), *merged.said(made.name)]
    return replace(made, notes=(*made.notes, *said))
