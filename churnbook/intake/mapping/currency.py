"""The currency of amounts, proposed by how cells mark them; a mark of several currencies is decided by language."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from churnbook.catalogue import schema
from churnbook.intake.cells import numbers
from churnbook.intake.mapping.plan import MappedSheet
from churnbook.words.language import N_

CODES = (*numbers.CURRENCIES, "AUD", "CAD", "CHF", "INR", "KRW", "SGD", "THB", "VND")
"""The currencies offered to choose from."""

_YEN_OR_YUAN = re.compile(r"[¥￥]")
_SIGNS = re.compile(r"US\$|HK\$|NT\$|[^\s\d.,'()+-]+")
_KANA = re.compile("[\u3040-\u30ff]")
_HAN = re.compile("[\u4e00-\u9fff]")
_JAPANESE = ("cp932", "shift_jis", "shift-jis", "euc_jp", "euc-jp", "iso-2022-jp")


@dataclass(frozen=True)
class Proposed:
    """A currency (ISO 4217) and the mark it was told by; with what it could be too, and why it was preferred."""

    code: str
    sign: str
    other: str | None = None
    why: str = ""


def proposed(mapped: Sequence[MappedSheet], locale: str, zone: str) -> Proposed | None:
    """The currency that most marked amounts name, judged on the first rows of sheets.

    None where none is marked, or where a column says it. `locale` and `zone` are those of the reader, who decides
    between yuan and yen where the files do not.
    """
    if any("currency" in each.roles for each in mapped):
        return None
    signs: Counter[tuple[str, str]] = Counter()
    for cell in _amounts(mapped):
        for code in numbers.judge([cell]).currencies:
            if mark := _SIGNS.search(cell):
                signs[code, mark[0]] += 1
    if not signs:
        return None
    (code, sign), _times = signs.most_common(1)[0]
    if not _YEN_OR_YUAN.search(sign):
        return Proposed(code, sign)
    code, other, why = _yen_or_yuan(mapped, locale, zone)
    return Proposed(code, sign, other, why)


def _yen_or_yuan(mapped: Sequence[MappedSheet], locale: str, zone: str) -> tuple[str, str, str]:
    text = " ".join(_texts(mapped))
    yuan, yen = ("CNY", "JPY"), ("JPY", "CNY")
    if _KANA.search(text) or any((each.sheet.encoding or "").lower() in _JAPANESE for each in mapped):
        return *yen, N_("the file is in Japanese")
    if _HAN.search(text):
        return *yuan, N_("the file is in Chinese")
    if locale.lower().startswith("ja") or zone == "Asia/Tokyo":
        return *yen, N_("your browser is set to Japan")
    return *yuan, N_("the file does not say which")


def _amounts(mapped: Sequence[MappedSheet]) -> Iterator[str]:
    """The cells of amounts among the first rows."""
    for each in mapped:
        kinds = {role.name: role.kind for role in schema.LOADABLE[each.table].roles}
        for role, header in each.roles.items():
            if kinds[role] == "money" and header in each.sheet.headers:
                index = each.sheet.headers.index(header)
                yield from (cell for row in each.sheet.sample if (cell := row[index]))


def _texts(mapped: Sequence[MappedSheet]) -> Iterator[str]:
    """Headers, names and the first rows of sheets."""
    for each in mapped:
        yield each.sheet.name
        yield from each.sheet.headers
        yield from (cell for row in each.sheet.sample[:50] for cell in row if cell)
