"""The passport of the current dataset: what it was made of, what was set aside, what was assumed."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from churnbook import dataset, export, schema, wording
from churnbook.intake import REASONS
from churnbook.page import address
from churnbook.wording import _


def show() -> None:
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
                    _("Read as"): wording.file_format(source.format, source.encoding),
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
