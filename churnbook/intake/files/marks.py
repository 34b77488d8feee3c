"""The marks of a cell: literals of SQL, white space of every kind, full-width marks as their plain ones."""

from __future__ import annotations

import re
import unicodedata

SPACES = " \t\r\n\x0b\x0c\u00a0\u2007\u2009\u202f\u3000\ufeff\u200b"

MARKS = ("'", "=", "`")
"""What stands before a text that programs shall not read as a number or a formula."""

_GROUPS = r"\1\2\3"

_FULL_WIDTH = {
    **{chr(0xFF10 + digit): str(digit) for digit in range(10)},
    **{chr(0xFF01 + index): chr(0x21 + index) for index in (2, 3, 4, 6, 7, 8, 10, 11, 12, 13, 14, 25)},
    **dict.fromkeys("\u2010\u2011\u2013\u2212", "-"),
    **dict.fromkeys(SPACES[1:-2], " "),
    "￥": "¥",
    "’": "'",
}
_GONE = "\u200b\u200e\u200f\ufeff"
_FROM = "".join(_FULL_WIDTH) + _GONE
_TO = "".join(_FULL_WIDTH.values())
_TABLE = str.maketrans(_FULL_WIDTH | dict.fromkeys(_GONE, ""))


def literal(text: str) -> str:
    """A text as an SQL literal; only for constants of this package and DuckDB's reader options."""
    return "'" + text.replace("'", "''") + "'"


_QUOTED = r'=\s*"(.*)"'
_BACKTICK = "`([^`]*)"
_AS_TEXT = re.compile(f"(?s)^[{SPACES}]*(?:{_QUOTED}|'(.*)|{_BACKTICK})[{SPACES}]*$")
_TEXT_AS_TEXT = f"(?s)^(?:{_QUOTED}|'([-+]?[0-9][-0-9 .,:/*+]*|[-+=@].*|)|{_BACKTICK})$"


def unmarked(text: str) -> str:
    """A text without what keeps spreadsheets from reading it as a number or a formula: '00123, ="00123" or `00123."""
    if text.lstrip(SPACES)[:1] not in MARKS:
        return text
    found = _AS_TEXT.match(text)
    return found[1] or found[2] or found[3] or "" if found else text


def unmarked_sql(cell: str) -> str:
    """SQL: what `unmarked` makes of a cell."""
    return f"regexp_replace({cell}, {literal(_AS_TEXT.pattern)}, {literal(_GROUPS)})"


def is_marked_text(cell: str) -> str:
    """SQL: whether a text, without blanks at its ends, may begin with such a mark; cheap, for every text there is."""
    return f"({cell} < 'a' and ({' or '.join(f'starts_with({cell}, {literal(mark)})' for mark in MARKS)}))"


def unmarked_text(cell: str) -> str:
    """SQL: a text without such marks; an apostrophe before letters belongs to it, as in 's-Hertogenbosch."""
    return f"regexp_replace({cell}, {literal(_TEXT_AS_TEXT)}, {literal(_GROUPS)})"


def stripped(cell: str) -> str:
    """SQL: the cell without white space of any kind at its ends."""
    return f"trim({cell}, {literal(SPACES)})"


def plain(text: str) -> str:
    """A text with plain digits, marks and blanks for full-width and typographic ones, stripped."""
    return text.translate(_TABLE).strip()


def plain_sql(cell: str) -> str:
    """SQL: what `plain` makes of a cell."""
    return f"trim(translate({cell}, {literal(_FROM)}, {literal(_TO)}))"


_INVISIBLE = dict.fromkeys(map(ord, "\ufeff\u200b\u200e\u200f"))


def alike(text: str) -> str:
    """A header, or a value of a state, as it is compared.

    Its width, case, blanks and the two ways of writing 账 make no difference, nor do marks that keep a spreadsheet
    from reading a text as a number.
    """
    bare = unicodedata.normalize("NFKC", text.translate(_INVISIBLE)).replace("帐", "账").casefold()
    return re.sub(r"\s+", " ", bare).strip("`' ")
