"""The shape of a table: which rows are titles, which the header, where the data begin."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median_high

from churnbook.intake.files.headers import months_in_row
from churnbook.words.language import N_
from churnbook.words.message import Notice

Record = tuple[int, Sequence[str]]
"""A row with the 1-based line it begins on."""

Merge = tuple[int, int, int]
"""Cells merged side by side: the line, the first and the last column (from 0)."""

Span = tuple[int, int, int]
"""Cells merged downwards: the first line, the last, and the column (from 0)."""

_JUDGED = 200
_LONGEST_HEADER = 120
_DATA_LIKE = re.compile(r"[-+]?[¥￥$€£]?[0-9][0-9,.:/\- 年月日T]*%?|true|false|yes|no|是|否", re.IGNORECASE)
_ANSWERS = ("response", "open-ended response", "antwort", "réponse", "respuesta", "resposta", "回复", "回答")
"""What surveys write below a question that has one answer, in words."""
_ID_WORD = re.compile(r"(?i)\bid\b|_id\b|编号|用户|客户|会员")


@dataclass(frozen=True)
class Shape:
    """Where a table lies among its records: `first` is the index of the first row of data.

    `header_line` is the line of the (lower) header, 0 where there is none, `width` the number of columns,
    `is_named` says which of them have a header in the file, `repeated` which headers several of them have.
    """

    first: int
    header_line: int
    headers: tuple[str, ...]
    width: int
    is_named: tuple[bool, ...]
    repeated: tuple[str, ...] = ()


def find(records: Sequence[Record], merges: Sequence[Merge] = ()) -> Shape:
    """The shape of a table from its first records, of which there is at least one."""
    width = usual_width(cells for _, cells in records)
    start = next(i for i, (_, cells) in enumerate(records) if len(cells) == width)
    narrow = next((i for i, (_, cells) in enumerate(records[:start]) if 1 < len(cells) == width - 1), None)
    if narrow is not None and all(cells[-1].strip() == "" for _, cells in records[start:] if len(cells) == width):
        start = narrow  # rows end with a delimiter the header does not have
    elif start and len(records[start - 1][1]) == width + 1 and not records[start - 1][1][-1].strip():
        start -= 1  # the header ends with a delimiter that the rows do not have
    start = _below_comments(records, _below_titles(records, start))
    line, first = records[start][0], _padded(records[start][1], width)
    above = records[start - 1] if start else (0, [])
    if len(above[1]) == width and above[0] == line - 1 and _is_parent(above, records[start:], merges):
        return _shape(start + 1, line, _joined(above[1], first))
    if _is_parent((line, first), records[start + 1 :], merges):
        child_line, child = records[start + 1]
        return _shape(start + 2, child_line, _joined(first, child))
    if _are_answers(first, records[start + 1 :]):
        child_line, child = records[start + 1]
        return _shape(start + 2, child_line, _questions(first, child))
    if has_header(first, [cells for _, cells in records[start + 1 :]]):
        return _shape(start + 1, line, first)
    return _shape(start, 0, [""] * width)


def _shape(first: int, header_line: int, names: Sequence[str]) -> Shape:
    is_named = tuple(name.strip() != "" for name in names)
    return Shape(first, header_line, unique(names), len(names), is_named, repeated(names))


def usual_width(rows: Iterable[Sequence[str]]) -> int:
    """How many cells most rows have; lines of one cell above and below a table do not count, however many they are."""
    widths = [len(cells) for cells in rows]
    width = Counter(widths).most_common(1)[0][0]
    wide = [index for index, each in enumerate(widths) if each > 1]
    if width == 1 and wide:
        table = widths[wide[0] : wide[-1] + 1]
        if len(table) > 1 and len(set(table)) == 1:
            return table[0]
    return width


def _padded(cells: Sequence[str], width: int) -> list[str]:
    return [*cells[:width], *[""] * (width - len(cells))]


def _filled(cells: Sequence[str]) -> int:
    return sum(cell.strip() != "" for cell in cells)


def _below_titles(records: Sequence[Record], start: int) -> int:
    """Titles fill few of the cells that rows of data fill."""
    judged = records[start : start + _JUDGED]
    usual = median_high(_filled(cells) for _, cells in judged)
    for index, (_, cells) in enumerate(judged[:-1]):
        few = _filled(cells) <= 0.4 * usual
        if not few and not (usual == 2 and _filled(cells) == 1 and _is_title_of_two(judged[index : index + 50])):
            return start + index
    return start


def _is_title_of_two(records: Sequence[Record]) -> bool:
    """Whether the first of these rows of two cells stands above a header: a gap or data of another kind tell."""
    (line, title), (next_line, header), *rest = records
    if not title[0].strip() or len(header) != 2 or any(is_data(cell) or not cell.strip() for cell in header):
        return False
    rows = [cells for _, cells in rest if len(cells) == 2]
    return next_line > line + 1 or any(2 * sum(is_data(row[index]) for row in rows) > len(rows) for index in (0, 1))


def _below_comments(records: Sequence[Record], start: int) -> int:
    """Lines that begin with # are comments, but the last may be the header of data that have no other."""
    commented = start
    while commented < len(records) and re.match(r"\s*#.", records[commented][1][0]):
        commented += 1
    if commented in (start, len(records)):
        return start
    body = [cells for _, cells in records[commented + 1 :]]
    if len(records[commented - 1][1]) == len(records[commented][1]) and not has_header(records[commented][1], body):
        return commented - 1
    return commented


def has_header(first: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    """A first row is a header unless, in most columns of data, it looks like the data below it; months in a row are one."""
    if months_in_row(first):
        return True
    if not rows:
        return not any(is_data(cell) for cell in first)
    of_data = of_data_and_alike = 0
    for index, cell in enumerate(first):
        below = [row[index].strip() for row in rows[:50] if index < len(row) and row[index].strip()]
        alike = sum(is_data(value) for value in below)
        if below and alike / len(below) > 0.8:
            of_data += 1
            of_data_and_alike += is_data(cell)
    return of_data_and_alike == 0 or of_data_and_alike / of_data < 0.5 or any(_ID_WORD.search(c) for c in first)


def of_data(rows: Sequence[Sequence[str | None]], width: int) -> list[int]:
    """The columns in which nearly every filled cell is a number, a date or a flag."""
    found = []
    for index in range(width):
        filled = [cell.strip() for row in rows if (cell := row[index]) and cell.strip()]
        if filled and sum(is_data(cell) for cell in filled) > 0.8 * len(filled):
            found.append(index)
    return found


def is_data(cell: str) -> bool:
    """Whether a cell looks like a number, a date or a flag."""
    return _DATA_LIKE.fullmatch(cell.strip()) is not None


# Two rows of headers


def _is_parent(parent: Record, following: Sequence[Record], merges: Sequence[Merge]) -> bool:
    """Whether a row holds the upper headers of the row below it, as merged cells leave them: named once, then blank.

    Every column must get a name, and the cells be merged, or the names be months of a year, or the lower names be no
    data above a column of data.
    """
    line, upper = parent
    if len(following) < 2 or len(following[0][1]) != len(upper):
        return False
    child = following[0][1]
    groups = _groups(upper)
    wide = [index for _name, indexes in groups if len(indexes) > 1 for index in indexes]
    alone = [indexes[0] for name, indexes in groups if name and len(indexes) == 1]
    if not wide or not any(name for name, indexes in groups if len(indexes) > 1):
        return False
    unnamed = [index for name, indexes in groups if not name for index in indexes]
    if any(not child[index].strip() for index in (*wide, *unnamed)) or any(child[index].strip() for index in alone):
        return False
    if len(groups) == 1:
        return False  # one name over all columns is a title
    if any(each == line and last > first for each, first, last in merges) or months_in_row(_joined(upper, child)):
        return True
    rows = [cells for _, cells in following[1:50] if len(cells) == len(upper)]
    return any(index in wide and not is_data(child[index]) for index in of_data(rows, len(upper)))


def _are_answers(upper: Sequence[str], following: Sequence[Record]) -> bool:
    """Whether the row below a header of questions holds their answers to choose from, as surveys are exported.

    The columns before the questions have none; each column has one or a name; and some answer says that it is one, or
    stands in the rows below wherever it was chosen.
    """
    if len(following) < 2 or len(following[0][1]) != len(upper):
        return False
    child = [cell.strip() for cell in following[0][1]]
    if child[0] or not upper[0].strip() or not any(child):
        return False
    if any(not cell and not name.strip() for cell, name in zip(child, upper, strict=True)):
        return False
    if any(cell.casefold() in _ANSWERS for cell in child):
        return True
    chosen = {
        (index, row[index].strip())
        for _, row in following[1:_JUDGED]
        if len(row) == len(upper)
        for index, cell in enumerate(child)
        if cell and row[index].strip()
    }
    return not all(map(str.strip, upper)) and len(chosen) > 1 and all(child[index] == cell for index, cell in chosen)


def _questions(upper: Sequence[str], lower: Sequence[str]) -> list[str]:
    """A question with each of its answers; alone where it is answered in words."""
    return [
        name if len(indexes) == 1 and lower[index].strip().casefold() in _ANSWERS else f"{name} {lower[index]}".strip()
        for name, indexes in _groups(upper)
        for index in indexes
    ]


def _groups(upper: Sequence[str]) -> list[tuple[str, list[int]]]:
    """The columns under each upper header; those before the first stand under a blank one."""
    groups: list[tuple[str, list[int]]] = []
    for index, cell in enumerate(upper):
        if cell.strip() or not groups:
            groups.append((cell.strip(), []))
        groups[-1][1].append(index)
    return groups


def _joined(upper: Sequence[str], lower: Sequence[str]) -> list[str]:
    return [f"{name} {lower[index].strip()}".strip() for name, indexes in _groups(upper) for index in indexes]


def repeated(cells: Sequence[str]) -> tuple[str, ...]:
    """The headers that several columns have, but for case."""
    named = [text for cell in cells if (text := _clean(cell))]
    times = Counter(text.casefold() for text in named)
    return tuple({text.casefold(): text for text in reversed(named) if times[text.casefold()] > 1}.values())[::-1]


def said_of_repeated(name: str, headers: Sequence[str]) -> list[Notice]:
    """What is said of headers that several columns have."""
    if not headers:
        return []
    return [
        Notice.of(
            N_(
                "{file} has several columns named {columns}; each further one is told apart by a number, as “{second}”."
            ),
            N_("Look in the mapping whether the right one is used."),
            file=name,
            columns=", ".join(headers),
            second=f"{headers[0]} (2)",
        )
    ]


def _clean(cell: str) -> str:
    text = re.sub(r"[\s\x00-\x1f\x7f]+", " ", cell).strip().lstrip("\ufeff")
    return text if len(text) <= _LONGEST_HEADER else text[: _LONGEST_HEADER - 1] + "…"


def unique(cells: Sequence[str]) -> tuple[str, ...]:
    """Unique, non-empty names: a blank header takes its position, a repeated one a number."""
    seen: set[str] = set()
    headers: list[str] = []
    for position, cell in enumerate(cells, 1):
        text = _clean(cell)
        header = free = text or f"column {position}"
        times = 1
        while free.casefold() in seen:
            times += 1
            free = f"{header} ({times})"
        seen.add(free.casefold())
        headers.append(free)
    return tuple(headers)
