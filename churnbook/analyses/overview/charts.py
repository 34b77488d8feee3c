"""The small chart of a figure watched: its line, the variation expected, and the points outside it."""

from __future__ import annotations

import altair as alt
import pandas as pd

from churnbook.analyses.draw.finished import on
from churnbook.analyses.draw.theme import CAUTION, INK, KEPT, LIGHT_INK, MUTED, ON_DARK, SHORT, Chart, number_axis
from churnbook.analyses.overview import findings
from churnbook.words import formats
from churnbook.words.language import _

_HEIGHT = 132
_SHAPES = {"above": "triangle-up", "below": "triangle-down", "run_above": "diamond", "run_below": "diamond"}
_SHOWN = {"day": 90, "week": 53, "month": 25, "quarter": 16, "year": 20}
"""The last periods drawn: a little more than a year of weeks, two of months."""
_LOST_SO_FAR = ("churn_rate", "retention_rate")
"""Figures of which an open period says next to nothing, since losses only add up until its end."""


def trend(watched: pd.DataFrame, figure: str, grain: str, currency: str | None, on_dark: bool = False) -> Chart:
    """A figure over time with the variation expected as a band; points outside are marked, open periods pale.

    `watched` has the columns of monitor for one segment.
    """
    kind, kept = str(watched["kind"].iloc[0]), ON_DARK[KEPT] if on_dark else KEPT
    drawn = watched[watched["value"].notna() & (watched["complete"] | (figure not in _LOST_SO_FAR))].tail(_SHOWN[grain])
    scale = 100.0 if kind == "share" else 1.0
    drawn = drawn.assign(
        day=pd.to_datetime(drawn["period"]),
        label=[formats.period_label(pd.Timestamp(period).date(), grain) for period in drawn["period"]],
        shown=[findings.value(value, kind, currency) for value in drawn["value"]],
        expected=[
            findings.span(low, high, kind, currency) for low, high in zip(drawn["low"], drawn["high"], strict=True)
        ],
        state=[
            findings.state(signal, complete, bool(pd.notna(high)))
            for signal, complete, high in zip(drawn["signal"], drawn["complete"], drawn["high"], strict=True)
        ],
        colour=[
            CAUTION if signal in _SHAPES and findings.goodness(figure, signal) < 0 else kept
            for signal in drawn["signal"]
        ],
        is_at_end=_to_open(drawn["complete"]),
        size=[62 if signal in _SHAPES else 18 for signal in drawn["signal"]],
        shape=[_SHAPES.get(signal, "circle") for signal in drawn["signal"]],
        opacity=[1.0 if complete else 0.35 for complete in drawn["complete"]],
        **{name: drawn[name] * scale for name in ("value", "centre", "low", "high")},
    )
    base = on(drawn).encode(
        x=alt.X(
            "day:T",
            title=None,
            axis=alt.Axis(grid=False, format=_format(grain), tickCount=3, labelFlush=True, labelOverlap=True),
        )
    )
    axis = number_axis(SHORT if kind in ("number", "money") else ",~f", 3, domain=False)
    if kind == "share":
        axis = alt.Axis(tickCount=3, labelExpr="format(datum.value, '.3~r') + '%'", domain=False)
    scaled = alt.Scale(zero=False, nice=True)
    band = base.mark_area(color=MUTED, opacity=0.3 if on_dark else 0.16, interpolate="step").encode(
        y=alt.Y("low:Q", title=None, axis=axis, scale=scaled), y2=alt.Y2("high:Q")
    )
    centre = base.mark_line(color=MUTED, strokeWidth=1, strokeDash=[3, 3], interpolate="step").encode(
        y=alt.Y("centre:Q")
    )
    line = base.transform_filter(alt.datum.complete).mark_line(color=kept, strokeWidth=2).encode(y=alt.Y("value:Q"))
    still_open = (
        base.transform_filter(alt.datum.is_at_end)
        .mark_line(color=kept, strokeWidth=1.5, strokeDash=[2, 3], opacity=0.5)
        .encode(y=alt.Y("value:Q"))
    )
    points = base.mark_point(filled=True).encode(
        y=alt.Y("value:Q"),
        # given as they are, one for each of the states
        color=alt.Color("colour:N", scale=None),
        size=alt.Size("size:Q", scale=None),
        shape=alt.Shape("shape:N", scale=None),
        opacity=alt.Opacity("opacity:Q", scale=None),
        tooltip=[
            alt.Tooltip("label:N", title=_("Period")),
            alt.Tooltip("shown:N", title=findings.name(figure)),
            alt.Tooltip("n:Q", title=findings.made_of(figure), format=","),
            alt.Tooltip("expected:N", title=_("Expected")),
            alt.Tooltip("state:N", title=_("State")),
        ],
    )
    if kind == "score":
        zero = on(pd.DataFrame({"y": [0]})).mark_rule(color=LIGHT_INK if on_dark else INK, opacity=0.4)
        return alt.layer(band, centre, zero.encode(y=alt.Y("y:Q")), line, still_open, points).properties(height=_HEIGHT)
    return alt.layer(band, centre, line, still_open, points).properties(height=_HEIGHT)


def _to_open(complete: pd.Series) -> list[bool]:
    """Of periods in order of time, those that a dotted line joins: the open ones at the end, and the last complete one."""
    ended = complete.to_numpy().nonzero()[0]
    last = int(ended[-1]) if len(ended) else -1
    return [index >= max(last, 0) and last < len(complete) - 1 for index in range(len(complete))]


def _format(grain: str) -> str:
    return {"day": "%m-%d", "week": "%Y-%m-%d", "year": "%Y"}.get(grain, "%Y-%m")
