"""The upload: files in, a mapping the user confirms, and a dataset out: a new one, or one that grows."""

from __future__ import annotations

import datetime as dt
import os
import re
import tempfile
import zoneinfo
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Literal

import streamlit as st
from streamlit.typing import UploadedFile as Received

from churnbook.analyses.say import definition_words
from churnbook.catalogue import schema
from churnbook.catalogue.request import Scope
from churnbook.datasets.library import DatasetEntry
from churnbook.datasets.uploads import Upload
from churnbook.generations import make
from churnbook.generations.made_of import MadeOf, made_of_dataset
from churnbook.generations.make import UploadedFile
from churnbook.intake.files import read, unpack
from churnbook.intake.files.sheet import Sheet, digest
from churnbook.intake.loading import overlap
from churnbook.intake.loading.overlap import CONFLICTS, Batch, OnConflict, Overlap
from churnbook.intake.loading.report import Settings
from churnbook.intake.mapping.map import MappedSheet
from churnbook.page import address, contents, loading, say
from churnbook.page import state as session
from churnbook.page.controls import definition, passport, segments
from churnbook.page.upload import mapping, sources
from churnbook.words import formats
from churnbook.words.language import N_, _, ngettext
from churnbook.words.message import Notice, Refused

LIMIT_MB = float(os.environ.get("CHURNBOOK_UPLOAD_MB", "200"))
_STATE = "upload"

Aim = Literal["new", "add", "replace"]

_DONE: dict[OnConflict, str] = {
    "replace": N_("Added {files}; rows replaced, since they were there already: {rows}."),
    "keep": N_("Added {files}; rows left out, since they were there already: {rows}."),
    "add": N_("Added {files}; rows that count twice, since they were there already: {rows}."),
}
"""What the history says of files added."""


class _State:
    """What this session has uploaded and not loaded yet."""

    def __init__(self) -> None:
        self.round = 0
        self.work = tempfile.TemporaryDirectory(prefix="churnbook-upload-")
        self.files: dict[str, _File | Refused] = {}
        self.compared: dict[str, list[Overlap]] = {}
        self.loaded: tuple[str, int] | None = None
        self.grows = False  # whether the files go to the dataset shown

    def clear(self) -> None:
        """Forget the files, so that the uploader starts empty again."""
        self.round += 1
        self.work = tempfile.TemporaryDirectory(prefix="churnbook-upload-")
        self.files.clear()
        self.compared.clear()
        self.grows = False


class _File:
    """A file that can be read: what it is, where it lies, its sheets."""

    def __init__(self, upload: Upload, path: Path, sheets: Sequence[Sheet]) -> None:
        self.upload, self.path, self.sheets = upload, path, sheets


def show() -> None:
    """The whole page: the uploader, a mapping for each sheet, settings, and what the dataset is made of."""
    state: _State = session.kept(_STATE, _State)
    loading.tell()
    _finish(state, loading.finished(), [])
    view = address.view()
    if sources.is_changing():
        sources.change(_settings, partial(_finish, state))
        return
    top = st.container()
    files = [*_uploaded(state), *_from_inbox(state)]
    if files:
        _confirm(state, files)
    elif state.loaded == (view.listed.id, view.listed.generation):
        with top:
            _celebrate()
    st.divider()
    passport.summary()
    sources.manage()
    segments.manage()


def _celebrate() -> None:
    view = address.view()
    st.success(_("“{name}” is loaded.").format(name=formats.escape(view.listed.name)), icon=":material/check:")
    if view.facts.churn:
        st.markdown(definition_words(view.facts))
    with st.container(horizontal=True):
        for each in contents.pages():
            if each.answers and not each.missing(view.facts):
                label = _("Open “{page}”").format(page=_(each.title))
                st.page_link(each.path, label=label, icon=f":material/{each.icon}:")


# Files in


def _uploaded(state: _State) -> list[_File]:
    files: list[Received] = st.file_uploader(
        _("Drop files here: CSV, TSV, Excel (.xlsx, .xls), .ods, JSON or Parquet, also packed as .zip or .gz"),
        accept_multiple_files=True,
        key=f"files:{state.round}",
        help=_("What a file is, its encoding (UTF-8, GBK, Big5 …), delimiter and header are recognised."),
    )
    inbox = _inbox()
    larger = (
        _("Up to {limit} MB a file. Larger files: put them into {folder} on the server and choose them below.")
        if inbox
        else _("Up to {limit} MB a file. Larger files load from a folder on the server, which CHURNBOOK_INBOX names.")
    )
    st.caption(larger.format(limit=f"{LIMIT_MB:g}", folder=formats.escape(str(inbox))))
    return [
        found for file in files if (found := _read(state, file.file_id, file.name, partial(_received, state, file)))
    ]


def _received(state: _State, file: Received) -> tuple[Path, int | None]:
    """Where an uploaded file lies, and the most bytes it may have."""
    path = Path(state.work.name) / re.sub(r"[^a-z0-9-]", "", file.file_id)
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


def _from_inbox(state: _State) -> list[_File]:
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
        key=f"inbox:{state.round}",
    )
    return [file for name in chosen if (file := _read(state, _stamp(found[name]), name, partial(_lying, found[name])))]


def _stamp(path: Path) -> str:
    status = path.stat()
    return f"{path}:{status.st_size}:{status.st_mtime_ns}"


def _lying(path: Path) -> tuple[Path, int | None]:
    return path, None


def _read(state: _State, key: str, name: str, locate: Callable[[], tuple[Path, int | None]]) -> _File | None:
    """A file with its sheets, read once in this session; None where it is refused, and says so."""
    if key not in state.files:
        try:
            with st.spinner(_("Reading {file}…").format(file=formats.escape(name))):
                path, limit = locate()
                sheets = read.inspect(path, name, Path(state.work.name), limit)
                state.files[key] = _File(Upload(name, digest(path), path.stat().st_size), path, sheets)
        except Refused as refused:
            state.files[key] = refused
    found = state.files[key]
    if isinstance(found, Refused):
        say.refuse(found)
        return None
    return found


# What they are, and where they go


def _confirm(state: _State, files: Sequence[_File]) -> None:
    sheets = [sheet for file in files for sheet in file.sheets]
    for said in dict.fromkeys(each.words for sheet in sheets for each in sheet.notes):
        st.warning(formats.escape(said), icon=":material/info:")
    view = address.view()
    # an older state is looked at, not changed
    known = made_of_dataset(view.facts) if view.generation == view.listed.generation else None
    with st.container(border=True):
        st.subheader(_("What do the columns mean?"), anchor=False)
        st.caption(_("This was read from the headers and values. Change what is wrong, then load."))
        has_list = state.grows and known is not None and known.lists_customers
        by_sheet = iter(mapping.confirm(str(state.round), sheets, has_list=has_list))
    given = [UploadedFile(file.upload, file.path, tuple(_next(by_sheet, file.sheets))) for file in files]
    given = [each for each in given if each.mapped]
    mapped = _all(given)
    if not mapped:
        st.info(_("Every sheet is left out. Choose what one of them is."), icon=":material/info:")
        return
    aim = _aim(state, mapped, known) if known else "new"
    if (aim != "new") != state.grows:
        state.grows = aim != "new"
        st.rerun()
    is_ready = mapping.is_ready(mapped)
    if known is None or aim == "new":
        settings = _settings(_proposed(given), mapped)
        if _load_button(_("Load the data"), is_ready):
            _finish(state, loading.watched(partial(make.begin, view.library, given, settings)), mapped)
    elif aim == "add":
        _add(state, given, known, is_ready)
    else:
        _replace(state, given, known, is_ready)


def _load_button(label: str, is_ready: bool) -> bool:
    return st.button(label, type="primary", icon=":material/database:", disabled=not is_ready, key="load")


def _aim(state: _State, mapped: Sequence[MappedSheet], known: MadeOf) -> Aim:
    """Whether the files make a new dataset or change the one shown; a file of headers already known adds to it."""
    seen = {(part.plan.table, tuple(sorted(part.plan.roles.items()))) for part in known.parts}
    is_known = all((each.table, tuple(sorted(each.roles.items()))) in seen for each in mapped)
    name = formats.escape(address.view().listed.name)
    labels: dict[Aim, str] = {
        "new": _("Make a new dataset"),
        "add": _("Add to “{name}”").format(name=name),
        "replace": _("Replace files of “{name}”").format(name=name),
    }
    chosen: Aim = st.segmented_control(
        _("What should become of these files?"),
        list(labels),
        format_func=labels.__getitem__,
        default="add" if is_known else "new",
        required=True,
        key=f"aim:{state.round}:{address.view().listed.id}",
    )
    return chosen


def _add(state: _State, given: Sequence[UploadedFile], known: MadeOf, is_ready: bool) -> None:
    view = address.view()
    found = _overlaps(state, _all(given)) if is_ready else []
    if found is None:
        return
    with st.container(border=True):
        st.subheader(_("What is there already?"), anchor=False)
        for each in found:
            st.markdown(_told(each))
        on_conflict: OnConflict = "replace"
        if any(each.known for each in found):
            words: dict[OnConflict, str] = {
                "replace": _("the new file’s count, those in the dataset go"),
                "keep": _("those in the dataset count, the new file’s go"),
                "add": _("both count"),
            }
            on_conflict = st.radio(
                _("Rows that are there already:"),
                list(CONFLICTS),
                format_func=words.__getitem__,
                key=f"on_conflict:{state.round}",
                help=_(
                    "Of customers, replacing takes the new values and keeps the old where the new file says nothing."
                ),
            )
    if any(each.sheet.unpivot and each.sheet.unpivot.kind == "months" for each in _all(given)):
        st.caption(_("A month that is blank or zero in the new file leaves an older amount of that month as it is."))
    if known.settings.watermark:
        st.caption(
            _("“Data to” stays {day}, as chosen before; it can be changed with the mapping.").format(
                day=formats.date(known.settings.watermark)
            )
        )
    if _load_button(_("Add the rows"), is_ready):
        parts = tuple(part for file in given for part in file.parts(Batch(known.batches, on_conflict)))
        names = ", ".join(file.upload.name for file in given)
        what = Notice(_DONE[on_conflict], {"files": names, "rows": f"{sum(each.known for each in found):,}"})
        wanted = MadeOf((*known.parts, *parts), known.settings)
        _finish(
            state,
            loading.watched(partial(make.change, view.library, view.listed, wanted, given, what)),
            _all(given),
        )


def _overlaps(state: _State, mapped: Sequence[MappedSheet]) -> list[Overlap] | None:
    """How the sheets compare with the dataset, asked once; None where one of them is refused, and says so."""
    view = address.view()
    key = schema.to_json(
        [view.listed.id, view.generation, [(each.sheet.sha256, each.plan.to_json()) for each in mapped]]
    )
    if key not in state.compared:
        try:
            with st.spinner(_("Comparing with the dataset…")):
                state.compared[key] = overlap.compare(view.facts, mapped)
        except Refused as refused:
            say.refuse(refused)
            return None
    return state.compared[key]


def _told(found: Overlap) -> str:
    """An overlap in one or two sentences."""
    table = schema.LOADABLE[found.table]
    fields = {
        "file": formats.escape(found.sheet),
        "rows": formats.number(found.rows),
        "known": formats.number(found.known),
        "same": formats.number(found.same),
        "differ": formats.number(found.known - found.same),
        "key": " + ".join(_(table.role(role).label) for role in found.key),
    }
    if not found.known:
        parts = [_("**{file}**: none of its {rows} rows is in the dataset yet (told apart by: {key}).")]
    elif found.known == found.same:
        parts = [_("**{file}**: of {rows} rows **{known} are there already**, word for word (told apart by: {key}).")]
    else:
        parts = [
            _(
                "**{file}**: of {rows} rows **{known} are there already** (told apart by: {key}); "
                "{same} of these say the same, {differ} something else."
            )
        ]
    held = address.view().facts.tables[found.table]
    if found.first_day and found.last_day and held.first_day and held.last_day:
        parts.append(_("It covers {first} to {last}; the dataset has {held_first} to {held_last}."))
        fields |= {"first": formats.date(found.first_day), "last": formats.date(found.last_day)}
        fields |= {"held_first": formats.date(held.first_day), "held_last": formats.date(held.last_day)}
        missed = (found.first_day - held.last_day).days - 1
        if missed > 0:
            parts.append(
                ngettext("No file covers the {n} day between.", "No file covers the {n} days between.", missed)
            )
            fields["n"] = formats.number(missed)
    return formats.sentences([part.format(**fields) for part in parts])


def _replace(state: _State, given: Sequence[UploadedFile], known: MadeOf, is_ready: bool) -> None:
    view = address.view()
    tables = {each.table for file in given for each in file.mapped}
    of_table = {part.upload.sha256 for part in known.parts if part.plan.table in tables}
    chosen = st.multiselect(
        _("Files that go"),
        list(known.uploads),
        default=[sha256 for sha256 in known.uploads if sha256 in of_table],
        format_func=lambda sha256: known.uploads[sha256].name,
        key=f"replaced:{state.round}",
    )
    if not chosen:
        st.info(_("Choose the files that the new ones take the place of."), icon=":material/info:")
    if _load_button(_("Replace the files"), is_ready and bool(chosen)):
        gone = [part for part in known.parts if part.upload.sha256 in chosen]
        parts = tuple(part for file in given for part in file.parts(gone[0].batch))
        stay = tuple(part for part in known.parts if part not in gone)
        position = sum(part.batch.number <= gone[0].batch.number for part in stay)
        wanted = MadeOf((*stay[:position], *parts, *stay[position:]), known.settings)
        fields = {
            "old": ", ".join(known.uploads[sha256].name for sha256 in chosen),
            "new": ", ".join(file.upload.name for file in given),
        }
        what = Notice(N_("Replaced {old} by {new}."), fields)
        _finish(
            state,
            loading.watched(partial(make.change, view.library, view.listed, wanted, given, what)),
            _all(given),
        )


# How they are read, and the end


def _proposed(given: Sequence[UploadedFile]) -> Settings:
    """The settings a new dataset starts from."""
    browser = st.context.timezone or "UTC"
    zone = browser if browser in zoneinfo.available_timezones() else "UTC"
    return Settings(Path(given[0].upload.name).stem[:80], zone)


def _settings(proposed: Settings, mapped: Sequence[MappedSheet], is_named: bool = False) -> Settings:
    """The settings as the user confirms them; a dataset that `is_named` keeps its name."""
    zones = sorted(zoneinfo.available_timezones())
    activities = [name for name in schema.ACTIVITIES if any(each.table == name for each in mapped)]
    usual = ["subscriptions"] if "subscriptions" in activities else activities
    chosen = [name for name in proposed.activity or () if name in activities]
    with st.container(border=True):
        st.subheader(_("How should it be read?"), anchor=False)
        with st.container(horizontal=True):
            name = proposed.name
            if not is_named:
                name = st.text_input(
                    _("Name of the dataset"), value=proposed.name, max_chars=80, key="dataset-name", width=260
                )
            zone = st.selectbox(
                _("Time zone"),
                zones,
                index=zones.index(proposed.timezone),
                help=_("Times without a zone are taken in it; others are converted."),
                width=220,
            )
            watermark = st.date_input(
                _("Data to"),
                value=proposed.watermark,
                format="YYYY-MM-DD",
                help=_("The last day the data are whole up to. Empty: the earliest last day among orders and events."),
                width=180,
            )
            activity = st.multiselect(
                _("Counts as being active"),
                activities,
                default=chosen or usual,
                format_func=lambda name: _(schema.LOADABLE[name].label),
                width=280,
            )
        lost = definition.ask(mapped, proposed.churn)
        once = proposed.repeated == "once"
        if is_named:
            once = st.checkbox(
                _("Keep exact copies of a row once"),
                value=once,
                help=_("Rows that agree with another in every column that is loaded."),
            )
    return replace(
        proposed,
        churn=lost,
        defined_at=proposed.defined_at if lost == proposed.churn else None,
        repeated="once" if once else "keep",
        name=name.strip() or _("My data"),
        timezone=zone,
        watermark=watermark if isinstance(watermark, dt.date) else None,
        activity=tuple(activity) or None,
    )


def _next(by_sheet: Iterator[list[MappedSheet]], sheets: Sequence[Sheet]) -> list[MappedSheet]:
    """What the next sheets, those of one file, are mapped to."""
    return [each for mapped in islice(by_sheet, len(sheets)) for each in mapped]


def _all(given: Sequence[UploadedFile]) -> list[MappedSheet]:
    return [each for file in given for each in file.mapped]


def _finish(state: _State, made: DatasetEntry | None, mapped: Sequence[MappedSheet]) -> None:
    """Remember the mapping and show the dataset that was made; nothing where none was."""
    if made is None:
        return
    if mapped:
        mapping.remember(mapped)
    state.clear()
    state.loaded = (made.id, made.generation)
    if made.id != address.view().listed.id:
        address.put_scope(Scope())
    address.put("generation", ())
    address.put("dataset", [made.id])
    st.rerun()
