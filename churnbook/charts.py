"""Tidy table in, Altair chart out: the shapes every page draws with, their colours, and pictures of them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import altair as alt
import pandas as pd
import vl_convert

from churnbook import findings, schema, wording
from churnbook.wording import _

INK, PAPER, QUIET, LINE = "#1D2B2F", "#FFFFFF", "#F5F7F7", "#DDE4E4"
KEPT, LOST, CAUTION = "#0F6E77", "#B0413E", "#D9822B"
CATEGORICAL = ["#0F6E77", "#D9822B", "#5B7DB1", "#B0413E", "#7A9E3D", "#8A6FB0", "#4D4D4D", "#C9A227"]
RETENTION = ["#F1F6F5", "#BFDEDA", "#6FB5B3", "#2B8389", "#0B4F58"]
RETENTION_ON_DARK = ["#1B2A2C", "#1F4A4E", "#2B7278", "#52A3A3", "#A5DAD5"]
MUTED = "#7C8A8C"
LIGHT_INK = "#E6ECEC"
Chart = alt.Chart | alt.LayerChart | alt.FacetChart | alt.VConcatChart
_PICTURE_WIDTH = 760

PICKED = "picked"
_MOST_COHORTS = 60
_AXIS_HEIGHT = 62
_GREYS, _GREYS_ON_DARK = ("#A9B1B1", "#EFF1F1"), ("#6C7876", "#2A3331")


def triangle(
    retention: pd.DataFrame,
    grain: str,
    picked: tuple[str, int] | None = None,
    on_dark: bool = False,
    highest: float | None = None,
    is_small: bool = False,
) -> Chart:
    """The cohort heatmap: a row a cohort, a column a period since the start, the share who came back.

    `retention` has the columns of cohort_retention for one segment. Open periods are pale, cohorts
    under 30 customers grey; `picked` (cohort as ISO day, period) is outlined. The start's own period
    is left out where it is 100 % throughout. At most the last 60 cohorts are drawn. More is darker on
    white, lighter on a dark page; `highest` ends the scale, for several heatmaps side by side, which
    are drawn `is_small`.
    """
    cells = _drawn(retention)
    cells = cells.assign(
        interval=[
            wording.interval(low, high) if pd.notna(low) else "—"
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
    return _heatmap(cells, grain, "retention", most, tooltip, picked, on_dark, is_small)


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
        share=[wording.short_number(value) for value in values],
        each=[wording.money(value, currency) for value in values],
        total=[wording.money(value, currency) for value in cells["revenue"]],
        kept=[wording.percent(value) if pd.notna(value) else "—" for value in cells["revenue_retention"]],
    )
    tooltip = [
        alt.Tooltip("each:N", title=_("Revenue per customer")),
        alt.Tooltip("total:N", title=_("Revenue")),
        alt.Tooltip("kept:N", title=_("Of the first period's revenue")),
    ]
    most = highest if highest is not None else float(values.max())
    return _heatmap(cells, grain, "revenue_per_customer", max(most, 0.01), tooltip, None, on_dark, is_small)


def stacked(cells: pd.DataFrame, segments: Sequence[str], draw: Callable[[pd.DataFrame], Chart]) -> Chart:
    """One drawing, or one above the other for each segment, under its name."""
    if not segments:
        return draw(cells)
    return alt.vconcat(
        *(
            draw(cells[cells["segment"] == name]).properties(title=wording.segment(name), width=_PICTURE_WIDTH)
            for name in segments
        )
    )


def _heatmap(
    cells: pd.DataFrame,
    grain: str,
    value: str,
    highest: float,
    tooltip: list[alt.Tooltip],
    picked: tuple[str, int] | None,
    on_dark: bool,
    is_small: bool,
) -> Chart:
    """A row a cohort, a column a period: `value` as colour up to `highest`, the column `share` as text."""
    labels = [wording.period_label(cohort.date(), grain) for cohort in cells["cohort"]]
    sized = [f"{label}  ·  {wording.number(n)}" for label, n in zip(labels, cells["cohort_size"], strict=True)]
    cells = cells.assign(
        row=labels if is_small else sized,
        sized=sized,
        # too few customers: the same scale in grey, below zero
        shade=cells[value].where(cells["cohort_size"] >= findings.FEW, -cells[value] - 1e-9),
        cohort=cells["cohort"].dt.strftime("%Y-%m-%d"),
        state=[_state(complete, size) for complete, size in zip(cells["complete"], cells["cohort_size"], strict=True)],
    )
    few = alt.datum.cohort_size < findings.FEW
    base = alt.Chart(cells).encode(
        x=alt.X(
            "period:O",
            title=None if is_small else wording.since_axis(grain),
            axis=alt.Axis(orient="top", labelAngle=0, labelFlush=False, domain=False, ticks=False, titlePadding=8),
            scale=alt.Scale(paddingInner=0.04),
        ),
        y=alt.Y(
            "row:O",
            sort=list(dict.fromkeys(cells["row"])),
            title=None,
            axis=alt.Axis(
                labelFlush=False, labelOverlap=is_small, domain=False, ticks=False, labelLimit=190, labelPadding=6
            ),
            scale=alt.Scale(paddingInner=0.06),
        ),
    )
    select = on_click("cohort", "period")
    is_picked = (alt.datum.cohort == picked[0]) & (alt.datum.period == picked[1]) if picked else alt.datum.period < -1
    rect = base.mark_rect(cornerRadius=1, cursor="pointer" if value == "retention" else "default").encode(
        color=alt.Color(
            "shade:Q",
            scale=alt.Scale(
                domain=[-highest, -1e-9, *(highest * place / 4 for place in range(5))],
                range=[*(_GREYS_ON_DARK if on_dark else _GREYS), *(RETENTION_ON_DARK if on_dark else RETENTION)],
                clamp=True,
                interpolate="rgb",
            ),
            legend=None,
        ),
        opacity=alt.when(alt.datum.complete).then(alt.value(1)).otherwise(alt.value(0.4)),
        **outlined(is_picked),
        tooltip=[
            alt.Tooltip("sized:N", title=_("Cohort · customers")),
            alt.Tooltip("period:Q", title=wording.since_axis(grain)),
            *tooltip,
            alt.Tooltip("state:N", title=_("State")),
        ],
    )
    strong = (alt.datum[value] > highest * 0.65) & alt.datum.complete & ~few
    usual, reversed_ = (LIGHT_INK, INK) if on_dark else (INK, PAPER)
    longest = int(cells["share"].str.len().max())
    size = 11 if not is_small else 9 if longest < 3 else 8 if longest == 3 else 0
    text = base.mark_text(fontSize=size, tooltip=False).encode(
        text="share:N", color=alt.when(strong).then(alt.value(reversed_)).otherwise(alt.value(usual))
    )
    rows = cells["row"].nunique()
    row_height = 15 if is_small else 24 if rows <= 30 else 17
    marks = rect.add_params(select) if value == "retention" else rect
    return alt.layer(marks, text).properties(height=rows * row_height + (24 if is_small else _AXIS_HEIGHT))


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
    lines = drawn_apart(overall, order)
    lines = lines.assign(each=[wording.money(value, currency) for value in lines["revenue_per_customer"]])
    line: alt.Chart = (
        alt.Chart(lines)
        .mark_line(strokeWidth=2, point=alt.OverlayMarkDef(size=28))
        .encode(
            x=_since(grain),
            y=alt.Y("revenue_per_customer:Q", title=None, axis=alt.Axis(tickCount=6, format="~s")),
            color=by_segment(lines, order),
            tooltip=[
                *([alt.Tooltip("segment:N", title=_("Segment"))] if order else []),
                alt.Tooltip("period:Q", title=wording.since_axis(grain)),
                alt.Tooltip("each:N", title=_("Revenue per customer")),
                alt.Tooltip("customers:Q", title=_("Customers"), format=","),
                alt.Tooltip("cohorts:Q", title=_("Complete cohorts"), format=","),
            ],
        )
    )
    return line.properties(height=360 if order else 300, title=titled(_("All cohorts"), ""))


def sizes(started: pd.DataFrame, grain: str, order: Sequence[str] = ()) -> Chart:
    """Who starts in each period, as bars; stacked by segment with a split, open periods pale.

    `started` has the columns of cohort_sizes; of more than eight segments in `order` those after the seventh
    stand together.
    """
    if len(order) > len(CATEGORICAL):
        named = [name for name in order if name != wording.OTHER]
        order = [*named[: len(CATEGORICAL) - 1], wording.OTHER]
        kept = [name if name in order else wording.OTHER for name in started["segment"]]
        started = started.assign(segment=kept)
    bars = drawn_apart(started, order)
    bars = bars.assign(
        row=[wording.period_label(pd.Timestamp(cohort).date(), grain) for cohort in bars["cohort"]],
        state=[_("complete") if complete else _("period still open") for complete in bars["complete"]],
    )
    drawn: alt.Chart = (
        alt.Chart(bars)
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
            opacity=alt.when(alt.datum.complete).then(alt.value(1)).otherwise(alt.value(0.4)),
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
        interval=[wording.interval(low, high) for low, high in zip(later["ci_low"], later["ci_high"], strict=True)]
    )
    apart = (alt.datum.ci_low > 0) | (alt.datum.ci_high < 0)
    base = alt.Chart(points).encode(
        x=_since(grain), color=alt.when(apart).then(alt.value(KEPT)).otherwise(alt.value(MUTED))
    )
    ends = base.mark_rule(strokeWidth=2, opacity=0.55).encode(
        y=alt.Y("ci_low:Q", title=None, axis=alt.Axis(format="+%", tickCount=6)), y2="ci_high:Q"
    )
    dots = base.mark_point(filled=True, size=55, opacity=1).encode(
        y="difference:Q",
        tooltip=[
            alt.Tooltip("period:Q", title=wording.since_axis(grain)),
            alt.Tooltip("difference:Q", title=_("Difference"), format="+.1%"),
            alt.Tooltip("interval:N", title=_("95 % interval")),
            alt.Tooltip("retention_a:Q", title=_("First segment"), format=".1%"),
            alt.Tooltip("retention_b:Q", title=_("Second segment"), format=".1%"),
        ],
    )
    zero = alt.Chart(pd.DataFrame({"y": [0]})).mark_rule(color=LIGHT_INK if on_dark else INK).encode(y="y:Q")
    return alt.layer(zero, ends, dots).properties(
        height=300, title=titled(title, _("lines: 95 % interval; grey: it contains no difference"))
    )


def on_click(*fields: str, nearest: bool = False) -> alt.Parameter:
    """What makes a chart say these fields of a mark that is clicked, or with `nearest` of the one nearest to the click."""
    return alt.selection_point(name=PICKED, fields=list(fields), on="click", clear=False, nearest=nearest)


def marked(rows: pd.DataFrame, picked: Mapping[str, Any] | None, fields: Sequence[str]) -> pd.DataFrame:
    """The rows of a chart that says `fields` on a click, with whether each is what was clicked, as `is_picked`."""

    def text(value: Any) -> str | None:
        return None if value is None or pd.isna(value) else str(value)

    given = {name: text((picked or {}).get(name.removesuffix("_value"))) for name in fields}
    same = [all(text(row[name]) == value for name, value in given.items()) for row in rows.to_dict("records")]
    return rows.assign(is_picked=[bool(picked) and each for each in same])


def outlined(is_picked: Any) -> dict[str, Any]:
    """The encoding that outlines the marks for which an expression holds."""
    return {
        "stroke": alt.when(is_picked).then(alt.value(CAUTION)).otherwise(alt.value(None)),
        "strokeWidth": alt.when(is_picked).then(alt.value(2.5)).otherwise(alt.value(0)),
    }


def drawn_apart(result: pd.DataFrame, order: Sequence[str]) -> pd.DataFrame:
    """The rows of the segments drawn apart, the first eight of an order that are there; all without a split.

    A segment is called by its word; `segment_value` is what a click says.
    """
    there = set(result["segment"])
    first = [name for name in order if name in there][: len(CATEGORICAL)]
    kept = result[result["segment"].isin(first)] if order else result
    named = [wording.segment(name) for name in kept["segment"]] if order else ""
    return kept.assign(segment=named, segment_value=kept["segment"])


def by_segment(shown: pd.DataFrame, order: Sequence[str]) -> alt.Color | alt.ColorValue:
    """A segment keeps its colour in all charts of a page: that of its place in the order."""
    if not order:
        return alt.ColorValue(KEPT)
    there = set(shown["segment"])
    colours = {
        name: CATEGORICAL[place % len(CATEGORICAL)]
        for place, name in enumerate(wording.segment(each) for each in order)
        if name in there
    }
    return alt.Color(
        "segment:N",
        title=None,
        sort=list(colours),
        scale=alt.Scale(domain=list(colours), range=list(colours.values())),
        legend=alt.Legend(orient="bottom", columns=3, labelLimit=120, symbolType="circle", symbolOpacity=1),
    )


def _since(grain: str) -> alt.X:
    return alt.X(
        "period:Q",
        title=wording.since_axis(grain),
        axis=alt.Axis(tickMinStep=1, grid=False, format="d", domain=False),
        scale=alt.Scale(nice=False),
    )


def titled(title: str, subtitle: str) -> alt.TitleParams:
    """A title at the left, with a quiet line below it that says how to read the chart."""
    return alt.TitleParams(title, subtitle=subtitle, subtitleColor=MUTED, anchor="start", fontSize=13)


def _state(complete: bool, size: int) -> str:
    if size < findings.FEW:
        return _("too few customers")
    return _("complete") if complete else _("period still open")


def curve(overall: pd.DataFrame, grain: str, title: str, order: Sequence[str] = ()) -> Chart:
    """Retention by periods since the start, with its 95 % interval; one line, or one for each segment.

    `overall` has the columns of cohort_retention_overall; with a split, `order` names its segments, of which
    the first eight are drawn.
    """
    lines = drawn_apart(overall[overall["period"] > 0] if (overall["period"] > 0).any() else overall, order)
    lines = lines.assign(
        interval=[
            wording.interval(low, high) if pd.notna(low) else "—"
            for low, high in zip(lines["ci_low"], lines["ci_high"], strict=True)
        ],
    )
    base = alt.Chart(lines).encode(x=_since(grain), color=by_segment(lines, order))
    band = base.mark_area(opacity=0.16).encode(
        y=alt.Y("ci_low:Q", title=None, axis=alt.Axis(format="%", tickCount=6)), y2="ci_high:Q"
    )
    line = base.mark_line(strokeWidth=2, point=alt.OverlayMarkDef(size=28)).encode(
        y=alt.Y("retention:Q", title=None, axis=alt.Axis(format="%", tickCount=6), scale=alt.Scale(zero=True)),
        tooltip=[
            *([alt.Tooltip("segment:N", title=_("Segment"))] if order else []),
            alt.Tooltip("period:Q", title=wording.since_axis(grain)),
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


_ROW = 66
_STRIP = 18
_STRIP_AXIS = 40
_TRACK, _TRACK_ON_DARK = "#E9EEEE", "#2A3331"


def calendar_strip(
    bins: pd.DataFrame, gaps: pd.DataFrame, watermark: dt.date | None, grain: str, on_dark: bool = False
) -> Chart:
    """A row for each table, time to the right: darker for more rows a day, gaps orange, the watermark as a line.

    `bins` and `gaps` are those of passport.Strip. Under a row stand the first and last day of its table.
    """
    names = [name for name in schema.LOADABLE if name in set(bins["table_name"])]
    rows = {name: _(schema.LOADABLE[name].label) for name in names}
    drawn = bins.assign(
        row=[rows[name] for name in bins["table_name"]],
        label=[wording.period_label(bin.date(), grain) for bin in bins["bin"]],
        state=[_("after the days that count") if later else "" for later in bins["is_later"]],
    )
    spans = drawn.drop_duplicates("table_name")
    first, last = spans["first_day"].min(), spans["last_day"].max() + pd.Timedelta(days=1)
    last = max(last, pd.Timestamp(watermark) + pd.Timedelta(days=1)) if watermark else last
    x = alt.Scale(domain=[_day(first), _day(last)], nice=False)
    y = alt.Y("row:N", sort=list(rows.values()), title=None, axis=None, scale=alt.Scale(paddingInner=0, paddingOuter=0))
    time = alt.Axis(grid=False, format="%Y-%m-%d" if last - first < pd.Timedelta(days=60) else "%Y-%m", tickCount=6)
    track = (
        alt.Chart(spans.assign(end=spans["last_day"] + pd.Timedelta(days=1)))
        .mark_bar(height=_STRIP, color=_TRACK_ON_DARK if on_dark else _TRACK)
        .encode(y=y, x=alt.X("first_day:T", title=None, scale=x, axis=time), x2="end:T")
    )
    filled = (
        alt.Chart(drawn)
        .mark_bar(height=_STRIP)
        .encode(
            y=y,
            x=alt.X("begins:T", scale=x),
            x2="ends:T",
            color=alt.Color(
                "share:Q",
                scale=alt.Scale(
                    type="sqrt",
                    domain=[0, 1],
                    range=(RETENTION_ON_DARK if on_dark else RETENTION)[1:],
                    interpolate="rgb",
                ),
                legend=None,
            ),
            opacity=alt.when(alt.datum.is_later).then(alt.value(0.4)).otherwise(alt.value(1)),
            tooltip=[
                alt.Tooltip("row:N", title=_("Table")),
                alt.Tooltip("label:N", title=_("Period")),
                alt.Tooltip("rows:Q", title=_("Rows"), format=","),
                alt.Tooltip("state:N", title=_("State")),
            ],
        )
    )
    ink = LIGHT_INK if on_dark else INK
    layers = [track, filled, *_gap_marks(gaps, rows, y, x)]
    if watermark:
        day = pd.DataFrame({"day": [pd.Timestamp(watermark) + pd.Timedelta(days=1)]})
        layers.append(alt.Chart(day).mark_rule(color=ink, strokeWidth=1.5).encode(x=alt.X("day:T", scale=x)))
    layers += _strip_texts(spans, y, x, last - first, ink)
    return alt.layer(*layers).properties(height=_ROW * len(rows) + _STRIP_AXIS)


def _gap_marks(gaps: pd.DataFrame, rows: dict[str, str], y: alt.Y, x: alt.Scale) -> list[alt.Chart]:
    if gaps.empty:
        return []
    marked = gaps.assign(
        row=[rows[name] for name in gaps["table_name"]],
        end=gaps["last_day"] + pd.Timedelta(days=1),
        span=[f"{a:%Y-%m-%d} – {b:%Y-%m-%d}" for a, b in zip(gaps["first_day"], gaps["last_day"], strict=True)],
    )
    return [
        alt.Chart(marked)
        .mark_bar(height=_STRIP, color=CAUTION, minBandSize=3)
        .encode(
            y=y,
            x=alt.X("first_day:T", scale=x),
            x2="end:T",
            tooltip=[
                alt.Tooltip("row:N", title=_("Table")),
                alt.Tooltip("span:N", title=_("No rows")),
                alt.Tooltip("days:Q", title=_("Days"), format=","),
            ],
        )
    ]


def _strip_texts(spans: pd.DataFrame, y: alt.Y, x: alt.Scale, whole: pd.Timedelta, ink: str) -> list[alt.Chart]:
    """The name of a table above its strip, its first and last day below; one text where the strip is short."""
    middle = spans["first_day"].min() + whole / 2
    is_long = spans["last_day"] - spans["first_day"] > 0.5 * whole
    begins_late = spans["first_day"] > middle
    days = [
        (wording.date(first.date()), wording.date(last.date()))
        for first, last in zip(spans["first_day"], spans["last_day"], strict=True)
    ]
    both = [first if first == last else f"{first} – {last}" for first, last in days]
    named = spans.assign(
        title=[f"{row}  ·  {wording.number(rows)}" for row, rows in zip(spans["row"], spans["all_rows"], strict=True)],
        left=[
            first if long else "" if late else whole_text
            for (first, _last), long, late, whole_text in zip(days, is_long, begins_late, both, strict=True)
        ],
        right=[
            last if long else whole_text if late else ""
            for (_first, last), long, late, whole_text in zip(days, is_long, begins_late, both, strict=True)
        ],
        end=spans["last_day"] + pd.Timedelta(days=1),
    )
    base = alt.Chart(named).encode(y=y)
    return [
        base.mark_text(align="left", dy=-19, fontSize=12, color=ink, tooltip=False).encode(
            x=alt.value(0), text="title:N"
        ),
        base.mark_text(align="left", dy=18, fontSize=11, color=MUTED, tooltip=False).encode(
            x=alt.X("first_day:T", scale=x), text="left:N"
        ),
        base.mark_text(align="right", dy=18, fontSize=11, color=MUTED, tooltip=False).encode(
            x=alt.X("end:T", scale=x), text="right:N"
        ),
    ]


def _day(day: pd.Timestamp) -> alt.DateTime:
    return alt.DateTime(year=day.year, month=day.month, date=day.day)


# Pictures


_ON_PAPER = {
    "background": PAPER,
    "view": {"stroke": None},
    "axis": {"labelColor": INK, "titleColor": INK, "gridColor": LINE, "domainColor": LINE, "titleFontWeight": "normal"},
    "title": {"color": INK},
    "range": {"category": CATEGORICAL},
}


def picture_kind(draw: Callable[[], Chart]) -> str:
    """`png`, or `svg` where the chart drawn has Chinese characters and the server no font for them."""
    if cjk_font() is not None:
        return "png"
    return "svg" if re.search(r"[\u3000-\u9fff]", draw().to_json(ensure_ascii=False)) else "png"


def picture(chart: Chart, kind: str) -> bytes:
    """The chart on white paper as PNG (twice the size) or SVG."""
    sized = chart if isinstance(chart, alt.VConcatChart) else chart.properties(width=_PICTURE_WIDTH)
    spec = sized.to_dict()
    spec["config"] = {**_ON_PAPER, "font": cjk_font() or "sans-serif"}
    if kind == "svg":
        return str(vl_convert.vegalite_to_svg(spec)).encode()
    return bytes(vl_convert.vegalite_to_png(spec, scale=2))


_CJK_FONTS = {
    "NotoSansCJK": "Noto Sans CJK SC",
    "NotoSansSC": "Noto Sans SC",
    "SourceHanSans": "Source Han Sans SC",
    "wqy": "WenQuanYi Zen Hei",
    "PingFang": "PingFang SC",
    "msyh": "Microsoft YaHei",
    "simhei": "SimHei",
    "DroidSansFallback": "Droid Sans Fallback",
}
_FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.fonts", "~/.local/share/fonts", "/Library/Fonts", "/System/Library/Fonts", "C:/Windows/Fonts")  # fmt: skip


@cache
def cjk_font() -> str | None:
    """A font of this machine that has Chinese characters; None where there is none."""
    for folder in _FONT_FOLDERS:
        for path in Path(folder).expanduser().rglob("*.[to]t[fc]"):
            for start, family in _CJK_FONTS.items():
                if path.name.casefold().startswith(start.casefold()):
                    return family
    return None
