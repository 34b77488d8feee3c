"""Saving customers of a list as a segment, and taking saved segments away again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from churnbook.catalogue import labels
from churnbook.datasets.library import Library
from churnbook.generations import segments
from churnbook.generations.amend import CannotSave
from churnbook.page import address
from churnbook.words import formats
from churnbook.words.language import _, translated

_TOLD = "told of a segment"


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
    except CannotSave as refused:
        st.error(formats.escape(translated(refused.sentence, refused.fields)), icon=":material/error:")
        return
    words = _("Saved “{name}”. Choose it under “{split}”, or in the scope at the top.")
    tell_next(words.format(name=" ".join(name.split()), split=labels.parameter("breakdown")))
    address.put("generation", ())
    st.rerun()


def tell_next(sentence: str, icon: str = ":material/group:") -> None:
    """Have a sentence said in the next run."""
    st.session_state[_TOLD] = (sentence, icon)


def tell() -> None:
    """Say once what became of a segment or the like in the run before."""
    if told := st.session_state.pop(_TOLD, None):
        sentence, icon = told
        st.toast(formats.escape(sentence), icon=icon, duration="long")


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
    except CannotSave as refused:
        tell_next(translated(refused.sentence, refused.fields))
    address.put("generation", ())
