"""Saved segments where one meets them: one click to look at one alone, and back."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from churnbook.page import address
from churnbook.words import formats
from churnbook.words.language import _


def filter_button(name: str, key: str) -> None:
    """A button that looks at the customers of a saved segment alone; where they are, one that shows all again."""
    scope = address.view().scope
    pair = (name, name)
    if pair in scope.where:
        kept = replace(scope, where=tuple(each for each in scope.where if each != pair))
        st.button(_("Show all again"), type="tertiary", key=key, on_click=address.put_scope, args=(kept,))
    else:
        only = replace(scope, where=(*scope.where, pair))
        st.button(_("Only these customers"), type="tertiary", key=key, on_click=address.put_scope, args=(only,))


def offer() -> None:
    """Every saved segment of the dataset by its name, to be looked at alone with one click."""
    scope, names = address.view().scope, address.view().facts.saved
    if not names:
        return
    st.caption(_("Saved segments"))
    with st.container(horizontal=True, gap="small"):
        for name in names:
            is_on = (name, name) in scope.where
            others = tuple(each for each in scope.where if each != (name, name))
            st.button(
                formats.escape(name),
                icon=":material/check:" if is_on else ":material/group:",
                type="primary" if is_on else "secondary",
                key=f"only-{name}",
                on_click=address.put_scope,
                args=(replace(scope, where=others if is_on else (*others, (name, name))),),
            )
