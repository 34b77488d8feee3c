"""Tables of a web page to sheets: systems that export “Excel” often write HTML or Excel's XML of 2003."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from churnbook.intake.files import table
from churnbook.intake.files.charset import CHUNK, Text
from churnbook.intake.files.shape import Merge, Record, Span
from churnbook.intake.files.sheet import MOST_COLUMNS, File, Sheet
from churnbook.words.language import N_
from churnbook.words.message import Refused

_BEGINNING = re.compile(
    r"\s*(<\?xml[^>]*>|<!--.*?-->|<\?mso-application[^>]*>|\s)*<(!doctype html|html|head|meta|body|table|style|div|(ss:)?workbook)\b",
    re.IGNORECASE | re.DOTALL,
)
_TABLES, _ROWS, _CELLS = ("table", "ss:table"), ("tr", "row", "ss:row"), ("td", "th", "cell", "ss:cell")
_UNSEEN = ("style", "script", "title", "documentproperties", "styles")

NO_TABLE = N_("{file} is a web page without a table. Export it again as .xlsx or .csv and choose that file.")


def looks_like_a_page(beginning: str) -> bool:
    """Whether a text begins as HTML, or as a workbook in Excel's XML of 2003."""
    return _BEGINNING.match(beginning) is not None


def sheets(file: File, text: Text) -> list[Sheet]:
    """A sheet for each table of a page that has a header and rows; raises Refused where none has."""
    parser = _Tables()
    with text.path.open(encoding="utf-8-sig") as source:
        while chunk := source.read(CHUNK):
            parser.feed(chunk)
    parser.close()
    found: list[Sheet] = []
    kept = [rows for rows in parser.tables if len(rows) > 1]
    for number, rows in enumerate(kept, 1):
        title = None if len(kept) == 1 else str(number)
        filled = [(line, cells) for line, cells in enumerate(rows, 1) if any(cells)]
        width = max((len(cells) for _line, cells in filled), default=0)
        records: list[Record] = [(line, [*cells, *[""] * (width - len(cells))]) for line, cells in filled]
        merges: list[Merge] = [(line, first, last) for of, line, first, last in parser.merges if of == id(rows)]
        spans: list[Span] = [(first, last, index) for of, first, last, index in parser.spans if of == id(rows)]
        sheet = table.sheet(file, title, "html", records, text.encoding, merges, spans, text.notes)
        if sheet is not None:
            found.append(sheet)
    if not found:
        raise Refused(NO_TABLE, file=file.name)
    return found


class _Tables(HTMLParser):
    """Collects `tables`, each a list of rows of cells; a merged cell has its text in its first cell only."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[list[list[str]]] = []
        self.merges: list[tuple[int, int, int, int]] = []
        self.spans: list[tuple[int, int, int, int]] = []
        self._open: list[list[list[str]]] = []
        self._cell: list[str] | None = None
        self._unseen = ""
        self._from_above: dict[int, int] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begins a table, a row or a cell."""
        if tag in _UNSEEN:
            self._unseen = self._unseen or tag
        elif tag in _TABLES:
            rows: list[list[str]] = []
            self.tables.append(rows)
            self._open.append(rows)
            self._cell = None
        elif tag in _ROWS and self._open:
            self._end_cell()
            self._open[-1].append([])
            self._from_above = {index: left - 1 for index, left in self._from_above.items() if left > 1}
        elif tag in _CELLS and self._open:
            self._end_cell()
            self._begin_cell(dict(attrs))
        elif tag == "br" and self._cell is not None:
            self._cell.append(" ")

    def _begin_cell(self, attributes: dict[str, str | None]) -> None:
        if not self._open[-1]:
            self._open[-1].append([])
        row = self._open[-1][-1]
        index = _number(attributes.get("ss:index"), 0)
        row += [""] * min(max(index - 1 - len(row), 0), MOST_COLUMNS)
        while len(row) in self._from_above and len(row) < MOST_COLUMNS:
            row.append("")
        wide = _number(attributes.get("colspan"), 1) + _number(attributes.get("ss:mergeacross"), 0)
        high = _number(attributes.get("rowspan"), 1) + _number(attributes.get("ss:mergedown"), 0)
        index = len(row)
        if wide > 1:
            self.merges.append((id(self._open[-1]), len(self._open[-1]), index, index + wide - 1))
        if high > 1:
            self.spans.append((id(self._open[-1]), len(self._open[-1]), len(self._open[-1]) + high - 1, index))
            self._from_above |= {each: high for each in range(index, index + wide)}
        row += [""] * wide
        self._index = index
        self._cell = []

    def handle_endtag(self, tag: str) -> None:
        """Ends a cell, a row or a table."""
        if tag == self._unseen:
            self._unseen = ""
        elif tag in _CELLS or tag in _ROWS:
            self._end_cell()
        elif tag in _TABLES and self._open:
            self._end_cell()
            self._open.pop()
            self._from_above = {}

    def handle_data(self, data: str) -> None:
        """Text inside a cell."""
        if self._cell is not None and not self._unseen:
            self._cell.append(data)

    def _end_cell(self) -> None:
        if self._cell is not None and self._open and self._open[-1]:
            row = self._open[-1][-1]
            if self._index < len(row):
                row[self._index] = re.sub(r"\s+", " ", "".join(self._cell)).strip()
        self._cell = None


def _number(text: str | None, usual: int) -> int:
    found = re.fullmatch(r"\s*([0-9]{1,4})\s*", text or "")
    return max(min(int(found[1]), MOST_COLUMNS), usual) if found else usual
