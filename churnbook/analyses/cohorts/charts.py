"""Charts of cohorts: retention and revenue by period since the start, sizes, and two segments compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd

from churnbook.analyses.draw.finished import on
from churnbook.analyses.draw.heatmap import heatmap
from churnbook.analyses.draw.marks import by_segment, either, top_segments
from churnbook.analyses.draw.theme import (
    CATEGORICAL,
    INK,
    KEPT,
    LIGHT_INK,
    MUTED,
    PERCENT,
    SHORT,
    SIGNED_PERCENT,
    Chart,
    number_axis,
    titled,
)
from churnbook.catalogue import labels
from churnbook.words import formats
from churnbook.words.language import _

_MOST_COHORTS = 60


def triangle(
    retention: pd.DataFrame,
    grain: str,
    picked: Mapping[str, Any] | None = None,
    on_dark: bool = False,
    highest: float | None = None,
    is_small: bool = False,
) -> Chart:
    """The cohort heatmap: a row a cohort, a column a period since the start, the share who came back.

    `retention` has the columns of cohort_retention for one segment. Open periods are pale, cohorts
    under 30 customers grey; `picked` (cohort, period and segment) is outlined. The start's own period
    is left out where it is 100 % throughout. At most the last 60 cohorts are drawn. More is darker on
    white, lighter on a dark page; `highest` ends the scale, for several heatmaps side by side, which
    are drawn `is_small`.
    """
    cells = _drawn(retention)
    cells = cells.assign(
        interval=[
            formats.interval(low, high) if pd.notna(low) else "—"
            for low, high in zip(cells["ci_low"], cells["ci_high"], strict=True)
        ],
        share=[f"{value * 100:.0f}" if pd.notna(value) else "" for value in cells["retention"]],
    )
    tooltip = [
        alt.Tooltip("retained:Q", title=_("Came back"), format=","),
        alt.Tooltip("retention:Q", title=_("Retention"), format=".1%"),
        alt.Tooltip("interval:N", title=_("95 % interval")),
    ]
    most = highest or highest_retention(retention)
    return heatmap(cells, grain, "retention", most, tooltip, _outlined(cells, picked), on_dark, is_small)


def _outlined(cells: pd.DataFrame, picked: Mapping[str, Any] | None) -> tuple[str, int] | None:
    """The cohort as an ISO day and the period to outline, where what was picked belongs to the segment of these cells."""
    if not picked:
        return None
    segment = cells["segment"].iloc[0] if len(cells) else None
    if picked.get("segment") != (None if pd.isna(segment) else segment):
        return None
    return str(picked["cohort"]), int(picked["period"])


def highest_retention(retention: pd.DataFrame) -> float:
    """Where the colour scale of a retention heatmap ends: its highest value after the start."""
    later = retention[retention["period"] > 0]["retention"]
    return max(0.05, float(later.max())) if later.notna().any() else 1.0


def revenue_triangle(
    revenue: pd.DataFrame,
    grain: str,
    currency: str | None,
    on_dark: bool = False,
    highest: float | None = None,
    is_small: bool = False,
) -> Chart:
    """The cohort heatmap of money: revenue per customer by cohort and period since the start.

    `revenue` has the columns of cohort_revenue for one segment, with money in it; the rest as in triangle.
    """
    cells = _drawn(revenue, "revenue_per_customer")
    values = cells["revenue_per_customer"]
    cells = cells.assign(
        share=[formats.short_number(value) for value in values],
        each=[formats.money(value, currency) for value in values],
        total=[formats.money(value, currency) for value in cells["revenue"]],
        kept=[formats.percent(value) if pd.notna(value) else "—" for value in cells["revenue_retention"]],
    )
    tooltip = [
        alt.Tooltip("each:N", title=_("Revenue per customer")),
        alt.Tooltip("total:N", title=_("Revenue")),
        alt.Tooltip("kept:N", title=_("Of the first period's revenue")),
    ]
    most = highest if highest is not None else float(values.max())
    return heatmap(cells, grain, "revenue_per_customer", max(most, 0.01), tooltip, None, on_dark, is_small)


def _drawn(result: pd.DataFrame, value: str = "retention") -> pd.DataFrame:
    cells = result.assign(cohort=pd.to_datetime(result["cohort"]))
    last = sorted(cells["cohort"].unique())[-_MOST_COHORTS:]
    cells = cells[cells["cohort"].isin(last)]
    own = cells[cells["period"] == 0]
    if value == "retention" and (own["retention"] == 1).all() and (cells["period"] > 0).any():
        cells = cells[cells["period"] > 0]
    return cells


def cohorts_left_out(retention: pd.DataFrame) -> int:
    """How many of the oldest cohorts the triangle does not draw."""
    return max(0, int(retention["cohort"].nunique()) - _MOST_COHORTS)


def revenue_curve(overall: pd.DataFrame, grain: str, currency: str | None, order: Sequence[str] = ()) -> Chart:
    """Revenue per customer by periods since the start; one line, or one for each segment.

    `overall` has the columns of cohort_revenue_overall; `order` as in curve.
    """
    lines = top_segments(overall, order)
    lines = lines.assign(each=[formats.money(value, currency) for value in lines["revenue_per_customer"]])
    line: alt.Chart = (
        on(lines)
        .mark_line(strokeWidth=2, point=alt.OverlayMarkDef(size=28))
        .encode(
            x=_since(grain),
            y=alt.Y("revenue_per_customer:Q", title=None, axis=number_axis(SHORT, 6)),
            color=by_segment(lines, order),
            tooltip=[
                *([alt.Tooltip("segment:N", title=_("Segment"))] if order else []),
                alt.Tooltip("period:Q", title=formats.since_axis(grain)),
                alt.Tooltip("each:N", title=_("Revenue per customer")),
                alt.Tooltip("customers:Q", title=_("Customers"), format=","),
                alt.Tooltip("cohorts:Q", title=_("Complete cohorts"), format=","),
            ],
        )
    )
    return line.properties(height=360 if order else 300, title=titled(_("All cohorts"), ""))


def sizes(started: pd.DataFrame, grain: str, order: Sequence[str] = (), on_dark: bool = False) -> Chart:
    """Who starts in each period, as bars; stacked by segment with a split, open periods pale.

    `started` has the columns of cohort_sizes; of more than eight segments in `order` those after the seventh
    stand together.
    """
    if len(order) > len(CATEGORICAL):
        named = [name for name in order if name != labels.OTHER]
        order = [*named[: len(CATEGORICAL) - 1], labels.OTHER]
        kept = [name if name in order else labels.OTHER for name in started["segment"]]
        started = started.assign(segment=kept)
    bars = top_segments(started, order)
    bars = bars.assign(
        row=[formats.period_label(pd.Timestamp(cohort).date(), grain) for cohort in bars["cohort"]],
        state=[_("complete") if complete else _("period still open") for complete in bars["complete"]],
    )
    drawn: alt.Chart = (
        on(bars)
        .mark_bar()
        .encode(
            x=alt.X(
                "row:O",
                title=None,
                sort=list(dict.fromkeys(bars.sort_values("cohort")["row"])),
                axis=alt.Axis(labelAngle=-45, labelOverlap=True, ticks=False),
            ),
            y=alt.Y("customers:Q", title=None, axis=alt.Axis(tickCount=5, format=",d", tickMinStep=1)),
            color=by_segment(bars, order),
            opacity=either(alt.OpacityValue, alt.datum.complete, 1, 0.4),
            tooltip=[
                alt.Tooltip("row:N", title=_("Cohort")),
                *([alt.Tooltip("segment:N", title=_("Segment"))] if order else []),
                alt.Tooltip("customers:Q", title=_("Customers"), format=","),
                *([alt.Tooltip("share:Q", title=_("Share"), format=".1%")] if order else []),
                alt.Tooltip("state:N", title=_("State")),
            ],
        )
    )
    return drawn.properties(height=320 if order else 250)


def difference(compared: pd.DataFrame, grain: str, title: str, on_dark: bool = False) -> Chart:
    """How far two segments lie apart by period, with the 95 % interval; the line at zero means no difference.

    `compared` has the columns of cohort_comparison. Differences whose interval holds zero are grey.
    """
    later = compared[compared["period"] > 0]
    points = later.assign(
        interval=[formats.interval(low, high) for low, high in zip(later["ci_low"], later["ci_high"], strict=True)]
    )
    apart = (alt.datum.ci_low > 0) | (alt.datum.ci_high < 0)
    base = on(points).encode(x=_since(grain), color=either(alt.ColorValue, apart, KEPT, MUTED))
    ends = base.mark_rule(strokeWidth=2, opacity=0.55).encode(
        y=alt.Y("ci_low:Q", title=None, axis=number_axis(SIGNED_PERCENT, 6)), y2=alt.Y2("ci_high:Q")
    )
    dots = base.mark_point(filled=True, size=55, opacity=1).encode(
        y=alt.Y("difference:Q"),
        tooltip=[
            alt.Tooltip("period:Q", title=formats.since_axis(grain)),
            alt.Tooltip("difference:Q", title=_("Difference"), format="+.1%"),
            alt.Tooltip("interval:N", title=_("95 % interval")),
            alt.Tooltip("retention_a:Q", title=_("First segment"), format=".1%"),
            alt.Tooltip("retention_b:Q", title=_("Second segment"), format=".1%"),
        ],
    )
    zero = on(pd.DataFrame({"y": [0]})).mark_rule(color=LIGHT_INK if on_dark else INK).encode(y=alt.Y("y:Q"))
    return alt.layer(zero, ends, dots).properties(
        height=300, title=titled(title, _("lines: 95 % interval; grey: it contains no difference"))
    )


def _since(grain: str) -> alt.X:
    return alt.X(
        "period:Q",
        title=formats.since_axis(grain),
        axis=alt.Axis(tickMinStep=1, grid=False, format="d", domain=False),
        scale=alt.Scale(nice=False),
    )


def curve(overall: pd.DataFrame, grain: str, title: str, order: Sequence[str] = ()) -> Chart:
    """Retention by periods since the start, with its 95 % interval; one line, or one for each segment.

    `overall` has the columns of cohort_retention_overall; with a split, `order` names its segments, of which
    the first eight are drawn.
    """
    lines = top_segments(overall[overall["period"] > 0] if (overall["period"] > 0).any() else overall, order)
    lines = lines.assign(
        interval=[
            formats.interval(low, high) if pd.notna(low) else "—"
            for low, high in zip(lines["ci_low"], lines["ci_high"], strict=True)
        ],
    )
    base = on(lines).encode(x=_since(grain), color=by_segment(lines, order))
    band = base.mark_area(opacity=0.16).encode(
        y=alt.Y("ci_low:Q", title=None, axis=number_axis(PERCENT, 6)), y2=alt.Y2("ci_high:Q")
    )
    line = base.mark_line(strokeWidth=2, point=alt.OverlayMarkDef(size=28)).encode(
        y=alt.Y("retention:Q", title=None, axis=number_axis(PERCENT, 6), scale=alt.Scale(zero=True)),
        tooltip=[
            *([alt.Tooltip("segment:N", title=_("Segment"))] if order else []),
            alt.Tooltip("period:Q", title=formats.since_axis(grain)),
            alt.Tooltip("retention:Q", title=_("Retention"), format=".1%"),
            alt.Tooltip("interval:N", title=_("95 % interval")),
            alt.Tooltip("customers:Q", title=_("Customers"), format=","),
            alt.Tooltip("cohorts:Q", title=_("Complete cohorts"), format=","),
        ],
    )
    return alt.layer(band, line).properties(
        height=360 if order else 300,
        title=titled(title, _("shaded: 95 % interval") if lines["ci_low"].notna().any() else ""),
    )
