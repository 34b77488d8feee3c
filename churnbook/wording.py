"""Words: translations, number and date formats, and the sentences that say what a table shows."""

from __future__ import annotations

import datetime as dt
import gettext as gnu
import io
import re
import zoneinfo
from collections import Counter
from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from babel import Locale, numbers

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
    from babel.messages.mofile import write_mo  # here, so that the command line starts without them
    from babel.messages.pofile import read_po

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
    "relative_to": N_("Share of"),
    "top": N_("Segments shown apart"),
    "segments": N_("Segments"),
    "segment_a": N_("First segment"),
    "segment_b": N_("Second segment"),
    "steps": N_("Steps"),
    "mode": N_("Order of the steps"),
    "attempt": N_("Attempt that counts"),
    "window": N_("Conversion window"),
    "window_unit": N_("Unit"),
    "ties": N_("Steps at the same moment"),
    "exclude": N_("Excluded event"),
    "exclude_from": N_("Excluded after step"),
    "exclude_to": N_("Excluded before step"),
    "excluded": N_("Whom it meets"),
    "entry_attribute": N_("Split by the entry's"),
    "from_step": N_("From step"),
    "to_step": N_("To step"),
    "after_step": N_("After step"),
    "anywhere": N_("At earlier steps too"),
    "over_seconds": N_("Over, seconds"),
    "up_to_seconds": N_("Up to, seconds"),
    "next_event": N_("Next"),
    "compare": N_("Compare"),
    "period_a": N_("First period"),
    "period_b": N_("Second period"),
    "smallest": N_("At least so many customers"),
    "step": N_("Step"),
    "cumulative": N_("Added up since the start"),
    "entry": N_("Customers enter"),
    "clock": N_("Periods counted"),
    "minimum": N_("Times to count as back"),
    "state": N_("Customers shown"),
    "cohort": N_("Cohort"),
    "period": N_("Period since start"),
    "segment": N_("Segment"),
    "figure": N_("Figure"),
    "of": N_("Days with"),
    "in_period": N_("Period"),
    "against": N_("Compared with"),
    "version": N_("Version"),
    "generation": N_("Data state"),
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
    "previous": N_("Those back one period before"),
    "start": N_("The whole cohort"),
    "calendar": N_("By the calendar"),
    "rolling": N_("From each start, by the hour"),
    "pooled": N_("Pooled"),
    "simple": N_("Simple mean"),
    "median": N_("Median"),
    "retained": N_("Came back"),
    "not_retained": N_("Did not come back"),
    "customers": N_("Customers"),
    "active_customers": N_("Active customers"),
    "churn_rate": N_("Churn rate"),
    "retention_rate": N_("Retention rate"),
    "repeat_rate": N_("Repeat purchase rate"),
    "average_order_value": N_("Average order value"),
    "purchase_frequency": N_("Purchase frequency"),
    "revenue": N_("Revenue"),
    "satisfaction": N_("Satisfaction (CSAT)"),
    "nps": N_("Recommendation (NPS)"),
    "first_response": N_("First response time"),
    "resolution_time": N_("Resolution time"),
    "new": N_("New"),
    "kept": N_("Kept"),
    "returned": N_("Returned"),
    "dormant": N_("Dormant"),
    "lost": N_("Lost"),
    "active_after": N_("Marked, and active later"),
    "silent_unmarked": N_("Silent, and not marked"),
    "joined_and_left": N_("Joined and left"),
    "left_and_returned": N_("Lost and back"),
    "period_before": N_("The period before"),
    "year_before": N_("The same period last year"),
    "purchases": N_("A purchase"),
    "activity": N_("Any activity"),
    "ordered": N_("As given"),
    "strict": N_("As given, nothing in between"),
    "any": N_("Any"),
    "best": N_("Furthest, then latest"),
    "first": N_("First"),
    "latest": N_("Latest"),
    "second": N_("Seconds"),
    "minute": N_("Minutes"),
    "hour": N_("Hours"),
    "together": N_("Count"),
    "strictly_later": N_("Do not count"),
    "dropped": N_("Dropped off before"),
    "removed": N_("Is not counted"),
    "converted": N_("Reached"),
    "in_progress": N_("Still has time"),
    "segments": N_("Segments"),
    "periods": N_("Periods of entry"),
}

_NOTHING = {
    "breakdown": N_("Nothing"),
    "start": N_("First activity"),
    "returning": N_("Any activity"),
    "segment": N_("All"),
}

_EVENTS = {
    "order": N_("Order"),
    "subscription": N_("Subscription"),
    "renewal": N_("Renewal"),
    "signup": N_("Sign-up"),
    "ticket": N_("Ticket"),
    "satisfied": N_("Satisfied in a survey"),
}

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
    "revenue": N_("Revenue"),
    "revenue_per_customer": N_("Revenue per customer"),
    "revenue_retention": N_("Revenue kept"),
    "share": N_("Share"),
    "all_customers": N_("All customers"),
    "change": N_("Change"),
    "customers_a": N_("Customers, first"),
    "retained_a": N_("Came back, first"),
    "retention_a": N_("Retention, first"),
    "customers_b": N_("Customers, second"),
    "retained_b": N_("Came back, second"),
    "retention_b": N_("Retention, second"),
    "difference": N_("Difference"),
    "source": N_("Table"),
    "occurred_at": N_("When"),
    "until": N_("Until"),
    "name": N_("What"),
    "detail": N_("Details"),
    "score": N_("Score"),
    "inactive_days": N_("Inactive days"),
    "is_active": N_("Active"),
    "orders": N_("Orders"),
    "events": N_("Events"),
    "subscriptions": N_("Subscriptions"),
    "signed_up_at": N_("Sign-up time"),
    "is_churned": N_("Churned"),
    "churned_at": N_("Churn time"),
    "churn_reason": N_("Churn reason"),
    "tenure_months": N_("Tenure in months"),
    "monthly_value": N_("Monthly value"),
    "new_customers": N_("New"),
    "kept_customers": N_("Kept"),
    "returned_customers": N_("Returned"),
    "active_customers": N_("Active customers"),
    "dormant_customers": N_("Dormant"),
    "known_customers": N_("Known customers"),
    "active_before": N_("Active in the period before"),
    "kept_rate": N_("Share kept"),
    "from_days": N_("Days from"),
    "to_days": N_("Days to"),
    "intervals": N_("Intervals"),
    "median_days": N_("Median days"),
    "high_days": N_("90 % within days"),
    "customers_once": N_("Customers with one day only"),
    "active_days": N_("Active days"),
    "days_per_customer": N_("Active days per customer"),
    "daily_active": N_("Active on a day"),
    "weekly_active": N_("Active in a week"),
    "stickiness": N_("Daily share"),
    "weekly_stickiness": N_("Weekly share"),
    "buyers": N_("Buyers"),
    "repeat_buyers": N_("Repeat buyers"),
    "repeat_rate_by_customers": N_("Repeat rate by customers"),
    "repeat_orders": N_("Repeat orders"),
    "repeat_rate_by_orders": N_("Repeat rate by orders"),
    "earlier_buyers": N_("Earlier buyers"),
    "repeat_rate_by_period": N_("Repeat rate by period"),
    "average_order_value": N_("Average order value"),
    "purchase_frequency": N_("Purchase frequency"),
    "data_to": N_("Data to"),
    "attributes": N_("Attributes"),
    "opening_customers": N_("Customers at the beginning"),
    "churned_customers": N_("Lost"),
    "closing_customers": N_("Customers at the end"),
    "opening_lost": N_("Lost of those at the beginning"),
    "joined_and_left": N_("Joined and left"),
    "churn_rate": N_("Churn rate"),
    "retention_rate": N_("Retention rate"),
    "retention_rate_by_counts": N_("Retention rate from totals"),
    "monthly_churn_rate": N_("Churn rate a month"),
    "annual_churn_rate": N_("Churn rate a year"),
    "churned_on": N_("Lost on"),
    "returned_on": N_("Returned on"),
    "began_on": N_("Customer since"),
    "days": N_("Days"),
    "gap_days": N_("Gap allowed, days"),
    "lost": N_("Times lost"),
    "returned_share": N_("Share who came back"),
    "lost_now": N_("Lost at the end of the data"),
    "suggested_days": N_("Days suggested"),
    "bridged": N_("Gaps bridged"),
    "days_after": N_("Days after"),
    "due_customers": N_("Due"),
    "lost_customers": N_("Lost"),
    "renewal_rate": N_("Renewal rate"),
    "share_with_interval": N_("With a billing interval"),
    "convention": N_("Convention"),
    "counted": N_("Counted as lost"),
    "base": N_("Divided by"),
    "returned_and_left": N_("Returned and left"),
    "again": N_("Lost and back"),
    "returned": N_("Returned"),
    "period_before": N_("Period before"),
    "opening_before": N_("Customers before"),
    "churn_rate_before": N_("Churn rate before"),
    "mix": N_("By its share"),
    "rate": N_("By its rate"),
    "mix_customers": N_("By its share, customers"),
    "rate_customers": N_("By its rate, customers"),
    "file": N_("File"),
    "line": N_("Line"),
    "column": N_("Column"),
    "value": N_("Value"),
    "reason": N_("Reason"),
    "numerator": N_("Numerator"),
    "denominator": N_("Denominator"),
    "n": N_("Made of"),
    "kind": N_("Kind"),
    "basis": N_("Question asked"),
    "previous": N_("Period before"),
    "last_year": N_("A year before"),
    "change_on_year": N_("Change on a year before"),
    "periods": N_("Periods"),
    "centre": N_("Centre line"),
    "low": N_("Lower limit"),
    "high": N_("Upper limit"),
    "signal": N_("Signal"),
    "attribute": N_("Attribute"),
    "before": N_("Before"),
    "after": N_("After"),
    "n_before": N_("Made of, before"),
    "n_after": N_("Made of, after"),
    "effect": N_("Effect on the whole"),
    "step": N_("Step"),
    "event": N_("Event"),
    "conversion_from_start": N_("Conversion from the start"),
    "conversion_from_previous": N_("Conversion from the step before"),
    "dropped": N_("Dropped off before"),
    "in_progress": N_("Still has time"),
    "average_seconds": N_("Mean time, seconds"),
    "median_seconds": N_("Median time, seconds"),
    "quarter_seconds": N_("A quarter within, seconds"),
    "three_quarters_seconds": N_("Three quarters within, seconds"),
    "nine_tenths_seconds": N_("Nine tenths within, seconds"),
    "at_once": N_("At the same moment"),
    "entered": N_("Entered"),
    "converted": N_("Came through"),
    "entered_at": N_("Entered at"),
    "reached_at": N_("Steps reached at"),
    "from_seconds": N_("Seconds from"),
    "to_seconds": N_("Seconds to"),
    "seconds": N_("Time, seconds"),
    "left_at": N_("Last step reached at"),
    "next_at": N_("Next at"),
    "converted_a": N_("Reached, first"),
    "conversion_a": N_("Conversion, first"),
    "converted_b": N_("Reached, second"),
    "conversion_b": N_("Conversion, second"),
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
        return event(chosen)
    if isinstance(chosen, bool):
        return _("Yes") if chosen else _("No")
    return str(chosen)


def event(name: str) -> str:
    """An event as people read it; names from files stay as they are."""
    return _(_EVENTS[name]) if name in _EVENTS else name


OTHER = "(other)"
"""The segment that holds all customers outside the largest segments."""


def segment(name: str | None) -> str:
    """A segment's name; the empty one is customers without a value."""
    if name == OTHER:
        return _("(other)")
    return name if name else _("(blank)")


_ENCODINGS = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8 BOM",
    "gb18030": "GB18030",
    "cp950": "Big5",
    "cp1252": "Windows-1252",
    **{name: name.upper() for name in ("utf-16", "utf-16-le", "utf-16-be", "utf-32")},
}


def file_format(format: str, encoding: str | None) -> str:
    """What a file was read as: CSV · GB18030."""
    return " · ".join(part for part in (format.upper(), _ENCODINGS.get(encoding or "", encoding)) if part)


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


def exact(value: Decimal) -> str:
    """A number with the decimals it has: 12,000 and 1,234.50."""
    digits = "#,##0" if value == value.to_integral_value() else "#,##0.00##"
    return numbers.format_decimal(value, format=digits, locale=locale())


def money(value: float, currency: str | None) -> str:
    """An amount without decimals, with its currency where it is known."""
    if currency is None:
        return numbers.format_decimal(round(value), locale=locale())
    return numbers.format_currency(round(value), currency, locale=locale(), currency_digits=False, format="¤#,##0")


def short_number(value: float) -> str:
    """A number for a small place: 86, 1.2K, 3.4万."""
    if abs(value) < 1000:
        return numbers.format_decimal(round(value, 0 if abs(value) >= 10 else 1), locale=locale())
    return numbers.format_compact_decimal(value, fraction_digits=1, locale=locale())


def percent(value: float, digits: int = 1) -> str:
    """A ratio as a percentage: 0.123 is 12.3%."""
    return f"{value:.{digits}%}"


def duration(seconds: float) -> str:
    """A time in the unit that suits it: 40 s, 12 min, 3.5 h, 2.1 days."""
    for limit, unit, words in (
        (60, 1, N_("{n} s")),
        (3600, 60, N_("{n} min")),
        (48 * 3600, 3600, N_("{n} h")),
    ):
        if seconds < limit:
            return _(words).format(n=short_number(seconds / unit))
    return _("{n} days").format(n=short_number(seconds / 86400))


def date(value: dt.date) -> str:
    """A day, as 2024-03-05 in every language."""
    return value.isoformat()


def moment(value: dt.datetime, timezone: str) -> str:
    """A moment given in UTC, as a zone's clocks show it: 2024-03-05 14:30."""
    return value.replace(tzinfo=dt.UTC).astimezone(zoneinfo.ZoneInfo(timezone)).strftime("%Y-%m-%d %H:%M")


_LAST_WEEK = dt.date(9999, 12, 27)


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
            year, week, _weekday = (min(first_day, _LAST_WEEK) + dt.timedelta(days=3)).isocalendar()
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


# Sentences


def sentences(parts: Sequence[str]) -> str:
    """Sentences one after another; Chinese puts no space between them."""
    return ("" if language().startswith("zh") else " ").join(parts)


def listed(names: Sequence[str]) -> str:
    """Names one after the other: a, b, c; in Chinese with the mark for lists."""
    return ("、" if language() == "zh_CN" else ", ").join(names)


def plain(markdown: str) -> str:
    """A sentence with escaped texts as it reads, for where Markdown is not read."""
    return re.sub(r"\\([^\w\s])", r"\1", markdown)


def escape(text: str) -> str:
    """A text from a file as it is, wherever Markdown is read."""
    return re.sub(r"([\\`*_{}\[\]()#+\-.!~|>$:<&])", r"\\\1", text)
