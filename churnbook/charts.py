"""Tidy table in, Altair chart out: the shapes every page draws with, their colours, and pictures of them."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import altair as alt
import pandas as pd
import vl_convert

from churnbook import wording
from churnbook.wording import _

INK, PAPER, QUIET, LINE = "#1D2B2F", "#FFFFFF", "#F5F7F7", "#DDE4E4"
KEPT, LOST, CAUTION = "#0F6E77", "#B0413E", "#D9822B"
CATEGORICAL = ["#0F6E77", "#D9822B", "#5B7DB1", "#B0413E", "#7A9E3D", "#8A6FB0", "#4D4D4D", "#C9A227"]
RETENTION = ["#F1F6F5", "#BFDEDA", "#6FB5B3", "#2B8389", "#0B4F58"]
RETENTION_ON_DARK = ["#1B2A2C", "#1F4A4E", "#2B7278", "#52A3A3", "#A5DAD5"]
_MUTED = "#7C8A8C"
_LIGHT_INK = "#E6ECEC"
FEW = 30
"""Below this many customers a rate is drawn grey."""

Chart = alt.Chart | alt.LayerChart | alt.FacetChart

PICKED = "picked"
_MOST_COHORTS = 60
_AXIS_HEIGHT = 62
_GREY, _GREY_ON_DARK = "#D5DADA", "#46524F"


def triangle(
    retention: pd.DataFrame, grain: str, picked: tuple[str, int] | None = None, on_dark: bool = False
) -> Chart:
    """The cohort heatmap: a row a cohort, a column a period since the start, the share who came back.

    `retention` has the columns of cohort_retention for one segment. Open periods are pale, cohorts
    under 30 customers grey; `picked` (cohort as ISO day, period) is outlined. The start's own period
    is left out where it is 100 % throughout. At most the last 60 cohorts are drawn. More is darker on
    white, lighter on a dark page.
    """
    cells = _drawn(retention)
    cells = cells.assign(
        row=[
            f"{wording.period_label(c.date(), grain)}  ·  {wording.number(n)}"
            for c, n in zip(cells["cohort"], cells["cohort_size"], strict=True)
        ],
        cohort=cells["cohort"].dt.strftime("%Y-%m-%d"),
        interval=[wording.interval(low, high) for low, high in zip(cells["ci_low"], cells["ci_high"], strict=True)],
        state=[_state(complete, size) for complete, size in zip(cells["complete"], cells["cohort_size"], strict=True)],
        share=[f"{value * 100:.0f}" for value in cells["retention"]],
    )
    highest = max(
        0.05, float(cells.loc[cells["period"] > 0, "retention"].max()) if (cells["period"] > 0).any() else 1.0
    )
    few = alt.datum.cohort_size < FEW
    base = alt.Chart(cells).encode(
        x=alt.X(
            "period:O",
            title=wording.since_axis(grain),
            axis=alt.Axis(orient="top", labelAngle=0, labelFlush=False, domain=False, ticks=False, titlePadding=8),
            scale=alt.Scale(paddingInner=0.04),
        ),
        y=alt.Y(
            "row:O",
            sort=list(dict.fromkeys(cells["row"])),
            title=None,
            axis=alt.Axis(
                labelFlush=False, labelOverlap=False, domain=False, ticks=False, labelLimit=190, labelPadding=6
            ),
            scale=alt.Scale(paddingInner=0.06),
        ),
    )
    select = alt.selection_point(name=PICKED, fields=["cohort", "period"], on="click", clear=False)
    is_picked = (alt.datum.cohort == picked[0]) & (alt.datum.period == picked[1]) if picked else alt.datum.period < -1
    rect = base.mark_rect(cursor="pointer", cornerRadius=1).encode(
        color=alt.when(few)
        .then(alt.value(_GREY_ON_DARK if on_dark else _GREY))
        .otherwise(
            alt.Color(
                "retention:Q",
                scale=alt.Scale(
                    domain=[0, highest],
                    range=RETENTION_ON_DARK if on_dark else RETENTION,
                    clamp=True,
                    interpolate="rgb",
                ),
                legend=None,
            )
        ),
        opacity=alt.when(alt.datum.complete).then(alt.value(1)).otherwise(alt.value(0.4)),
        stroke=alt.when(is_picked).then(alt.value(CAUTION)).otherwise(alt.value(None)),
        strokeWidth=alt.when(is_picked).then(alt.value(2.5)).otherwise(alt.value(0)),
        tooltip=[
            alt.Tooltip("row:N", title=_("Cohort · customers")),
            alt.Tooltip("period:Q", title=wording.since_axis(grain)),
            alt.Tooltip("retained:Q", title=_("Came back"), format=","),
            alt.Tooltip("retention:Q", title=_("Retention"), format=".1%"),
            alt.Tooltip("interval:N", title=_("95 % interval")),
            alt.Tooltip("state:N", title=_("State")),
        ],
    )
    strong = (alt.datum.retention > highest * 0.65) & alt.datum.complete & ~few
    usual, reversed_ = (_LIGHT_INK, INK) if on_dark else (INK, PAPER)
    text = base.mark_text(fontSize=11, tooltip=False).encode(
        text="share:N", color=alt.when(strong).then(alt.value(reversed_)).otherwise(alt.value(usual))
    )
    rows = cells["row"].nunique()
    return alt.layer(rect.add_params(select), text).properties(height=rows * (24 if rows <= 30 else 17) + _AXIS_HEIGHT)


def _drawn(retention: pd.DataFrame) -> pd.DataFrame:
    cells = retention.assign(cohort=pd.to_datetime(retention["cohort"]))
    last = sorted(cells["cohort"].unique())[-_MOST_COHORTS:]
    cells = cells[cells["cohort"].isin(last)]
    own = cells[cells["period"] == 0]
    if (own["retention"] == 1).all() and (cells["period"] > 0).any():
        cells = cells[cells["period"] > 0]
    return cells


def cohorts_left_out(retention: pd.DataFrame) -> int:
    """How many of the oldest cohorts the triangle does not draw."""
    return max(0, int(retention["cohort"].nunique()) - _MOST_COHORTS)


def _state(complete: bool, size: int) -> str:
    if size < FEW:
        return _("too few customers")
    return _("complete") if complete else _("period still open")


def curve(overall: pd.DataFrame, grain: str, title: str) -> Chart:
    """Retention by periods since the start, with its 95 % interval; one line, or one for each segment.

    `overall` has the columns of cohort_retention_overall; at most eight segments, those with most customers.
    """
    lines = overall[overall["period"] > 0] if (overall["period"] > 0).any() else overall
    split = bool(lines["segment"].notna().any())
    if split:
        biggest = lines.sort_values("customers", ascending=False)["segment"].drop_duplicates().head(len(CATEGORICAL))
        lines = lines[lines["segment"].isin(biggest)]
    lines = lines.assign(
        segment=[wording.segment(name) for name in lines["segment"]] if split else "",
        interval=[
            wording.interval(low, high) if pd.notna(low) else "—"
            for low, high in zip(lines["ci_low"], lines["ci_high"], strict=True)
        ],
    )
    colour = (
        alt.Color(
            "segment:N",
            title=None,
            scale=alt.Scale(range=CATEGORICAL),
            legend=alt.Legend(orient="bottom", columns=3, labelLimit=90, symbolType="circle", symbolOpacity=1),
        )
        if split
        else alt.value(KEPT)
    )
    base = alt.Chart(lines).encode(
        x=alt.X(
            "period:Q",
            title=wording.since_axis(grain),
            axis=alt.Axis(tickMinStep=1, grid=False, format="d", domain=False),
            scale=alt.Scale(nice=False),
        ),
        color=colour,
    )
    band = base.mark_area(opacity=0.16).encode(
        y=alt.Y("ci_low:Q", title=None, axis=alt.Axis(format="%", tickCount=6)), y2="ci_high:Q"
    )
    line = base.mark_line(strokeWidth=2, point=alt.OverlayMarkDef(size=28)).encode(
        y=alt.Y("retention:Q", title=None, axis=alt.Axis(format="%", tickCount=6), scale=alt.Scale(zero=True)),
        tooltip=[
            *([alt.Tooltip("segment:N", title=_("Segment"))] if split else []),
            alt.Tooltip("period:Q", title=wording.since_axis(grain)),
            alt.Tooltip("retention:Q", title=_("Retention"), format=".1%"),
            alt.Tooltip("interval:N", title=_("95 % interval")),
            alt.Tooltip("customers:Q", title=_("Customers"), format=","),
            alt.Tooltip("cohorts:Q", title=_("Complete cohorts"), format=","),
        ],
    )
    return alt.layer(band, line).properties(
        height=360 if split else 300,
        title=alt.TitleParams(
            title,
            subtitle=_("shaded: 95 % interval") if lines["ci_low"].notna().any() else "",
            subtitleColor=_MUTED,
            anchor="start",
            fontSize=13,
        ),
    )


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
    spec = chart.properties(width=760).to_dict()
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
