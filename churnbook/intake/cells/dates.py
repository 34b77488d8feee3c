"""How a column writes its dates and times, judged from its cells, and the SQL that reads them so.

Only the forms the cells were seen to use are tried. Which of day, month and two-digit year stands first is
decided once for the whole column. Two digits of a year mean 1969 to 2068, as POSIX has it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import duckdb

from churnbook.intake.cells import clocks, months
from churnbook.intake.cells.clocks import needed, rewritten
from churnbook.intake.cells.months import LETTERS
from churnbook.intake.files.marks import SPACES, literal, plain, unmarked, unmarked_sql

_DAYS = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日", "%Y%m%d")
_CLOCKS = (
    *("", " %H:%M:%S", " %H:%M", " %H:%M:%S.%f", "T%H:%M:%S", "T%H:%M:%S.%f", "T%H:%M"),
    *(" %I:%M:%S %p", " %I:%M %p"),
)
_MONTHS = ("%Y-%m", "%Y/%m", "%Y年%m月")
_ZONES = ("T%H:%M:%S%z", " %H:%M:%S%z", "T%H:%M:%S.%f%z", " %H:%M:%S.%f%z", " %H:%M:%S %z")
_UTC = ("T%H:%M:%SZ", "T%H:%M:%S.%fZ", " %H:%M:%SZ", "T%H:%MZ", " %H:%M:%S UTC")
_YEAR_FIRST = (*(day + clock for day in _DAYS for clock in _CLOCKS), *_MONTHS)
_ZONED = tuple(day + clock for day in _DAYS[:2] for clock in (*_UTC, *_ZONES))

_ORDERS = {"month": "%m{mark}%d{mark}%{year}", "day": "%d{mark}%m{mark}%{year}", "year": "%y{mark}%m{mark}%d"}
_MARKS = "/-."
_NAMED = ("%d %b %Y", "%b %d %Y", "%Y %b %d", "%d %b %y", "%b %d %y", "%b %Y")
_REWRITTEN_CLOCKS = (
    "",
    *(f" {clock}" for clock in ("%H:%M:%S", "%H:%M", "%H:%M:%S.%f", "%H", "%I:%M:%S %p", "%I:%M %p", "%I %p")),
)
_REWRITTEN_ZONES = (" %H:%M:%S%z", " %H:%M:%S.%f%z", " %H:%M%z")

_BY_FIELDS = re.compile(r"\d{1,2}[-/.]\d{1,2}[-/.](\d{4}|\d{2})(\D.*)?", re.DOTALL)
_IN_PARTS = re.compile(r"\d{1,2}\s*[-/.]\s*\d{1,2}\s*[-/.]\s*\d\d")
_WRITTEN = re.compile(
    r"(?i).*(\d{4}|\d\d?)\s*([-/.]|年)\s*\d{1,2}\s*([-/.月]|$).*|.*(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec).*"
    r"|(19|20)\d{4}|(19|20)\d{6}(\D.*)?|(19|20)\d{10}|(19|20)\d{12}|\d{4}\s+\d\d?\s+\d\d?.*",
    re.DOTALL,
)
_COUNTED = {
    "seconds": re.compile(r"1\d{9}(\.\d+)?"),
    "milliseconds": re.compile(r"1\d{12}(\.\d+)?"),
    "microseconds": re.compile(r"1\d{15}(\.\d+)?"),
    "nanoseconds": re.compile(r"1\d{18}(\.\d+)?"),
    "days": re.compile(r"[2-6]\d{4}(\.\d+)?"),
}
_MICROSECONDS = {"seconds": 1_000_000, "milliseconds": 1_000, "microseconds": 1}

Whole = Callable[[list[str]], tuple[int, ...]]
"""Answers SQL aggregates over every row of the column `cell`."""


@dataclass(frozen=True)
class Choice:
    """What the user says about a sheet's dates: which of day and month is first (None: the column decides),
    and whether numbers of days count from 1904, as workbooks from old Macs do."""

    day_first: bool | None = None
    since_1904: bool = False


AS_WRITTEN = Choice()
"""No choice: the columns decide."""


@dataclass(frozen=True)
class Dates:
    """How a column writes its dates.

    `formats` are tried on the cell as it stands, `rewritten` on what the `steps` of `clocks.rewritten` make of it; `fields` and
    `rewritten_fields` are (mark, year, clock) of dates of three numbers, whose order `day_first` and `year_first` say.
    `counted` are "seconds", "milliseconds", "microseconds", "nanoseconds" since 1970 or "days" since 1900, numbers that some
    cells mark as text (`is_marked`). `is_open`: day and month fit both ways, or, `is_pointed`, would but for the points
    between them, which say that the day is first. `other_rows` counts the rows that can only be read with day and month the
    other way.
    """

    formats: tuple[str, ...] = ()
    fields: tuple[tuple[str, str, str], ...] = ()
    rewritten: tuple[str, ...] = ()
    rewritten_fields: tuple[tuple[str, str, str], ...] = ()
    steps: tuple[int, ...] = ()
    counted: tuple[str, ...] = ()
    is_marked: bool = False
    day_first: bool = False
    year_first: bool = False
    since_1904: bool = False
    is_open: bool = False
    is_pointed: bool = False
    other_rows: int = 0

    @property
    def usual(self) -> str | None:
        """The format to read a plain file with: the one format of the column, where one reads as strictly as we do."""
        direct = _direct(self)
        sure = len(direct) > 0 and "%y" not in direct[0] and not direct[0].startswith("%Y%m%d")
        return direct[0] if sure and not direct[0].endswith("Z") and direct[0] not in _ZONED else None

    @property
    def is_of_republic(self) -> bool:
        """Whether years are counted from 1911, as in Taiwan."""
        return clocks.are_of_republic(self.steps)

    @property
    def has_short_years(self) -> bool:
        """Whether years of two digits occur."""
        return any("%y" in each for each in (*_direct(self), *_rewritten(self)))


def judge(
    connection: duckdb.DuckDBPyConnection, cells: Sequence[str], whole: Whole, choice: Choice = AS_WRITTEN
) -> Dates:
    """How a column writes its dates: the forms by these cells, the order of day and month by the whole column."""
    if not any(looks_dated(cell) for cell in cells):
        return Dates(since_1904=choice.since_1904)
    dated = [cell for cell in cells if looks_written(cell)]
    texts = [unmarked(cell.strip()) for cell in dated]
    by_fields = [matched[1] for cell in texts if (matched := _BY_FIELDS.fullmatch(cell))]
    formats = [*_YEAR_FIRST, *_ZONED] if any(re.match(r"\d{4}\D|\d{8}", cell) for cell in texts) else []
    fields = [
        (mark, year, clock)
        for year, digits in (("y", 2), ("Y", 4))
        if any(len(each) == digits for each in by_fields)
        for mark in _MARKS
        for clock in _CLOCKS
    ]
    of_republic = any(map(clocks.counts_from_1911, texts))
    fields = [slot for slot in fields if slot[1] == "Y" or not of_republic]
    marks = set("".join(texts))
    formats = [each for each in formats if set(re.sub("%.", "", each)) <= marks]
    fields = [slot for slot in fields if {slot[0], *re.sub("%.", "", slot[2])} <= marks]
    direct, left = _seen(connection, dated, formats, fields, lambda cell: cell)
    named = list(_NAMED) if any(re.search(f"[{LETTERS}]{{3}}", cell) for cell in left) else []
    days = ["%Y-%m-%d", "%y-%m-%d", *named]
    written = [day + clock for day in days for clock in (*_REWRITTEN_CLOCKS, *_REWRITTEN_ZONES)]
    slashed = [("/", year, clock) for year in "yY" for clock in (*_REWRITTEN_CLOCKS, *_REWRITTEN_ZONES)]
    steps = needed(left)
    indirect, _unread = _seen(connection, left, written, slashed, lambda cell: rewritten(cell, steps))
    counted = [cell for cell in cells if any(is_counted(cell, unit) for unit in _COUNTED)]
    found = Dates(
        tuple(direct[0]),
        tuple(direct[1]),
        tuple(indirect[0]),
        tuple(indirect[1]),
        steps if indirect != ([], []) else (),
        tuple(unit for unit in _COUNTED if any(is_counted(cell, unit) for cell in counted)),
        is_marked=any(cell.strip(" ") != unmarked(plain(cell)) for cell in counted),
        since_1904=choice.since_1904,
    )
    in_parts = [cell for cell in texts if _IN_PARTS.match(cell)]
    is_pointed = len(in_parts) > 0 and all(cell.count(".") > 1 for cell in in_parts)
    return _ordered(found, whole, choice, is_pointed)


def both_ways(dates: Dates) -> tuple[Dates, Dates]:
    """The column read month first, and day first."""
    return replace(dates, day_first=False, year_first=False), replace(dates, day_first=True, year_first=False)


def counts_from_1911(cell: str) -> bool:
    """Whether a cell holds a date with a year of the Republic of China."""
    return clocks.counts_from_1911(unmarked(plain(cell)))


def is_counted(cell: str, unit: str) -> bool:
    """Whether a cell is a number as that unit of `Dates.counted` is written."""
    return _COUNTED[unit].fullmatch(unmarked(plain(cell))) is not None


def looks_dated(cell: str) -> bool:
    """Whether a cell may hold a date or a time counted in seconds or days; a first, cheap glance."""
    return looks_written(cell) or any(is_counted(cell, unit) for unit in _COUNTED)


def looks_written(cell: str) -> bool:
    """Whether a cell may hold a date in writing."""
    text = unmarked(plain(cell))
    return _WRITTEN.fullmatch(text) is not None or months.names_month(text)


def read(cell: str, dates: Dates) -> str:
    """SQL: the time in a cell, local to the parameter $timezone, NULL where the column does not write it so.

    Times without a zone stand as written, be it that the clocks skip or repeat them; others are converted.
    """
    tries = [_parsed(cell, each) for each in _direct(dates)]
    if dates.is_of_republic:  # of 113/03/05 the engine would make a day of the second century
        tries = [_sound(each) for each in tries]
    tries += [_parsed(rewritten(cell, dates.steps), each) for each in _rewritten(dates)]
    number = f"trim({unmarked_sql(cell)}, {literal(SPACES)})" if dates.is_marked else f"trim({cell})"
    tries += [_counted(number, each, dates.since_1904) for each in dates.counted]
    return f"coalesce({', '.join([*tries, 'null::timestamp'])}, null::timestamp)"


def _seen(
    connection: duckdb.DuckDBPyConnection,
    cells: list[str],
    formats: Sequence[str],
    fields: Sequence[tuple[str, str, str]],
    text: Callable[[str], str],
) -> tuple[tuple[list[str], list[tuple[str, str, str]]], list[str]]:
    """The formats and orders of fields that read some of these cells, the most usual first, and the cells none reads."""
    orders = [
        (slot, order.format(mark=slot[0], year=slot[1]) + slot[2]) for slot in fields for order in _ORDERS.values()
    ]
    each_format = list(dict.fromkeys([*formats, *(each for _slot, each in orders)]))
    if not each_format or not cells:
        return ([], []), cells
    sound = [f"coalesce({_naive('text', each)} >= timestamp '1900-01-01', false)" for each in each_format]
    rows = connection.execute(
        f"select [{', '.join(f'count(*) filter ({each})' for each in sound)}],"
        f" list(cell) filter (not ({' or '.join(sound)}))"
        f" from (select cell, {text('cell')} as text from (select unnest($cells::varchar[]) as cell))",
        {"cells": cells},
    ).fetchall()
    counts = dict(zip(each_format, rows[0][0], strict=True))
    by_slot = {slot: max(counts[each] for known, each in orders if known == slot) for slot in fields}
    used = sorted((each for each in formats if counts[each]), key=lambda each: -counts[each])
    used_fields = sorted((slot for slot in fields if by_slot[slot]), key=lambda slot: -by_slot[slot])
    return (used, used_fields), rows[0][1] or []


def _ordered(dates: Dates, whole: Whole, choice: Choice, is_pointed: bool) -> Dates:
    """The order of day, month and short year that reads the most rows of the column, then spans the fewest years.

    Where both orders do and points stand between them, the day is first: nobody writes 03.05.2024 for the fifth of March.
    """
    slots = (*dates.fields, *dates.rewritten_fields)
    if not slots:
        return dates
    days_first = ((True, False) if is_pointed else (False, True)) if choice.day_first is None else (choice.day_first,)
    years_first = (False, True) if any(year == "y" for _mark, year, _clock in slots) else (False,)
    tried = [replace(dates, day_first=day, year_first=year) for year in years_first for day in days_first]
    moments = [_sound(read("cell", each)) for each in tried]
    found = whole([part for each in moments for part in (f"count({each})", f"count(distinct year({each}))")])
    scores = [(-rows, years) for rows, years in zip(found[::2], found[1::2], strict=True)]
    best = min(range(len(tried)), key=scores.__getitem__)
    if choice.day_first is not None or (tried[best].year_first and all(year == "y" for _mark, year, _clock in slots)):
        return tried[best]
    swapped = next(
        i for i, each in enumerate(tried) if each == replace(tried[best], day_first=not tried[best].day_first)
    )
    ((other_rows,), (differ,)) = (
        whole([f"count({moments[swapped]}) filter ({moments[best]} is null)"]),
        whole([f"count(*) filter ({moments[swapped]} <> {moments[best]})"]),
    )
    fit_both_ways = differ > 0 and scores[swapped][0] == scores[best][0]
    is_pointed = is_pointed and tried[best].day_first
    return replace(
        tried[best],
        is_open=fit_both_ways and not is_pointed,
        is_pointed=fit_both_ways and is_pointed,
        other_rows=other_rows,
    )


def _direct(dates: Dates) -> list[str]:
    return _arranged(dates.formats, dates.fields, dates)


def _rewritten(dates: Dates) -> list[str]:
    return _arranged(dates.rewritten, dates.rewritten_fields, dates)


def _arranged(formats: Sequence[str], fields: Sequence[tuple[str, str, str]], dates: Dates) -> list[str]:
    """Formats in the order they are tried: short years first, since a year of four digits is none of two."""
    named = []
    for mark, year, clock in fields:
        order = "year" if year == "y" and dates.year_first else "day" if dates.day_first else "month"
        named.append(_ORDERS[order].format(mark=mark, year=year) + clock)
    tried = [*formats, *named]
    return [each for each in tried if "%y" in each] + [each for each in tried if "%y" not in each]


def _parsed(text: str, format: str) -> str:
    if format.endswith(("Z", " UTC")):
        return f"timezone($timezone, timezone('UTC', {_naive(text, format)}))"
    if "%z" in format:
        return f"timezone($timezone, try_strptime({text}, {literal(format)}))"
    return _naive(text, format)


def _naive(text: str, format: str) -> str:
    parsed = f"try_strptime({text}, {literal(format)})"
    if "%z" in format:
        return f"timezone('UTC', {parsed})"
    if format.startswith("%Y%m%d"):  # of seven digits the engine would make a day too
        return f"case when regexp_full_match({text}, '\\s*[0-9]{{8}}([^0-9].*)?') then {parsed} end"
    return parsed


def _counted(text: str, unit: str, since_1904: bool) -> str:
    if unit == "days":
        begin = "1904-01-01" if since_1904 else "1899-12-30"
        milliseconds = f"round(try_cast({text} as decimal(24, 12)) * 86400000)::bigint"
        moment = f"timestamp '{begin}' + to_milliseconds({milliseconds})"
    else:
        # a microsecond is the least that a time holds: of nanoseconds the first 16 digits are left
        digits = f"left({text}, 16)" if unit == "nanoseconds" else text
        microseconds = f"(try_cast({digits} as decimal(24, 6)) * {_MICROSECONDS.get(unit, 1)})::bigint"
        counted = f"make_timestamp({microseconds})"
        moment = f"timezone($timezone, timezone('UTC', {counted}))"
    return f"case when regexp_full_match({text}, {literal(_COUNTED[unit].pattern)}) then {moment} end"


def _sound(moment: str) -> str:
    return f"(case when {moment} >= timestamp '1900-01-01' then {moment} end)"
