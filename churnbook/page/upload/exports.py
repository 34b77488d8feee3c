"""Exports that are known by name: which there are, and that a file is one of them."""

from __future__ import annotations

import streamlit as st

from churnbook.intake.mapping.recipe import Recipe, all_recipes
from churnbook.page.upload.start import MappingDraft, read_as_export
from churnbook.words import formats
from churnbook.words.language import _


def list_known() -> None:
    """All exports that are read right without a hand, by system, to be looked up."""
    by_system: dict[str, list[str]] = {}
    for recipe in all_recipes().values():
        by_system.setdefault(recipe.system, []).append(_(recipe.title))
    with st.popover(_("Exports known by name"), icon=":material/verified:", type="tertiary"), st.container(width=520):
        st.caption(
            _(
                "These are recognised by their headers and read right without a hand. Other files are read by headers and values."
            )
        )
        st.markdown(
            "\n".join(
                f"- **{formats.escape(system)}**{_(': ')}{formats.escape(formats.listed(titles))}"
                for system, titles in sorted(by_system.items(), key=lambda each: each[0].casefold())
            )
        )


def say_known(start: MappingDraft, known: Recipe) -> None:
    """Which known export a sheet is and what to know of it, with a way to read it without that, and back."""
    title = _(known.title)
    with st.container(horizontal=True, vertical_alignment="center"):
        if start.by_recipe:
            st.markdown(_(":material/verified: This is a **{title}**.").format(title=title), width="content")
            label = _("Read it by its headers instead")
        else:
            words = _("Read by its headers and values, though it looks like a {title}.")
            st.caption(words.format(title=title), width="content")
            label = _("It is a {title}").format(title=title)
        st.button(
            label,
            type="tertiary",
            key=f"export:{start.key}",
            on_click=read_as_export,
            args=(start, not start.by_recipe),
        )
    if start.by_recipe and known.says:
        st.caption(formats.sentences([_(each) for each in known.says]))
