"""Keeping the customers of a list as a segment, to split and filter by."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from churnbook.generations import segments
from churnbook.page import address, say
from churnbook.words.language import _
from churnbook.words.message import Refused


def offer(cell: str, choices: Mapping[str, Callable[[], Sequence[str]]], suggested: str) -> None:
    """A popover to keep customers as an attribute; `choices` are whom, in words, and their ids when asked for."""
    with st.popover(_("Save as segment"), icon=":material/group_add:", type="tertiary", key=f"save-{cell}"):
        st.caption(_("The customers become an attribute of this dataset, to split and filter by on every page."))
        whom = st.radio(_("Whom"), list(choices), key=f"save-whom-{cell}")
        name = st.text_input(
            _("Name"), value=suggested, max_chars=segments.LONGEST_NAME, key=f"save-name-{cell}-{suggested}"
        )
        if st.button(_("Save"), type="primary", key=f"save-now-{cell}"):
            _save(name, choices[whom]())


def _save(name: str, customer_ids: Sequence[str]) -> None:
    view = address.view()
    try:
        segments.save(view.library, view.listed.id, name, customer_ids, _("yes"), _("no"))
    except Refused as refused:
        say.refuse(refused)
        return
    words = _("Saved “{name}”. Choose it under “{split}”, or in the scope at the top.")
    say.tell_next(words.format(name=" ".join(name.split()), split=_("Split by")))
    address.put("generation", ())
    st.rerun()
