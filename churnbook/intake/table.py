"""Rows that a reader took from a workbook, a web page or JSON to a sheet."""

from __future__ import annotations

from collections.abc import Sequence

from churnbook.intake import shape
from churnbook.intake.shape import Merge, Record
from churnbook.intake.sheet import File, Sheet, Warned, copied

_JUDGED = 1000


def sheet(
    file: File,
    title: str | None,
    format: str,
    records: Sequence[Record],
    encoding: str | None = None,
    merges: Sequence[Merge] = (),
    notes: Sequence[Warned] = (),
) -> Sheet | None:
    """The sheet these rows make, without columns that are blank from the header on; None without data."""
    filled = [record for record in records if any(map(str.strip, record[1]))]
    if len(filled) < 2:
        return None
    width = max(len(cells) for _, cells in filled)
    if any(len(cells) < width for _, cells in filled):
        filled = [(line, [*cells, *[""] * (width - len(cells))]) for line, cells in filled]
    found = shape.find(filled[:_JUDGED], merges)
    body = filled[found.first :]
    if not body:
        return None
    used = [place for place in range(width) if found.is_named[place] or any(cells[place].strip() for _, cells in body)]
    headers = [found.headers[place] for place in used]
    rows = body if len(used) == width else [(line, [cells[place] for place in used]) for line, cells in body]
    return copied(file, title, format, encoding, found.header_line, headers, rows, notes)
