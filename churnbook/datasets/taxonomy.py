"""The taxonomy of churn reasons: groups and reasons, the codes and phrases that mean them, and who acts on them.

A dataset keeps every version of its taxonomy, so that what an older one counted stays. The usual one is the file
reasons.toml beside this module.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from churnbook.datasets.facts import Facts
from churnbook.engine.duckdb import open_cursor
from churnbook.words.language import N_, _
from churnbook.words.message import Refused

FILE = Path(__file__).parent / "reasons.toml"

UNKNOWN, UNASSIGNED, NOBODY = "", "unassigned", "nobody"
"""Nothing was said; something was said that no reason stands for; nobody owns the reason."""

VOLUNTARY, INVOLUNTARY, OURS = "voluntary", "involuntary", "ours"
KINDS: Mapping[str, str] = MappingProxyType(
    {
        VOLUNTARY: N_("The customer chose to leave"),
        INVOLUNTARY: N_("The payment failed or was disputed"),
        OURS: N_("The company ended it"),
    }
)
"""Who or what ended it. The kinds are never ranked together."""

DEPARTMENTS: Mapping[str, str] = MappingProxyType(
    {
        "marketing": N_("Marketing"),
        "product": N_("Product team"),
        "sales": N_("Sales"),
        "service": N_("Service"),
        "finance": N_("Finance"),
    }
)
"""Who can act on a reason."""

LONGEST_NAME, LONGEST_PHRASE, MOST_REASONS, MOST_PHRASES = 60, 80, 200, 10_000

_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
_SEPARATORS = re.compile(r"[\s\u200b_\-]+")


@dataclass(frozen=True)
class Reason:
    """A group, which has no parent, or a reason of a group; an empty department or kind is that of the group.

    `name` is English where it is one of the usual list, else as the user wrote it.
    """

    key: str
    parent: str
    name: str
    department: str
    kind: str


@dataclass(frozen=True)
class Taxonomy:
    """Reasons in their order, and what means them: (code, reason), (phrase, reason) and (word, kind)."""

    reasons: tuple[Reason, ...]
    codes: tuple[tuple[str, str], ...]
    phrases: tuple[tuple[str, str], ...]
    kinds: tuple[tuple[str, str], ...]

    def checked(self) -> Taxonomy:
        """The taxonomy with codes and phrases as they are looked up, each once; Refused says what cannot be."""
        keys = [reason.key for reason in self.reasons]
        groups = {reason.key for reason in self.reasons if not reason.parent}
        names: set[tuple[str, str]] = set()
        if len(self.reasons) > MOST_REASONS or len(self.phrases) > MOST_PHRASES:
            raise Refused(
                N_("A list of reasons has up to {reasons} reasons and {phrases} phrases."),
                reasons=str(MOST_REASONS),
                phrases=str(MOST_PHRASES),
            )
        for reason in self.reasons:
            if not reason.name.strip() or len(reason.name) > LONGEST_NAME:
                raise Refused(
                    N_("Give each reason a name of 1 to {longest} characters; “{name}” has none."),
                    longest=str(LONGEST_NAME),
                    name=reason.name.strip()[:LONGEST_NAME] or reason.key,
                )
            if not _KEY.fullmatch(reason.key) or keys.count(reason.key) > 1 or reason.key == UNASSIGNED:
                raise Refused(N_("“{name}” stands twice among the reasons."), name=reason.name)
            if (reason.parent, reason.name.casefold()) in names:
                raise Refused(N_("“{name}” stands twice among the reasons."), name=reason.name)
            names.add((reason.parent, reason.name.casefold()))
            if reason.parent and reason.parent not in groups:
                raise Refused(N_("“{name}” belongs to a group that is not there."), name=reason.name)
            if (reason.department and reason.department not in DEPARTMENTS) or (
                reason.kind and reason.kind not in KINDS
            ):
                raise Refused(N_("“{name}” has an owner or a kind that does not exist."), name=reason.name)
        known = {*keys, UNKNOWN}
        return Taxonomy(
            self.reasons,
            tuple(sorted(_once((normal(code), reason) for code, reason in self.codes if reason in known).items())),
            tuple(sorted(dict.fromkeys((_phrase(text), reason) for text, reason in self.phrases if reason in known))),
            tuple(sorted(_once((normal(word), kind) for word, kind in self.kinds).items())),
        )


def normal(code: str) -> str:
    """A code as it is looked up: Too_Expensive and too-expensive are `too expensive`. As `reason_codings` has it."""
    return _SEPARATORS.sub(" ", code.lower()).strip(" ")


def _once(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The first that a code means."""
    found: dict[str, str] = {}
    for code, reason in pairs:
        if code:
            found.setdefault(code, reason)
    return found


def _phrase(text: str) -> str:
    """A phrase in the form it is looked for; Refused where it says too little, or has a sign where none can stand."""
    phrase = re.sub(r"\s*(?:\.{3}|…+)\s*", " ... ", " ".join(text.lower().replace("’", "'").split())).strip()
    parts = phrase.split(" ... ")
    says_too_little = any(re.fullmatch(r"[a-z0-9]?\*?|\.*|\W*", part) for part in parts)
    is_wrong = len(parts) > 2 or not all(re.fullmatch(r"[^*…]+\*?", part) and "..." not in part for part in parts)
    if says_too_little or is_wrong or len(phrase) > LONGEST_PHRASE:
        raise Refused(
            N_(
                "The phrase “{phrase}” cannot be looked for: write words, with * for any ending of the last one and one … "
                "for a few words in between."
            ),
            phrase=text[:LONGEST_PHRASE],
        )
    return phrase


@cache
def usual() -> Taxonomy:
    """The taxonomy a dataset begins with."""
    content = tomllib.loads(FILE.read_text(encoding="utf-8"))
    reasons: list[Reason] = []
    codes: list[tuple[str, str]] = [(code, UNKNOWN) for code in content["nothing"]["codes"]]
    phrases: list[tuple[str, str]] = []
    for group in content["group"]:
        for parent, each in [("", group), *((group["key"], reason) for reason in group.get("reason", ()))]:
            key = each["key"]
            reasons.append(Reason(key, parent, each["name"], each.get("department", ""), each.get("kind", "")))
            codes += [(key, key), (each["name"], key), *((code, key) for code in each["codes"])]
            phrases += [(phrase, key) for phrase in each["phrases"]]
    kinds = tuple((word, kind) for kind, words in content["kinds"].items() for word in words)
    return Taxonomy(tuple(reasons), tuple(codes), tuple(phrases), kinds).checked()


def usual_names() -> list[str]:
    """The names of the usual reasons, for their translators."""
    return [reason.name for reason in usual().reasons]


# Of a dataset


@dataclass(frozen=True)
class Version:
    """One version of a dataset's taxonomy: its number, when it was made (UTC), what was changed."""

    number: int
    made_at: Any
    note: str


def versions(facts: Facts) -> list[Version]:
    """The versions of a dataset's taxonomy, the newest first."""
    with open_cursor(facts.path) as cursor:
        rows = cursor.execute(
            "select taxonomy, made_at, note from main.reason_versions order by taxonomy desc"
        ).fetchall()
    return [Version(*row) for row in rows]


def of_dataset(facts: Facts, number: int) -> Taxonomy:
    """A version of a dataset's taxonomy."""
    asked = {"number": number}
    with open_cursor(facts.path) as cursor:

        def rows(columns: str, table: str, order: str) -> Sequence[Any]:
            return cursor.execute(
                f"select {columns} from main.{table} where taxonomy = $number order by {order}", asked
            ).fetchall()

        return Taxonomy(
            tuple(Reason(*row) for row in rows("reason, parent, name, department, kind", "reasons", "position")),
            tuple(rows("code, reason", "reason_codes", "code, reason")),
            tuple(rows("phrase, reason", "reason_phrases", "phrase, reason")),
            tuple(rows("word, kind", "reason_kinds", "word, kind")),
        )


def named(taxonomy: Taxonomy) -> dict[str, str]:
    """What each reason is called in the language spoken, by its key; with what is unknown and unassigned."""
    called = {reason.key: _(reason.name) for reason in taxonomy.reasons}
    same = {name for name in called.values() if list(called.values()).count(name) > 1}
    full = {
        reason.key: f"{called[reason.parent]} · {called[reason.key]}"
        for reason in taxonomy.reasons
        if reason.parent and called[reason.key] in same
    }
    return {
        **called,
        **full,
        UNKNOWN: _("No reason known"),
        UNASSIGNED: _("Not assigned"),
    }
