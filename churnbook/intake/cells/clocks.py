"""Dates written in words, or with full-width marks, rewritten with plain numbers: SQL of one expression."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from churnbook.intake.cells import months
from churnbook.intake.cells.months import LETTERS
from churnbook.intake.files.marks import literal, plain, plain_sql, unmarked, unmarked_sql

_MONTH = (
    "(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)(?:uary|ruary|ch|il|e|y|ust|t|tember|ober|ember)?[.]?"
    f"([^{LETTERS}]|$)"
)
_CLOCK = r"([0-9]{1,2}(?::[0-9]{2}){0,2}(?:[.][0-9]+)?)"


@dataclass(frozen=True)
class _Step:
    """What a pattern matches becomes something else."""

    pattern: str
    becomes: str

    def python(self, text: str) -> str:
        """The text after the step."""
        return re.sub(self.pattern, self.becomes, text).strip()

    def sql(self, text: str) -> str:
        """SQL: the same of the expression `text`."""
        return f"trim(regexp_replace({text}, {literal(self.pattern)}, {literal(self.becomes)}, 'g'))"


@dataclass(frozen=True)
class _Republic(_Step):
    """A year of the Republic of China, in one of two groups of the pattern, becomes 1911 more, before the third group."""

    def python(self, text: str) -> str:
        """The text after the step."""
        return re.sub(
            self.pattern, lambda found: f"{int(found[1] or found[2]) + 1911}-{found[3]}-{found[4]} ", text
        ).strip()

    def sql(self, text: str) -> str:
        """SQL: the same of the expression `text`, which stands in it several times: a step to be done first."""
        pattern = literal(self.pattern)
        digits = f"regexp_replace({text}, {literal(f'{self.pattern}.*')}, '\\1\\2')"
        rest = f"regexp_replace({text}, {pattern}, '-\\3-\\4 ')"
        year = f"(try_cast({digits} as integer) + 1911)::varchar"
        return f"(case when regexp_matches({text}, {pattern}) then trim({year} || {rest}) else {text} end)"


class _Names:
    """The names that a language has for a month, or for weekdays, become what `becomes` says; loaded when asked for."""

    def __init__(self, month: int | None, becomes: str) -> None:
        self.month, self.becomes = month, becomes

    @cached_property
    def step(self) -> _Step:
        """The step of these names."""
        if self.month is None:
            names: Sequence[str] = months.weekdays()
        else:
            names = [name for name, month in months.months().items() if month == self.month]
        longest_first = "|".join(sorted(names, key=len, reverse=True))
        return _Step(rf"(?i)(^|[^{LETTERS}])(?:{longest_first})[.]?,?([^{LETTERS}]|$)", self.becomes)

    def python(self, text: str) -> str:
        """The text after the step."""
        return self.step.python(text)

    def sql(self, text: str) -> str:
        """SQL: the same of the expression `text`."""
        return self.step.sql(text)


class _Unmarked:
    """What marks a text as one goes."""

    def python(self, text: str) -> str:
        """The text after the step."""
        return unmarked(text).strip()

    def sql(self, text: str) -> str:
        """SQL: the same of the expression `text`."""
        return f"trim({unmarked_sql(text)})"


_OF_REPUBLIC = _Republic(
    r"^\s*(?:(?:中[華华])?民[國国]\s*([0-9]{1,3})|([0-9]{2,3}))"
    r"\s*[-/.年]\s*([0-9]{1,2})\s*[-/.月]\s*([0-9]{1,2})(?:\s*日|T|\s|$)",
    "",
)
_YEAR_OF_REPUBLIC = re.compile(
    r"\s*(?:(?:中[華华])?民[國国]\s*[0-9]{1,3}|[01][0-9]{2})\s*[-/.年]\s*[0-9]{1,2}\s*[-/.月]"
)
"""113/01/05 and 民國113年1月5日; beside such years those of two digits count from 1911 too."""

_AnyStep = _Step | _Names | _Unmarked

_OF_OTHER_LANGUAGES: tuple[_AnyStep, ...] = (
    _Names(None, r"\1 \2"),
    *(
        _Names(number, rf"\1 {name} \2")
        for number, name in enumerate(
            ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"], 1
        )
    ),
    _Step(rf"(?i)(^|[^{LETTERS}])(?:de|del|den)\s", r"\1 "),
    _Step(rf"(?i)([0-9])(?:er|[ºª°])([^{LETTERS}]|$)", r"\1\2"),
)

_STEPS: tuple[_AnyStep, ...] = (
    _Unmarked(),
    _OF_REPUBLIC,
    *_OF_OTHER_LANGUAGES,
    *(
        _Step(pattern, becomes)
        for pattern, becomes in (
            # words around the clock, and behind the year
            (r"(?i)([\s,])(?:at|um|à|às|a las|alle|om|kl[.]?|o|godz[.]?|в|о)\s+([0-9]{1,2}\s*[:h])", r"\1\2"),
            (r"(?i)([0-9])\s*h\s*([0-9]{2})(?:\s*(?:min|m)[.]?\s*([0-9]{2})\s*s)?(\s|$)", r"\1:\2:\3\4"),
            (rf"(?i)([0-9])\s*(?:Uhr|hod[.]?)([^{LETTERS}]|$)", r"\1\2"),
            (r"(?i)([0-9]{4})\s*(?:года|г[.]?|року|р[.]?|roku|r[.]?)(,|\s|$)", r"\1\2"),
            # what says nothing more: names of weekdays and zones, brackets around them
            (r"\([^)]*\)", " "),
            (r"(?:星期|周|礼拜|禮拜|週)[一二三四五六日天]", " "),
            (rf"(?i)(^|[^{LETTERS}])(?:mon|tue|tues|wed|wednes|thu|thur|thurs|fri|sat|satur|sun)(?:day)?[.]?,?([^{LETTERS}]|$)", r"\1 \2"),
            # 2024年3月5日 14时05分09秒
            (r"([0-9]{2,4})\s*年\s*([0-9]{1,2})\s*月\s*([0-9]{1,2})\s*[日号號]?", r"\1-\2-\3 "),
            (r"([0-9]{4})\s*年\s*([0-9]{1,2})\s*月\s*$", r"\1-\2-01"),
            (r"([0-9]{1,2})\s*[时時点點]\s*([0-9]{1,2})\s*分\s*([0-9]{1,2})\s*秒", r"\1:\2:\3"),
            (r"([0-9]{1,2})\s*[时時点點]\s*([0-9]{1,2})\s*分?", r"\1:\2"),
            (r"([0-9]{1,2})\s*[时時点點]整?", r"\1:00"),
            # digits without marks
            (r"^([0-9]{4})([0-9]{2})([0-9]{2})[T ]?([0-9]{2})([0-9]{2})([0-9]{2})?(Z?)$", r"\1-\2-\3 \4:\5:\6\7"),
            (r"^((?:19|20)[0-9]{2})([0-9]{2})([0-9]{2})$", r"\1-\2-\3"),
            (r":(Z?)$", r"\1"),
            (r"^((?:19|20)[0-9]{2})(0[1-9]|1[0-2])$", r"\1-\2-01"),
            # 10:00:00,123 and more digits than a microsecond has
            (r"(:[0-9]{2}),([0-9]+)", r"\1.\2"),
            (r"([.][0-9]{6})[0-9]+", r"\1"),
            # dates of numbers: year first with hyphens, otherwise with slashes
            (r"^\s*([0-9]{4})\s*[-/. ]\s*([0-9]{1,2})\s*[-/. ]\s*([0-9]{1,2})[.]?(?:T|\s+|$)", r"\1-\2-\3 "),
            (r"^\s*([0-9]{4})\s*[-/.]\s*([0-9]{1,2})\s*$", r"\1-\2-01"),
            (r"^\s*([0-9]{1,2})\s*[-/.]\s*([0-9]{1,2})\s*[-/.]\s*([0-9]{4}|[0-9]{2})(?:T|[\s,]+|$)", r"\1/\2/\3 "),
            # names of months to three letters between blanks
            (rf"(?i)([0-9])(?:st|nd|rd|th)([^{LETTERS}]|$)", r"\1\2"),
            (rf"(?i)(^|[^{LETTERS}])(?:of\s+)?{_MONTH}", r"\1 \2 \3"),
            (r"(?i)([0-9])\s*[-/.,]\s*([a-z]{3}) ", r"\1 \2 "),
            (r"(?i)([a-z]{3})\s*[-/.,]+\s*([0-9])", r"\1 \2"),
            (r"(?i)([a-z]{3}\s+[0-9]{1,2})[.]([\s,]|$)", r"\1\2"),
            (r",", " "),
            # halves of the day behind the clock; beside 14:05 they say nothing more
            (r"(?i)上午|凌晨|早上|早晨|(?:([0-9\s])a[.]?m[.]?(\s|$))", r"\1 AM \2"),
            (r"(?i)下午|(?:([0-9\s])p[.]?m[.]?(\s|$))", r"\1 PM \2"),
            (rf"(AM|PM)\s*{_CLOCK}", r"\2 \1"),
            (r"(^|\s)(1[3-9]|2[0-3])((?::[0-9]{2})+)\s*PM", r"\1\2\3"),
            (r"(^|\s)00?((?::[0-9]{2})+)\s*AM", r"\1 00\2"),
            # zones as +08:00
            (r"(?i)(:[0-9]{2}(?:[.][0-9]+)?)\s*(?:Z|UTC|GMT)$", r"\1+00:00"),
            (r"(?i)(:[0-9]{2}(?:[.][0-9]+)?)\s*(?:UTC|GMT)?\s*([-+][0-9]{2}):?([0-9]{2})$", r"\1\2:\3"),
            (r"(?i)(:[0-9]{2}(?:[.][0-9]+)?)\s*(?:UTC|GMT)?\s*([-+][0-9]{2})$", r"\1\2:00"),
            (r"\s+", " "),
        )
    ),
)  # fmt: skip


def counts_from_1911(text: str) -> bool:
    """Whether a date has a year of the Republic of China."""
    return _YEAR_OF_REPUBLIC.match(plain(text)) is not None


def needed(cells: Sequence[str]) -> tuple[int, ...]:
    """The steps that change any of these cells."""
    texts = [plain(cell) for cell in cells]
    passed: set[_AnyStep] = set()
    bare = [unmarked(text) for text in texts]
    if not any(map(counts_from_1911, bare)):
        passed.add(_OF_REPUBLIC)
    if not any(map(months.names_month, bare)):
        passed |= set(_OF_OTHER_LANGUAGES)
    steps = []
    for index, step in enumerate(_STEPS):
        if step in passed:
            continue
        changed = [step.python(text) for text in texts]
        if changed != texts:
            steps.append(index)
        texts = changed
    return tuple(steps)


def rewritten(cell: str, steps: Sequence[int]) -> str:
    """SQL: a date as 2024-03-05 14:05:09, or 3/5/2024, or 5 Mar 2024, with AM or PM and +08:00 behind the clock.

    The order of day and month stays as it was written; a cell that holds no date comes out as some text.
    """
    text = plain_sql(cell)
    for step in (_STEPS[index] for index in steps):
        text = step.sql(text)
    return text


def are_of_republic(steps: Sequence[int]) -> bool:
    """Whether years of the Republic of China are rewritten by these steps."""
    return _STEPS.index(_OF_REPUBLIC) in steps
