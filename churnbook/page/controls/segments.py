"""Saving customers of a list as a segment, and taking saved segments away again."""

from __future__ import annotations

import streamlit as st

from churnbook.datasets.library import Library
from churnbook.generations import segments
from churnbook.page import address, say
from churnbook.words import formats
from churnbook.words.language import _
from churnbook.words.message import Refused


def manage() -> None:
    """The saved segments of the dataset, each with a way to remove it."""
    view = address.view()
    names = segments.saved(view.facts)
    if not names:
        return
    st.subheader(_("Saved segments"), anchor=False)
    for name in names:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(formats.escape(name))
            st.button(
                _("Remove"),
                icon=":material/delete:",
                type="tertiary",
                key=f"remove-{name}",
                on_click=_remove,
                args=(view.library, view.listed.id, name),
            )


def _remove(library: Library, id: str, name: str) -> None:
    try:
        segments.remove(library, id, name)
    except Refused as refused:
        say.tell_next(refused.notice.words)
    address.put("generation", ())
