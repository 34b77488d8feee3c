"""Words: translations, number and date formats, and the sentences that say what a table shows."""

from __future__ import annotations

import datetime as dt
import gettext as gnu
import io
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
from babel import Locale, numbers
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

if TYPE_CHECKING:
    from churnbook.queries import Parameter, Value

LOCALES = Path(__file__).parent / "locales"
LANGUAGES = {"en": "English", "zh_CN": "简体中文"}

_language: ContextVar[str] = ContextVar("language", default="en")


def N_(message: str) -> str:
    """Marks a message for the catalogue without translating it yet."""
    return message


@cache
def _translations(language: str) -> gnu.NullTranslations:
    catalogue = LOCALES / f"{language}.po"
    if not catalogue.exists():
        return gnu.NullTranslations()
    compiled = io.BytesIO()
    with catalogue.open("rb") as file:
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    return gnu.GNUTranslations(compiled)


def use(language: str) -> None:
    """Speak this language from here on, in this session's thread only."""
    _language.set(language)


def language() -> str:
    """The language spoken in this session's thread."""
    return _language.get()


def locale() -> Locale:
    """Babel's locale of the language spoken."""
    return Locale.parse(language())


def _(message: str) -> str:
    """The message in the language spoken."""
    return _translations(language()).gettext(message) if message else ""


def ngettext(one: str, many: str, number: float) -> str:
    """The singular or plural message in the language spoken."""
    return _translations(language()).ngettext(one, many, 1 if number == 1 else 2)


def translated(sentence: str, fields: Mapping[str, object]) -> str:
    """A stored sentence with its fields, both in the language spoken where they are messages."""
    return _(sentence).format(**{name: _(value) if isinstance(value, str) else value for name, value in fields.items()})


# Names of query parameters, choices and columns

_PARAMETERS = {
    "grain": N_("Period"),
    "week_start": N_("Week starts"),
    "measure": N_("Counts as back"),
    "breakdown": N_("Split by"),
    "start": N_("Starts with"),
    "returning": N_("Comes back with"),
    "periods": N_("Periods to follow"),
    "average": N_("Average"),
    "entry": N_("Customers enter"),
    "clock": N_("Periods counted"),
    "minimum": N_("Times to count as back"),
    "state": N_("Customers shown"),
    "cohort": N_("Cohort"),
    "period": N_("Period since start"),
    "segment": N_("Segment"),
    "version": N_("Version"),
    "from": N_("From"),
    "to": N_("To"),
    "as_of": N_("As of"),
    "where": N_("Filter"),
}

_VALUES = {
    "day": N_("Day"),
    "week": N_("Week"),
    "month": N_("Month"),
    "quarter": N_("Quarter"),
    "year": N_("Year"),
    "monday": N_("Monday"),
    "sunday": N_("Sunday"),
    "on": N_("In that period"),
    "on_or_after": N_("Then or later"),
    "up_to": N_("By then"),
    "first_time": N_("Once, at their first start"),
    "recurring": N_("At every start"),
    "calendar": N_("By the calendar"),
    "rolling": N_("From each start, by the hour"),
    "pooled": N_("Pooled"),
    "simple": N_("Simple mean"),
    "median": N_("Median"),
    "retained": N_("Came back"),
    "not_retained": N_("Did not come back"),
}

_NOTHING = {
    "breakdown": N_("Nothing"),
    "start": N_("First activity"),
    "returning": N_("Any activity"),
    "segment": N_("All"),
}

_EVENTS = {"order": N_("Order"), "subscription": N_("Subscription"), "signup": N_("Sign-up")}

_COLUMNS = {
    "segment": N_("Segment"),
    "cohort": N_("Cohort"),
    "cohort_size": N_("Cohort size"),
    "period": N_("Period"),
    "retained": N_("Came back"),
    "retention": N_("Retention"),
    "ci_low": N_("95 % from"),
    "ci_high": N_("95 % to"),
    "complete": N_("Complete"),
    "cohorts": N_("Cohorts"),
    "customers": N_("Customers"),
    "customer_id": N_("Customer id"),
    "first_on": N_("First day"),
    "last_on": N_("Last day"),
    "times": N_("Times"),
    "amount": N_("Amount"),
    "file": N_("File"),
    "line": N_("Line"),
    "column": N_("Column"),
    "value": N_("Value"),
    "reason": N_("Reason"),
}


def parameter(name: str) -> str:
    """The label of a query parameter."""
    return _(_PARAMETERS[name]) if name in _PARAMETERS else name.replace("_", " ").capitalize()


def column(name: str) -> str:
    """The heading of a result column."""
    return _(_COLUMNS[name]) if name in _COLUMNS else name.replace("_", " ").capitalize()


def note(parameter: Parameter) -> str:
    """The explanation of a parameter from its query's header."""
    return _(parameter.note)


def value(parameter: Parameter, chosen: Value) -> str:
    """A parameter's value as people read it; names from files stay as they are."""
    if chosen is None:
        return _(_NOTHING.get(parameter.name, N_("Nothing")))
    if parameter.kind == "choice":
        return _(_VALUES[str(chosen)]) if chosen in _VALUES else str(chosen)
    if parameter.kind in ("event", "events") and isinstance(chosen, str):
        return _(_EVENTS[chosen]) if chosen in _EVENTS else chosen
    if isinstance(chosen, bool):
        return _("Yes") if chosen else _("No")
    return str(chosen)


def segment(name: str | None) -> str:
    """A segment's name; the empty one is customers without a value."""
    return name if name else _("(blank)")


def distinct(labels: Mapping[str, str]) -> dict[str, str]:
    """The labels of a choice, a number after those that repeat; Streamlit tells options apart by label."""
    seen: Counter[str] = Counter()
    found = {}
    for key, label in labels.items():
        seen[label] += 1
        found[key] = label if seen[label] == 1 else f"{label} ({seen[label]})"
    return found


# Numbers and dates


def number(value: float) -> str:
    """A count with thousands marks."""
    return numbers.format_decimal(value, locale=locale(), group_separator=True)


def money(value: float, currency: str | None) -> str:
    """An amount without decimals, with its currency where it is known."""
    if currency is None:
        return numbers.format_decimal(round(value), locale=locale())
    return numbers.format_currency(round(value), currency, locale=locale(), currency_digits=False, format="¤#,##0")


def percent(value: float, digits: int = 1) -> str:
    """A ratio as a percentage: 0.123 is 12.3%."""
    return f"{value:.{digits}%}"


def date(value: dt.date) -> str:
    """A day, as 2024-03-05 in every language."""
    return value.isoformat()


def period_label(first_day: dt.date, grain: str) -> str:
    """A period by its first day: 2024-03 for a month, 2024 W10 (03-04) for a week."""
    match grain:
        case "month":
            return f"{first_day:%Y-%m}"
        case "quarter":
            return f"{first_day.year} Q{(first_day.month + 2) // 3}"
        case "year":
            return f"{first_day.year}"
        case "week":
            year, week, _weekday = (first_day + dt.timedelta(days=3)).isocalendar()
            return f"{year} W{week:02d} ({first_day:%m-%d})"
    return first_day.isoformat()


def since(grain: str, k: int) -> str:
    """The k-th period after the start, in words: month 3, 第3个月."""
    words = {
        "day": _("day {k}"),
        "week": _("week {k}"),
        "month": _("month {k}"),
        "quarter": _("quarter {k}"),
        "year": _("year {k}"),
    }
    return words[grain].format(k=k)


def since_axis(grain: str) -> str:
    """The title of an axis that counts periods since the start."""
    return {
        "day": _("Days since the start"),
        "week": _("Weeks since the start"),
        "month": _("Months since the start"),
        "quarter": _("Quarters since the start"),
        "year": _("Years since the start"),
    }[grain]


def interval(low: float, high: float) -> str:
    """A 95 % interval of a ratio: 12.3%–14.5%."""
    return f"{percent(low)}–{percent(high)}"


# Findings


def sentences(parts: Sequence[str]) -> str:
    """Sentences one after another; Chinese puts no space between them."""
    return ("" if language().startswith("zh") else " ").join(parts)


def escape(text: str) -> str:
    """A text from a file as it is, wherever Markdown is read."""
    return re.sub(r"([\\`*_{}\[\]()#+\-.!~|>$:<&])", r"\\\1", text)


def average_title(average: str) -> str:
    """The heading of the curve over all cohorts, with the average it shows."""
    return {
        "pooled": _("All cohorts, pooled"),
        "simple": _("All cohorts, simple mean"),
        "median": _("All cohorts, median"),
    }[average]


def cohort_finding(overall: pd.DataFrame, grain: str, measure: str, average: str = "pooled") -> str:
    """What cohort_retention_overall shows: the first and a later period, with the average and its interval.

    With a split, the segments with the highest and the lowest first period.
    """
    later = overall[overall["period"] >= 1]
    if later.empty:
        return _("No period after the start is complete yet, so nothing can be said about coming back.")
    if overall["segment"].notna().any():
        return _cohort_split_finding(later, grain)
    first = later.iloc[0]
    if measure == "up_to" and (overall["retention"] == 1).all():
        return _(
            "The start itself counts as coming back here, so every cell is 100%. "
            "Choose a start that differs from what counts as back, such as sign-up and order."
        )
    verb = {
        "on": N_("**{share} of customers are back in {when}**"),
        "on_or_after": N_("**{share} of customers are back in {when} or later**"),
        "up_to": N_("**{share} of customers have been active by {when}**"),
    }[measure]
    sentence = _(verb).format(share=percent(first["retention"]), when=since(grain, int(first["period"])))
    others = later[later["period"].isin([6, 12])]
    other = others.iloc[0] if not others.empty else later.iloc[-1]
    if other["period"] != first["period"]:
        sentence += _(", {share} in {when}").format(
            share=percent(other["retention"]), when=since(grain, int(other["period"]))
        )
    count = int(first["cohorts"])
    customers = number(int(first["customers"]))
    if average == "median":
        return sentence + _(" (median of {n} cohorts, {customers} customers).").format(n=count, customers=customers)
    if average == "simple":
        words = _(" (simple mean of {n} cohorts, {customers} customers, 95 % interval {interval}).")
        spread = interval(first["ci_low"], first["ci_high"])
        return sentence + words.format(n=count, customers=customers, interval=spread)
    return sentence + ngettext(
        " ({n} complete cohort, {customers} customers, 95 % interval {interval}).",
        " (pooled over {n} complete cohorts, {customers} customers, 95 % interval {interval}).",
        count,
    ).format(n=count, customers=customers, interval=interval(first["ci_low"], first["ci_high"]))


def _cohort_split_finding(later: pd.DataFrame, grain: str) -> str:
    first = later[later["period"] == later["period"].min()]
    enough = first[first["customers"] >= 30]
    if len(enough) < 2:
        return _("Fewer than two segments have 30 customers or more, so they are not compared.")
    ordered = enough.sort_values("retention")
    low, high = ordered.iloc[0], ordered.iloc[-1]
    sentence = _(
        "**{high} come back most: {high_share} in {when}** ({high_interval}); {low} least: {low_share} ({low_interval})."
    ).format(
        high=escape(segment(high["segment"])),
        low=escape(segment(low["segment"])),
        high_share=percent(high["retention"]),
        low_share=percent(low["retention"]),
        high_interval=interval(high["ci_low"], high["ci_high"]),
        low_interval=interval(low["ci_low"], low["ci_high"]),
        when=since(grain, int(high["period"])),
    )
    if low["ci_high"] >= high["ci_low"]:
        return sentences([sentence, _("The 95 % intervals overlap.")])
    return sentence


def cohort_reading(measure: str, clock: str, watermark: dt.date | None, left_out: int) -> str:
    """How to read the cohort heatmap, with what is provisional or not drawn."""
    parts = [
        _(
            "The numbers are percentages of the customers at the left. Pale: the period is still open, left out of the average."
        ),
        _("Grey: fewer than 30 customers."),
        _("Click a number for the customers behind it."),
    ]
    if measure == "on_or_after" and watermark:
        parts.insert(
            1, _("Later data can still raise every number; this is the state of {day}.").format(day=date(watermark))
        )
    if clock == "rolling":
        parts.append(
            _(
                "Periods run from each customer's own start by the hour, months by the calendar; a cell is pale until they "
                "are over for the whole cohort, the average counts each customer as soon as theirs is."
            )
        )
    if left_out:
        parts.append(
            ngettext(
                "{n} older cohort is not drawn; choose days above.",
                "{n} older cohorts are not drawn; choose days above.",
                left_out,
            ).format(n=number(left_out))
        )
    return sentences(parts)


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
