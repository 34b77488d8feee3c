"""A strip of days for each table: where rows are, where they lack."""

from __future__ import annotations

import datetime as dt

import altair as alt
import pandas as pd

from churnbook.analyses.draw.finished import on
from churnbook.analyses.draw.marks import either
from churnbook.analyses.draw.theme import CAUTION, INK, LIGHT_INK, MUTED, RETENTION, RETENTION_ON_DARK, Chart
from churnbook.catalogue import schema
from churnbook.words import formats
from churnbook.words.language import _

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
        label=[formats.period_label(bin.date(), grain) for bin in bins["bin"]],
        state=[_("after the days that count") if later else "" for later in bins["is_later"]],
    )
    spans = drawn.drop_duplicates("table_name")
    first, last = spans["first_day"].min(), spans["last_day"].max() + pd.Timedelta(days=1)
    last = max(last, pd.Timestamp(watermark) + pd.Timedelta(days=1)) if watermark else last
    x = alt.Scale(domain=[_day(first), _day(last)], nice=False)
    y = alt.Y("row:N", sort=list(rows.values()), title=None, axis=None, scale=alt.Scale(paddingInner=0, paddingOuter=0))
    time = alt.Axis(grid=False, format="%Y-%m-%d" if last - first < pd.Timedelta(days=200) else "%Y-%m", tickCount=6)
    track = (
        on(spans.assign(end=spans["last_day"] + pd.Timedelta(days=1)))
        .mark_bar(height=_STRIP, color=_TRACK_ON_DARK if on_dark else _TRACK)
        .encode(y=y, x=alt.X("first_day:T", title=None, scale=x, axis=time), x2=alt.X2("end:T"))
    )
    filled = (
        on(drawn)
        .mark_bar(height=_STRIP)
        .encode(
            y=y,
            x=alt.X("begins:T", scale=x),
            x2=alt.X2("ends:T"),
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
            opacity=either(alt.OpacityValue, alt.datum.is_later, 0.4, 1),
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
        layers.append(on(day).mark_rule(color=ink, strokeWidth=1.5).encode(x=alt.X("day:T", scale=x)))
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
        on(marked)
        .mark_bar(height=_STRIP, color=CAUTION, minBandSize=3)
        .encode(
            y=y,
            x=alt.X("first_day:T", scale=x),
            x2=alt.X2("end:T"),
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
        (formats.date(first.date()), formats.date(last.date()))
        for first, last in zip(spans["first_day"], spans["last_day"], strict=True)
    ]
    both = [first if first == last else f"{first} – {last}" for first, last in days]
    named = spans.assign(
        title=[f"{row}  ·  {formats.number(rows)}" for row, rows in zip(spans["row"], spans["all_rows"], strict=True)],
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
    base = on(named).encode(y=y)
    return [
        base.mark_text(align="left", dy=-19, fontSize=12, color=ink, tooltip=False).encode(
            x=alt.XValue(0), text=alt.Text("title:N")
        ),
        base.mark_text(align="left", dy=18, fontSize=11, color=MUTED, tooltip=False).encode(
            x=alt.X("first_day:T", scale=x), text=alt.Text("left:N")
        ),
        base.mark_text(align="right", dy=18, fontSize=11, color=MUTED, tooltip=False).encode(
            x=alt.X("end:T", scale=x), text=alt.Text("right:N")
        ),
    ]


def _day(day: pd.Timestamp) -> alt.DateTime:
    return alt.DateTime(year=day.year, month=day.month, date=day.day)
