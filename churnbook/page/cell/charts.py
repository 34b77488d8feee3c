"""Drawing the charts of a cell: one, two beside each other, or a small one for each segment; and what a click says."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import streamlit as st

from churnbook.analyses.draw.marks import PICKED
from churnbook.analyses.draw.theme import Chart
from churnbook.page import address, state

_IN_A_ROW = 3


def draw(cell: str, chart: Chart, alt_text: str, pick: Sequence[str] = (), segment: str | None = None) -> None:
    """Draw a chart; with `pick`, a click writes these fields of the mark, and its segment, into the address."""
    if not pick:
        st.altair_chart(chart, width="stretch", alt=alt_text)
        return
    key = f"chart:{cell}:{segment or alt_text[:20]}"
    st.altair_chart(chart, width="stretch", alt=alt_text, key=key, on_select=_picked(cell, key, pick, segment))


def _picked(cell: str, key: str, fields: Sequence[str], segment: str | None) -> Callable[[], None]:
    def write() -> None:
        points = state.get(key).selection.get(PICKED, [])
        point = points[0] if points else {}
        for name in fields:
            chosen = point.get(f"{name}_value", point.get(name))
            address.put(f"{cell}.{name}", [] if chosen is None else [str(chosen)])
        if "segment" not in fields:
            address.put(f"{cell}.segment", [] if segment is None or not point else [segment])

    return write


@contextmanager
def at_the_right(draw_it: Callable[[], None], is_wide: bool) -> Iterator[None]:
    """Draw what follows with something narrow at its right; where that `is_wide`, it comes first over the whole width."""
    if is_wide:
        draw_it()
        yield
        return
    left, right = st.columns([5, 2], gap="medium")
    with right:
        draw_it()
    with left:
        yield


def side_by_side(segments: Sequence[str]) -> Iterator[str]:
    """The segments, each with what is drawn for it in a column of its own, three in a row."""
    for first in range(0, len(segments), _IN_A_ROW):
        for column, name in zip(st.columns(_IN_A_ROW, gap="medium"), segments[first:], strict=False):
            with column:
                yield name
