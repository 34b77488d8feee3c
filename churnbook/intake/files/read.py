"""Bytes to sheets of text columns: the one door. What a file is, its bytes say, not its name.

Whatever the format, a Sheet ends as something DuckDB scans as text: a UTF-8 CSV or a Parquet file.
"""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from churnbook.intake.files import charset, joined, parquet, records, text, unpack, webpage, workbook
from churnbook.intake.files.sheet import File, Sheet, damaged, digest
from churnbook.intake.files.unpack import Budget
from churnbook.words.language import N_
from churnbook.words.message import NOTE, Notice, Refused

_HEAD = 1 << 18

_OTHER_FORMATS = (
    (b"%PDF", N_("a PDF document")),
    (b"\x89PNG", N_("a PNG picture")),
    (b"\xff\xd8\xff", N_("a JPEG picture")),
    (b"GIF8", N_("a GIF picture")),
    (b"Rar!", N_("a RAR archive")),
    (b"7z\xbc\xaf", N_("a 7z archive")),
    (b"\xfd7zXZ", N_("an XZ archive")),
    (b"BZh", N_("a bzip2 archive")),
    (b"\x28\xb5\x2f\xfd", N_("a Zstandard archive")),
    (b"SQLite format 3", N_("a database file")),
    (b"\x00\x01\x00\x00Standard ", N_("a database file")),
    (b"\x7fELF", N_("a program")),
    (b"MZ\x90", N_("a program")),
    (b"{\\rtf", N_("a text document")),
    (b"MIME-Version:", N_("a web archive")),
    (b"ORC", N_("an ORC file")),
    (b"Obj\x01", N_("an Avro file")),
)


def inspect(path: Path, name: str, work: Path, limit_bytes: int | None = None) -> list[Sheet]:
    """The sheets of a file; `work` is a folder for converted copies.

    Raises Refused, naming the file and what to do, for everything that is no table of text.
    """
    size = path.stat().st_size
    if limit_bytes is not None and size > limit_bytes:
        raise Refused(
            N_(
                "{file} is {size} MB, over the limit of {limit} MB for uploads. Put it into the folder on the server "
                "that CHURNBOOK_INBOX names and choose it there, pack it as .zip, or split it."
            ),
            file=name,
            size=f"{size / 1e6:.0f}" if size >= 10e6 else f"{size / 1e6:.1f}",
            limit=f"{limit_bytes / 1e6:.0f}",
        )
    return [joined.with_joined(sheet) for sheet in _inspect(path, name, work, Budget.of(size))]


def _inspect(path: Path, name: str, work: Path, budget: Budget) -> list[Sheet]:
    size = path.stat().st_size
    if size == 0:
        raise Refused(N_("{file} is empty (0 bytes). Export it again and choose the new file."), file=name)
    with path.open("rb") as source:
        head = source.read(_HEAD)
    for magic, what in _OTHER_FORMATS:
        if head.startswith(magic):
            raise _not_a_table(name, what)
    with ThreadPoolExecutor(1) as beside:
        file = File(path, name, work, size, beside.submit(digest, path))  # hashed while the text is decoded
        if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
            return _zip(file, budget)
        if head.startswith(b"\x1f\x8b"):
            inner, inner_name = unpack.gz(file, budget)
            return _inspect(inner, inner_name, work, budget)
        if head.startswith(b"\xd0\xcf\x11\xe0"):
            return workbook.sheets(file, "xls")
        if head.startswith(b"PAR1"):
            return [parquet.sheet(file)]
        try:
            return _text(file, head)
        except csv.Error:
            raise damaged(name) from None


def _not_a_table(name: str, what: str) -> Refused:
    return Refused(
        N_("{file} is {what}, not a table. Save or export it as .xlsx or .csv and choose that file."),
        file=name,
        what=what,
    )


_BINARY = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".parquet", ".zip", ".gz")


def _ending(name: str) -> str | None:
    """The end of a name that promises something else than text; None where it promises nothing."""
    ending = Path(name).suffix.casefold()
    return ending if ending in _BINARY else None


def _text(file: File, head: bytes) -> list[Sheet]:
    """The sheets of a file that is text; a name that promises something else is told."""
    decoded = charset.decode(file, head)
    ending = _ending(file.name)
    if ending is None:
        return _of_text(file, decoded)
    try:
        sheets = _of_text(file, decoded)
    except Refused as refused:
        if refused.notice.sentence == webpage.NO_TABLE:
            raise
        raise Refused(
            N_(
                "The name of {file} ends in {ending}, but it is a text file, and no table was found in it. Save the table "
                "as .xlsx or .csv in the program it comes from and choose that file."
            ),
            file=file.name,
            ending=ending,
        ) from None
    told = Notice.of(
        N_("The name of {file} ends in {ending}, but it is a text file; it was read as text."),
        weight=NOTE,
        file=file.name,
        ending=ending,
    )
    return [replace(sheet, notes=(*sheet.notes, told)) for sheet in sheets]


def _of_text(file: File, decoded: charset.Text) -> list[Sheet]:
    with decoded.path.open(encoding="utf-8-sig") as source:
        beginning = source.read(4096)
    if webpage.looks_like_a_page(beginning):
        return webpage.sheets(file, decoded)
    if records.looks_like_json(beginning):
        try:
            return records.sheets(file, decoded)
        except records.NotJSON:
            if file.name.casefold().endswith((".json", ".jsonl", ".ndjson")):
                raise damaged(file.name) from None
    return [text.sheet(file, decoded)]


def _zip(file: File, budget: Budget) -> list[Sheet]:
    """The sheets of a workbook or of the files in an archive; what is no table among them is told in notes."""
    try:
        with zipfile.ZipFile(file.path) as archive:
            names = set(archive.namelist())
            if "[Content_Types].xml" in names or any(name.startswith("xl/") for name in names):
                if not any(name.startswith("xl/") for name in names):
                    raise _not_a_table(file.name, N_("a text document or a presentation"))
                unpack.members(archive, file, budget)
                return workbook.sheets(file, "xlsx")
            if {"content.xml", "mimetype"} <= names:
                unpack.members(archive, file, budget)
                return workbook.sheets(file, "ods")
            return _of_several(file, unpack.unzipped(archive, file, budget), budget)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise damaged(file.name) from None


def _of_several(file: File, inner: Iterator[tuple[Path, str]], budget: Budget) -> list[Sheet]:
    sheets: list[Sheet] = []
    notes: list[Notice] = []
    refusals: list[Refused] = []
    for path, name in inner:
        try:
            sheets += _inspect(path, name, file.work, budget)
        except Refused as refused:
            if budget.left < 0:
                raise
            refusals.append(refused)
            notes.append(refused.notice)
    if not sheets:
        raise refusals[0]
    return [replace(sheet, notes=(*sheet.notes, *notes)) for sheet in sheets]
