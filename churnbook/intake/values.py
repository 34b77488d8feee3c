"""Text to typed value: for each kind one SQL expression, the same for judging a sample and for loading.

A value that cannot be read with certainty is NULL, never a guess; the caller sets its row aside.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from churnbook import schema

_DAYS = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日", "%Y%m%d")
_CLOCKS = (
    "",
    " %H:%M:%S",
    " %H:%M",
    " %H:%M:%S.%f",
    "T%H:%M:%S",
    "T%H:%M:%S.%f",
    "T%H:%M",
    " %I:%M:%S %p",
    " %I:%M %p",
)
_MONTHS = ("%Y-%m", "%Y/%m", "%Y年%m月")
_ISO = (*(day + clock for day in _DAYS for clock in _CLOCKS), *_MONTHS)
_ZONED = ("T%H:%M:%S%z", " %H:%M:%S%z", "T%H:%M:%S.%f%z", " %H:%M:%S.%f%z", " %H:%M:%S %z")
_UTC = ("T%H:%M:%SZ", "T%H:%M:%S.%fZ", " %H:%M:%SZ", "T%H:%MZ", " %H:%M:%S UTC")
MONTH_FIRST = tuple(f"%m{mark}%d{mark}%Y{clock}" for mark in "/-." for clock in _CLOCKS)
DAY_FIRST = tuple(f"%d{mark}%m{mark}%Y{clock}" for mark in "/-." for clock in _CLOCKS)

_YES = ("yes", "y", "true", "t", "1", "1.0", "是", "真", "有", "已流失", "流失")
_NO = ("no", "n", "false", "f", "0", "0.0", "否", "假", "无", "未流失", "在网", "留存")
CANCELLED_ID = "[Cc][0-9]+"
"""The pattern of an order id that marks a cancellation, where the user says ids mark it."""


@dataclass(frozen=True)
class Dates:
    """How a column writes its dates: the format most cells use, and which of day and month is first."""

    usual: str | None = None
    day_first: bool = False


def literal(text: str) -> str:
    """A text as an SQL literal; only for the constants of this module and DuckDB's reader options."""
    return "'" + text.replace("'", "''") + "'"


_SPACES = " \t\r\n\x0b\x0c\u00a0\u2007\u202f\u3000\ufeff\u200b"


def stripped(cell: str) -> str:
    """SQL: the cell without white space of any kind at its ends."""
    return f"trim({cell}, {literal(_SPACES)})"


def _has_odd_ends(value: str) -> str:
    """SQL: whether white space other than the blank stands at an end; cheaper than stripping every cell of it."""
    ends = " or ".join(
        f"{function}({value}, {literal(space)})"
        for space in ("\t", "\u00a0", "\u3000")
        for function in ("starts_with", "ends_with")
    )
    return f"({value} < '!' or {ends} or {value} > {literal(chr(0xFEFF))})"


def is_null(cell: str) -> str:
    """SQL: the cell says nothing (empty, blank, or a word for nothing)."""
    words = "|".join(re.escape(word) for word in schema.NULL_WORDS)
    pattern = f"(?i)[{_SPACES}]*({words})?[{_SPACES}]*"
    return f"coalesce(regexp_full_match({cell}, {literal(pattern)}), true)"


_LONGEST_NULL_WORD = 8


def _null_words() -> str:
    return ", ".join(literal(word) for word in schema.NULL_WORDS)


def typed(cell: str, kind: str, dates: Dates = Dates()) -> str:
    """SQL: the cell's value in the DuckDB type of `kind`, NULL where it is none; to be `checked`.

    A timestamp expression binds the parameter $timezone: naive times are taken in it, others converted.
    """
    match kind:
        case "id" | "text" | "name":
            return f"nullif(trim({cell}), '')"
        case "money" | "number":
            return _number(cell, schema.KINDS[kind])
        case "flag":
            return _flag(cell)
        case "timestamp":
            return _timestamp(cell, dates)
    raise KeyError(kind)


def checked(value: str, kind: str, cell: str) -> str:
    """SQL: a typed value, NULL where it is a word for nothing or the engine read more than is written.

    A step of its own, because the engine computes an expression that stands twice for every row,
    even inside a branch that few rows take.
    """
    if kind in ("id", "text", "name"):
        return (
            f"case when {_has_odd_ends(value)} then nullif({stripped(cell)}, '')"
            f" when length({value}) > {_LONGEST_NULL_WORD} or lower({value}) not in ({_null_words()}) then {value} end"
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


_AMOUNT = (
    r"^\s*([-+]?)\s*(?:[¥￥$€£]|CNY|RMB|USD|EUR|GBP)?\s*"
    r"([-+]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?)\s*(?:元|件|个|次)?\s*$"
)


def _number(cell: str, type_: str) -> str:
    sign = f"regexp_extract({cell}, {literal(_AMOUNT)}, 1)"
    digits = f"regexp_extract({cell}, {literal(_AMOUNT)}, 2)"
    return f"coalesce(try_cast({cell} as {type_}), try_cast(replace({sign} || {digits}, ',', '') as {type_}))"


def _flag(cell: str) -> str:
    yes = ", ".join(literal(word) for word in _YES)
    no = ", ".join(literal(word) for word in _NO)
    return f"case when lower(trim({cell})) in ({yes}) then true when lower(trim({cell})) in ({no}) then false end"


def cancelled_id(cell: str) -> str:
    """SQL: whether an order id has the form of a cancellation."""
    return f"coalesce(regexp_full_match(trim({cell}), {literal(CANCELLED_ID)}), false)"


def formats(dates: Dates) -> tuple[str, ...]:
    """The formats tried, in order: the usual one of the column first."""
    known = (*_ISO, *(DAY_FIRST if dates.day_first else MONTH_FIRST))
    first = (dates.usual,) if dates.usual in known else ()
    return (*first, *(each for each in known if each != dates.usual))


def _timestamp(cell: str, dates: Dates) -> str:
    tries = [f"try_strptime({cell}, {literal(each)})" for each in formats(dates)]
    tries += [
        f"timezone($timezone, timezone('UTC', try_strptime({cell}, {literal(day + clock)})))"
        for day in _DAYS[:2]
        for clock in _UTC
    ]
    tries += [
        f"timezone($timezone, try_strptime({cell}, {literal(day + clock)}))" for day in _DAYS[:2] for clock in _ZONED
    ]
    return f"coalesce({', '.join(tries)})"


def format_shares(cell: str, candidates: tuple[str, ...]) -> str:
    """SQL: a list with, for each format, how many cells it reads (for a sample of a column)."""
    counts = ", ".join(f"count(try_strptime({cell}, {literal(each)}))" for each in candidates)
    return f"[{counts}]"


ALL_FORMATS = (*_ISO, *MONTH_FIRST, *DAY_FIRST)
