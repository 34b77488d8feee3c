"""How a column writes its numbers, judged from its cells, and the SQL that reads them so.

The decimal mark is decided for the whole column, never cell by cell. What a column was not seen to use
(a currency, a unit, a form of minus) is not read in it: such a cell is first judged with the others.
A percentage is no number: no role asks for a ratio, and 12.5% could mean 12.5 or 0.125.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from churnbook.catalogue import schema
from churnbook.intake.files.marks import literal, plain, plain_sql, unmarked, unmarked_sql

CURRENCIES = {
    "CNY": r"[¥￥元圆块]|(?i:CNY|RMB)|人民币",
    "USD": r"US\$|\$|(?i:USD)|美元",
    "HKD": r"HK\$|(?i:HKD)|港元|港币",
    "TWD": r"NT\$|(?i:TWD)",
    "EUR": r"€|(?i:EUR)|欧元",
    "GBP": r"£|(?i:GBP)|英镑",
    "JPY": r"(?i:JPY)|日元|円",
}
"""How the amounts of a column name their currency: for each one a pattern."""

_DOLLARS = r"(?:^|[^KT])[$＄]|(?i:USD)|美元"
_COUNTERS = "个月|件|个|次|笔|人|月"
_UNITS = {"万亿": 10**12, "亿": 10**8, "万": 10**4}
_ALL_CURRENCIES = "|".join(sorted(CURRENCIES.values(), key=len, reverse=True))
_SPACE = r"[ \t\x{a0}\x{2009}\x{202f}]"
_WRITTEN = re.compile(
    rf"(?P<sign>[-+]|\((?=.*\)$))? *(?P<before>{_ALL_CURRENCIES})? *(?P<inner>[-+(])? *(?P<digits>[0-9.,][0-9.,' ]*?) *"
    rf"(?P<unit>{'|'.join(_UNITS)})? *(?P<after>{_ALL_CURRENCIES}|{_COUNTERS})? *(?P<end>[-)])?"
)


@dataclass(frozen=True)
class Numbers:
    """How a column writes its numbers.

    `decimal` is the mark before decimals. `currencies` are keys of CURRENCIES; `forms` says what else occurs:
    "commas", "quotes" or "blanks" among digits, a "unit", a "counter" behind, a minus as "brackets" or at the
    "end", "full" width, and numbers "marked" as text.
    `open_marks` stand before three digits wherever they occur, so that they could mark thousands or decimals;
    `mixed` is a column where some cells only read with a decimal point and some only with a comma.
    """

    decimal: str = "."
    currencies: tuple[str, ...] = ()
    forms: frozenset[str] = frozenset()
    open_marks: tuple[str, ...] = ()
    mixed: bool = False


def judge(cells: Sequence[str]) -> Numbers:
    """How a column with these cells writes its numbers."""
    votes: Counter[str] = Counter()
    open_marks: set[str] = set()
    currencies: Counter[str] = Counter()
    forms: set[str] = set()
    for cell in cells:
        if _is_cast(cell):
            _vote(cell.strip().lstrip("+-"), votes, open_marks)
            continue
        bare = unmarked(cell)
        text = plain(bare)
        found = _WRITTEN.fullmatch(text)
        if found is None:
            continue
        if not _vote(found["digits"], votes, open_marks):
            continue
        forms |= {name for name, holds in _forms(bare, text, found).items() if holds}
        forms |= {"marked"} if bare != cell else set()
        for part in (found["before"], found["after"]):
            currencies.update(name for name, words in CURRENCIES.items() if part and re.fullmatch(words, part))
    decimal = "," if votes[","] > votes["."] else "."
    return Numbers(
        decimal,
        tuple(name for name in CURRENCIES if currencies[name]),
        frozenset(forms),
        open_marks=() if votes else tuple(sorted(open_marks)),
        mixed=min(votes[","], votes["."]) > 0,
    )


def shows_decimal(cell: str, mark: str) -> str:
    """SQL: whether a cell can only be read with this decimal mark: other than three digits stand behind it, once."""
    other = "," if mark == "." else "."
    pattern = rf"[^{mark}]*[{mark}]([0-9]{{0,2}}|[0-9]{{4,}})([^0-9{mark}{other}].*)?"
    return f"regexp_full_match({cell}, {literal(pattern)})"


def read(cell: str, kind: str, written: Numbers) -> str:
    """SQL: the number in a cell in the type of `kind`, exact, NULL where the column does not write it so."""
    type_ = schema.KINDS[kind]
    bare = unmarked_sql(cell) if "marked" in written.forms else cell
    direct = [f"try_cast({bare} as {type_})"] if written.decimal == "." else []
    if direct and not (written.forms - {"marked"} or written.currencies):
        return direct[0]
    text = plain_sql(bare) if "full" in written.forms else bare
    marked = [_cast(text, _signed(written), r"\1\2\3", type_, written)]
    marked += [_cast(text, each, r"-\1", type_, written) for each in _negative(written)]
    # where most cells name a currency, trying them as bare numbers first would cost more than reading them
    return f"coalesce({', '.join([*marked, *direct] if written.currencies else [*direct, *marked])})"


def _cast(text: str, pattern: str, kept: str, type_: str, written: Numbers) -> str:
    """SQL: the number of a text of this pattern, made of the groups kept; NULL for another text."""
    digits = f"regexp_replace({text}, {literal(f'^{pattern}$')}, {literal(kept)})"
    for name, mark in (
        ("blanks", " "),
        ("blanks", "\u00a0"),
        ("blanks", "\u2009"),
        ("blanks", "\u202f"),
        ("quotes", "'"),
    ):
        if name in written.forms:
            digits = f"replace({digits}, {literal(mark)}, '')"
    if written.decimal == ",":
        digits = f"replace(replace({digits}, '.', ''), ',', '.')"
    elif "commas" in written.forms:
        digits = f"replace({digits}, ',', '')"
    value = f"try_cast({digits} as {type_})"
    if "unit" in written.forms:
        times = " ".join(f"when contains({text}, {literal(unit)}) then {many}" for unit, many in _UNITS.items())
        value = f"try_cast(try_cast({digits} as decimal(24, 8)) * (case {times} else 1 end)::decimal(13, 0) as {type_})"
    return f"case when regexp_full_match({text}, {literal(pattern)}) then {value} end"


def names_currency(cell: str, currency: str) -> str:
    """SQL: whether a cell names that currency."""
    words = CURRENCIES[currency] if currency != "USD" else _DOLLARS
    return f"regexp_matches({cell}, {literal(words)})"


def _is_cast(cell: str) -> bool:
    try:
        Decimal(cell.strip(" "))
    except InvalidOperation:
        return False
    return cell.isascii()


def _vote(digits: str, votes: Counter[str], open_marks: set[str]) -> bool:
    """Count what the marks in a number say about the column's decimal mark; false where they make no sense."""
    if re.fullmatch(r"[0-9]+|[0-9]{1,3}(?:[ '][0-9]{3})+|[0-9.]+[eE][-+]?[0-9]+", digits):
        return True
    for decimal, group in ((".", ","), (",", ".")):
        grouped = rf"[0-9]{{1,3}}(?:(?:\{group}[0-9]{{3}})+|(?: [0-9]{{3}})+|(?:'[0-9]{{3}})+)"
        if re.fullmatch(rf"{grouped}\{decimal}[0-9]*|[0-9]{{1,3}}(?:\{group}[0-9]{{3}}){{2,}}", digits):
            votes[decimal] += 1
            return True
        single = re.fullmatch(rf"([0-9]*)\{decimal}([0-9]*)", digits)
        if single and (single[1] or single[2]):
            if re.fullmatch("[1-9][0-9]{0,2}", single[1]) and len(single[2]) == 3:
                open_marks.add(decimal)
            else:
                votes[decimal] += 1
            return True
    return False


def _forms(cell: str, text: str, found: re.Match[str]) -> dict[str, bool]:
    opened = "(" in (found["sign"], found["inner"])
    return {
        "commas": "," in found["digits"],
        "quotes": "'" in found["digits"],
        "blanks": " " in found["digits"],
        "unit": bool(found["unit"]),
        "counter": bool(found["after"] and re.fullmatch(_COUNTERS, found["after"])),
        "brackets": opened and found["end"] == ")",
        "end": found["end"] == "-",
        "full": text != cell.strip() and any(ord(mark) > 127 and mark not in "￥\u00a0\u2009\u202f" for mark in cell),
    }


def _signed(written: Numbers) -> str:
    """The pattern of the numbers a column writes, in the engine's regular expressions: signs and digits in groups."""
    before, body = _parts(written)
    return rf"{_SPACE}*([-+]?){_SPACE}*{before}([-+]?){_SPACE}*{body}{_SPACE}*"


def _negative(written: Numbers) -> list[str]:
    """The patterns of the negative numbers a column writes without a sign ahead."""
    before, body = _parts(written)
    patterns = []
    if "brackets" in written.forms:
        patterns.append(rf"{_SPACE}*{before}\({_SPACE}*{before}{body}{_SPACE}*\){_SPACE}*")
    if "end" in written.forms:
        patterns.append(rf"{_SPACE}*{before}{body}{_SPACE}*-{_SPACE}*")
    return patterns


def _parts(written: Numbers) -> tuple[str, str]:
    decimal, group = (r"\.", ",") if written.decimal == "." else (",", r"\.")
    marks = [group, *("'" for _ in written.forms & {"quotes"}), *(_SPACE for _ in written.forms & {"blanks"})]
    groups = "|".join(f"(?:{mark}[0-9]{{3}})+" for mark in marks)
    digits = rf"((?:[0-9]{{1,3}}(?:{groups})|[0-9]+)(?:{decimal}[0-9]*)?|{decimal}[0-9]+)"
    names = "|".join(CURRENCIES[name] for name in written.currencies)
    before = f"(?:(?:{names}){_SPACE}*)?" if names else ""
    behind = "|".join([*([names] if names else []), *([_COUNTERS] if "counter" in written.forms else [])])
    unit = f"(?:{_SPACE}*(?:{'|'.join(_UNITS)}))?" if "unit" in written.forms else ""
    return before, digits + unit + (f"(?:{_SPACE}*(?:{behind}))?" if behind else "")
