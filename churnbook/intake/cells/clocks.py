"""Dates written in words, or with full-width marks, rewritten with plain numbers: SQL of one expression."""

from __future__ import annotations

import re
from collections.abc import Sequence

from churnbook.intake.files.marks import literal, plain, plain_sql

_MONTH = (
    "(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)(?:uary|ruary|ch|il|e|y|ust|t|tember|ober|ember)?[.]?([^a-z]|$)"
)
_CLOCK = r"([0-9]{1,2}(?::[0-9]{2}){0,2}(?:[.][0-9]+)?)"

_STEPS = (
    # what says nothing more: names of weekdays and zones, brackets around them
    (r"\([^)]*\)", " "),
    (r"(?:星期|周|礼拜)[一二三四五六日天]", " "),
    (r"(?i)(^|[^a-z])(?:mon|tue|tues|wed|wednes|thu|thur|thurs|fri|sat|satur|sun)(?:day)?[.]?,?([^a-z]|$)", r"\1 \2"),
    # 2024年3月5日 14时05分09秒
    (r"([0-9]{2,4})\s*年\s*([0-9]{1,2})\s*月\s*([0-9]{1,2})\s*[日号號]?", r"\1-\2-\3 "),
    (r"([0-9]{4})\s*年\s*([0-9]{1,2})\s*月\s*$", r"\1-\2-01"),
    (r"([0-9]{1,2})\s*[时時点點]\s*([0-9]{1,2})\s*分\s*([0-9]{1,2})\s*秒", r"\1:\2:\3"),
    (r"([0-9]{1,2})\s*[时時点點]\s*([0-9]{1,2})\s*分?", r"\1:\2"),
    (r"([0-9]{1,2})\s*[时時点點]整?", r"\1:00"),
    # digits without marks
    (r"^([0-9]{4})([0-9]{2})([0-9]{2})[T ]?([0-9]{2})([0-9]{2})([0-9]{2})?(Z?)$", r"\1-\2-\3 \4:\5:\6\7"),
    (r":(Z?)$", r"\1"),
    (r"^((?:19|20)[0-9]{2})(0[1-9]|1[0-2])$", r"\1-\2-01"),
    # 10:00:00,123 and more digits than a microsecond has
    (r"(:[0-9]{2}),([0-9]+)", r"\1.\2"),
    (r"([.][0-9]{6})[0-9]+", r"\1"),
    # dates of numbers: year first with hyphens, otherwise with slashes
    (r"^\s*([0-9]{4})\s*[-/. ]\s*([0-9]{1,2})\s*[-/. ]\s*([0-9]{1,2})(?:T|\s+|$)", r"\1-\2-\3 "),
    (r"^\s*([0-9]{4})\s*[-/.]\s*([0-9]{1,2})\s*$", r"\1-\2-01"),
    (r"^\s*([0-9]{1,2})\s*[-/.]\s*([0-9]{1,2})\s*[-/.]\s*([0-9]{4}|[0-9]{2})(?:T|[\s,]+|$)", r"\1/\2/\3 "),
    # names of months to three letters between blanks
    (r"(?i)([0-9])(?:st|nd|rd|th)([^a-z]|$)", r"\1\2"),
    (rf"(?i)(^|[^a-z])(?:of\s+)?{_MONTH}", r"\1 \2 \3"),
    (r"(?i)([0-9])\s*[-/.,]\s*([a-z]{3}) ", r"\1 \2 "),
    (r"(?i)([a-z]{3})\s*[-/.,]+\s*([0-9])", r"\1 \2"),
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


def needed(cells: Sequence[str]) -> tuple[int, ...]:
    """The steps that change any of these cells."""
    texts = [plain(cell) for cell in cells]
    steps = []
    for index, (pattern, becomes) in enumerate(_STEPS):
        changed = [re.sub(pattern, becomes, text).strip() for text in texts]
        if changed != texts:
            steps.append(index)
        texts = changed
    return tuple(steps)


def rewritten(cell: str, steps: Sequence[int]) -> str:
    """SQL: a date as 2024-03-05 14:05:09, or 3/5/2024, or 5 Mar 2024, with AM or PM and +08:00 behind the clock.

    The order of day and month stays as it was written; a cell that holds no date comes out as some text.
    """
    text = plain_sql(cell)
    for pattern, becomes in (_STEPS[index] for index in steps):
        text = f"trim(regexp_replace({text}, {literal(pattern)}, {literal(becomes)}, 'g'))"
    return text
