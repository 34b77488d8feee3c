"""Headers compared with the words for roles and with one another, and the months they name."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from churnbook.catalogue import schema
from churnbook.intake.files.marks import plain

SAME = 0.9
"""From this likeness on a header is a word known for the role; below it, it only contains one."""

_MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

_SIMPLIFIED = str.maketrans(
    "業費為買產個價會體關決準創別動務單發響員問備處復實對帳應開歸總戶換數時構標檔滿點狀離種碼稱類約細組終經結續編網費號見訂計議論評話語說調貝貨賬購貴貸進達運銷長閉間閱際項額題飯饋驗齡級與辦冊歷賣雙團幣當錄顯條區門電聯認識證負質贈還這裡錢預頻顧優變啟讓記設試無註",
    "业费为买产个价会体关决准创别动务单发响员问备处复实对帐应开归总户换数时构标档满点状离种码称类约细组终经结续编网费号见订计议论评话语说调贝货账购贵贷进达运销长闭间阅际项额题饭馈验龄级与办册历卖双团币当录显条区门电联认识证负质赠还这里钱预频顾优变启让记设试无注",
)
"""The traditional characters of the words that headers are made of, with their simplified form."""


@lru_cache(maxsize=4096)
def normal(text: str) -> str:
    """A header as it is compared: without case, marks and what stands in brackets, in simplified characters."""
    bare = re.sub(r"[(（\[【].*?[)）\]】]", "", text)
    return re.sub(r"[\W_]+", "", bare).casefold().translate(_SIMPLIFIED)


def likeness(role: schema.Role, header: str) -> float:
    """1 for a known word (earlier words a little more), less where the header only contains one."""
    written = normal(header)
    best = 0.0
    for index, word in enumerate(role.words):
        known = normal(word)
        if written == known:
            return 1.0 - index * 1e-3
        if role.kind == "timestamp" and _moment_of(written) == _moment_of(known):
            best = max(best, SAME + 0.05 - index * 1e-3)
        least = 4 if known.isascii() else 2
        if len(known) >= least and known in written:
            best = max(best, 0.2 + 0.5 * len(known) / len(written))
    return best


def _moment_of(normal_header: str) -> str:
    """A header without what only says that it is a time: ended of ended_on, ended at, ended date."""
    return re.sub(r"(?<=[a-z]{3})(?:on|at|date|time|day)$", "", normal_header)


def signature(headers: Sequence[str]) -> str:
    """A name for headers in this order, the same whatever their case and blanks."""
    alike = "\n".join(re.sub(r"\s+", "", header).casefold() for header in headers)
    return hashlib.sha256(alike.encode()).hexdigest()[:32]


def month(header: str) -> str | None:
    """The month a header names, as 2024-01; None where it names none."""
    text = plain(header).casefold()
    if found := re.fullmatch(
        r"(\d{4})\s*(?:[-/.]|年)\s*(\d\d?)\s*(?:月|[-/.]0?1(?: 00:00:00)?)?|(20\d\d|19\d\d)(\d\d)", text
    ):
        year, number = int(found[1] or found[3]), int(found[2] or found[4])
    elif found := re.fullmatch(r"([a-z]{3})[a-z]*[-/. ,']*(\d{4}|\d\d)|(\d{4})[-/. ]?([a-z]{3})[a-z]*", text):
        name, digits = found[1] or found[4], found[2] or found[3]
        year = int(digits) + (2000 if len(digits) == 2 else 0)
        number = _MONTH_NAMES.index(name) + 1 if name in _MONTH_NAMES else 0
    else:
        return None
    return f"{year}-{number:02}" if 1 <= number <= 12 and 1900 <= year < 2100 else None


def months_in_row(headers: Sequence[str]) -> dict[str, str]:
    """The headers that name months, with their months: at least three, most of them one after another; else none."""
    found = {header: each for header in headers if (each := month(header))}
    counted = sorted({int(each[:4]) * 12 + int(each[5:]) for each in found.values()})
    following = sum(after - before == 1 for before, after in pairwise(counted))
    is_row = len(found) == len(counted) >= 3 and 2 * following > len(counted) - 1
    return found if is_row else {}
