"""One customer over time: what happened in words, and the picture of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import altair as alt
import pandas as pd

from churnbook.analyses.draw.finished import on
from churnbook.analyses.draw.marks import either
from churnbook.analyses.draw.theme import INK, KEPT, LINE, LOST, Chart
from churnbook.catalogue import schema
from churnbook.words import formats
from churnbook.words.language import N_, _, ngettext

_ON_DARK = {KEPT: "#6FB5B3", LOST: "#D9706D", INK: "#E6ECEC", LINE: "#33413F"}

_HAPPENINGS = {
    ("customers", "signup"): N_("Sign-up"),
    ("customers", "churn"): N_("Churn"),
    ("orders", "order"): N_("Order"),
    ("orders", "cancelled"): N_("Cancelled order"),
    ("subscriptions", "subscription"): N_("Subscription"),
    ("tickets", "ticket"): N_("Ticket"),
    ("surveys", "survey"): N_("Survey"),
    ("exits", "exit"): N_("Left"),
}
_CROWDED = 600
"""More marks than this are drawn smaller."""
_LOSSES = ("churn", "exit")


def happening(source: str, name: str | None) -> str:
    """What a row of customer_rows is, in words; event names stay as the files have them."""
    if name is None:
        return _("Other events")
    return _(_HAPPENINGS[source, name]) if (source, name) in _HAPPENINGS else name


def lane(source: str, name: str | None) -> str:
    """The lane a happening is drawn in: events have one each, the rows of other tables share theirs."""
    if source == "events":
        return happening(source, name)
    return _("Customer file") if source == "customers" else _(schema.label(source))


def finding(profile: Mapping[str, Any]) -> str:
    """Where a customer stands: active or for how long not, since when known, whether marked as churned."""
    parts = []
    if profile["inactive_days"] is not None:
        days = int(profile["inactive_days"])
        quiet = ngettext("{n} day", "{n} days", days).format(n=formats.number(days))
        if days == 0:
            words = _("**Active**: on the last day of the data, {data_to}.")
        elif profile["is_active"]:
            words = _("**Active**: the last activity was on {last_on}, {quiet} before the data end on {data_to}.")
        else:
            words = _("**Inactive for {quiet}**: the last activity was on {last_on}, the data end on {data_to}.")
        parts.append(words.format(quiet=quiet, last_on=_day(profile["last_on"]), data_to=_day(profile["data_to"])))
    elif profile["data_to"] is not None:
        parts.append(_("**No activity** up to {data_to}.").format(data_to=_day(profile["data_to"])))
    if profile["is_churned"]:
        parts.append(_churned(profile))
    elif profile["is_churned"] is not None:
        parts.append(_("The customer file does not mark them as churned."))
    return formats.sentences(parts) or _(
        "The files have no dates of activity, so nothing can be said about who is active."
    )


def _churned(profile: Mapping[str, Any]) -> str:
    reason = profile["churn_reason"]
    if profile["churned_at"] is None:
        words = (
            _("The customer file marks them as churned: {reason}.")
            if reason
            else _("The customer file marks them as churned.")
        )
    else:
        words = (
            _("The customer file marks them as churned on {day}: {reason}.")
            if reason
            else _("The customer file marks them as churned on {day}.")
        )
    return words.format(day=_day(profile["churned_at"]), reason=formats.escape(reason or ""))


def _day(value: Any) -> str:
    return formats.date(pd.Timestamp(value).date()) if value is not None else ""


def chart(days: pd.DataFrame, data_to: dt.date | None, on_dark: bool = False) -> Chart:
    """A lane for each kind of happening, time to the right; spans as bars, days as dots, larger for more.

    `days` has the columns of customer_days. The axis ends with the data, so that silence shows.
    """
    marks = days.assign(
        row=[lane(source, name) for source, name in zip(days["source"], _names(days), strict=True)],
        what=[happening(source, name) for source, name in zip(days["source"], _names(days), strict=True)],
        is_loss=days["name"].isin(_LOSSES) & days["source"].isin(("customers", "exits")),
        is_span=days["ends"].notna(),
        day=days["begins"].dt.strftime("%Y-%m-%d"),
        to=[
            _("still running") if is_open else "" if pd.isna(ends) else f"{ends:%Y-%m-%d}"
            for ends, is_open in zip(days["ends"], days["is_open"], strict=True)
        ],
    )
    kept, lost, line = (_ON_DARK[colour] if on_dark else colour for colour in (KEPT, LOST, LINE))
    rows = list(dict.fromkeys(marks["row"]))
    base = on(marks).encode(
        y=alt.Y(
            "row:N",
            sort=rows,
            title=None,
            axis=alt.Axis(domain=False, ticks=False, grid=True, gridColor=line, labelLimit=150, labelPadding=8),
        ),
        x=alt.X(
            "begins:T",
            title=None,
            scale=_scale(marks, data_to),
            axis=alt.Axis(grid=False, format=_format(marks, data_to), labelOverlap=True, tickCount=8),
        ),
        color=either(alt.ColorValue, alt.datum.is_loss, lost, kept),
        tooltip=[
            alt.Tooltip("what:N", title=_("What")),
            alt.Tooltip("day:N", title=_("Day")),
            alt.Tooltip("to:N", title=_("Until")),
            alt.Tooltip("times:Q", title=_("Rows"), format=","),
            alt.Tooltip("amount:Q", title=_("Amount"), format=",.2f"),
        ],
    )
    spans = (
        base.transform_filter(alt.datum.is_span)
        .mark_bar(height=12, cornerRadius=2, opacity=0.55)
        .encode(x2=alt.X2("ends:T"))
    )
    crowded = len(marks) > _CROWDED
    dots = (
        base.transform_filter(~alt.datum.is_span)
        .mark_circle()
        .encode(
            size=alt.Size(
                "times:Q",
                scale=alt.Scale(type="sqrt", range=[24, 90] if crowded else [45, 260], domainMin=1),
                legend=None,
            ),
            opacity=either(alt.OpacityValue, alt.datum.name == "cancelled", 0.3, 0.4 if crowded else 0.75),
        )
    )
    return alt.layer(spans, dots).properties(height=34 * len(rows) + 40)


def _names(days: pd.DataFrame) -> list[str | None]:
    return [name if isinstance(name, str) else None for name in days["name"]]


def _ends(marks: pd.DataFrame, data_to: dt.date | None) -> tuple[pd.Timestamp, pd.Timestamp]:
    first = marks["begins"].min()
    last = max(marks["begins"].max(), pd.Timestamp(data_to) if data_to else first)
    return first, max(last, first) + pd.Timedelta(days=1)


def _scale(marks: pd.DataFrame, data_to: dt.date | None) -> alt.Scale:
    first, last = (alt.DateTime(year=day.year, month=day.month, date=day.day) for day in _ends(marks, data_to))
    return alt.Scale(domain=[first, last], nice=False, padding=10)


def _format(marks: pd.DataFrame, data_to: dt.date | None) -> str:
    first, last = _ends(marks, data_to)
    return "%Y-%m" if last - first > pd.Timedelta(days=240) else "%m-%d"
