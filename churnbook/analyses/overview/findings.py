"""What the monitor says: values and changes in words, and a sentence only where there is something to say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import pandas as pd

from churnbook.analyses.say import points
from churnbook.catalogue import labels, queries
from churnbook.catalogue.query import Parameter
from churnbook.datasets.facts import Facts
from churnbook.words.formats import date, escape, money, number, percent, period_label, sentences
from churnbook.words.language import N_, _

_MADE_OF: Mapping[str, str] = {
    "customers": N_("Customers"),
    "active_customers": N_("Customers"),
    "churn_rate": N_("Customers at the beginning"),
    "retention_rate": N_("Customers at the beginning"),
    "repeat_rate": N_("Buyers"),
    "average_order_value": N_("Orders"),
    "purchase_frequency": N_("Buyers"),
    "revenue": N_("Payments and subscriptions"),
    "satisfaction": N_("Answers"),
    "nps": N_("Answers"),
    "first_response": N_("Tickets"),
    "resolution_time": N_("Tickets"),
}
"""What the n of a figure counts."""
_NEITHER = ("customers",)
_BAD = ("churn_rate", "first_response", "resolution_time")
"""Figures of which more is neither good nor bad, and those of which more is bad."""


def _figure() -> Parameter:
    return queries.catalogue().parameters(queries.catalogue().find("monitor"))["figure"]


def name(figure: str) -> str:
    """What a figure is called."""
    return labels.value(_figure(), figure)


def made_of(figure: str) -> str:
    """What stands behind a figure's n."""
    return _(_MADE_OF[figure])


def what_it_is(figure: str, basis: object) -> str:
    """How a figure is counted; of a survey with the question asked."""
    parts = [_("{meaning}.").format(meaning=_(_figure().notes[figure]))]
    if isinstance(basis, str) and basis:
        parts.append(_("Question asked: {question}.").format(question=escape(basis)))
    return sentences(parts)


def value(given: float, kind: str, currency: str | None) -> str:
    """A figure as it is read: 12.3%, ¥1,234, 1.24, +31, 5.2 h."""
    if pd.isna(given):
        return "—"
    match kind:
        case "share":
            return percent(given)
        case "money":
            return money(given, currency)
        case "ratio":
            return f"{given:.2f}"
        case "score":
            return f"{given:+.0f}"
        case "hours":
            return _("{n} h").format(n=f"{given:.1f}")
    return number(round(given))


def span(low: float, high: float, kind: str, currency: str | None) -> str:
    """The variation expected of a figure, from and to."""
    return "—" if pd.isna(high) else f"{value(low, kind, currency)} – {value(high, kind, currency)}"


def change(given: float, kind: str) -> str:
    """A change as it is read: points for a share, the difference for a score, else percent."""
    if kind == "share":
        return points(given)
    return f"{given:+.0f}" if kind == "score" else f"{given:+.1%}"


def state(signal: object, complete: bool) -> str:
    """What is to be said of one point of the line."""
    if not complete:
        return _("period still open")
    words = {
        "above": N_("above the variation expected"),
        "below": N_("below the variation expected"),
        "run_above": N_("eight or more in a row above the usual level"),
        "run_below": N_("eight or more in a row below the usual level"),
    }
    return _(words[str(signal)]) if signal in words else _("within the variation expected")


def latest(watched: pd.DataFrame) -> pd.Series | None:
    """The last complete period that has the figure; None where there is none."""
    there = watched[watched["complete"] & watched["value"].notna()]
    return None if there.empty else there.iloc[-1]


def against(grain: str) -> str:
    """What the change beside a figure is against."""
    return {
        "day": _("in a day"),
        "week": _("in a week"),
        "month": _("in a month"),
        "quarter": _("in a quarter"),
        "year": _("in a year"),
    }[grain]


def under(last: pd.Series, grain: str) -> str:
    """The line under a figure: its period, and the change on the same one last year."""
    period = period_label(pd.Timestamp(last["period"]).date(), grain)
    if grain in ("year", "day") or pd.isna(last["change_on_year"]):
        return period
    return _("{period} · {change} in a year").format(period=period, change=change(last["change_on_year"], last["kind"]))


def colour(last: pd.Series, figure: str) -> Literal["normal", "inverse", "off"]:
    """How Streamlit colours the change: only of a change out of what was expected, red where it is for the worse."""
    if figure in _NEITHER or {"above": 1, "below": -1}.get(last["signal"], 0) * last["change"] <= 0:
        return "off"
    return "inverse" if figure in _BAD else "normal"


def outside(last: pd.Series, currency: str | None) -> str | None:
    """A sentence where the last complete period is outside what was to be expected; None where it is not."""
    words = {
        "above": N_("**Above what was to be expected**: {low} – {high} from the {n} periods before."),
        "below": N_("**Below what was to be expected**: {low} – {high} from the {n} periods before."),
        "run_above": N_("**Eight or more in a row above the usual level** of {centre}."),
        "run_below": N_("**Eight or more in a row below the usual level** of {centre}."),
    }
    sentence = words.get(last["signal"])
    if sentence is None:
        return None
    shown = {each: value(last[each], last["kind"], currency) for each in ("low", "high", "centre")}
    return _(sentence).format(**shown, n=int(last["periods"]))


def movers(moved: pd.DataFrame, currency: str | None) -> str | None:
    """The segments that moved a figure most, one a line, and whether that is more than chance; None without any."""
    if moved.empty:
        return None
    by_chance = [bool(row["ci_low"] <= 0 <= row["ci_high"]) for _place, row in moved.iterrows()]
    lines = [
        _("{segment} ({attribute}): {change}").format(
            segment=escape(labels.segment(row["segment"])),
            attribute=escape(labels.attribute(row["attribute"])),
            change=difference(row["difference"], row["kind"], currency),
        )
        + (_(", within chance") if chance and not all(by_chance) else "")
        for (_place, row), chance in zip(moved.iterrows(), by_chance, strict=True)
    ]
    heading = (
        _("Segments that moved it most, all within chance:") if all(by_chance) else _("Segments that moved it most:")
    )
    return "  \n".join([heading, *lines])


def difference(given: float, kind: str, currency: str | None) -> str:
    """How far a figure moved, in its own unit, with its sign."""
    if kind == "share":
        return points(given)
    size = value(abs(given), kind, currency).removeprefix("+")
    return f"{'+' if given > 0 else '-'}{size}"


def caption() -> str:
    """How to read the small charts."""
    return sentences(
        [
            _("Grey: the variation expected from the periods before, eight complete ones at least."),
            _("Triangles are points outside it, diamonds the eighth in a row on one side of the usual level."),
            _("Only complete periods are compared; pale points are still open."),
        ]
    )


def nothing_watched(facts: Facts) -> str:
    """Why no figure can be followed over time."""
    if facts.watermark is None:
        return _("The files have no dates of activity or churn, so no figure can be followed over time.")
    return _("No period with enough in it is complete yet, so no figure can be followed over time.")


def overview_finding(known: Mapping[str, Any]) -> str:
    """What the figures of `overview` show: the share active lately, or the share marked as churned."""
    customers = int(known["customers"])
    if "active_customers" in known and customers:
        return _(
            "**{share} of customers were active** in the 30 days up to {day}; the data begin on {first_day}."
        ).format(
            share=percent(known["active_customers"] / customers),
            day=date(pd.Timestamp(known["last_day"]).date()),
            first_day=date(pd.Timestamp(known["first_day"]).date()),
        )
    if "churned_customers" in known and customers:
        return _(
            "**{share} of customers are marked as churned** in the file; it has no dates, so nothing can be said over time."
        ).format(share=percent(known["churned_customers"] / customers))
    return _("The files have no dates of activity, so nothing can be said about who is active.")
