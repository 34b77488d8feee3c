"""Charts on a page: one, two beside each other, or a small one for each segment; and what a click says."""

from __future__ import annotations

import hashlib
import io
import pickle
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial

import streamlit as st

from churnbook.analyses.draw import dated
from churnbook.analyses.draw.finished import Drawing, Finished, finish
from churnbook.analyses.draw.marks import PICKED
from churnbook.analyses.draw.theme import on_dark
from churnbook.datasets.written import marks
from churnbook.page import address, state
from churnbook.page.cell.kept import Kept
from churnbook.words.language import spoken

_IN_A_ROW = 3
_LIMIT_BYTES = 64 << 20

_kept: Kept[bytes, Finished] = Kept(_LIMIT_BYTES, lambda chart: chart.size)


def show(cell: str, draw: Drawing, alt_text: str, pick: Sequence[str] = (), segment: str | None = None) -> None:
    """Show a chart; with `pick`, a click writes these fields of the mark, and its segment, into the address.

    A chart is drawn once for everyone who asks for it with the same arguments, in the same language.
    """
    chart = finished(draw)
    drawn = on_dark(chart.specification) if address.is_dark() else chart.specification
    spec = {**drawn, "datasets": dict(chart.rows)}
    if not pick:
        st.vega_lite_chart(spec, width="stretch", alt=alt_text)
        return
    key = f"chart:{cell}:{segment or alt_text[:20]}"
    st.vega_lite_chart(spec, width="stretch", alt=alt_text, key=key, on_select=_picked(cell, key, pick, segment))


def marked(draw: Drawing) -> Drawing:
    """What draws a chart, with the days the user marked on its axis of time, if it has one."""
    there = tuple((mark.day, mark.name) for mark in marks(address.view().facts))
    return partial(dated.marked, draw, there) if there else draw


def finished(draw: Drawing) -> Finished:
    """A chart as it was drawn for the first who asked for it, or drawn now."""
    made_of = _made_of(draw, spoken())
    chart = _kept.get(made_of)
    if chart is None:
        chart = finish(draw())
        _kept.put(made_of, chart)
    return chart


def _made_of(*parts: object) -> bytes:
    """What stands for all that goes into a picture: the function, the rows and choices it is given, the words."""
    written = io.BytesIO()
    pickler = pickle.Pickler(written, protocol=5)
    pickler.fast = True  # by content: which of two equal texts are one object makes no difference
    pickler.dump(parts)
    return hashlib.blake2b(written.getbuffer()).digest()


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
