"""The upload: files in, a mapping the user confirms, a dataset out, and what was loaded and set aside."""

from __future__ import annotations

import datetime as dt
import os
import re
import tempfile
import zoneinfo
from collections.abc import Sequence
from pathlib import Path

import duckdb
import streamlit as st
from streamlit.typing import UploadedFile

from churnbook import contents, schema, wording
from churnbook.intake import Refused, load, read
from churnbook.intake.map import Mapped
from churnbook.intake.report import ACTIVITIES, Settings
from churnbook.intake.sheet import Sheet
from churnbook.page import address, mapping, passport, segments
from churnbook.request import Scope
from churnbook.wording import N_, _

LIMIT_MB = float(os.environ.get("CHURNBOOK_UPLOAD_MB", "200"))
_STATE = "upload"


class _State:
    """What this session has uploaded and not loaded yet."""

    def __init__(self) -> None:
        self.round = 0
        self.work = tempfile.TemporaryDirectory(prefix="churnbook-upload-")
        self.sheets: dict[str, list[Sheet] | Refused] = {}
        self.loaded: str | None = None

    def clear(self) -> None:
        """Forget the files, so that the uploader starts empty again."""
        self.round += 1
        self.work = tempfile.TemporaryDirectory(prefix="churnbook-upload-")
        self.sheets.clear()


def show() -> None:
    """The whole page: the uploader, a mapping for each sheet, settings, and what the dataset is made of."""
    state: _State = st.session_state.setdefault(_STATE, _State())
    if state.loaded == address.view().listed.id:
        st.success(
            _("“{name}” is loaded.").format(name=wording.escape(address.view().listed.name)), icon=":material/check:"
        )
        for each in reversed(contents.pages()):
            if each.answers and not each.missing(address.view().facts):
                st.page_link(
                    each.path, label=_("Open “{page}”").format(page=_(each.title)), icon=f":material/{each.icon}:"
                )
    files = st.file_uploader(
        _("Drop files here: CSV, TSV, Excel (.xlsx, .xls), .ods, JSON or Parquet, also packed as .zip or .gz"),
        accept_multiple_files=True,
        key=f"files:{state.round}",
        help=_("What a file is, its encoding (UTF-8, GBK, Big5 …), delimiter and header are recognised."),
    )
    st.caption(
        _(
            "Up to {limit} MB a file. Larger files load on the server: python -m churnbook import FILE --into X.duckdb"
        ).format(limit=f"{LIMIT_MB:g}")
    )
    if files:
        _confirm(state, files)
    st.divider()
    passport.summary()
    segments.manage()


def _confirm(state: _State, files: Sequence[UploadedFile]) -> None:
    sheets = []
    for file in files:
        found = _inspected(state, file)
        if isinstance(found, Refused):
            _refuse(found)
        else:
            sheets += found
    if not sheets:
        return
    for said in dict.fromkeys(
        wording.translated(each.sentence, each.fields) for sheet in sheets for each in sheet.notes
    ):
        st.warning(wording.escape(said), icon=":material/info:")
    with st.container(border=True):
        st.subheader(_("What do the columns mean?"), anchor=False)
        st.caption(_("This was read from the headers and values. Change what is wrong, then load."))
        mapped = [
            each for number, sheet in enumerate(sheets) for each in mapping.confirm(f"{state.round}:{number}", sheet)
        ]
    if not mapped:
        st.info(_("Every sheet is left out. Choose what one of them is."), icon=":material/info:")
        return
    settings = _settings(mapped)
    problems = _problems(mapped)
    for problem in problems:
        st.error(wording.escape(problem), icon=":material/error:")
    if st.button(_("Load the data"), type="primary", icon=":material/database:", disabled=bool(problems), key="load"):
        _load(state, mapped, settings)


def _refuse(refused: Refused) -> None:
    st.error(wording.escape(wording.translated(refused.sentence, refused.fields)), icon=":material/error:")


def _inspected(state: _State, file: UploadedFile) -> list[Sheet] | Refused:
    if file.file_id not in state.sheets:
        folder = Path(state.work.name)
        path = folder / re.sub(r"[^a-z0-9-]", "", file.file_id)
        try:
            if file.size <= LIMIT_MB * 1e6:
                with path.open("wb") as sink:
                    sink.write(file.getbuffer())
            else:
                path.touch()
                os.truncate(path, file.size)
            state.sheets[file.file_id] = read.inspect(path, file.name, folder, int(LIMIT_MB * 1e6))
        except Refused as refused:
            state.sheets[file.file_id] = refused
    return state.sheets[file.file_id]


def _settings(mapped: Sequence[Mapped]) -> Settings:
    zones = sorted(zoneinfo.available_timezones())
    browser = st.context.timezone or "UTC"
    activities = [name for name in ACTIVITIES if any(each.table == name for each in mapped)]
    usual = ["subscriptions"] if "subscriptions" in activities else activities
    with st.container(border=True):
        st.subheader(_("How should it be read?"), anchor=False)
        with st.container(horizontal=True):
            name = st.text_input(
                _("Name of the dataset"),
                value=Path(mapped[0].sheet.file).stem[:80],
                max_chars=80,
                key="dataset-name",
                width=260,
            )
            zone = st.selectbox(
                _("Time zone"),
                zones,
                index=zones.index(browser if browser in zones else "UTC"),
                help=_("Times without a zone are taken in it; others are converted."),
                width=220,
            )
            watermark = st.date_input(
                _("Data to"),
                value=None,
                format="YYYY-MM-DD",
                help=_("The last day the data are whole up to. Empty: the earliest last day among orders and events."),
                width=180,
            )
            activity = st.multiselect(
                _("Counts as being active"),
                activities,
                default=usual,
                format_func=lambda name: _(schema.LOADABLE[name].label),
                width=280,
            )
    return Settings(
        name.strip() or _("My data"),
        zone,
        watermark if isinstance(watermark, dt.date) else None,
        tuple(activity) or None,
    )


def _problems(mapped: Sequence[Mapped]) -> list[str]:
    problems = []
    for each in mapped:
        try:
            each.check()
        except Refused as refused:
            fields = dict(refused.fields)
            fields["roles"] = ", ".join(_(role.label) for role in each.missing)
            problems.append(wording.translated(refused.sentence, fields))
    return problems


def _load(state: _State, mapped: Sequence[Mapped], settings: Settings) -> None:
    library = address.view().library
    id = library.new_id()
    bar = st.progress(0.0, text=_("Loading…"))

    def progress(words: str, share: float) -> None:
        bar.progress(share, text=_("Loading… {what}").format(what=words))

    try:
        path = library.next_path(id)
        load.load(mapped, path, settings, progress)
    except Refused as refused:
        bar.empty()
        library.discard(id)
        _refuse(refused)
        return
    except duckdb.Error as error:
        bar.empty()
        library.discard(id)
        _refuse(
            Refused(
                N_("The files could not be loaded and nothing was changed. The engine says: {reason}"),
                reason=str(error).splitlines()[0],
            )
        )
        return
    except BaseException:
        library.discard(id)
        raise
    library.publish(id, path, settings.name)
    state.clear()
    state.loaded = id
    address.put_scope(Scope())
    address.put("generation", ())
    address.put("dataset", [id])
    st.rerun()
