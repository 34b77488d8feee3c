"""What a session remembers from run to run: the only code that touches Streamlit's session state."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import streamlit as st

T = TypeVar("T")


def kept(name: str, make: Callable[[], T]) -> T:
    """What the session keeps under a name, made where there is nothing yet."""
    if name not in st.session_state:
        st.session_state[name] = make()
    found: T = st.session_state[name]
    return found


def get(name: str, default: Any = None) -> Any:
    """What stands under a name, also a widget's value by its key."""
    return st.session_state.get(name, default)


def put(name: str, value: Any) -> None:
    """Keep something under a name; under a widget's key, before it is drawn, that is its value."""
    st.session_state[name] = value


def take(name: str) -> Any:
    """What stands under a name, which is forgotten; None where there is nothing."""
    return st.session_state.pop(name, None)
