"""The saved segments of a dataset: used with one click, and taken away again."""

from __future__ import annotations

import streamlit as st

from churnbook.datasets.library import Library
from churnbook.generations import segments
from churnbook.page import address, contents, say
from churnbook.words import formats
from churnbook.words.language import _, ngettext
from churnbook.words.message import Refused

_SPLITS = (("cohorts", "retention.breakdown"), ("churn", "rate.breakdown"))
"""The pages that are opened split by a segment, with what is split there."""


def manage() -> None:
    """The saved segments of the dataset by name, each with links that use it and a way to remove it."""
    view = address.view()
    sizes = segments.sizes(view.facts)
    if not sizes:
        return
    st.subheader(_("Saved segments"), anchor=False)
    pages = {each.name: each for each in contents.pages()}
    for name, n in sizes.items():
        with st.container(horizontal=True, vertical_alignment="center"):
            customers = ngettext("{n} customer", "{n} customers", n).format(n=formats.number(n))
            say.write(f"**{formats.escape(name)}** · {customers}", width="content")
            contents.link(address.HOME, _("Only these customers"), "filter_alt", {"where": f"{name}={name}"})
            for page, split in _SPLITS:
                if not pages[page].missing(view.facts):
                    words = _("{page}, split by it").format(page=_(pages[page].title))
                    contents.link(page, words, pages[page].icon, {split: name})
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
