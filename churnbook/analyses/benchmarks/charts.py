"""Charts of benchmarks: our figure as a line with its interval over the published marks and ranges, one a source."""

from __future__ import annotations

import altair as alt
import pandas as pd

from churnbook.analyses.benchmarks.named import value
from churnbook.analyses.benchmarks.ours import Ours
from churnbook.analyses.draw.finished import on
from churnbook.analyses.draw.theme import INK, KEPT, LIGHT_INK, LINE, MUTED, PERCENT, SHORT, Chart, number_axis
from churnbook.words import formats
from churnbook.words.language import _

_ROW, _AXIS, MOST = 24, 34, 12


def drawable(rows: pd.DataFrame) -> pd.DataFrame:
    """The published figures that can be drawn: those compared, then those that can be converted."""
    return rows[rows["why"].isna() | (rows["why"].eq("period") & rows["estimate"].notna())]


def is_drawn(why: object, estimate: object) -> bool:
    """Whether a published figure is drawn: it is compared, or can be converted to our period."""
    return why is None or (why == "period" and estimate is not None)


def position(rows: pd.DataFrame, ours: Ours, unit: str, currency: str | None, on_dark: bool = False) -> Chart:
    """Each source a row: its typical value a dot, its range a bar, hollow where it is converted; ours a line; a dozen at most.

    `rows` have the columns of benchmark_position.
    """
    shown = drawable(rows).head(MOST)
    converted = shown["why"].notna()
    shown = shown.assign(
        row=_names(shown),
        at=shown["estimate"].where(converted, shown["typical"]),
        low=shown["low"].mask(converted),
        high=shown["high"].mask(converted),
        how=[_("converted, an estimate") if each else _("as published") for each in converted],
        converted=converted,
    )
    shown = shown.assign(
        text=[value(at, unit, currency) if pd.notna(at) else "" for at in shown["at"]],
        low_text=[value(at, unit, currency) if pd.notna(at) else "—" for at in shown["low"]],
        high_text=[value(at, unit, currency) if pd.notna(at) else "—" for at in shown["high"]],
        # of a range with one end a short bar points to the other side
        begins=shown["low"].fillna(shown["high"]),
        ends=shown["high"].fillna(shown["low"]),
    )
    format_ = PERCENT if unit == "share" else SHORT
    axis = number_axis(format_, 5, orient="bottom", domain=False)
    title = _("Hours") if unit == "hours" else None
    x = alt.X("at:Q", title=title, axis=axis, scale=alt.Scale(zero=unit in ("share", "hours"), nice=True))
    y = alt.Y(
        "row:N",
        sort=list(shown["row"]),
        title=None,
        axis=alt.Axis(labelLimit=240, domain=False, ticks=False, grid=True, gridColor=LINE, gridDash=[1, 3]),
    )
    tooltip = [
        alt.Tooltip("row:N", title=_("Source")),
        alt.Tooltip("text:N", title=_("Typical")),
        alt.Tooltip("low_text:N", title=_("Low")),
        alt.Tooltip("high_text:N", title=_("High")),
        alt.Tooltip("how:N", title=_("State")),
    ]
    me = pd.DataFrame(
        [
            {
                "value": ours.value,
                "low": ours.low,
                "high": ours.high,
                "name": _("Ours"),
                "text": value(ours.value, unit, currency),
            }
        ]
    )
    line = on(me)
    layers: list[alt.Chart] = []
    if ours.low is not None:
        layers.append(
            line.mark_rect(opacity=0.16, color=KEPT).encode(x=alt.X("low:Q", title=None), x2=alt.X2("high:Q"))
        )
    layers.append(
        line.mark_rule(color=KEPT, strokeWidth=2).encode(
            x=alt.X("value:Q"), tooltip=[alt.Tooltip("name:N", title=" "), alt.Tooltip("text:N", title=_("Value"))]
        )
    )
    base = on(shown).encode(y=y)
    ink = LIGHT_INK if on_dark else INK
    spans = base.transform_filter(alt.datum.begins != None)  # noqa: E711 - an expression of the chart
    layers.append(
        spans.mark_bar(height=7, color=MUTED, opacity=0.45, cornerRadius=3, minBandSize=3).encode(
            x=alt.X("begins:Q"), x2=alt.X2("ends:Q"), tooltip=tooltip
        )
    )
    points = base.transform_filter(alt.datum.at != None)  # noqa: E711 - an expression of the chart
    layers.append(
        points.transform_filter(~alt.datum.converted)
        .mark_point(filled=True, size=75, color=ink, opacity=1)
        .encode(x=x, tooltip=tooltip)
    )
    layers.append(
        points.transform_filter(alt.datum.converted)
        .mark_point(filled=False, size=65, color=MUTED, strokeDash=[2, 2])
        .encode(x=x, tooltip=tooltip)
    )
    return alt.layer(*layers).properties(height=_ROW * len(shown) + _AXIS)


def _names(rows: pd.DataFrame) -> list[str]:
    """What each source is called at the axis: publisher and year; whom it holds for where that alone does not tell."""
    plain = []
    for publisher, year, data_year in zip(rows["publisher"], rows["year"], rows["data_year"], strict=True):
        when = year if pd.notna(year) else data_year
        plain.append(_shortened(str(publisher) or _("Your own")) + (f" {int(when)}" if pd.notna(when) else ""))
    told = [
        f"{name} · {segment}" if plain.count(name) > 1 and segment else name
        for name, segment in zip(plain, rows["segment"].fillna(""), strict=True)
    ]
    told = [
        f"{name} · {population}" if told.count(name) > 1 and population else name
        for name, population in zip(told, rows["population"].fillna(""), strict=True)
    ]
    return list(formats.distinct({str(number): name for number, name in enumerate(told)}).values())


def _shortened(publisher: str) -> str:
    """A publisher's name without what it quotes or adds where that makes it long."""
    if len(publisher) <= 24:
        return publisher
    _whole, quoting, quoted = publisher.partition(" (quoting ")
    if quoting:
        return quoted.rstrip(")")
    return publisher.partition(",")[0].partition(" (")[0]
