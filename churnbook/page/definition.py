"""The churn definition on pages: what is said where there is none."""

from __future__ import annotations

import streamlit as st

from churnbook import contents
from churnbook.page import address
from churnbook.wording import _


def needs_definition() -> None:
    """End the page with a sentence and a way on where the dataset does not tell who is lost, or when."""
    facts = address.view().facts
    if facts.churn is not None and facts.watermark is not None:
        return
    words = (
        _("The files mark who has churned but have no dates, so nothing can be said about periods.")
        if facts.churn
        else _("Nothing in the files tells who is lost: this needs orders, events, subscriptions or a mark of churn.")
    )
    st.info(words, icon=":material/info:")
    st.page_link(contents.FOLDER / "your_data.py", label=_("Add your own data"), icon=":material/upload_file:")
    st.stop()
