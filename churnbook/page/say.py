"""What the page says beside its cells: why something cannot be done, and what became of it in the run before."""

from __future__ import annotations

from typing import Literal, NoReturn

import streamlit as st

from churnbook.page import state
from churnbook.words.formats import emphasised, escape
from churnbook.words.message import Refused

_TOLD = "told in the run before"


def write(sentence: str, width: Literal["stretch", "content"] = "stretch") -> None:
    """Sentences that may have bold parts, money and escaped texts of files in them."""
    st.markdown(emphasised(sentence), width=width)


def write_small(sentence: str) -> None:
    """The same in small print."""
    st.caption(emphasised(sentence))


def end(sentence: str) -> NoReturn:
    """Say why there is nothing to show, and end the page."""
    st.info(sentence, icon=":material/info:")
    st.stop()


def refuse(refused: Refused) -> None:
    """Say in the page why something cannot be done, and what to do."""
    st.error(escape(refused.notice.words), icon=":material/error:")


def tell_next(sentence: str, icon: str = ":material/group:") -> None:
    """Have a sentence said in the next run."""
    state.put(_TOLD, (sentence, icon))


def tell() -> None:
    """Say once what became of something done in the run before."""
    if told := state.take(_TOLD):
        sentence, icon = told
        st.toast(escape(sentence), icon=icon, duration="long")
