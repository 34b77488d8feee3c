"""Workbooks (xlsx, xlsb, xls, ods) to sheets, each visible one with a table."""

from __future__ import annotations

import gc
import re
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any

import python_calamine

from churnbook.intake.files import table
from churnbook.intake.files.shape import Merge, Span
from churnbook.intake.files.sheet import File, Sheet, damaged
from churnbook.words.language import N_
from churnbook.words.message import NOTE, WRONG, Notice, Refused

_CHUNK = 1 << 18
_ROWS = 1000
_MOST_CELLS = 60_000_000


def sheets(file: File, format: str) -> list[Sheet]:
    """The visible sheets of a workbook that hold a header and rows; raises Refused where there is none."""
    notes: list[Notice] = []
    if format != "xls" and (empty := _look_through(file)):
        notes.append(
            Notice.of(
                N_(
                    "{file}: {n} formulas have no stored result and were read as empty cells. "
                    "Open the workbook in Excel or WPS, save it and load it again."
                ),
                weight=WRONG,
                file=file.name, n=f"{empty:,}",
            )
        )  # fmt: skip
    try:
        with _without_collecting():
            return _sheets(file, format, notes)
    except python_calamine.PasswordError:
        raise Refused(
            N_("{file} is protected with a password. Save it without one and choose the new file."), file=file.name
        ) from None
    except (python_calamine.CalamineError, OSError, ValueError, OverflowError):
        raise _unopened(file) from None
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # the reader's own bugs, met on damaged files
            raise
        raise _unopened(file) from None


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Millions of cells are made, none of them in a cycle: looking for some would only take time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _unopened(file: File) -> Refused:
    return Refused(
        N_("{file} cannot be opened as a workbook. Save it again as .xlsx and choose the new file."), file=file.name
    )


def _sheets(file: File, format: str, notes: list[Notice]) -> list[Sheet]:
    visible = python_calamine.SheetVisibleEnum.Visible
    # as a stream: from a path, the extension would decide what the bytes are
    with file.path.open("rb") as source, python_calamine.CalamineWorkbook.from_filelike(source) as book:
        hidden = [meta.name for meta in book.sheets_metadata if meta.visible != visible]
        if hidden:
            notes.append(
                Notice.of(
                    N_("{file} has hidden sheets, which were left out: {sheets}. Show them in the workbook if needed."),
                    weight=NOTE,
                    file=file.name, sheets=", ".join(hidden),
                )
            )  # fmt: skip
        found = []
        for title in (meta.name for meta in book.sheets_metadata if meta.visible == visible):
            try:
                sheet = book.get_sheet_by_name(title)
            except python_calamine.WorksheetNotFound:
                continue  # a chart or a macro sheet
            records = enumerate(_texts(sheet), 1)
            ranges = sheet.merged_cell_ranges or ()
            merges: list[Merge] = [(top + 1, left, right) for (top, left), (_bottom, right) in ranges if right > left]
            spans: list[Span] = [
                (top + 1, bottom + 1, left) for (top, left), (bottom, _right) in ranges if bottom > top
            ]
            made = table.sheet(file, title, format, records, merges=merges, spans=spans, notes=notes)
            if made is not None:
                found.append(made)
    if not found:
        raise Refused(
            N_("{file} has no sheet with a header and rows. Check the sheets and save it again."), file=file.name
        )
    return found


def _texts(sheet: python_calamine.CalamineSheet) -> Iterator[tuple[str, ...]]:
    """Every row of a sheet as text; some at a time column by column, since most columns hold cells of one kind."""
    rows = sheet.iter_rows()  # without the blank columns ahead of all cells
    ahead = sheet.start[1] if sheet.start else 0
    while some := list(islice(rows, _ROWS)):
        blank = [[""] * len(some)] * ahead
        yield from zip(*blank, *map(_column, zip(*some, strict=True)), strict=True)


def _column(cells: Sequence[Any]) -> Iterable[str]:
    kinds = set(map(type, cells))
    ways = {_WAYS.get(kind, _as_python) for kind in kinds}
    if len(ways) == 1:
        return ways.pop()(cells)
    texts = {kind: iter(_WAYS.get(kind, _as_python)([cell for cell in cells if type(cell) is kind])) for kind in kinds}
    return [next(texts[type(cell)]) for cell in cells]


def _as_python(cells: Iterable[Any]) -> Iterable[str]:
    return map(str, cells)


_WAYS: Mapping[type, Callable[[Iterable[Any]], Iterable[str]]] = {
    str: lambda cells: [cell.replace("\x00", "").strip() for cell in cells],
    bool: lambda cells: [str(cell).lower() for cell in cells],
    float: lambda cells: [str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell) for cell in cells],
    type(None): lambda cells: ["" for _cell in cells],
}
"""How cells of a kind are written; all others as Python writes them."""


# What a workbook could hide, looked at before it is opened


_CELL = re.compile(rb"""r\s*=\s*["']([A-Za-z]{1,3})([0-9]{1,7})""")
_FAR = re.compile(rb"""r\s*=\s*["'](?:[A-Za-z]{2,3}[0-9]|[A-Za-z][0-9]{7})""")
"""A cell beyond column Z or row 999,999: without one, a sheet has at most 26 million cells."""
_BARE_FORMULA = re.compile(rb"(?:</f>|<f[^>]*/>)(?:<v></v>|<v/>|<v />)?</c>")
_ODS_ROW = re.compile(rb"<table:table-row\b[^>]*|<table:(?:covered-)?table-cell\b[^>]*|</table:table-row>")
_REPEATED = re.compile(rb'number-(?:columns|rows)-repeated="([0-9]{1,9})"')


def _look_through(file: File) -> int:
    """The formulas without a stored result in a workbook, which is looked through before it is opened.

    It is read as a rectangle: raises Refused for a few cells that span a huge one, and for XML that defines entities.
    """
    formulas = 0
    try:
        with zipfile.ZipFile(file.path) as archive:
            for member in archive.namelist():
                if not member.endswith((".xml", ".rels")):
                    continue
                is_far, found = _scanned(file, archive, member)
                if member.startswith("xl/"):
                    formulas += found
                    if is_far:
                        _refuse_scattered(file, archive, member)
                elif member == "content.xml":
                    _refuse_repeated(file, archive, member)
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, ValueError, RuntimeError, zlib.error):
        raise damaged(file.name) from None
    return formulas


def _scanned(file: File, archive: zipfile.ZipFile, member: str) -> tuple[bool, int]:
    """Whether a member names cells far out, and its formulas without a result; read to the end, where a lie about size shows."""
    is_far, formulas, rest = False, 0, b""
    with archive.open(member) as xml:
        beginning = xml.read(4096)
        if b"<!DOCTYPE" in beginning or b"<!ENTITY" in beginning:
            raise _unopened(file)
        chunk = beginning
        while chunk:
            text = rest + chunk
            is_far = is_far or _FAR.search(text) is not None
            if b"<f" in text:
                formulas += len(_BARE_FORMULA.findall(text))
            rest = text[text.rfind(b"</c>") + 4 :][-_CHUNK:] if b"</c>" in text else text[-_CHUNK:]
            chunk = xml.read(_CHUNK)
    return is_far, formulas


def _too_large(file: File) -> Refused:
    return Refused(
        N_("{file} has cells so far apart that its sheet is too large to read. Save only the table and try again."),
        file=file.name,
    )


def _refuse_scattered(file: File, archive: zipfile.ZipFile, member: str) -> None:
    widest = lowest = 0
    rest = b""
    with archive.open(member) as xml:
        while chunk := xml.read(_CHUNK):
            text = rest + chunk
            cells = _CELL.findall(text)
            widest = max([widest, *map(_column_number, {column for column, _row in cells})])
            lowest = max([lowest, *map(int, {row for _column, row in cells})])
            rest = text[-40:]
    if widest * lowest > _MOST_CELLS:
        raise _too_large(file)


def _refuse_repeated(file: File, archive: zipfile.ZipFile, member: str) -> None:
    """An OpenDocument says how often a row or a cell is repeated: count the cells that would come of it."""
    cells = rows = width = filled = 0
    rest = b""
    with archive.open(member) as xml:
        while chunk := xml.read(_CHUNK):
            text = rest + chunk
            end = text.rfind(b">") + 1
            for tag in _ODS_ROW.findall(text[:end]):
                times = int(found[1]) if (found := _REPEATED.search(tag)) else 1
                if tag.startswith(b"</"):
                    cells += filled * rows
                elif tag.startswith(b"<table:table-row"):
                    rows, width, filled = times, 0, 0
                else:
                    width += times
                    filled = width if b"value-type=" in tag else filled
                if cells > _MOST_CELLS or filled > _MOST_CELLS:
                    raise _too_large(file)
            rest = text[end:]


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number
