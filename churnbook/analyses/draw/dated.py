"""Marked days on charts over time: a thin line with a name in every chart whose axis is periods or days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd
import pyarrow as pa

from churnbook.analyses.draw.finished import Drawing, on
from churnbook.analyses.draw.theme import CAUTION, Chart
from churnbook.words import formats

Marks = tuple[tuple[dt.date, str], ...]
"""Days with what they are called, the earliest first."""
_GRAINS = ("month", "week", "quarter", "year", "day")
_MOST_NAMED, _LONGEST, _LOWEST_NAMED = 6, 18, 160
"""More marks, longer names and lower charts have no room for names."""


def marked(draw: Drawing, marks: Marks) -> Chart:
    """The chart that `draw` makes, with a line for each marked day that lies in its time; other charts as they are."""
    chart = draw()
    found: Chart = _with_marks(chart, marks) if marks else chart
    return found


def _with_marks(chart: Any, marks: Marks) -> Any:
    if isinstance(chart, alt.VConcatChart):
        parts = [_with_marks(part, marks) for part in chart.vconcat]
        copy = chart.copy(deep=False)
        copy.vconcat = parts
        return copy
    is_layered = isinstance(chart, alt.LayerChart)
    layers: list[Any] = list(chart.layer) if is_layered else [chart]
    for layer in layers:
        x = getattr(layer.encoding, "x", alt.Undefined) if hasattr(layer, "encoding") else alt.Undefined
        rules = _rules(x, layer.data if layer.data is not alt.Undefined else chart.data, marks)
        if isinstance(chart.height, int) and chart.height < _LOWEST_NAMED:
            rules = rules[:1]  # the name is told where the line is pointed at
        if rules:
            if is_layered:
                whole = chart.copy(deep=False)
                whole.layer = [*layers, *rules]
                return whole
            return alt.layer(chart, *rules)
    return chart


def _rules(x: Any, data: Any, marks: Marks) -> list[alt.Chart]:
    """The lines and names of the marks that lie on an axis of time, none for another axis."""
    if x is alt.Undefined:
        return []
    written = x.to_dict(context={"data": data})
    kind, sort = written.get("type"), written.get("sort")
    if kind == "ordinal" and written.get("field") == "row" and isinstance(sort, list):
        at = [(label, name) for day, name in marks if (label := _label(day, sort))]
        if not at:
            return []
        rows = _named(at)
        place = alt.X("row:O", sort=sort, title=None)
    elif kind == "temporal" and isinstance(data, pa.Table):
        first, last = _covered(data)
        there = [(day, name) for day, name in marks if first <= pd.Timestamp(day) <= last]
        if not there:
            return []
        rows = _named([(day.isoformat(), name) for day, name in there]).assign(
            row=lambda each: pd.to_datetime(each["row"])
        )
        place = alt.X("row:T", title=None)
    else:
        return []
    base = on(rows).encode(x=place)
    line = base.mark_rule(color=CAUTION, strokeWidth=1.2, strokeDash=[3, 3], opacity=0.9).encode(
        tooltip=[alt.Tooltip("names:N", title=" ")]
    )
    text = base.mark_text(
        align="left", baseline="bottom", dx=3, dy=-2, fontSize=10, color=CAUTION, tooltip=False
    ).encode(y=alt.YValue(0), text="short:N")
    return [line, text]


def _covered(data: pa.Table) -> tuple[pd.Timestamp, pd.Timestamp]:
    """The earliest and the latest day in the columns of days of what is drawn."""
    days = [data.column(field.name).to_pandas() for field in data.schema if pa.types.is_temporal(field.type)]
    every = pd.to_datetime(pd.concat(days, ignore_index=True))
    return every.min(), every.max()


def _named(found: Sequence[tuple[str, str]]) -> pd.DataFrame:
    """One row a place, the names of all marks there together; names are written where there are few."""
    places: dict[str, list[str]] = {}
    for place, name in found:
        places.setdefault(place, []).append(name)
    names = [formats.listed(each) for each in places.values()]
    short = [each if len(each) <= _LONGEST else f"{each[: _LONGEST - 1]}…" for each in names]
    return pd.DataFrame(
        {"row": list(places), "names": names, "short": short if len(places) <= _MOST_NAMED else [""] * len(places)}
    )


def _label(day: dt.date, sort: Sequence[str]) -> str:
    """The label of the period among those of an axis that a day lies in; empty where none does."""
    firsts = {
        "month": [day.replace(day=1)],
        "quarter": [day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)],
        "year": [day.replace(month=1, day=1)],
        "day": [day],
        "week": [day - dt.timedelta(days=day.weekday()), day - dt.timedelta(days=(day.weekday() + 1) % 7)],
    }
    there = set(sort)
    for grain in _GRAINS:
        for first in firsts[grain]:
            if (label := formats.period_label(first, grain)) in there:
                return label
    return ""
