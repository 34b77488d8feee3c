"""Bytes to sheets of text columns: what a file is, its encoding, its dialect, its header.

Whatever the format, a Sheet ends as something DuckDB scans as text: a UTF-8 CSV or a Parquet file.
"""

from __future__ import annotations

import codecs
import csv
import datetime as dt
import hashlib
import io
import re
import tempfile
import zipfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import duckdb
import python_calamine

from churnbook.intake import Refused
from churnbook.wording import N_

SAMPLE_ROWS = 1000
_CHUNK = 1 << 20
_HEAD = 1 << 18
_UNPACKED_LIMIT = 4 << 30
_LONGEST_CELL = 16 << 20
_MOST_CELLS = 60_000_000

csv.field_size_limit(_LONGEST_CELL)

_OTHER_FORMATS = (
    (b"%PDF", N_("a PDF document")),
    (b"\x89PNG", N_("a PNG picture")),
    (b"\xff\xd8\xff", N_("a JPEG picture")),
    (b"GIF8", N_("a GIF picture")),
    (b"\x1f\x8b", N_("a gzip archive")),
    (b"Rar!", N_("a RAR archive")),
    (b"7z\xbc\xaf", N_("a 7z archive")),
    (b"\xd0\xcf\x11\xe0", N_("an old Office file (.xls)")),
    (b"SQLite format 3", N_("a database file")),
    (b"\x7fELF", N_("a program")),
    (b"MZ", N_("a program")),
)


@dataclass(frozen=True)
class Sheet:
    """One table of text found in a file, ready to be scanned.

    `file` is the name the user gave; `path` what DuckDB reads, `header_row` the 1-based line of the
    header in the user's file (0: none). `sample` holds the first rows as text, None for empty cells.
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

    @property
    def name(self) -> str:
        """The file, and the sheet where the file is a workbook."""
        return f"{self.file} · {self.sheet}" if self.sheet else self.file


def inspect(path: Path, name: str, work: Path, limit_bytes: int | None = None) -> list[Sheet]:
    """The sheets of a file; `work` is a folder for converted copies.

    Raises Refused, naming the file and what to do, for everything that is no table of text.
    """
    size = path.stat().st_size
    if size == 0:
        raise Refused(N_("{file} is empty (0 bytes). Export it again and choose the new file."), file=name)
    if limit_bytes is not None and size > limit_bytes:
        raise Refused(
            N_(
                "{file} is {size} MB, over the limit of {limit} MB for uploads. Load it on the server "
                "with: python -m churnbook import, or split it."
            ),
            file=name,
            size=f"{size / 1e6:.0f}" if size >= 10e6 else f"{size / 1e6:.1f}",
            limit=f"{limit_bytes / 1e6:.0f}",
        )
    with path.open("rb") as file:
        head = file.read(_HEAD)
    for magic, what in _OTHER_FORMATS:
        if head.startswith(magic):
            raise Refused(
                N_("{file} is {what}, not a table. Save or export it as .xlsx or .csv and choose that file."),
                file=name,
                what=what,
            )
    with ThreadPoolExecutor(1) as beside:
        digest = beside.submit(_sha256, path)  # hashed while the text is decoded
        if head.startswith(b"PK\x03\x04"):
            return _workbook(path, name, work, size, digest.result())
        if head.startswith(b"PAR1"):
            return [_parquet(path, name, size, digest.result())]
        return [_text(path, name, work, head, size, digest)]


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


# Text


def _text(path: Path, name: str, work: Path, head: bytes, size: int, digest: Future[str]) -> Sheet:
    encoding, readable = _readable(path, name, work, head)
    with readable.open(encoding="utf-8-sig", newline="") as file:
        beginning = file.read(_HEAD)
    lines = io.StringIO(beginning, newline="").readlines()
    if len(beginning) == _HEAD and len(lines) > 1:
        lines.pop()
    if not any(line.strip() for line in lines):
        raise Refused(N_("{file} holds no text, only blank lines. Export it again and choose the new file."), file=name)
    delimiter = _delimiter(lines)
    records = list(_records(lines, delimiter))
    if not records:
        raise Refused(
            N_("{file} is damaged: it is cut off or not complete. Save it again and choose the new file."), file=name
        )
    width = Counter(len(cells) for _, cells in records).most_common(1)[0][0]
    start = next(i for i, (_, cells) in enumerate(records) if len(cells) == width)
    narrow = next((i for i, (_, cells) in enumerate(records[:start]) if 1 < len(cells) == width - 1), None)
    if narrow is not None and all(cells[-1].strip() == "" for _, cells in records[start:] if len(cells) == width):
        start = narrow  # rows end with a delimiter the header does not have
    first_line, first = records[start][0], records[start][1] + [""] * (width - len(records[start][1]))
    data = [cells for _, cells in records[start + 1 :]]
    has_header = _is_header(first, data)
    body = data if has_header else [first, *data]
    if has_header and not body:
        raise Refused(N_("{file} has a header but no rows. Export it with data and choose the new file."), file=name)
    return Sheet(
        file=name,
        sheet=None,
        format="csv" if delimiter != "\t" else "tsv",
        encoding="utf-8-sig" if head.startswith(codecs.BOM_UTF8) else encoding,
        delimiter=delimiter,
        header_row=first_line if has_header else 0,
        headers=_headers(first if has_header else [""] * width),
        sample=tuple(tuple(_cell(c) for c in row) for row in body[:SAMPLE_ROWS] if len(row) == width),
        path=readable,
        size=size,
        sha256=digest.result(),
        skipped_lines=first_line if has_header else first_line - 1,
    )


def _readable(path: Path, name: str, work: Path, head: bytes) -> tuple[str, Path]:
    """The encoding of a text file, and its text as UTF-8: the file itself, or a copy in `work`."""
    encoding = "utf-16" if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "gb18030"
    if encoding != "utf-16" and b"\x00" in head:
        raise Refused(
            N_("{file} is neither text nor a workbook. Save or export it as .xlsx or .csv and choose that file."),
            file=name,
        )
    if encoding != "utf-16" and _is_utf8(path):
        return "utf-8", path
    handle, copy = tempfile.mkstemp(".csv", dir=work)
    try:
        with path.open("rb") as source, open(handle, "wb") as sink:
            decoder = codecs.getincrementaldecoder(encoding)()
            while chunk := source.read(_CHUNK):
                sink.write(decoder.decode(chunk).encode())
            sink.write(decoder.decode(b"", final=True).encode())
    except UnicodeDecodeError:
        if encoding == "utf-16":
            raise Refused(
                N_("{file} is damaged: its text breaks off or mixes encodings. Export it again as “CSV UTF-8”."),
                file=name,
            ) from None
        raise Refused(
            N_("{file} is neither UTF-8 nor GB18030 text. Save it as “CSV UTF-8” and choose the new file."), file=name
        ) from None
    return encoding, Path(copy)


def _is_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        try:
            while chunk := file.read(_CHUNK):
                if not chunk.isascii() or decoder.getstate()[0]:  # plain ASCII is passed over ten times faster
                    decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _delimiter(lines: list[str]) -> str:
    best, best_score = ",", (0.0, 0)
    for delimiter in ",\t;|":
        widths = Counter(len(cells) for _, cells in _records(lines[:200], delimiter))
        if not widths:
            continue
        width, count = widths.most_common(1)[0]
        score = (count / widths.total() if width > 1 else 0.0, width)
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


_DATA_LIKE = re.compile(r"[-+]?[¥￥$€£]?[0-9][0-9,.:/\- 年月日T]*%?|true|false|yes|no|是|否", re.IGNORECASE)


_ID_WORD = re.compile(r"(?i)\bid\b|_id\b|编号|用户|客户|会员")


def _is_header(first: list[str], rows: list[list[str]]) -> bool:
    """A first row is a header unless, in most columns of data, it looks like the data below it."""
    if not rows:
        return not any(_DATA_LIKE.fullmatch(cell.strip()) for cell in first)
    of_data = of_data_and_alike = 0
    for index, cell in enumerate(first):
        below = [row[index].strip() for row in rows[:50] if index < len(row) and row[index].strip()]
        alike = sum(_DATA_LIKE.fullmatch(value) is not None for value in below)
        if below and alike / len(below) > 0.8:
            of_data += 1
            of_data_and_alike += _DATA_LIKE.fullmatch(cell.strip()) is not None
    return of_data_and_alike == 0 or of_data_and_alike / of_data < 0.5 or any(_ID_WORD.search(c) for c in first)


def _headers(cells: list[str]) -> tuple[str, ...]:
    """Unique, non-empty names: a blank header takes its position, a repeated one a number."""
    seen: set[str] = set()
    headers: list[str] = []
    for position, cell in enumerate(cells, 1):
        header = free = re.sub(r"\s+", " ", cell).strip().lstrip("\ufeff") or f"column {position}"
        times = 1
        while free.casefold() in seen:
            times += 1
            free = f"{header} ({times})"
        seen.add(free.casefold())
        headers.append(free)
    return tuple(headers)


def _cell(text: str) -> str | None:
    return text if text != "" else None


# Workbooks


def _workbook(path: Path, name: str, work: Path, size: int, sha256: str) -> list[Sheet]:
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, OSError):
        raise Refused(
            N_("{file} is damaged: it is cut off or not complete. Save it again and choose the new file."), file=name
        ) from None
    if not any(member.filename.startswith("xl/") for member in members):
        raise Refused(N_("{file} is a ZIP archive. Unpack it and choose the files inside."), file=name)
    if sum(member.file_size for member in members) > max(_UNPACKED_LIMIT // 8, min(size * 100, _UNPACKED_LIMIT)):
        raise Refused(N_("{file} would unpack to far more than it holds and was not opened."), file=name)
    _refuse_scattered(path, name)
    try:
        book = python_calamine.CalamineWorkbook.from_path(str(path))
        visible = [
            meta.name for meta in book.sheets_metadata if meta.visible == python_calamine.SheetVisibleEnum.Visible
        ]
        sheets = [
            sheet
            for number, title in enumerate(visible)
            if (sheet := _worksheet(book, title, number, name, work, size, sha256)) is not None
        ]
    except (python_calamine.CalamineError, OSError):
        raise Refused(
            N_("{file} cannot be opened as a workbook. Save it again as .xlsx and choose the new file."), file=name
        ) from None
    if not sheets:
        raise Refused(N_("{file} has no sheet with a header and rows. Check the sheets and save it again."), file=name)
    return sheets


_CELL = re.compile(rb'<c r="([A-Z]{1,3})([0-9]{1,7})"')


def _refuse_scattered(path: Path, name: str) -> None:
    """A workbook is read as a rectangle: refuse one whose few cells span a huge one."""
    with zipfile.ZipFile(path) as archive:
        for member in archive.namelist():
            if not member.startswith("xl/worksheets/sheet"):
                continue
            widest = lowest = 0
            rest = b""
            with archive.open(member) as file:
                while chunk := file.read(_CHUNK):
                    text = rest + chunk
                    for column, row in _CELL.findall(text):
                        widest = max(widest, _column_number(column))
                        lowest = max(lowest, int(row))
                    rest = text[-20:]
            if widest * lowest > _MOST_CELLS:
                raise Refused(
                    N_(
                        "{file} has cells so far apart that its sheet is too large to read. Save only the table and try again."
                    ),
                    file=name,
                )


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _worksheet(
    book: python_calamine.CalamineWorkbook,
    title: str,
    number: int,
    name: str,
    work: Path,
    size: int,
    sha256: str,
) -> Sheet | None:
    sheet = book.get_sheet_by_name(title)
    rows = [[_excel_text(value) for value in row] for row in sheet.to_python(skip_empty_area=False)]
    filled = [(line, row) for line, row in enumerate(rows, 1) if any(row)]
    if len(filled) < 2:
        return None
    widths = Counter(sum(cell != "" for cell in row) for _, row in filled[:200])
    usual = widths.most_common(1)[0][0]
    start = next(i for i, (_, row) in enumerate(filled) if sum(cell != "" for cell in row) >= usual)
    header_line, header = filled[start]
    used = [i for i in range(len(header)) if any(row[i] != "" for _, row in filled[start:])]
    body = [[row[i] for i in used] for _, row in filled[start + 1 :]]
    if not body:
        return None
    readable = work / f"{sha256[:16]}.{number}.csv"
    lines = [line for line, _ in filled[start + 1 :]]
    with readable.open("w", encoding="utf-8", newline="") as sink:
        writer = csv.writer(sink, lineterminator="\n")
        header_cells = [header[i] for i in used]
        writer.writerow(["line", *header_cells])
        for line, cells in zip(lines, body, strict=True):
            writer.writerow([line, *cells])
    return Sheet(
        file=name,
        sheet=title,
        format="xlsx",
        encoding=None,
        delimiter=None,
        header_row=header_line,
        headers=_headers(header_cells),
        sample=tuple(tuple(_cell(c) for c in row) for row in body[:SAMPLE_ROWS]),
        path=readable,
        size=size,
        sha256=sha256,
        skipped_lines=1,
    )


def _excel_text(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, dt.timedelta):
        return str(value)
    return str(value).strip() if value is not None else ""


# Parquet


def _parquet(path: Path, name: str, size: int, sha256: str) -> Sheet:
    with duckdb.connect() as connection:
        try:
            relation = connection.execute("select * from read_parquet($path) limit 1", {"path": str(path)})
            headers = [column[0] for column in relation.description or []]
            names = ", ".join(f"c{i}" for i in range(len(headers)))
            texts = ", ".join(f"c{i}::varchar" for i in range(len(headers)))
            rows = connection.execute(
                f"select {texts} from read_parquet($path) as cells({names}) limit {SAMPLE_ROWS}", {"path": str(path)}
            ).fetchall()
        except duckdb.Error:
            raise Refused(
                N_("{file} is a Parquet file that cannot be read. Write it again and choose the new file."), file=name
            ) from None
    if not rows:
        raise Refused(N_("{file} has a header but no rows. Export it with data and choose the new file."), file=name)
    return Sheet(
        file=name,
        sheet=None,
        format="parquet",
        encoding=None,
        delimiter=None,
        header_row=0,
        headers=_headers(headers),
        sample=tuple(rows),
        path=path,
        size=size,
        sha256=sha256,
    )


def record_lines(sheet: Sheet, records: list[int]) -> tuple[dict[int, int], list[int]]:
    """The 1-based line in the user's file of each 0-based data record, and the lines that are no records.

    Counts as DuckDB does: lines with a wrong number of fields never became records, blank ones neither.
    """
    wanted = set(records)
    width = len(sheet.headers)
    lines: dict[int, int] = {}
    torn: list[int] = []
    with sheet.path.open(encoding="utf-8-sig", newline="") as file:
        for _ in range(sheet.skipped_lines):
            file.readline()
        reader = csv.reader(file, delimiter=sheet.delimiter or ",")
        record, begins = 0, sheet.skipped_lines + 1
        for cells in reader:
            if len(cells) == width:
                if record in wanted:
                    lines[record] = begins
                record += 1
            elif cells:
                torn.append(begins)
            begins = sheet.skipped_lines + reader.line_num + 1
    return lines, torn
