"""Files in: those dropped on the page and those of a folder of the server, each read once."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import streamlit as st
from streamlit.typing import UploadedFile as Received

from churnbook.datasets.uploads import Upload
from churnbook.intake.files import read, unpack
from churnbook.intake.files.sheet import Sheet, digest
from churnbook.page import address, browser, say, state
from churnbook.words import formats
from churnbook.words.language import _, ngettext
from churnbook.words.message import Refused

LIMIT_MB = float(os.environ.get("CHURNBOOK_UPLOAD_MB", "200"))


@dataclass(frozen=True)
class ReadableFile:
    """A file that can be read: what it is, where it lies, its sheets."""

    upload: Upload
    path: Path
    sheets: Sequence[Sheet]


class Incoming:
    """The files of a session that are not loaded yet; those of another `round` start with an empty uploader."""

    def __init__(self, round: int = 0) -> None:
        self.round = round
        self.work = tempfile.TemporaryDirectory(prefix="churnbook-upload-")
        self.files: dict[str, ReadableFile | Refused] = {}
        self.shown: dict[str, str] = {}  # what the uploader held last, and by which name
        self.kept: dict[str, str] = {}  # what it held before another page was visited, which empties it
        self.is_changed = False  # whether the reader chose or took out files since

    def ask(self) -> list[ReadableFile]:
        """Draw the uploader and, where there is one, the folder of the server; the files that can be read."""
        return [*_uploaded(self), *_from_inbox(self)]


_MARK = "files"
"""The name under which the address of the page says which files were chosen."""
_MARKED = 5


def tell_lost(loaded: Collection[str]) -> None:
    """Say that files were chosen which a reload or a new start of the server has taken; those `loaded` were not."""
    if lost := [name for name in address.get(_MARK) if name not in loaded]:
        words = _(
            "The files chosen before are gone, since the page was loaded anew or the server started again. "
            "Choose them again: {files}"
        )
        st.warning(words.format(files=formats.escape(formats.listed(lost))), icon=":material/upload_file:")


def unmark() -> dict[str, tuple[()]]:
    """What is to be written into the address once the files are loaded."""
    return {_MARK: ()}


def _uploaded(incoming: Incoming) -> list[ReadableFile]:
    key = f"files:{incoming.round}"

    def changed() -> None:
        incoming.is_changed = True
        names = [*incoming.kept.values(), *(file.name for file in state.get(key) or [])]
        address.put(_MARK, list(dict.fromkeys(names))[:_MARKED])

    browser.name_uploader(_("Upload"))
    files: list[Received] = st.file_uploader(
        _("Drop files here: CSV, TSV, Excel (.xlsx, .xls), .ods, JSON or Parquet, also packed as .zip or .gz"),
        accept_multiple_files=True,
        key=key,
        on_change=changed,
        help=_("What a file is, its encoding (UTF-8, GBK, Big5 …), delimiter and header are recognised."),
    )
    inbox = _inbox()
    larger = (
        _("Up to {limit} MB a file. Larger files: put them into {folder} on the server and choose them below.")
        if inbox
        else _("Up to {limit} MB a file. Larger files load from a folder on the server, which CHURNBOOK_INBOX names.")
    )
    st.caption(larger.format(limit=f"{LIMIT_MB:g}", folder=formats.escape(str(inbox))))
    now = {file.file_id: file.name for file in files}
    if not incoming.is_changed:
        incoming.kept |= {id: name for id, name in incoming.shown.items() if id not in now}
    incoming.shown, incoming.is_changed = now, False
    found = [_read(incoming, file.file_id, file.name, partial(_received, incoming, file)) for file in files]
    return [*_kept(incoming), *(each for each in found if each)]


def _kept(incoming: Incoming) -> list[ReadableFile]:
    """The files chosen before another page was visited, and a way to take them out."""
    if not incoming.kept:
        return []
    with st.container(horizontal=True, vertical_alignment="center"):
        words = ngettext(
            "{n} file chosen before is still here: {files}",
            "{n} files chosen before are still here: {files}",
            len(incoming.kept),
        )
        names = formats.escape(formats.listed(list(incoming.kept.values())))
        st.caption(words.format(n=formats.number(len(incoming.kept)), files=names), width="content")

        def forget() -> None:
            incoming.kept.clear()
            address.put(_MARK, list(incoming.shown.values())[:_MARKED])

        st.button(_("Take out"), type="tertiary", icon=":material/close:", key="forget-files", on_click=forget)
    found = (incoming.files.get(id) for id in incoming.kept)
    return [each for each in found if isinstance(each, ReadableFile)]


def _received(incoming: Incoming, file: Received) -> tuple[Path, int | None]:
    """Where an uploaded file lies, and the most bytes it may have."""
    path = Path(incoming.work.name) / re.sub(r"[^a-z0-9-]", "", file.file_id)
    if file.size <= LIMIT_MB * 1e6:
        with path.open("wb") as sink:
            sink.write(file.getbuffer())
    else:
        path.touch()
        os.truncate(path, file.size)
    return path, int(LIMIT_MB * 1e6)


def _inbox() -> Path | None:
    """The folder of the server whose files may be loaded; None where there is none."""
    named = os.environ.get("CHURNBOOK_INBOX")
    return folder if named and (folder := Path(named)).is_dir() else None


def _from_inbox(incoming: Incoming) -> list[ReadableFile]:
    inbox = _inbox()
    if inbox is None:
        return []
    inside = inbox.resolve()
    found = {
        path.relative_to(inbox).as_posix(): path
        for path in unpack.folder(inbox)
        if path.resolve().is_relative_to(inside)  # a link must not lead out of it
    }
    chosen = st.multiselect(
        _("Files on the server"),
        list(found),
        format_func=lambda name: f"{name} · {found[name].stat().st_size / 1e6:,.1f} MB",
        placeholder=_("choose files") if found else _("The folder {folder} is empty.").format(folder=inbox),
        key=f"inbox:{incoming.round}",
        persist_state="session",
    )
    return [
        file for name in chosen if (file := _read(incoming, _stamp(found[name]), name, partial(_lying, found[name])))
    ]


def _stamp(path: Path) -> str:
    status = path.stat()
    return f"{path}:{status.st_size}:{status.st_mtime_ns}"


def _lying(path: Path) -> tuple[Path, int | None]:
    return path, None


def _read(
    incoming: Incoming, key: str, name: str, locate: Callable[[], tuple[Path, int | None]]
) -> ReadableFile | None:
    """A file with its sheets, read once in this session; None where it is refused, and says so."""
    if key not in incoming.files:
        try:
            with st.spinner(_("Reading {file}…").format(file=formats.escape(name))):
                path, limit = locate()
                sheets = read.inspect(path, name, Path(incoming.work.name), limit)
                incoming.files[key] = ReadableFile(Upload(name, digest(path), path.stat().st_size), path, sheets)
        except Refused as refused:
            incoming.files[key] = refused
    found = incoming.files[key]
    if isinstance(found, Refused):
        say.refuse(found)
        return None
    return found
