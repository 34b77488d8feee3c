"""Headers compared with the words for roles and with one another, and the months they name."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise

from churnbook.catalogue import schema
from churnbook.intake.files.marks import plain

SAME = 0.9
"""From this likeness on a header is a word known for the role; below it, it only ends with one."""

_MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

_SIMPLIFIED = str.maketrans(
    "業費為買產個價會體關決準創別動務單發響員問備處復實對帳應開歸總戶換數時構標檔滿點狀離種碼稱類約細組終經結續編網費號見訂計議論評話語說調貝貨賬購貴貸進達運銷長閉間閱際項額題飯饋驗齡級與辦冊歷賣雙團幣當錄顯條區門電聯認識證負質贈還這裡錢預頻顧優變啟讓記設試無註帐",
    "业费为买产个价会体关决准创别动务单发响员问备处复实对账应开归总户换数时构标档满点状离种码称类约细组终经结续编网费号见订计议论评话语说调贝货账购贵贷进达运销长闭间阅际项额题饭馈验龄级与办册历卖双团币当录显条区门电联认识证负质赠还这里钱预频顾优变启让记设试无注账",
)
"""The traditional characters of the words that headers are made of, with their simplified form."""


@lru_cache(maxsize=4096)
def normal(text: str) -> str:
    """A header as it is compared: without case, marks and what stands in brackets, in simplified characters."""
    return re.sub(r"[\W_]+", "", _bare(text)).casefold().translate(_SIMPLIFIED)


def _bare(text: str) -> str:
    """A header with plain letters, without what stands in brackets unless nothing else does."""
    written = unicodedata.normalize("NFKC", text)
    bare = re.sub(r"[(（\[【].*?[)）\]】]", "", written)
    return bare if re.search(r"[^\W_]", bare) else written


_CHINESE = "\u4e00-\u9fff"
_BETWEEN_WORDS = re.compile(
    r"[\W_]+"
    r"|(?<=[a-z]{2})(?=[A-Z])"  # customerID, but not eMail or iPhone
    r"|(?<=[A-Z])(?=[A-Z][a-z]{2})"
    r"|(?<=\d)(?=[^\W\d_])|(?<=[^\W\d_])(?=\d)"
    rf"|(?<=[{_CHINESE}])(?=[^{_CHINESE}\W_])|(?<=[^{_CHINESE}\W_])(?=[{_CHINESE}])"
)


@lru_cache(maxsize=4096)
def words(text: str) -> tuple[str, ...]:
    """The words of a header, each as `normal` has it: of orderDate2 order, date, 2; a run of Chinese is one."""
    return tuple(normal(word) for word in _BETWEEN_WORDS.split(_bare(text)) if word)


_UNITS = frozenset(
    ("utc", "gmt", "local", "in", "usd", "eur", "gbp", "cny", "rmb", "jpy", "chf", "cad", "aud", "hkd", "twd", "inr")
)
"""Words behind the one that says what a column holds: amount usd, created at utc."""
_NAMES = frozenset(("name", "title", "名称", "名"))
"""Words that say that a text names what stands before: category name, 品类名称."""
_TIMES = frozenset(("on", "at", "date", "time", "day", "datetime", "timestamp"))
"""Words that say of a moment only that it is one: ended of ended on, ended at, ended date."""
_ONLY_A_TIME = re.compile(r"(?<=[a-z]{3})(?:on|at|date|time)$|(?<=[\u4e00-\u9fff]{2})(?:时间|日期|时刻|日)$")


@dataclass(frozen=True)
class _Spelling:
    """A header to be compared: as one text, its parts that end where it ends, likewise without its time, and its words."""

    text: str
    ends: tuple[str, ...]
    moment: str
    moment_ends: tuple[str, ...]
    named_ends: tuple[str, ...]
    words: frozenset[str]


@lru_cache(maxsize=4096)
def _spelling(header: str) -> _Spelling:
    found = words(header)
    stem = found
    while len(stem) > 1 and (stem[-1] in _UNITS or stem[-1].isdecimal()):
        stem = stem[:-1]
    moment = _moment_of(stem)
    named = _without_name(stem)
    return _Spelling(normal(header), _ends(stem), "".join(moment), _ends(moment), _ends(named), frozenset(found))


def _ends(found: Sequence[str]) -> tuple[str, ...]:
    """What a header ends with, longest first: whole words, and of Chinese any characters."""
    ends: list[str] = []
    rest = ""
    for word in reversed(found):
        starts = range(len(word) - 1, 0, -1) if "\u4e00" <= word[:1] <= "\u9fff" else range(0)
        ends += [word[start:] + rest for start in (*starts, 0)]
        rest = word + rest
    return tuple(reversed(ends))


def _moment_of(found: tuple[str, ...]) -> tuple[str, ...]:
    """Words without what only says that it is a time: ended of ended_on, ended at, endeddate; 下单 of 下单时间."""
    if len(found) > 1 and found[-1] in _TIMES:
        return found[:-1]
    return (*found[:-1], _ONLY_A_TIME.sub("", found[-1])) if found else found


def _without_name(found: tuple[str, ...]) -> tuple[str, ...]:
    if len(found) > 1 and found[-1] in _NAMES:
        return found[:-1]
    return (*found[:-1], re.sub(r"(?<=[\u4e00-\u9fff]{2})(?:名称|名)$", "", found[-1])) if found else found


@dataclass(frozen=True)
class _Index:
    """The roles by what tells of them: the whole of a header, what it ends with, and the same without its time.

    Each with the place of the word among those for the role. `unlike` are by role the words that say that another thing
    is meant, and those of them that are found inside a run of Chinese.
    """

    wholes: Mapping[str, Mapping[schema.Role, int]]
    endings: Mapping[str, Mapping[schema.Role, int]]
    moments: Mapping[str, Mapping[schema.Role, int]]
    unlike: Mapping[schema.Role, tuple[frozenset[str], tuple[str, ...]]]


@cache
def _index() -> _Index:
    wholes: dict[str, dict[schema.Role, int]] = {}
    endings: dict[str, dict[schema.Role, int]] = {}
    moments: dict[str, dict[schema.Role, int]] = {}
    unlike = {}
    for role in dict.fromkeys(role for table in schema.LOADABLE.values() for role in table.roles):
        for place, word in enumerate((*role.words, *role.alone)):
            written = normal(word)
            wholes.setdefault(written, {}).setdefault(role, place)
            if place < len(role.words):
                if _is_telling(written):
                    endings.setdefault(written, {}).setdefault(role, place)
                if role.kind == "timestamp" and _is_telling(moment := "".join(_moment_of(words(word)))):
                    moments.setdefault(moment, {}).setdefault(role, place)
        other = [normal(word) for word in role.unlike]
        unlike[role] = frozenset(filter(str.isascii, other)), tuple(word for word in other if not word.isascii())
    return _Index(wholes, endings, moments, unlike)


def _is_telling(word: str) -> bool:
    """Whether a word is long enough to say something at the end of a header: "id" and "to" are not."""
    return len(word) >= (3 if word.isascii() else 2)


def likeness(role: schema.Role, header: str) -> float:
    """How much a header says that it means a role: from SAME on it is a known word, earlier ones a little more.

    Less where only its last words are one, as a header ends with what it is: the customer of "web customer", but not
    of "customer type". 0 where it says nothing, or names something else of which the word is but a part.
    """
    return _told(header).get(role, 0.0)


_STEP = 2e-4
"""What a word is worth less than the one before it."""
_ASKING = frozenset(("is", "has", "was", "did", "accepts"))
"""Words of headers whose columns say yes or no."""


@lru_cache(maxsize=4096)
def _told(header: str) -> Mapping[schema.Role, float]:
    """What a header says of each role of which it says something."""
    index, spelled = _index(), _spelling(header)
    found: dict[schema.Role, float] = {}
    for ends, meant, kinds in (
        (spelled.named_ends, index.endings, ("text", "name")),
        (spelled.moment_ends, index.moments, ("timestamp",)),
        (spelled.ends, index.endings, tuple(schema.KINDS)),
    ):
        is_told: set[schema.Role] = set()
        for end in ends:
            for role, place in meant.get(end, {}).items():
                if role.kind in kinds and role not in is_told and not _means_another(role, spelled, index):
                    is_told.add(role)
                    found[role] = 0.2 + 0.5 * len(end) / len(ends[0]) - place * _STEP / 10
    for role, place in index.moments.get(spelled.moment, {}).items():
        found[role] = SAME + 0.04 - place * _STEP / 10
    for role, place in index.wholes.get(spelled.text, {}).items():
        found[role] = 1.0 - place * _STEP
    return found


def _means_another(role: schema.Role, spelled: _Spelling, index: _Index) -> bool:
    apart, within = index.unlike[role]
    if role.kind != "flag" and (spelled.words & _ASKING or spelled.text.startswith("是否")):
        return True
    return bool(spelled.words & apart) or any(word in spelled.text for word in within)


def says(header: str, meant: Collection[str]) -> bool:
    """Whether a header has one of these words, given as `normal` has them: as a word, or inside a run of Chinese."""
    spelled = _spelling(header)
    return any(word in spelled.words if word.isascii() else word in spelled.text for word in meant)


def is_named(name: str, meant: Sequence[str]) -> bool:
    """Whether the name of a file has a word that begins with one of these; Chinese ones may stand anywhere."""
    found = words(name)
    text = "".join(found)
    starts = [sum(len(word) for word in found[:place]) for place in range(len(found))]
    known = [normal(word) for word in meant]
    return any(text.startswith(word, start) for word in known for start in starts) or any(
        word in text for word in known if not word.isascii()
    )


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
