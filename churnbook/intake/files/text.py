"""Delimited text to a sheet: its delimiter, its header, and quotation marks that are none."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from churnbook.intake.files import charset, shape
from churnbook.intake.files.charset import Text
from churnbook.intake.files.shape import Shape
from churnbook.intake.files.sheet import SAMPLE_ROWS, Aside, File, Sheet, damaged, no_rows, sample_of, write
from churnbook.words.language import N_
from churnbook.words.message import Notice, Refused

_HEAD = 1 << 18
_DELIMITERS = ",\t;|\x01"
_LONGEST_CELL_LINES = 1000


def sheet(file: File, text: Text) -> Sheet:
    """The one sheet of a text file; raises Refused where it holds no table."""
    with text.path.open(encoding="utf-8-sig", newline="") as source:
        beginning = source.read(_HEAD)
    lines = io.StringIO(beginning, newline="").readlines()
    if len(beginning) == _HEAD and len(lines) > 1:
        lines.pop()
    if not any(line.strip("\x00\x1a \t\r\n\u3000") for line in lines):
        raise Refused(
            N_("{file} holds no text, only blank lines. Export it again and choose the new file."), file=file.name
        )
    told = re.fullmatch(r"\"?sep=(.)\"?\s*", lines[0], re.IGNORECASE)
    above = 1 if told else 0
    delimiter = told[1] if told else _delimiter(lines)
    records = [(line + above, cells) for line, cells in _records(lines[above:], delimiter)]
    if not records:
        raise damaged(file.name)
    found = shape.find(records)
    body = records[found.first :]
    if not body:
        raise no_rows(file.name)
    sheet = Sheet(
        file=file.name,
        sheet=None,
        format="csv" if delimiter != "\t" else "tsv",
        encoding=text.encoding,
        delimiter=delimiter,
        header_row=found.header_line,
        headers=found.headers,
        sample=sample_of([cells for _, cells in body if len(cells) == found.width][:SAMPLE_ROWS]),
        path=text.path,
        size=file.size,
        sha256=file.sha256,
        skipped_lines=body[0][0] - 1,
        skipped_records=above + _records_before(lines[above:], delimiter, body[0][0] - above),
        notes=(*text.notes, *shape.said_of_repeated(file.name, found.repeated)),
    )
    if text.has_quotes and _has_open_lines(text.path):
        return _with_quotes_judged(file, sheet, found)
    return sheet


def _delimiter(lines: list[str]) -> str:
    best, best_score = ",", (0.0, 0)
    for delimiter in _DELIMITERS:
        rows = [cells for _, cells in _records(lines[:200], delimiter)]
        if not rows:
            continue
        width = shape.usual_width(rows)
        score = (sum(len(cells) == width for cells in rows) / len(rows) if width > 1 else 0.0, width)
        if score > best_score:
            best, best_score = delimiter, score
    return best


def _records(lines: list[str], delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Records with the 1-based line they begin on; blank lines are passed over."""
    reader = csv.reader(lines, delimiter=delimiter)
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield line, cells
            line = reader.line_num + 1
    except csv.Error:
        return


def _records_before(lines: list[str], delimiter: str, line: int) -> int:
    """How many records, blank ones too, begin above a line: the engine skips by them."""
    reader = csv.reader(lines, delimiter=delimiter)
    count = 0
    while reader.line_num < line - 1 and next(reader, None) is not None:
        count += 1
    return count


# Quotation marks


_BUT_QUOTES_AND_ENDS = bytes(set(range(256)) - set(b'"\n\r'))


def _has_open_lines(path: Path) -> bool:
    """Whether some line has an odd number of quotation marks: a cell of several lines, or a stray mark."""
    rest = b""
    with path.open("rb") as file:
        while chunk := file.read(charset.CHUNK):
            marks = rest + chunk.translate(None, _BUT_QUOTES_AND_ENDS)
            end = max(marks.rfind(b"\n"), marks.rfind(b"\r"))
            if b'"' in marks[: end + 1].replace(b'""', b""):
                return True
            rest = marks[end + 1 :]
    return len(rest) % 2 == 1


def _with_quotes_judged(file: File, sheet: Sheet, found: Shape) -> Sheet:
    """The sheet as it is where every open line begins a cell of several lines, else a copy read line by line."""
    judge = _Judge(sheet, found.width)
    path, sample = write(judge.rows(), sheet.headers, file.work)
    if not judge.stray:
        path.unlink()
        return sheet
    if not sample:
        raise no_rows(file.name)
    said = Notice.of(
        N_(
            "{file}: {n} lines have a quotation mark that does not belong to a pair (the first is line {line}); "
            "each was read as a row of its own. Compare a few of them."
        ),
        file=file.name,
        n=f"{len(judge.stray):,}",
        line=judge.stray[0],
    )
    return replace(
        sheet,
        sample=sample_of(sample),
        path=path,
        skipped_lines=1,
        skipped_records=1,
        has_lines=True,
        notes=(*sheet.notes, said),
        aside=tuple(judge.aside),
    )


class _Judge:
    """Reads the lines of a text with stray quotation marks: `stray` and `aside` tell what it met on the way."""

    def __init__(self, sheet: Sheet, width: int) -> None:
        self.sheet = sheet
        self.width = width
        self.delimiter = sheet.delimiter or ","
        self.of_data = shape.of_data(sheet.sample[:200], width) if sheet.sample else []
        self.stray: list[int] = []
        self.aside: list[Aside] = []

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Every row of the right width with its line."""
        for line, cells in self._all():
            if len(cells) == self.width:
                yield line, cells
            elif any(cell.strip() for cell in cells):
                reason = "quote" if line in self.stray[-1:] else "fields"
                self.aside.append(Aside(line, reason, (self.delimiter.join(cells),)))

    def _all(self) -> Iterator[tuple[int, list[str]]]:
        with self.sheet.path.open(encoding="utf-8-sig", newline="") as file:
            lines = _Lines(file)
            for _ in range(self.sheet.skipped_lines):
                lines.next()
            while (text := lines.next()) is not None:
                number = lines.number
                if text.count('"') % 2 == 0:
                    yield number, self._split(text)
                    continue
                record = [text]
                while sum(each.count('"') for each in record) % 2 and len(record) < _LONGEST_CELL_LINES:
                    if (more := lines.next()) is None:
                        break
                    record.append(more)
                cells = self._whole(record)
                if cells is not None:
                    yield number, cells
                    continue
                lines.back(record[1:])
                self.stray.append(number)
                yield number, self._as_it_stands(text)

    def _split(self, text: str) -> list[str]:
        return next(csv.reader([text], delimiter=self.delimiter), [])

    def _whole(self, record: list[str]) -> list[str] | None:
        """The cells of a row that spans these lines, unless some of them are rows of their own."""
        try:
            rows = list(csv.reader(record, delimiter=self.delimiter, strict=True))
        except csv.Error:
            return None
        if len(rows) != 1 or len(rows[0]) != self.width:
            return None
        alone = sum(self._is_row(self._as_it_stands(line)) for line in record)
        return rows[0] if self.width == 1 or alone <= 1 else None

    def _is_row(self, cells: list[str]) -> bool:
        return len(cells) == self.width and all(
            shape.is_data(cells[index].strip('"')) or not cells[index].strip() for index in self.of_data
        )

    def _as_it_stands(self, line: str) -> list[str]:
        """The cells of a line without heed to quotation marks, but for pairs around whole cells."""
        cells = line.rstrip("\r\n").split(self.delimiter)
        return [
            cell[1:-1].replace('""', '"') if len(cell) > 1 and cell[0] == cell[-1] == '"' else cell for cell in cells
        ]


class _Lines:
    """The lines of a file one after the other, some of them given back to be read again."""

    def __init__(self, file: io.TextIOWrapper) -> None:
        self.file = file
        self.waiting: list[str] = []
        self.number = 0

    def next(self) -> str | None:
        """The next line, None at the end."""
        line = self.waiting.pop() if self.waiting else self.file.readline()
        if not line:
            return None
        self.number += 1
        return line

    def back(self, lines: Sequence[str]) -> None:
        """Give lines back, in their order."""
        self.waiting += reversed(lines)
        self.number -= len(lines)
