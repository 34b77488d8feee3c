"""What the marks of charts share: what a click says, the outline of what was clicked, the colour of a segment."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import altair as alt
import pandas as pd

from churnbook.analyses.draw.theme import CATEGORICAL, CAUTION, KEPT, PICTURE_WIDTH, Chart
from churnbook.catalogue import labels

PICKED = "picked"
V = TypeVar("V")


def stacked(cells: pd.DataFrame, segments: Sequence[str], draw: Callable[[pd.DataFrame], Chart]) -> Chart:
    """One drawing, or one above the other for each segment, under its name."""
    if not segments:
        return draw(cells)
    return alt.vconcat(
        *(
            draw(cells[cells["segment"] == name]).properties(title=labels.segment(name), width=PICTURE_WIDTH)
            for name in segments
        )
    )


def on_click(*fields: str, nearest: bool = False) -> alt.Parameter:
    """What makes a chart say these fields of a mark that is clicked, or with `nearest` of the one nearest to the click."""
    return alt.selection_point(name=PICKED, fields=list(fields), on="click", clear=False, nearest=nearest)


def with_selection(rows: pd.DataFrame, picked: Mapping[str, Any] | None, fields: Sequence[str]) -> pd.DataFrame:
    """The rows of a chart that says `fields` on a click, with whether each is what was clicked, as `is_picked`."""

    def text(value: Any) -> str | None:
        return None if value is None or pd.isna(value) else str(value)

    given = {name: text((picked or {}).get(name.removesuffix("_value"))) for name in fields}
    same = [all(text(row[name]) == value for name, value in given.items()) for row in rows.to_dict("records")]
    return rows.assign(is_picked=[bool(picked) and each for each in same])


def either(channel: Callable[..., V], test: Any, then: Any, otherwise: Any) -> V:
    """A channel with the value `then` where an expression holds, else `otherwise`.

    The same as when, then and otherwise of Altair, which take several milliseconds a time to find the channel's class.
    """
    return channel(otherwise, condition=[{"test": repr(test), "value": then}])


def outlined(is_picked: Any) -> dict[str, Any]:
    """The encoding that outlines the marks for which an expression holds."""
    return {
        "stroke": either(alt.StrokeValue, is_picked, CAUTION, None),
        "strokeWidth": either(alt.StrokeWidthValue, is_picked, 2.5, 0),
    }


def top_segments(result: pd.DataFrame, order: Sequence[str]) -> pd.DataFrame:
    """The rows of the segments drawn apart, the first eight of an order that are there; all without a split.

    A segment is called by its word; `segment_value` is what a click says.
    """
    there = set(result["segment"])
    first = [name for name in order if name in there][: len(CATEGORICAL)]
    kept = result[result["segment"].isin(first)] if order else result
    named = [labels.segment(name) for name in kept["segment"]] if order else ""
    return kept.assign(segment=named, segment_value=kept["segment"])


def by_segment(shown: pd.DataFrame, order: Sequence[str]) -> alt.Color | alt.ColorValue:
    """A segment keeps its colour in all charts of a page: that of its position in the order."""
    if not order:
        return alt.ColorValue(KEPT)
    there = set(shown["segment"])
    colours = {
        name: CATEGORICAL[index % len(CATEGORICAL)]
        for index, name in enumerate(labels.segment(each) for each in order)
        if name in there
    }
    return alt.Color(
        "segment:N",
        title=None,
        sort=list(colours),
        scale=alt.Scale(domain=list(colours), range=list(colours.values())),
        legend=alt.Legend(orient="bottom", columns=3, labelLimit=120, symbolType="circle", symbolOpacity=1),
    )
