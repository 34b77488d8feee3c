"""A change of the dataset as the page does it: refused in words, or told in the next run, which shows what came of it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext

import streamlit as st

from churnbook.page import address, say
from churnbook.words.message import Refused


def save(change: Callable[[], object], told: str, icon: str, waiting: str = "", forget: str | None = None) -> None:
    """Do a `change` that makes a generation, and run the page anew with the newest one; where it is refused, say so.

    `told` is said in the next run. `waiting` stands beside a spinner meanwhile; without it there is none. `forget` names a
    choice of the address that goes with it.
    """
    try:
        with st.spinner(waiting) if waiting else nullcontext():
            change()
    except Refused as refused:
        say.refuse(refused)
        return
    say.tell_next(told, icon)
    address.put("generation", ())
    if forget:
        address.put(forget, ())
    st.rerun()
