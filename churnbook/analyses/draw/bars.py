"""Bars of a value by category; with a split a bar for each of the largest segments beside each other."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import pandas as pd

from churnbook.analyses.draw.finished import on
from churnbook.analyses.draw.marks import by_segment, top_segments
from churnbook.analyses.draw.theme import SHORT, Chart, number_axis, titled
from churnbook.catalogue import labels
from churnbook.words.language import _


def bars(
    rows: pd.DataFrame,
    value: str,
    tooltip: Sequence[alt.Tooltip],
    title: str,
    order: Sequence[str] = (),
) -> Chart:
    """The `value` of every row as a bar, by its category `row`, in the order the rows come in.

    `order` are the segments of a split, of which the first eight are drawn, beside each other.
    """
    drawn = top_segments(rows, order)
    chart: alt.Chart = (
        on(drawn)
        .mark_bar()
        .encode(
            x=alt.X(
                "row:N", title=None, sort=list(dict.fromkeys(rows["row"])), axis=alt.Axis(labelAngle=0, ticks=False)
            ),
            y=alt.Y(f"{value}:Q", title=None, axis=number_axis(SHORT, 5)),
            color=by_segment(drawn, order),
            tooltip=[*([alt.Tooltip("segment:N", title=_("Segment"))] if order else []), *tooltip],
            **({"xOffset": alt.XOffset("segment:N", sort=[labels.segment(each) for each in order])} if order else {}),
        )
    )
    return chart.properties(height=320 if order else 250, title=titled(title, ""))
