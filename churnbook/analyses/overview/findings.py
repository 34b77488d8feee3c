"""What the monitor says: values and changes in words, and a sentence only where there is something to say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import pandas as pd

from churnbook.analyses.say import FEW, points
from churnbook.catalogue import labels, queries
from churnbook.catalogue.query import Parameter
from churnbook.datasets.facts import Facts
from churnbook.words.formats import date, escape, money, number, percent, period_label, sentences
from churnbook.words.language import N_, _, ngettext

_MADE_OF: Mapping[str, str] = {
    "customers": N_("Customers"),
    "active_customers": N_("Customers"),
    "churn_rate": N_("Customers at the beginning"),
    "retention_rate": N_("Customers at the beginning"),
    "repeat_rate": N_("Buyers"),
    "average_order_value": N_("Orders"),
    "purchase_frequency": N_("Buyers"),
    "revenue": N_("Payments"),
    "satisfaction": N_("Answers"),
    "nps": N_("Answers"),
    "first_response": N_("Tickets"),
    "resolution_time": N_("Tickets"),
    "renewal_rate": N_("Due"),
    "winback_rate": N_("Losses"),
    "repurchase_rate": N_("Customers"),
    "retained_1": N_("Customers"),
    "retained_3": N_("Customers"),
    "retained_6": N_("Customers"),
    "retained_12": N_("Customers"),
}
"""What the n of a figure counts."""
NOT_WATCHED = (
    "renewal_rate",
    "winback_rate",
    "repurchase_rate",
    "retained_1",
    "retained_3",
    "retained_6",
    "retained_12",
)
"""Figures that are compared and not watched: most of them are known only long after their period."""
_NEITHER = ("customers",)
_BAD = ("churn_rate", "first_response", "resolution_time")
"""Figures of which more is neither good nor bad, and those of which more is bad."""
_MIRRORS: Mapping[str, str] = {"retention_rate": "churn_rate"}
"""Figures that are 100 % less another one, which speaks for both."""
_COUNT_ITSELF = ("customers", "active_customers")
"""Figures that are what they are made of."""
_ASKED_FOR = ("churn_rate", "active_customers", "revenue", "repeat_rate", "customers")
"""What most people ask for first, for where nothing is out of the ordinary."""
_SIDES: Mapping[str, int] = {"above": 1, "run_above": 1, "below": -1, "run_below": -1}
_COLOURS: Mapping[int, Literal["green", "red", "gray"]] = {1: "green", -1: "red", 0: "gray"}
_ICONS: Mapping[int, str] = {
    1: ":green[:material/check_circle:]",
    -1: ":orange[:material/error:]",
    0: ":gray[:material/info:]",
}


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


def state(signal: object, complete: bool, is_judged: bool) -> str:
    """What is to be said of one point of the line."""
    if not complete:
        return _("period still open")
    words = {
        "above": N_("above the variation expected"),
        "below": N_("below the variation expected"),
        "run_above": N_("the eighth in a row above the line"),
        "run_below": N_("the eighth in a row below the line"),
    }
    if signal in words:
        return _(words[str(signal)])
    return _("within the variation expected") if is_judged else _("not judged")


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


def under(watched: pd.DataFrame, last: pd.Series, figure: str, grain: str) -> str:
    """The line under a figure: its period, how many it is made of, and the change on the same period last year.

    Of customers also how many have come since, as the period after it is still open.
    """
    parts = [period_label(pd.Timestamp(last["period"]).date(), grain)]
    newest = watched[watched["value"].notna()].iloc[-1]
    if figure == "customers" and newest["value"] > last["value"]:
        more = int(newest["value"] - last["value"])
        parts.append(ngettext("{n} more since then", "{n} more since then", more).format(n=number(more)))
    if figure not in _COUNT_ITSELF:
        parts.append(_("{what}: {n}").format(what=made_of(figure), n=number(last["n"])))
    if grain not in ("year", "day") and pd.notna(last["change_on_year"]):
        parts.append(_("{change} in a year").format(change=change(last["change_on_year"], last["kind"])))
    return " · ".join(parts)


def goodness(figure: str, signal: object) -> int:
    """Whether a signal of a figure is for the better (1), for the worse (-1), or neither or none (0)."""
    side = _SIDES.get(str(signal), 0)
    return 0 if figure in _NEITHER else -side if figure in _BAD else side


def change_against(last: pd.Series, grain: str) -> str:
    """A change and what it is against: +5.4% in a month."""
    return _("{change} {against}").format(change=change(last["change"], last["kind"]), against=against(grain))


def colour(last: pd.Series, figure: str) -> Literal["green", "red", "gray"]:
    """The colour of a change: only of one out of what was expected, red where it is for the worse."""
    is_outside = {"above": 1, "below": -1}.get(last["signal"], 0) * last["change"] > 0
    return _COLOURS[goodness(figure, last["signal"])] if is_outside else "gray"


def icon(judged: int) -> str:
    """The icon before a sentence: orange where it is for the worse, green for the better."""
    return _ICONS[judged]


def mark(last: pd.Series, figure: str) -> str:
    """The icon before what is said of a signal; another figure's is pointed at."""
    return ":gray[:material/link:]" if figure in _MIRRORS else icon(goodness(figure, last["signal"]))


def outside(last: pd.Series, figure: str, currency: str | None) -> str | None:
    """A sentence where the last complete period is outside what was to be expected; None where it is not.

    Of two figures that add up to 100 % one alone says it.
    """
    sentence = {
        "above": N_("**Higher than expected**{judged}: {low} – {high} from the {n} periods before."),
        "below": N_("**Lower than expected**{judged}: {low} – {high} from the {n} periods before."),
        "run_above": N_("**Eight in a row above the line**{judged}: {centre} was to be expected."),
        "run_below": N_("**Eight in a row below the line**{judged}: {centre} was to be expected."),
    }.get(last["signal"])
    if sentence is None:
        return None
    if figure in _MIRRORS:
        return _("See {figure}: the two add up to 100 %.").format(figure=name(_MIRRORS[figure]))
    shown = {each: value(last[each], last["kind"], currency) for each in ("low", "high", "centre")}
    judged = _in_words(goodness(figure, last["signal"]))
    return _(sentence).format(**shown, n=int(last["periods"]), judged=judged)


def _in_words(judged: int) -> str:
    return {1: _(", for the better"), -1: _(", for the worse"), 0: ""}[judged]


def unjudged(last: pd.Series, grain: str) -> str | None:
    """Why the last complete period is not compared, where that is not plain from the chart; else None."""
    if not last["is_enough"]:
        return _("Made of fewer than {n}, so it is not compared.").format(n=FEW)
    if pd.isna(last["centre"]) and pd.notna(last["since"]):
        return _("A new level since {period}; it is judged again once that has eight periods.").format(
            period=period_label(pd.Timestamp(last["since"]).date(), grain)
        )
    return None


def headlines(cards: Sequence[tuple[str, pd.Series]], grain: str, currency: str | None) -> list[tuple[int, str]]:
    """The most important things to say of the figures, at most three, the most important first.

    Figures for the worse come first, then those for the better, both by how far they are from what was expected, then
    the figures that most people ask for. With each sentence, whether it is for the better (1), the worse (-1) or neither.
    """
    ranked = []
    for figure, last in cards:
        if figure in _MIRRORS or (last["signal"] not in _SIDES and figure not in _ASKED_FOR):
            continue
        judged = goodness(figure, last["signal"])
        if last["signal"] in _SIDES:
            rank = (0 if judged < 0 else 1 if judged > 0 else 2, -_distance(last))
        else:
            rank = (3, float(_ASKED_FOR.index(figure)))
        ranked.append((rank, judged, _headline(figure, last, grain, currency)))
    return [(judged, said) for _rank, judged, said in sorted(ranked)[:3]]


def _distance(last: pd.Series) -> float:
    """How far a value is from what was expected, as a part of how far it was expected to vary."""
    reach = (last["high"] - last["low"]) / 2
    return abs(last["value"] - last["centre"]) / reach if reach else 0.0


def _headline(figure: str, last: pd.Series, grain: str, currency: str | None) -> str:
    """A figure of its last complete period in one sentence, and what is to be thought of it."""
    fields = {
        "figure": name(figure),
        "period": period_label(pd.Timestamp(last["period"]).date(), grain),
        **{each: value(last[each], last["kind"], currency) for each in ("value", "low", "high")},
    }
    if last["signal"] in _SIDES:
        out = N_("{figure}: **{value}** in {period}{judged}; {low} – {high} was to be expected.")
        words = {
            "run_above": N_("{figure}: **{value}** in {period}, the eighth in a row above the line{judged}."),
            "run_below": N_("{figure}: **{value}** in {period}, the eighth in a row below the line{judged}."),
        }.get(last["signal"], out)
        return _(words).format(**fields, judged=_in_words(goodness(figure, last["signal"])))
    if pd.isna(last["change"]):
        return _("{figure}: **{value}** in {period}.").format(**fields)
    moved = {"change": change(last["change"], last["kind"]), "against": against(grain)}
    if pd.isna(last["centre"]):
        return _("{figure}: **{value}** in {period}, {change} {against}.").format(**fields, **moved)
    return _("{figure}: **{value}** in {period}, {change} {against}, within the {low} – {high} expected.").format(
        **fields, **moved
    )


def movers(moved: pd.DataFrame, currency: str | None) -> str | None:
    """The segments that moved a figure most, one a line, by more than chance; None where no segment is large enough."""
    if moved.empty:
        return None
    by_chance = [bool(row["ci_low"] <= 0 <= row["ci_high"]) for _place, row in moved.iterrows()]
    if all(by_chance):
        return _("No segment moved it by more than chance.")
    lines = [
        _("{segment} ({attribute}): {change}").format(
            segment=escape(labels.segment(row["segment"])),
            attribute=escape(labels.attribute(row["attribute"])),
            change=difference(row["difference"], row["kind"], currency),
        )
        for (_place, row), chance in zip(moved.iterrows(), by_chance, strict=True)
        if not chance
    ]
    return "  \n".join([_("Segments that moved it most:"), *lines])


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
            _(
                "Grey: the variation to be expected around a line through the last 8 to 12 complete periods, or whole seasons."
            ),
            _(
                "Triangles are points outside it, diamonds the eighth in a row on one side of the line; orange is for the worse."
            ),
            _("Only complete periods are compared; those still open are dotted and pale."),
        ]
    )


def nothing_watched(facts: Facts) -> str:
    """Why no figure can be followed over time: the files have no dates, or no period is complete yet."""
    if facts.watermark is None:
        return _("The files have no dates of activity or churn, so no figure can be followed over time.")
    return _("No period of this size with enough in it is complete yet; choose a shorter one above.")


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
    if known["orders"] and not customers:
        return _("No column tells the customers apart, so nothing can be said about who is active.")
    return _("The files have no dates of activity, so nothing can be said about who is active.")
