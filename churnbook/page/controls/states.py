"""The states of the dataset: a sample that was changed is reset, and what was done last is undone."""

from __future__ import annotations

from functools import partial

import streamlit as st

from churnbook.datasets.facts import NoDataset
from churnbook.datasets.library import DatasetEntry
from churnbook.generations import samples
from churnbook.page import address, saving, say
from churnbook.words.language import N_, _
from churnbook.words.message import Refused


def offer_reset(place: str) -> None:
    """Where a changed sample is shown, that it is one, and a button to have it as it was; `place` keys the button."""
    view = address.view()
    if not view.listed.is_sample or view.generation != view.listed.generation or not samples.is_changed(view.facts):
        return
    st.caption(_("This sample was changed, for everybody who opens it here."))
    if st.button(_("Reset the sample"), icon=":material/restart_alt:", type="tertiary", key=f"reset-sample:{place}"):
        _reset()


def _reset() -> None:
    view = address.view()
    saving.save(
        partial(samples.reset, view.library, view.listed.id),
        _("The sample is as it was in the beginning."),
        ":material/restart_alt:",
        _("Preparing the sample data…"),
    )


def offer_going_back() -> None:
    """A button that takes the state before the last change again, or undoes that; nothing where there is none."""
    view = address.view()
    if view.listed.before is None or view.generation != view.listed.generation:
        return
    is_older = view.listed.before < view.generation
    if st.button(
        _("Go back to the state before") if is_older else _("Take the newer state again"),
        icon=":material/undo:" if is_older else ":material/redo:",
        key="go-back",
        help=_("The two states change places, so nothing is lost."),
    ):
        _go_back()


def other_state() -> DatasetEntry | None:
    """Let the dataset take its other state; None where it cannot, which is said."""
    view = address.view()
    try:
        return view.library.go_back(view.listed.id)
    except NoDataset:
        say.refuse(Refused(N_("The state before is no longer there.")))
    except Refused as refused:
        say.refuse(refused)
    return None


def _go_back() -> None:
    if other_state():
        address.put("generation", ())
        st.rerun()
