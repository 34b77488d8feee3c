"""Sheets: tables of text found in files, ready to be scanned."""

from __future__ import annotations

import csv
import hashlib
import io
import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from churnbook.words.language import N_
from churnbook.words.message import Refused

if TYPE_CHECKING:
    from churnbook.intake.files.unpivoted import Unpivot
from churnbook.words.message import Notice

SAMPLE_ROWS = 1000
MOST_COLUMNS = 4096

csv.field_size_limit(1 << 30)


@dataclass(frozen=True)
class Aside:
    """A line that is no row: its 1-based number, why (a key of REASONS), and what stands in it."""

    line: int
    reason: str
    cells: tuple[str, ...]


@dataclass(frozen=True)
class File:
    """A file to be read: where it lies, what the user calls it, a folder for copies, its size in bytes."""

    path: Path
    name: str
    work: Path
    size: int
    digest: Future[str]

    @property
    def sha256(self) -> str:
        """The digest of its bytes, waited for."""
        return self.digest.result()


def digest(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@dataclass(frozen=True)
class Sheet:
    """One table of text found in a file, ready to be scanned.

    `file` is the name the user gave; `path` what DuckDB reads, `header_row` the 1-based line of the
    header in the user's file (0: none). `sample` holds the first rows as text, None for empty cells.
    Above the rows of data lie `skipped_lines`, which are `skipped_records` where a quoted header spans several.
    With `has_lines` the text at `path` is a copy of our own whose first column is the line in the
    user's file. `notes` are sentences about what was assumed, `aside` the lines left out in reading.
    Behind the columns of the file stand those that are `joined`, each from a column of days and one of clocks.
    `unpivot` says how the columns of the user's sheet, whose name and digest it keeps, became these rows, and
    `headers_before` what its headers were.
    """

    file: str
    sheet: str | None
    format: str
    encoding: str | None
    delimiter: str | None
    header_row: int
    headers: tuple[str, ...]
    sample: tuple[tuple[str | None, ...], ...]
    path: Path
    size: int
    sha256: str
    skipped_lines: int = 0
    skipped_records: int = 0
    has_lines: bool = False
    joined: tuple[tuple[int, int], ...] = ()
    unpivot: Unpivot | None = None
    headers_before: tuple[str, ...] = ()
    notes: tuple[Notice, ...] = field(default=(), compare=False)
    aside: tuple[Aside, ...] = field(default=(), compare=False)

    @property
    def name(self) -> str:
        """The file, and the sheet where the file has several."""
        return f"{self.file} · {self.sheet}" if self.sheet else self.file

    @property
    def headers_in_file(self) -> tuple[str, ...]:
        """The headers as inspected, before columns were turned into rows."""
        return self.headers_before or self.headers

    @property
    def width(self) -> int:
        """How many columns the file has."""
        return len(self.headers) - len(self.joined)

    @property
    def parts(self) -> frozenset[str]:
        """The headers of columns that are joined to another, which says what they say."""
        return frozenset(self.headers[index] for pair in self.joined for index in pair)

    @property
    def is_direct(self) -> bool:
        """Whether the engine reads the user's own lines, so that a line may turn out to be no row."""
        return not self.has_lines and self.format != "parquet"

    def lines(self) -> Iterator[tuple[int, list[str]]]:
        """Every record of the text at `path` with the line it begins on; blank lines have no cells."""
        with self.path.open(encoding="utf-8-sig", newline="") as file:
            for _ in range(self.skipped_lines):
                file.readline()
            reader = csv.reader(file, delimiter="," if self.has_lines else self.delimiter or ",")
            begins = self.skipped_lines + 1
            for cells in reader:
                yield begins, cells
                begins = self.skipped_lines + reader.line_num + 1


def write(
    rows: Iterable[tuple[int, Sequence[str]]], headers: Sequence[str], work: Path
) -> tuple[Path, list[Sequence[str]]]:
    """A copy of rows as the scan reads it, and the first of them, as they come.

    Their lines stand in a first column, one line of headers above.
    """
    sample: list[Sequence[str]] = []
    handle, path = tempfile.mkstemp(".csv", dir=work)
    # what cannot stand in UTF-8 (half of a pair of surrogates) becomes a question mark
    with os.fdopen(handle, "w", encoding="utf-8", errors="replace", newline="") as sink:
        sink.write(",".join(["line", *(f"c{index}" for index in range(len(headers)))]) + "\r\n")
        coming = iter(rows)
        while some := list(islice(coming, SAMPLE_ROWS)):
            sample = sample or [cells for _line, cells in some]
            sink.write(_lines(some))
    return Path(path), sample


def _lines(rows: Sequence[tuple[int, Sequence[str]]]) -> str:
    """Rows as lines of CSV, joined at once where no cell needs quotes."""
    text = "".join([f"{line},{','.join(cells)}\r\n" for line, cells in rows])
    marks = [text.count(mark) for mark in '",\r\n']
    if marks == [0, sum(len(cells) for _line, cells in rows), len(rows), len(rows)]:
        return text
    quoted = io.StringIO(newline="")
    csv.writer(quoted, lineterminator="\r\n").writerows([line, *cells] for line, cells in rows)  # quotes either mark
    return quoted.getvalue()


def copied(
    file: File,
    title: str | None,
    format: str,
    encoding: str | None,
    header_row: int,
    headers: Sequence[str],
    rows: Iterable[tuple[int, Sequence[str]]],
    notes: Sequence[Notice],
) -> Sheet:
    """The sheet of rows with their lines, which are written into a copy as they come."""
    path, sample = write(rows, headers, file.work)
    return Sheet(
        file=file.name,
        sheet=title,
        format=format,
        encoding=encoding,
        delimiter=None,
        header_row=header_row,
        headers=tuple(headers),
        sample=sample_of(sample),
        path=path,
        size=file.size,
        sha256=file.sha256,
        skipped_lines=1,
        skipped_records=1,
        has_lines=True,
        notes=tuple(notes),
    )


def sample_of(rows: Iterable[Sequence[str]]) -> tuple[tuple[str | None, ...], ...]:
    """Rows as a sample holds them."""
    return tuple(tuple(cell if cell != "" else None for cell in row) for row in rows)


def damaged(name: str) -> Refused:
    """The refusal of a file that is not whole."""
    return Refused(
        N_("{file} is damaged: it is cut off or not complete. Save it again and choose the new file."), file=name
    )


def no_rows(name: str) -> Refused:
    """The refusal of a table with nothing below its header."""
    return Refused(N_("{file} has a header but no rows. Export it with data and choose the new file."), file=name)
