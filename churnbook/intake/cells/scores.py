"""Answers to surveys: which of them are a score, as scales write it, and which are words."""

from __future__ import annotations

import re
from functools import lru_cache

from churnbook.intake.files.marks import plain

_HAN = "\u4e00-\u9fff"
_LABEL = r"[^\W\d_][^.,;!?。，；！？]{0,39}"
_SCORE = re.compile(
    r"(?P<number>-?(?:0|[1-9][0-9]{0,5}|[1-9][0-9]{0,2},[0-9]{3})(?:[.,][0-9]{1,2})?)"
    r"(?:\s*/\s*(?P<most>[3-9]|1[01]|20|100))?"
    r"(?:\s*(?:分|星|points?|stars?))?"
    rf"(?:\s*\(\s*{_LABEL}\)|(?:\s*[:=]\s*|\s+[-—]\s*|\s*[-—]\s+|[-—](?=[{_HAN}])){_LABEL})?",
    re.IGNORECASE,
)


_BEGINS = re.compile(r"[\W_]{0,20}\d")


@lru_cache(maxsize=4096)
def score(cell: str) -> str | None:
    """The score an answer is, as 8.5; None where it is words.

    A score is a number with what scales put behind it: 9分, 9/10, 10 - Extremely likely, 5 (very good). A number of
    more than six digits, or one that begins with a zero as codes do, is none, nor are a span, a date or a sentence
    that begins with a number.
    """
    found = _SCORE.fullmatch(plain(cell)) if _BEGINS.match(cell) else None
    if found is None:
        return None
    number = found["number"]
    if re.fullmatch(r"-?\d{1,3},\d{3}(\.\d+)?", number):
        number = number.replace(",", "")
    number = number.replace(",", ".")
    if number.count(".") > 1 or (found["most"] and float(number) > float(found["most"])):
        return None
    return number
