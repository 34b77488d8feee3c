"""The names of months and weekdays in the larger European languages, as Babel knows them."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache

from babel import dates

LETTERS = "A-Za-z\u00aa\u00b5\u00ba\u00c0-\u024f\u0370-\u03ff\u0400-\u04ff"
"""The letters of these languages, for a class of characters in Python's and in the engine's regular expressions."""

_LANGUAGES = ("de", "de_AT", "fr", "es", "it", "pt", "nl", "pl", "ru", "uk", "cs", "ro", "hu", "sv", "da", "nb")
_ALSO = {"mrz": 3, "maerz": 3}
"""Names that spreadsheets write and Babel does not."""
_OTHERWISE = ("pro", "led")
"""Short names of months that more often are something else."""
_LONGEST = 60
_WORD = re.compile(rf"[{LETTERS}]{{3,}}")
_ENGLISH = re.compile(
    "(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)(uary|ruary|ch|il|e|y|ust|t|tember|ober|ember)?"
)
_BESIDE_DIGITS = re.compile(
    rf"[0-9]{{1,2}}(?:\.|er|[ºª°])?[\s./-]*(?:de |del )?[{LETTERS}]{{3,}}\.?[\s./,-]*(?:de |del )?(?:[0-9]{{4}}|[0-9]{{2}})(?![0-9])"
    rf"|[{LETTERS}]{{3,}}\.?\s+(?:[0-9]{{1,2}},?\s+)?(?:de |del )?[0-9]{{4}}(?![0-9])"
    rf"|[0-9]{{4}}[\s./-]+[{LETTERS}]{{3,}}(?:\.?[\s./-]*[0-9]{{1,2}}(?![0-9])|\.?$)"
)
"""Where the name of a month stands in a date; the names are only loaded for a text that has some word there."""


def names_month(text: str) -> bool:
    """Whether a text holds a date with the name of a month or a weekday that is not the English one."""
    return (
        len(text) <= _LONGEST
        and _BESIDE_DIGITS.search(text) is not None
        and any(word in months() or word in weekdays() for word in map(str.casefold, _WORD.findall(text)))
    )


@cache
def months() -> Mapping[str, int]:
    """The names of months that are not read as English ones, each with its number; what means two months is left out."""
    found = defaultdict[str, set[int]](set)
    for language in _LANGUAGES:
        for width in ("wide", "abbreviated"):
            for context in ("format", "stand-alone"):
                for number, name in dates.get_month_names(width, context, language).items():
                    for word in _ways(name):
                        found[word].add(number)
    for word, number in _ALSO.items():
        found[word].add(number)
    return {
        word: next(iter(numbers))
        for word, numbers in found.items()
        if len(numbers) == 1 and len(word) >= 3 and word not in _OTHERWISE and not _ENGLISH.fullmatch(word)
    }


@cache
def weekdays() -> tuple[str, ...]:
    """The names of weekdays, those that may be months left out."""
    names = {
        word
        for language in _LANGUAGES
        for width in ("wide", "abbreviated")
        for context in ("format", "stand-alone")
        for name in dates.get_day_names(width, context, language).values()
        for word in _ways(name)
    }
    return tuple(
        sorted(name for name in names if len(name) > 1 and name not in months() and not _ENGLISH.fullmatch(name))
    )


def _ways(name: str) -> Iterator[str]:
    """A name in small letters without its point, with accents and without."""
    bare = name.casefold().rstrip(".")
    yield bare
    plain = "".join(mark for mark in unicodedata.normalize("NFKD", bare) if not unicodedata.combining(mark))
    if plain.isascii():
        yield plain
