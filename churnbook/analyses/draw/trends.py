"""Lines over time: a value by period and segment, complete periods joined, open ones pale, few customers grey."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import pandas as pd

from churnbook.analyses.draw.finished import on
from churnbook.analyses.draw.marks import either, on_click, top_segments
from churnbook.analyses.draw.theme import MUTED, Chart, number_axis
from churnbook.analyses.say import FEW
from churnbook.words import formats
from churnbook.words.language import _


def with_labels(result: pd.DataFrame, grain: str) -> pd.DataFrame:
    """The rows of a result by period, each with the label of its period as `row`, in order of time."""
    days = pd.to_datetime(result["period"])
    return result.assign(
        row=[formats.period_label(day.date(), grain) for day in days],
        period=days.dt.strftime("%Y-%m-%d"),
    ).sort_values("period", kind="stable")


def by_period(labelled: pd.DataFrame) -> alt.X:
    """Periods from left to right; `labelled` comes from with_labels."""
    return alt.X(
        "row:O",
        title=None,
        sort=list(dict.fromkeys(labelled["row"])),
        axis=alt.Axis(
            labelAngle=-45, labelOverlap=True, ticks=False, grid=False, labelExpr="split(datum.label, ' (')[0]"
        ),
    )


def line_points(result: pd.DataFrame, value: str, base: str, order: Sequence[str] = ()) -> pd.DataFrame:
    """The points of lines: `value` by period and segment, with how many customers it rests on."""
    points = top_segments(result[result[value].notna()], order)
    bounds = {name: points[name] if name in points.columns else None for name in ("ci_low", "ci_high")}
    points = points.assign(value=points[value], few=points[base] < FEW, **bounds)
    return points.assign(
        how=[
            _("too few customers") if few else _("complete") if complete else _("period not covered whole")
            for complete, few in zip(points["complete"], points["few"], strict=True)
        ],
        interval=[
            formats.interval(low, high) if pd.notna(low) else "—"
            for low, high in zip(points["ci_low"], points["ci_high"], strict=True)
        ],
    )


def trend_lines(
    points: pd.DataFrame,
    grain: str,
    colour: alt.Color | alt.ColorValue,
    tooltip: list[alt.Tooltip],
    format: str,
    title: alt.TitleParams,
    is_split: bool = False,
    from_zero: bool = True,
    can_be_picked: bool = False,
    also: Sequence[alt.Chart] = (),
) -> Chart:
    """Lines through the complete periods, with their interval where there is one; the open ones are pale dots.

    Dots of fewer than 30 customers are grey. Where they `can_be_picked`, a click says the period, as `in_period`, and
    with a split the segment. `also` are drawn over them.
    """
    drawn = with_labels(points, grain)
    x = by_period(drawn)
    y = alt.Y("value:Q", title=None, axis=number_axis(format, 5), scale=alt.Scale(zero=from_zero))
    base = on(drawn).encode(x=x)
    whole = base.transform_filter(alt.datum.complete)
    layers = [whole.mark_line(strokeWidth=2).encode(y=y, color=colour, detail=alt.Detail("segment:N"))]
    if not is_split and drawn["ci_low"].notna().any():
        shaded = whole.transform_filter(alt.datum.ci_low != None)  # noqa: E711 - an expression of the chart
        layers.insert(
            0,
            shaded.mark_area(opacity=0.16).encode(
                y=alt.Y("ci_low:Q", title=None), y2=alt.Y2("ci_high:Q"), color=colour
            ),
        )
    dots = base.mark_point(filled=True, size=30).encode(
        y=y,
        color=alt.when(alt.datum.few).then(alt.value(MUTED)).otherwise(colour),
        opacity=either(alt.OpacityValue, alt.datum.complete, 1, 0.4),
        tooltip=[
            *([alt.Tooltip("segment:N", title=_("Segment"))] if is_split else []),
            alt.Tooltip("row:N", title=_("Period")),
            *tooltip,
            alt.Tooltip("how:N", title=_("State")),
        ],
    )
    if can_be_picked:
        fields = ["in_period", *(["segment_value"] if is_split else [])]
        pick = on_click(*fields, nearest=True)
        dots = dots.encode(size=alt.SizeValue(50)).transform_calculate(in_period="datum.period").add_params(pick)
    return alt.layer(*layers, dots, *also).properties(height=340, title=title)
