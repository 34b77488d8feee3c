"""The files inside a gzip, a ZIP archive or a folder, unpacked within limits and never under a name of theirs."""

from __future__ import annotations

import gzip
import lzma
import os
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from churnbook.intake.files.sheet import File, damaged
from churnbook.words.language import N_
from churnbook.words.message import Refused

_CHUNK = 1 << 20
_UNPACKED_LIMIT = 4 << 30
_MOST_FILES = 1000
_DEEPEST = 3
_IS_ENCRYPTED, _IS_UTF8 = 0x1, 0x800


@dataclass
class Budget:
    """What may still be unpacked of the file the user gave: bytes, and containers inside containers."""

    left: int
    depth: int = 0

    @classmethod
    def of(cls, size: int) -> Budget:
        """For a file of this size: a hundred times as much, half a gigabyte at least, four at most."""
        return cls(max(_UNPACKED_LIMIT // 8, min(size * 100, _UNPACKED_LIMIT)))


def too_large(name: str) -> Refused:
    """The refusal of what grows beyond its budget."""
    return Refused(N_("{file} would unpack to far more than it holds and was not opened."), file=name)


def _enter(file: File, budget: Budget) -> None:
    budget.depth += 1
    if budget.depth > _DEEPEST:
        raise Refused(
            N_("{file} holds archives inside archives inside archives. Unpack it and choose the files inside."),
            file=file.name,
        )


def gz(file: File, budget: Budget) -> tuple[Path, str]:
    """The one file inside a gzip, and its name."""
    _enter(file, budget)
    try:
        with gzip.open(file.path) as source:
            path = _copied(cast(IO[bytes], source), file, budget)
    except (EOFError, OSError, zlib.error):
        raise damaged(file.name) from None
    budget.depth -= 1
    return path, file.name.removesuffix(".gz").removesuffix(".GZ")


def members(archive: zipfile.ZipFile, file: File, budget: Budget) -> list[zipfile.ZipInfo]:
    """The files of a ZIP archive worth reading; raises Refused for too many, too large or encrypted ones."""
    found = [
        info for info in archive.infolist() if info.filename and not info.is_dir() and not _is_clutter(_name(info))
    ]
    if any(info.flag_bits & _IS_ENCRYPTED for info in found):
        raise Refused(
            N_("{file} is protected with a password. Save it without one and choose the new file."), file=file.name
        )
    if len(found) > _MOST_FILES:
        raise Refused(
            N_("{file} holds more than {n} files. Unpack it and choose the ones you need."),
            file=file.name,
            n=_MOST_FILES,
        )
    if sum(info.file_size for info in found) > budget.left:
        raise too_large(file.name)
    if not found:
        raise Refused(N_("{file} is an archive with no file inside. Pack it again."), file=file.name)
    return found


def unzipped(archive: zipfile.ZipFile, file: File, budget: Budget) -> Iterator[tuple[Path, str]]:
    """Each file of a ZIP archive as a copy, with its name; the name is shown and never used as a path."""
    _enter(file, budget)
    for info in members(archive, file, budget):
        try:
            with archive.open(info) as source:
                path = _copied(source, file, budget)
        except (zipfile.BadZipFile, OSError, EOFError, zlib.error, lzma.LZMAError, NotImplementedError, RuntimeError):
            raise damaged(file.name) from None
        yield path, f"{file.name}/{_shown(_name(info))}"
    budget.depth -= 1


def _name(info: zipfile.ZipInfo) -> str:
    """A member's name: UTF-8 where it says so, else in what Chinese Windows writes."""
    if info.flag_bits & _IS_UTF8:
        return info.filename
    try:
        written = info.filename.encode("cp437")
    except UnicodeEncodeError:
        return info.filename
    for encoding in ("utf-8", "gb18030"):
        try:
            return written.decode(encoding)
        except UnicodeDecodeError:
            continue
    return info.filename


def _shown(name: str) -> str:
    parts = [part for part in name.replace("\\", "/").split("/") if part not in ("", ".", "..")]
    return "".join(character if character.isprintable() else "?" for character in "/".join(parts))[-200:]


def _is_clutter(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    return "__MACOSX" in parts or parts[-1] in (".DS_Store", "Thumbs.db", "desktop.ini") or parts[-1].startswith("._")


def _copied(source: IO[bytes], file: File, budget: Budget) -> Path:
    """A copy of an opened member under a name of ours, counted while it grows."""
    handle, path = tempfile.mkstemp(".part", dir=file.work)
    with os.fdopen(handle, "wb") as sink:
        while chunk := source.read(_CHUNK):
            budget.left -= len(chunk)
            if budget.left < 0:
                raise too_large(file.name)
            sink.write(chunk)
    return Path(path)


def folder(path: Path) -> list[Path]:
    """Every file below a folder, in the order of their names, hidden ones and clutter left out."""
    return sorted(
        each
        for each in path.rglob("*")
        if each.is_file()
        and not _is_clutter(str(each.relative_to(path)))
        and not any(part.startswith(".") for part in each.relative_to(path).parts)
    )
