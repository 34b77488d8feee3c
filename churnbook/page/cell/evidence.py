"""How it is computed: SQL and its versions, rows, downloads, and the address to cite, on one quiet line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from churnbook.analyses import export, method, workbook
from churnbook.analyses.draw.finished import Drawing
from churnbook.analyses.draw.picture import picture as as_picture
from churnbook.analyses.draw.picture import picture_kind
from churnbook.catalogue import difference, labels, queries
from churnbook.catalogue.query import Query
from churnbook.engine.session import Result
from churnbook.page import address, state
from churnbook.page.cell import charts
from churnbook.page.cell.answer import Answer
from churnbook.page.cell.tables import table
from churnbook.words import formats
from churnbook.words.language import _, ngettext, speak, spoken

_WIDE = 680
"""What a popover takes to show a table; on a narrow screen it takes all there is."""


def show(answer: Answer, picture: Drawing | None) -> None:
    """The line of evidence under a cell; with an older version shown, what the newest changed."""
    result = answer.results[0]
    with st.container(horizontal=True, gap="small"):
        label = f"SQL · {answer.query.name} v{answer.query.version}"
        with st.popover(label, icon=":material/code:", type="tertiary", key=f"sql-{answer.name}"):
            _choose_version(answer)
            _scripts(answer.results)
        with st.popover(_("Rows"), icon=":material/table_rows:", type="tertiary"), st.container(width=_WIDE):
            _rows(answer, result)
        downloads(_("Download"), answer, result, answer.question, picture)
        with st.popover(_("Cite"), icon=":material/link:", type="tertiary"):
            st.caption(
                _(
                    "This address opens the same numbers for anyone on this server: data state, version and every choice."
                )
            )
            st.code(answer.address, language=None, wrap_lines=True)
    newest = queries.catalogue().find(answer.query.name)
    if newest != answer.query:
        _difference(answer.query, newest)
    rows = sum(covered.rows for name, covered in address.view().facts.tables.items() if name == "activity_days")
    st.caption(
        " · ".join(
            (
                _("{milliseconds} ms").format(
                    milliseconds=f"{sum(each.seconds for each in answer.results) * 1000:.0f}"
                ),
                *_parts(answer),
                ngettext("{n} row of activity", "{n} rows of activity", rows).format(n=formats.number(rows)),
                method.state_words(answer.query),
            )
        )
    )


def _rows(answer: Answer, result: Result) -> None:
    """The rows as a table; one chosen there, by the keyboard too, says what its mark says when it is clicked."""
    columns = {column.name for column in result.query.columns}
    if not answer.fields or not columns.issuperset(answer.fields):
        table(result, key=f"rows-{answer.name}")
        return

    def choose(row: pd.Series[Any] | None) -> None:
        given = {} if row is None else {name: row[name] for name in answer.fields if pd.notna(row[name])}
        texts = {name: str(value.date() if isinstance(value, pd.Timestamp) else value) for name, value in given.items()}
        address.put_all({f"{answer.name}.{name}": [texts[name]] if name in texts else [] for name in answer.fields})

    st.caption(_("Choose a row for the customers behind it: click its box, or arrow keys and Shift + Space."))
    table(result, key=f"rows-{answer.name}", choose=choose)


def _parts(answer: Answer) -> list[str]:
    """That customers were looked at in ranges, one after the other, where they were."""
    most = max((each.parts for each in answer.results), default=1)
    words = _("in {n} ranges of customers, one after the other")
    return [words.format(n=formats.number(most))] if most > 1 else []


# Versions


def older_shown(name: str, query: Query) -> None:
    """Say that an older version is shown, with a way to the newest; nothing for the newest."""
    newest = queries.catalogue().find(query.name)
    if newest == query:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        words = _("Version {version} of {query} is shown; the newest is version {newest}.")
        st.markdown(
            ":orange[:material/history:] "
            + formats.escape(words.format(version=query.version, query=query.name, newest=newest.version)),
            width="content",
        )
        st.button(
            _("Show the newest"),
            type="tertiary",
            key=f"newest-{name}",
            on_click=address.put,
            args=(f"{name}.version", ()),
        )


def _choose_version(answer: Answer) -> None:
    versions = queries.catalogue().versions(answer.query.name)
    if len(versions) < 2:
        return
    newest = versions[-1].version
    name = f"{answer.name}.version"
    key = address.widget_key(name, answer.query.version)

    def write() -> None:
        chosen = state.get(key)
        address.put(name, [] if chosen == newest else [str(chosen)])

    st.segmented_control(
        labels.of_address("version"),
        [query.version for query in reversed(versions)],
        format_func=lambda number: _("{version} (newest)").format(version=number) if number == newest else str(number),
        key=key,
        on_change=write,
        required=True,
    )


def _scripts(shown: Sequence[Result]) -> None:
    """The script of every query asked, each in a tab where there are several."""
    slots = st.tabs([result.query.reference for result in shown]) if len(shown) > 1 else [st.container()]
    for slot, result in zip(slots, shown, strict=True):
        with slot:
            st.caption(_(result.query.description))
            st.code(method.script(result), language="sql", wrap_lines=True)


def _difference(shown: Query, newest: Query) -> None:
    words = _("What changed from version {version} to version {newest}")
    with st.expander(words.format(version=shown.version, newest=newest.version), icon=":material/difference:"):
        for change in sorted(newest.changes, key=lambda change: change.version):
            if change.version > shown.version:
                told = _("Version {version}, {day}: {note}")
                st.markdown(
                    formats.escape(
                        told.format(version=change.version, day=formats.date(change.day), note=_(change.note))
                    )
                )
        texts = difference.side_by_side(shown.sql, newest.sql)
        for slot, query, text in zip(st.columns(2), (shown, newest), texts, strict=True):
            with slot:
                st.caption(f"{query.path.name} · {method.state_words(query)}")
                st.code(text, language="diff")


# Downloads


@dataclass(frozen=True)
class _File:
    """A file offered: what its button says, how it is made when somebody clicks, and what it is."""

    ending: str
    made: Callable[[], bytes]
    mime: str
    refused: str | None = None
    note: str | None = None


def downloads(label: str, answer: Answer, result: Result, question: str, picture: Drawing | None = None) -> None:
    """One button that unfolds into CSV, XLSX and, with a picture, PNG and SVG; each is made only when asked for."""
    files = [*_tables(answer, result, question), *(_pictures(picture) if picture else ())]
    key_prefix = f"{answer.name}-{result.query.name}"
    with st.popover(label, icon=":material/download:", type="tertiary", key=f"download-{key_prefix}"):
        with st.container(horizontal=True, gap="small"):
            for file in files:
                st.download_button(
                    file.ending.upper(),
                    file.made,
                    file_name=f"{result.query.reference}.{file.ending}",
                    mime=file.mime,
                    icon=":material/image:" if file.mime.startswith("image") else ":material/table:",
                    type="tertiary",
                    key=f"{file.ending}-{key_prefix}",
                    disabled=file.refused is not None,
                    help=file.refused,
                    on_click="ignore",
                )
        for note in (file.note for file in files if file.note):
            st.caption(note)


def _tables(answer: Answer, result: Result, question: str) -> tuple[_File, ...]:
    view, language = address.view(), spoken()
    behind = method.Method(
        question,
        address.dataset_name(view.listed),
        view.generation,
        view.facts,
        view.scope,
        result,
        answer.address,
    )

    def made() -> bytes:
        speak(language)  # the download is made in a thread of its own
        return workbook.workbook(behind)

    return (
        _File("csv", lambda: export.table_csv(result.table), "text/csv"),
        _File(
            "xlsx",
            made,
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            refused=None if export.fits_sheet(result.table) else _("A sheet does not hold this many rows; take CSV."),
            note=_(
                "XLSX is laid out as the picture, with all rows and how they were computed on further sheets. CSV holds the rows under names that programs can rely on."
            ),
        ),
    )


def _pictures(draw: Drawing) -> tuple[_File, ...]:
    language = spoken()

    def made(kind: str) -> Callable[[], bytes]:
        def drawn() -> bytes:
            speak(language)  # the download is made in a thread of its own
            return as_picture(draw(), kind)

        return drawn

    svg = _File("svg", made("svg"), "image/svg+xml")
    if picture_kind(partial(charts.finished, draw)) == "png":
        return (_File("png", made("png"), "image/png"), svg)
    note = _("The server has no font with Chinese characters, so the picture is an SVG; your browser draws its text.")
    return (replace(svg, note=note),)
