"""Text to typed value: for each kind one SQL expression, the same for judging a sample and for loading.

A value that cannot be read with certainty is NULL, never a guess; the caller sets its row aside.
"""

from __future__ import annotations

import re

from churnbook.intake.cells import dates, numbers
from churnbook.intake.cells.dates import Dates
from churnbook.intake.cells.numbers import Numbers
from churnbook.intake.files.marks import MARKS, SPACES, is_marked_text, literal, stripped, unmarked_text

Written = Dates | Numbers
"""How a column writes its values, where that is to be judged from the column."""

JUDGED = ("timestamp", "money", "number")
"""The kinds that columns write in different ways."""

_YES = (
    *("yes", "y", "true", "t", "1", "1.0", "on", "是", "真", "有", "对", "√", "✓", "✔", "☑"),
    *("已流失", "流失", "已取消", "已退款", "已注销", "１", "ｙ"),
)
_NO = (
    *("no", "n", "false", "f", "0", "0.0", "off", "否", "假", "无", "错", "×", "✗", "✘", "☐", "没有"),
    *("未流失", "在网", "留存", "未取消", "未退款", "未注销", "０", "ｎ"),
)
CANCELLED_ID = "[Cc][0-9]+"
"""The pattern of an order id that marks a cancellation, where the user says ids mark it."""

OPEN_END = "2099-12-31"
"""From this day on, the end of something means that it has not ended."""


def _has_odd_ends(value: str) -> str:
    """SQL: whether white space other than the blank stands at an end; cheaper than stripping every cell of it."""
    ends = " or ".join(
        f"{function}({value}, {literal(space)})"
        for space in ("\t", "\u00a0", "\u3000")
        for function in ("starts_with", "ends_with")
    )
    return f"({value} < '!' or {ends} or {value} > {literal(chr(0xFEFF))})"


def is_null(cell: str, kind: str) -> str:
    """SQL: a cell of that kind says nothing (empty, blank, or a word for nothing)."""
    pattern = f'(?i)[{SPACES}]*(?:=[{SPACES}]*"|[\'`])?({_any_null_word(kind)})?"?[{SPACES}]*'
    return f"coalesce(regexp_full_match({cell}, {literal(pattern)}), true)"


_NULL_WORDS: tuple[str, ...] = (
    *("null", "none", "nan", "n/a", "#n/a", "#null!", "(null)", "<null>", r"\n", "nil"),
    *("-", "--", "—", "——", "无", "空", "(空)", "（空）", "(空白)", "（空白）"),
)
"""Cells that mean nothing, besides the empty one; compared without case. NA is none of them in a text: Namibia."""

_NULL_WORDS_OF_IDS: tuple[str, ...] = ("na",)
"""Further words for nothing where an id, a number, a date or a flag is asked."""

_NULL_WORDS_OF_VALUES: tuple[str, ...] = (
    *("未知", "不详", "待定", "未填写", "unknown", "tbd", "0000-00-00", "0000-00-00 00:00:00", "0000/00/00", "/"),
    *("无退款申请", "无退款"),
)
"""Further words for nothing where a number, a date or a flag is asked; in a text “unknown” is a value."""

_LONGEST_NULL_WORD = max(map(len, (*_NULL_WORDS, *_NULL_WORDS_OF_IDS)))


def _null_words(kind: str) -> tuple[str, ...]:
    if kind in ("text", "name"):
        return _NULL_WORDS
    if kind == "id":
        return (*_NULL_WORDS, *_NULL_WORDS_OF_IDS)
    return (*_NULL_WORDS, *_NULL_WORDS_OF_IDS, *_NULL_WORDS_OF_VALUES)


def _any_null_word(kind: str) -> str:
    # a pattern: a long list of words the engine would join with every row, even inside a branch that few rows take
    return "|".join(re.escape(word) for word in _null_words(kind))


def typed(cell: str, kind: str, written: Written | None = None) -> str:
    """SQL: the cell's value in the DuckDB type of `kind`, NULL where it is none; to be `checked`.

    `written` is needed for the kinds of JUDGED. A timestamp expression may bind the parameter $timezone: naive
    times are taken in it, others converted.
    """
    match kind, written:
        case (("id" | "text" | "name"), _):
            return f"nullif(trim({cell}), '')"
        case (("money" | "number"), Numbers()):
            return numbers.read(cell, kind, written)
        case "timestamp", Dates():
            return dates.read(cell, written)
        case "flag", _:
            return _flag(cell)
    raise KeyError(kind)


def checked(value: str, kind: str, cell: str) -> str:
    """SQL: a typed value, NULL where it is a word for nothing or the engine read more than is written.

    A step of its own, because the engine computes an expression that stands twice for every row,
    even inside a branch that few rows take.
    """
    if kind in ("id", "text", "name"):
        word = literal(f"(?i)({_any_null_word(kind)})")
        return (
            f"case when {_has_odd_ends(value)} then nullif({unmarked_text(stripped(cell))}, '')"
            f" when {is_marked_text(value)} then nullif({unmarked_text(value)}, '')"
            f" when length({value}) > {_LONGEST_NULL_WORD} or not regexp_full_match({value}, {word}) then {value} end"
        )
    if kind == "timestamp":
        # the parser takes words such as "infinity" and "epoch" for the first day of 1900, two digits for a year
        word = f"({value} = timestamp '1900-01-01' and not contains({cell}, '1900'))"
        return f"case when {value} >= timestamp '1900-01-01' and {value} < timestamp '2201-01-01' and not {word} then {value} end"
    if kind == "number":
        return f"case when isfinite({value}) then {value} end"
    if kind == "money":
        return f"case when abs({value}) < 1e12 then {value} end"
    return value


def is_rounded(id: str) -> str:
    """SQL: whether an id is what a spreadsheet leaves of a long number, as 1.23E+15: its other digits are lost."""
    return f"((contains({id}, 'E+') or contains({id}, 'e+')) and regexp_full_match({id}, '[0-9]([.][0-9]+)?[eE][+][0-9]+'))"


def _flag(cell: str) -> str:
    yes = ", ".join(literal(word) for word in _YES)
    no = ", ".join(literal(word) for word in _NO)
    word = f"lower(trim({cell}, {literal(SPACES + chr(34) + ''.join(MARKS))}))"
    return f"case when {word} in ({yes}) then true when {word} in ({no}) then false end"


def cancelled_id(cell: str) -> str:
    """SQL: whether an order id has the form of a cancellation."""
    return f"coalesce(regexp_full_match(trim({cell}), {literal(CANCELLED_ID)}), false)"
