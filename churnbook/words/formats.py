"""Numbers, money, dates, periods, lists and escaped texts as people read them."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
import zoneinfo
from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from babel import numbers

if TYPE_CHECKING:
    pass
from churnbook.words.language import N_, _, locale, spoken

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


def currency_name(code: str) -> str:
    """A currency by its code and its name: CNY · Chinese Yuan."""
    return f"{code} · {numbers.get_currency_name(code, locale=locale())}"


def short_number(value: float) -> str:
    """A number where there is little room: 86, 1.2K, in Chinese 1,234 and 3.4万."""
    if spoken().startswith("zh") and 1000 <= abs(value) < 10_000:
        return numbers.format_decimal(round(value), locale=locale(), group_separator=True)
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


def weekday(number: int) -> str:
    """The name of a day of the week, 1 for Monday."""
    return str(locale().days["stand-alone"]["wide"][int(number) - 1])


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
    return ("" if spoken().startswith("zh") else " ").join(parts)


def listed(names: Sequence[str], most: int | None = None) -> str:
    """Names one after the other: a, b, c; in Chinese with the mark for lists. Beyond the `most` of them: a, b and 4 more."""
    if most is not None and len(names) > most:
        return _("{names} and {n} more").format(names=listed(names[:most]), n=number(len(names) - most))
    return ("、" if spoken() == "zh_CN" else ", ").join(names)


def plain(markdown: str) -> str:
    """A sentence with escaped texts as it reads, for where Markdown is not read."""
    return re.sub(r"\\([^\w\s])", r"\1", markdown)


def emphasised(markdown: str) -> str:
    """A sentence whose bold parts and dollar signs are read as meant, whatever stands beside them.

    CommonMark takes ** between a letter and a sign for no emphasis (为**¥120**), where Chinese puts no blank: a hair space
    is put between. Two dollar signs would be a formula.
    """

    def apart(found: re.Match[str]) -> str:
        before, inner, after = found[1], found[2], found[3]
        opens = _HAIR if _is_sign(inner[0]) and before and not _is_sign(before) and not before.isspace() else ""
        closes = _HAIR if _is_sign(inner[-1]) and after and not _is_sign(after) and not after.isspace() else ""
        return f"{before}{opens}**{inner}**{closes}"

    return re.sub(
        r"(?<!\\)\$", r"\\$", re.sub(r"(.?)\*\*((?:[^*\\]|\\.)+)\*\*(?=(.?))", apart, markdown, flags=re.DOTALL)
    )


_HAIR = "\u200a"


def _is_sign(character: str) -> bool:
    return unicodedata.category(character)[0] in "PS"


def escape(text: str) -> str:
    """A text from a file as it is, wherever Markdown is read."""
    return re.sub(r"([\\`*_{}\[\]()#+\-.!~|>$:<&])", r"\\\1", text)
