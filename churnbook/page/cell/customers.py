"""The customers behind a mark of a chart: listed, downloaded, opened one by one, and kept as a segment."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from churnbook.catalogue import labels
from churnbook.catalogue.query import Parameter, Value
from churnbook.engine.session import Result
from churnbook.generations import segments
from churnbook.page import address, say, state
from churnbook.page.cell import evidence
from churnbook.page.cell.answer import Answer
from churnbook.page.cell.saved import filter_button
from churnbook.page.cell.tables import table
from churnbook.words import formats
from churnbook.words.language import _
from churnbook.words.message import Refused

_SAVED = "segment saved from a list"

Whom = Mapping[str, Callable[[], Sequence[str]]]
"""Whom to keep, in words, and their ids when asked for."""


def show(
    answer: Answer,
    listed: Result,
    heading: str,
    states: Parameter | None,
    whom: Whom,
    suggested: str,
    close: Callable[[], None],
    split: str,
) -> None:
    """The list under its heading, with the states to choose from where there are some, and ways to keep and close it.

    `split` is the name in the address of what the cell is split by: one click there uses what was saved here.
    """
    say.write(f"**{heading}**")
    _use_saved(answer.name, split)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if states:
            _choose_state(answer.name, states, listed.parameters["state"])
        evidence.downloads(_("Download the list"), answer, listed, formats.plain(heading))
        _offer(answer.name, whom, suggested)
        st.button(_("Close"), icon=":material/close:", type="tertiary", key=f"close-{answer.name}", on_click=close)
    table(listed, key=f"customers-table-{answer.name}", alt=formats.plain(heading))


def _choose_state(cell: str, states: Parameter, chosen: Value) -> None:
    st.segmented_control(
        labels.parameter(states),
        states.choices,
        format_func=lambda option: labels.value(states, option),
        key=address.widget_key(f"{cell}.state", chosen),
        on_change=address.choose_value(cell, states),
        required=True,
        label_visibility="collapsed",
    )


def _offer(cell: str, choices: Whom, suggested: str) -> None:
    """A popover to keep customers as an attribute; `choices` are whom, in words, and their ids when asked for."""
    key = f"save-{cell}-{address.view().generation}"  # with what was saved comes a new one, which is closed
    with st.popover(_("Save as segment"), icon=":material/group_add:", type="tertiary", key=key):
        st.caption(_("The customers become an attribute of this dataset, to split and filter by on every page."))
        whom = st.radio(_("Whom"), list(choices), key=f"save-whom-{cell}")
        name = st.text_input(
            _("Name"), value=suggested, max_chars=segments.LONGEST_NAME, key=f"save-name-{cell}-{suggested}"
        )
        if st.button(_("Save"), type="primary", key=f"save-now-{cell}"):
            _save(cell, name, choices[whom]())


def _save(cell: str, name: str, customer_ids: Sequence[str]) -> None:
    view = address.view()
    try:
        segments.save(view.library, view.listed.id, name, customer_ids)
    except Refused as refused:
        say.refuse(refused)
        return
    state.put(_SAVED, (cell, view.listed.id, " ".join(name.split())))
    address.put("generation", ())
    st.rerun()


def _use_saved(cell: str, split: str) -> None:
    """What was saved from this list last, with a click to split the page by it and one to look at it alone."""
    saved_from, id, name = state.get(_SAVED, (None, None, None))
    view = address.view()
    if (saved_from, id) != (cell, view.listed.id) or name not in view.facts.saved:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        said = _("Saved “{name}”.").format(name=formats.escape(name))
        st.markdown(f":green[:material/check:] {said}", width="content")
        st.button(
            _("Split by it"), type="tertiary", key=f"split-saved-{cell}", on_click=address.put, args=(split, [name])
        )
        filter_button(name, f"filter-saved-{cell}")
