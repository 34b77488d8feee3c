"""A day in one column and the clock in another: a further column of a sheet that joins the two."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from churnbook.intake.files import shape
from churnbook.intake.files.headers import normal
from churnbook.intake.files.marks import literal, plain
from churnbook.intake.files.sheet import Sheet
from churnbook.words.language import N_
from churnbook.words.message import NOTE, Notice

_JUDGED = 300
_MOST = 0.95
"""The share of filled cells that must be days, or clocks, for a column to be of them."""

_MIDNIGHT = r"[ T]00:00(:00([.]0+)?)?$"
_FIRST_DAY = r"^(1899-12-3[01]|1900-01-0[01])[ T]"
"""What a workbook writes beside a bare day and before a bare clock."""

_NOTHING = re.compile(r"\W*|n/?a|nan|null|none|无", re.IGNORECASE)
_DAY = re.compile(
    r"(?:\d{4}\s*[-/.年]\s*\d\d?\s*[-/.月]\s*\d\d?\s*日?|\d\d?\s*[-/.]\s*\d\d?\s*[-/.]\s*(?:\d{4}|\d\d)|(?:19|20)\d{6}"
    r"|(?:民[国國]\s*)?[01]?\d\d\s*[-/.年]\s*\d\d?\s*[-/.月]\s*\d\d?\s*日?"
    r"|\d\d?\.?[ -/]*[^\W\d_]{3,}\.?[ -/,]*(?:\d{4}|\d\d)|[^\W\d_]{3,}\.? \d\d?,? \d{4})"
    rf"(?:{_MIDNIGHT.removesuffix('$')})?"
)
_CLOCK = re.compile(
    rf"(?:{_FIRST_DAY.removeprefix('^')})?(?:(?:[上下]午|[ap]\.?m\.?)\s*)?"
    r"(?:[01]?\d|2[0-3])(?::[0-5]\d(?::[0-5]\d(?:[.,]\d+)?)?|\s*[时時点點]\s*[0-5]?\d\s*分?(?:\s*[0-5]?\d\s*秒)?)"
    r"\s*(?:[ap]\.?m\.?)?\s*(?:Z|UTC|GMT|[-+]\d\d:?\d\d)?",
    re.IGNORECASE,
)
_TELLS_THE_TIME = re.compile(
    r"time|clock|hour|zeit|uhr|heure|hora|\bora|tijd|godzina|czas|время|час|时间|時間|时刻|時刻|钟|点"
)
_MEASURES = re.compile(
    r"duration|elapsed|length|wait|respon|handl|spent|taken|session|dauer|dur[ée]e|duraci|durata|时长|時長|耗时|用时|等待|响应|处理|停留"
)
_WHEN = re.compile(r"date|day|time|clock|hour|datum|tag|uhrzeit|zeit|heure|fecha|hora|日期|时间|時間|时刻|日|时")


def with_joined(sheet: Sheet) -> Sheet:
    """The sheet with a further column for each pair of a column of days and one of clocks, which is said in a notice."""
    if not sheet.header_row and sheet.format != "parquet":
        return sheet  # columns without a name do not say what they are the clock of
    pairs = _pairs(sheet)
    if not pairs:
        return sheet
    names = [f"{sheet.headers[day]} {sheet.headers[clock]}" for day, clock in pairs]
    headers = shape.unique([*sheet.headers, *names])
    notes = [
        Notice.of(
            N_("{file}: {day} holds days and {clock} the time of day; the column “{joined}” joins them."),
            weight=NOTE,
            file=sheet.name,
            day=sheet.headers[day],
            clock=sheet.headers[clock],
            joined=joined,
        )
        for (day, clock), joined in zip(pairs, headers[len(sheet.headers) :], strict=True)
    ]
    sample = tuple((*row, *(_cell(row[day], row[clock]) for day, clock in pairs)) for row in sheet.sample)
    return replace(sheet, headers=headers, sample=sample, joined=pairs, notes=(*sheet.notes, *notes))


def row(sheet: Sheet, cells: Sequence[str]) -> list[str]:
    """The cells of a row of the file with those that are joined from them."""
    return [*cells, *(_cell(cells[day], cells[clock]) or "" for day, clock in sheet.joined)]


def _cell(day: str | None, clock: str | None) -> str | None:
    """A day with the time of day, where there is one; None without a day."""
    if not day or not day.strip(" "):
        return None
    bare = re.sub(_MIDNIGHT, "", day)
    return f"{bare} {re.sub(_FIRST_DAY, '', clock)}" if clock and re.search("[0-9]", clock) else bare


def cell_sql(day: str, clock: str) -> str:
    """SQL: what `_cell` makes of two cells."""
    bare = f"regexp_replace({day}, {literal(_MIDNIGHT)}, '')"
    time = f"regexp_replace({clock}, {literal(_FIRST_DAY)}, '')"
    joined = f"case when regexp_matches({clock}, '[0-9]') then {bare} || ' ' || {time} else {bare} end"
    return f"case when trim({day}) <> '' then {joined} end"


def _pairs(sheet: Sheet) -> tuple[tuple[int, int], ...]:
    """The columns that belong together: a day and a clock by the same name, else beside each other, else the only ones."""
    columns = [
        [text for row in sheet.sample[:_JUDGED] if not _NOTHING.fullmatch(text := plain(row[index] or ""))]
        for index in range(len(sheet.headers))
    ]
    clocks = [index for index, cells in enumerate(columns) if _is_clock(sheet.headers[index], cells)]
    if not clocks:
        return ()
    days = [index for index, cells in enumerate(columns) if _fits(cells, _DAY)]
    pairs = []
    for clock in clocks:
        name = _WHEN.sub("", normal(sheet.headers[clock]))
        ways = (
            [day for day in days if _WHEN.sub("", normal(sheet.headers[day])) == name],
            [day for day in days if abs(day - clock) == 1],
            days,
        )
        chosen = next((way for way in ways[:2] if way), ways[2] if len(days) == 1 else [])
        if chosen:
            day = min(chosen, key=lambda each: (abs(each - clock), each > clock))
            days.remove(day)
            pairs.append((day, clock))
    return tuple(pairs)


def _is_clock(header: str, cells: Sequence[str]) -> bool:
    says = normal(header)
    return (
        _TELLS_THE_TIME.search(says) is not None
        and _MEASURES.search(says) is None
        and _fits(cells, _CLOCK)
        and len(set(cells)) > (1 if len(cells) > 1 else 0)
    )


def _fits(cells: Sequence[str], pattern: re.Pattern[str]) -> bool:
    return len(cells) > 0 and sum(pattern.fullmatch(cell) is not None for cell in cells) >= _MOST * len(cells)
