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
import pandas as pd
import streamlit as st
from streamlit.typing import UploadedFile

from churnbook import contents, dataset, export, schema, wording
from churnbook.intake import REASONS, Refused, columns, load, read, values
from churnbook.intake import map as mapping
from churnbook.intake.dates import AS_WRITTEN, Choice
from churnbook.intake.map import Mapped
from churnbook.intake.report import ACTIVITIES, Settings
from churnbook.intake.sheet import Sheet
from churnbook.page import address, segments
from churnbook.request import Scope
from churnbook.wording import N_, _, ngettext

LIMIT_MB = float(os.environ.get("CHURNBOOK_UPLOAD_MB", "200"))
_STATE = "upload"
_NO_ROLE = "-"
_SAMPLES_SHOWN = 4
_ENCODINGS = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8 BOM",
    "gb18030": "GB18030",
    "cp950": "Big5",
    "cp1252": "Windows-1252",
    **{name: name.upper() for name in ("utf-16", "utf-16-le", "utf-16-be", "utf-32")},
}


class _State:
    """What this session has uploaded and not loaded yet."""

    def __init__(self) -> None:
        self.round = 0
        self.work = tempfile.TemporaryDirectory(prefix="churnbook-upload-")
        self.sheets: dict[str, list[Sheet] | Refused] = {}
        self.proposals: dict[tuple[str, str | None], Mapped] = {}
        self.loaded: str | None = None

    def clear(self) -> None:
        """Forget the files, so that the uploader starts empty again."""
        self.round += 1
        self.work = tempfile.TemporaryDirectory(prefix="churnbook-upload-")
        self.sheets.clear()
        self.proposals.clear()


def show() -> None:
    """The whole page: the uploader, a mapping for each sheet, settings, and the passport of the dataset."""
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
    passport()
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
        mapped = [each for number, sheet in enumerate(sheets) if (each := _mapping(state, number, sheet)) is not None]
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


def _proposal(state: _State, sheet: Sheet, table: str | None) -> Mapped:
    key = (f"{sheet.sha256}:{sheet.name}", table)
    if key not in state.proposals:
        state.proposals[key] = mapping.propose(sheet, table)
    return state.proposals[key]


def _mapping(state: _State, number: int, sheet: Sheet) -> Mapped | None:
    """The mapping of one sheet as the user confirms it; None where they leave it out."""
    proposed = _proposal(state, sheet, None)
    key = f"{state.round}:{number}:{sheet.sha256[:12]}"
    st.markdown(f"**{wording.escape(sheet.name)}** &ensp;:gray[{_read_as(sheet)}]")
    tables = [*schema.LOADABLE, None]
    table = st.selectbox(
        _("This file holds"),
        tables,
        index=tables.index(proposed.table),
        format_func=lambda name: _(schema.LOADABLE[name].label) if name else _("nothing to load (leave it out)"),
        key=f"table:{key}",
        width=260,
    )
    if table is None:
        return None
    if table != proposed.table:
        proposed = _proposal(state, sheet, table)
    role_of = {header: role for role, header in proposed.roles.items()}
    canonical = schema.LOADABLE[table]
    labels = {role.name: _(role.label) + (" *" if role.required else "") for role in canonical.roles}
    rest = {
        "customer attributes": _("kept as an attribute"),
        "event attributes": _("kept with the event"),
        "left": _("left out"),
    }[canonical.rest]
    edited: pd.DataFrame = st.data_editor(
        pd.DataFrame(
            {
                "column": sheet.headers,
                "samples": [_samples(sheet, i) for i in range(len(sheet.headers))],
                "role": [role_of.get(header, _NO_ROLE) for header in sheet.headers],
            }
        ),
        column_order=("column", "role", "samples"),  # the choice in sight on a telephone too
        column_config={
            "column": st.column_config.TextColumn(_("Column in the file"), disabled=True),
            "samples": st.column_config.TextColumn(_("First values"), disabled=True, width="large"),
            "role": st.column_config.SelectboxColumn(
                _("Means"),
                options=[*labels, _NO_ROLE],
                format_func=lambda role: labels.get(str(role), rest),
                help=_("* is required"),
            ),
        },
        hide_index=True,
        key=f"roles:{key}:{table}",
    )
    roles = {role.name: list(edited.loc[edited["role"] == role.name, "column"]) for role in canonical.roles}
    chosen = {role: headers[0] for role, headers in roles.items() if headers}
    for role, headers in roles.items():
        if len(headers) > 1:
            st.error(
                _("{columns} are both mapped to {role}; choose one.").format(
                    columns=wording.escape(", ".join(headers)), role=_(canonical.role(role).label)
                )
            )
    marked = "order_id" in chosen and "is_cancelled" not in chosen and _has_cancelled_ids(sheet, chosen["order_id"])
    if marked and st.checkbox(
        _("Order ids like C536379 are cancellations; do not count them as orders"), key=f"cancelled:{key}"
    ):
        chosen["is_cancelled"] = chosen["order_id"]
    return Mapped(sheet, table, chosen, _date_choice(Mapped(sheet, table, chosen), key))


def _date_choice(mapped: Mapped, key: str) -> Choice:
    """The order of day and month, asked where the columns do not say it."""
    asked = columns.open_dates(mapped)
    if asked is None:
        return AS_WRITTEN
    header, written, month_first, day_first = asked
    read_as = {
        False: _("{day} (month first)").format(day=month_first),
        True: _("{day} (day first)").format(day=day_first),
    }
    chosen = st.radio(
        _("In {column}, what day is {written}?").format(column=wording.escape(header), written=wording.escape(written)),
        [False, True],
        format_func=lambda day: read_as[day],
        horizontal=True,
        key=f"day-first:{key}",
    )
    return Choice(day_first=chosen)


def _read_as(sheet: Sheet) -> str:
    parts = [_format(sheet.format, sheet.encoding)]
    if sheet.header_row > 1:
        parts.append(_("header in line {line}").format(line=sheet.header_row))
    if sheet.header_row == 0 and sheet.format != "parquet":
        parts.append(_("no header found"))
    parts.append(ngettext("{n} column", "{n} columns", len(sheet.headers)).format(n=len(sheet.headers)))
    return " · ".join(parts)


def _format(format: str, encoding: str | None) -> str:
    return " · ".join(part for part in (format.upper(), _ENCODINGS.get(encoding or "", encoding)) if part)


def _samples(sheet: Sheet, column: int) -> str:
    found = dict.fromkeys(row[column] for row in sheet.sample if row[column])
    return "  ·  ".join(str(cell)[:40] for cell in list(found)[:_SAMPLES_SHOWN])


def _has_cancelled_ids(sheet: Sheet, header: str) -> bool:
    column = sheet.headers.index(header)
    return any(re.fullmatch(values.CANCELLED_ID, row[column] or "") for row in sheet.sample)


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


def passport() -> None:
    """What the current dataset was made of: files, rows loaded and set aside, and what was assumed."""
    view = address.view()
    st.subheader(
        _("What “{name}” is made of").format(name=wording.escape(address.dataset_name(view.listed))), anchor=False
    )
    sources = dataset.sources(view.facts)
    st.dataframe(
        pd.DataFrame(
            [
                {
                    _("File"): source.name,
                    _("Holds"): _(schema.LOADABLE[source.table].label),
                    _("Read as"): _format(source.format, source.encoding),
                    _("Rows set aside"): source.set_aside,
                    _("Columns"): " · ".join(
                        f"{header} = {_(schema.LOADABLE[source.table].role(role).label)}"
                        for role, header in source.roles
                    ),
                }
                for source in sources
            ]
        ),
        hide_index=True,
    )
    loaded = [
        f"{_(table.label)} {wording.number(view.facts.tables[table.name].rows)}"
        for table in schema.LOADABLE.values()
        if view.facts.tables[table.name].rows
    ]
    st.markdown(_("Rows loaded: {tables}").format(tables=" · ".join(loaded)))
    for sentence, fields in view.facts.warnings:
        st.warning(wording.escape(wording.translated(sentence, fields)), icon=":material/info:")
    if view.facts.set_aside:
        language = wording.language()
        st.download_button(
            _("Download the rows set aside"),
            lambda: _set_aside_csv(view.facts, language),
            file_name="rows-set-aside.csv",
            mime="text/csv",
            icon=":material/download:",
            on_click="ignore",
        )


def _set_aside_csv(facts: dataset.Facts, language: str) -> bytes:
    """The rows set aside, word for word, with headings in the reader's language."""
    wording.use(language)
    heading = [wording.column(name) for name in ("file", "line", "column", "value", "reason")]
    rows = dataset.rejected(facts)
    widest = max((len(row.cells) for row in rows), default=0)
    return export.rows_csv(
        [*heading, *(f"{i}" for i in range(1, widest + 1))],
        [[row.file, row.line, row.column, row.value, _(REASONS[row.reason]), *row.cells] for row in rows],
    )
