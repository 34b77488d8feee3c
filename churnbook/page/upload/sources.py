"""The files of the current dataset: map them anew, take one out, see what was done, go back to the state before."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import streamlit as st

from churnbook.datasets.library import DatasetEntry
from churnbook.generations import make
from churnbook.generations.made_of import MadeOf, Part, history, made_of_dataset
from churnbook.generations.make import Sheets, UploadedFile
from churnbook.intake.loading.overlap import Batch
from churnbook.intake.mapping.plan import MappedSheet
from churnbook.page import address, loading, say, state
from churnbook.page.controls import states
from churnbook.page.upload import mapping, settings
from churnbook.words import formats
from churnbook.words.language import N_, _, ngettext
from churnbook.words.message import Notice, Refused

_STATE = "changing a dataset"


@dataclass
class _Changing:
    """The dataset this session maps anew, what it is made of, and copies of its files."""

    listed: DatasetEntry
    made_of: MadeOf
    work: tempfile.TemporaryDirectory[str]
    sheets: Sheets

    @property
    def key(self) -> str:
        """What tells the controls of this change from those of others."""
        return f"again:{self.listed.id}:{self.listed.generation}:{id(self)}"


def is_changing() -> bool:
    """Whether the current dataset is being mapped anew in this session."""
    changing: _Changing | None = state.get(_STATE)
    if changing and changing.listed != address.view().listed:
        state.take(_STATE)  # another dataset was chosen, or somebody changed this one
        return False
    return changing is not None


def change(finish: Callable[[DatasetEntry | None, Sequence[MappedSheet]], None]) -> None:
    """The mapping and settings of the dataset being changed, as they were, to be changed and loaded again."""
    changing: _Changing = state.get(_STATE)
    known = changing.made_of
    st.subheader(_("Change the mapping or settings"), anchor=False)
    st.caption(
        _("The files are kept with the dataset and need not be uploaded again. The state before stays, to go back to.")
    )
    of_files = [found for _path, found in changing.sheets.values()]
    plans = [
        [part.plan for part in known.parts if part.upload.sha256 == sha256 and part.plan.sheet == sheet.name]
        for sha256, (_path, found) in changing.sheets.items()
        for sheet in found
    ]
    with st.container(border=True):
        confirmed = dict(zip(changing.sheets, mapping.confirm(changing.key, of_files, plans), strict=True))
    given = [
        UploadedFile(upload, changing.sheets[sha256][0], tuple(confirmed[sha256]))
        for sha256, upload in known.uploads.items()
    ]
    mapped = [each for file in given for each in file.mapped]
    if mapped:
        asked = settings.ask(known.settings, mapped, changing.key, is_named=True)
        parts = (Part(file.upload, each.plan, _batch(known, file, each)) for file in given for each in file.mapped)
        wanted = MadeOf(tuple(parts), asked)
    else:
        st.info(_("Every sheet is left out. Choose what one of them is."), icon=":material/info:")
        wanted = known
    with st.container(horizontal=True):
        is_asked = st.button(
            _("Load again"),
            type="primary",
            icon=":material/database:",
            disabled=not mapping.is_ready(mapped) or wanted == known,
            key="load",
        )
        st.button(_("Leave it as it is"), key="leave", on_click=_leave)
    if is_asked:
        what = Notice.of(N_("Changed the mapping or settings."))
        library = address.view().library
        made = loading.watched(partial(make.change, library, changing.listed, wanted, given, what))
        if made:
            _leave()
        finish(made, mapped)


def _batch(known: MadeOf, file: UploadedFile, mapped: MappedSheet) -> Batch:
    """When a sheet was added for its table; for a new table when its file first came."""
    of_file = [part for part in known.parts if part.upload.sha256 == file.upload.sha256]
    same = (p for p in of_file if (p.plan.sheet, p.plan.table) == (mapped.sheet.name, mapped.table))
    return next(same, min(of_file, key=lambda part: part.batch.number)).batch


def _leave() -> None:
    state.take(_STATE)


def manage() -> None:
    """What was done to the current dataset, and ways to change it and back; nothing where nothing was done."""
    view = address.view()
    if view.generation != view.listed.generation:
        return
    known, changes = made_of_dataset(view.facts), history(view.facts)
    if not known and not changes and view.listed.before is None:
        return
    st.subheader(_("Files and history") if known else _("History"), anchor=False)
    if known:
        files = known.uploads.values()
        words = ngettext(
            "{n} file is kept with the dataset: {files}", "{n} files are kept with the dataset: {files}", len(files)
        )
        st.caption(words.format(n=len(files), files=formats.escape(formats.listed([file.name for file in files]))))
    states.offer_reset("your-data")
    with st.container(horizontal=True):
        if known and st.button(_("Change the mapping or settings"), icon=":material/tune:", key="change-dataset"):
            _open(view.listed, known)
        states.offer_going_back()
    for each in changes:
        when = formats.moment(each.at, view.facts.timezone)
        say.write(f":gray[{when}] &ensp; {formats.escape(each.words)}")


def _open(listed: DatasetEntry, known: MadeOf) -> None:
    work = tempfile.TemporaryDirectory(prefix="churnbook-change-")
    try:
        sheets = make.kept(address.view().library, listed, list(known.uploads.values()), Path(work.name))
    except Refused as refused:
        say.refuse(refused)
        return
    state.put(_STATE, _Changing(listed, known, work, sheets))
    st.rerun()
