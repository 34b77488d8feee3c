"""Known exports as data: a file of the folder recipes/ says by which headers one is told, and how it is read.

A file `recipes/<name>.toml` is all there is of a recipe; docs/exports.md says what each of its keys means.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path
from types import MappingProxyType
from typing import Any, NoReturn

from churnbook.catalogue import schema
from churnbook.intake.files.marks import alike
from churnbook.intake.files.sheet import Sheet
from churnbook.intake.mapping.guess import is_masked
from churnbook.intake.mapping.plan import MappedSheet, made
from churnbook.intake.mapping.rules import MEANINGS, Rules

FOLDER = Path(__file__).parent / "recipes"

ENOUGH = 0.6
"""From this share of its distinctive headers on, a sheet is taken for an export."""
CLEARLY = 0.1
"""By how much the share of the recipe taken must be above that of every other."""
FEWEST = 3
"""Fewer distinctive headers than this tell nothing."""

_KEYS = {
    "system": str, "title": str, "table": str, "source": str, "distinctive": list, "roles": dict, "states": dict,
    "dropped": dict, "personal": list, "aggregates": list, "ignored": list, "without_customers": bool,
    "questions": bool, "says": list,
}  # fmt: skip
_NEEDED = ("system", "title", "table", "source", "distinctive", "roles")


_Wrong = Callable[[str], NoReturn]


class RecipeError(ValueError):
    """A recipe file is not as it should be; says the file and what was expected."""


@dataclass(frozen=True)
class Recipe:
    """An export of a system: how it is told from others, and what its columns and states mean.

    `distinctive` holds for each header by which it is told the ways it is written, in the form of `alike`; all other
    headers are as the system writes them. `roles` names for each role the headers that can carry it, best first.
    `without_customers` says that it may come without any column for who it was, `questions` that every column without
    a use is a question of a survey, and the last header of `customer_id` the number of the response.
    """

    name: str
    system: str
    title: str
    table: str
    source: str
    distinctive: tuple[frozenset[str], ...]
    roles: Mapping[str, tuple[str, ...]]
    states: Mapping[str, str]
    dropped: Mapping[str, tuple[str, ...]]
    personal: tuple[str, ...] = ()
    aggregates: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    without_customers: bool = False
    questions: bool = False
    says: tuple[str, ...] = ()

    @property
    def needed(self) -> tuple[frozenset[str], ...]:
        """For each role without which a sheet cannot be loaded the headers that can carry it, as `alike`."""
        return tuple(
            frozenset(map(alike, self.roles[role.name]))
            for role in schema.LOADABLE[self.table].required
            if not (role.name == "customer_id" and self.without_customers)
        )

    def share(self, headers: Iterable[str]) -> float:
        """The share of its distinctive headers among headers as `alike`; 0 where they are few or a needed one lacks."""
        present = frozenset(headers)
        hits = sum(not ways.isdisjoint(present) for ways in self.distinctive)
        if hits < FEWEST or any(ways.isdisjoint(present) for ways in self.needed):
            return 0.0
        return hits / len(self.distinctive)


def read(path: Path) -> Recipe:
    """The recipe of one file; RecipeError names the file and what is wrong in it."""

    def wrong(why: str) -> NoReturn:
        raise RecipeError(f"{path.name}: {why}")

    try:
        found: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        wrong(f"this is no TOML: {error}")
    for key, value in found.items():
        if key not in _KEYS:
            wrong(f"there is no key {key}; the keys are {', '.join(_KEYS)}")
        if not isinstance(value, _KEYS[key]):
            wrong(f"{key} is to be a {_KEYS[key].__name__}")
    for key in _NEEDED:
        if not found.get(key):
            wrong(f"{key} is missing")
    if found["table"] not in schema.LOADABLE:
        wrong(f"there is no table {found['table']}; the tables are {', '.join(schema.LOADABLE)}")
    for key in ("personal", "aggregates", "ignored", "says"):
        _texts(found.setdefault(key, []), key, wrong)
    for key in ("roles", "dropped"):
        for name, listed in found.setdefault(key, {}).items():
            _texts(listed, f"{key}.{name}", wrong)
    recipe = Recipe(
        name=path.stem,
        system=found["system"],
        title=found["title"],
        table=found["table"],
        source=found["source"],
        distinctive=tuple(_ways(entry, wrong) for entry in found["distinctive"]),
        roles={role: tuple(headers) for role, headers in found["roles"].items()},
        states=found.get("states", {}),
        dropped={header: tuple(values) for header, values in found["dropped"].items()},
        personal=tuple(found["personal"]),
        aggregates=tuple(found["aggregates"]),
        ignored=tuple(found["ignored"]),
        without_customers=found.get("without_customers", False),
        questions=found.get("questions", False),
        says=tuple(found["says"]),
    )
    _check(recipe, wrong)
    return recipe


def _texts(found: Any, where: str, wrong: _Wrong) -> None:
    if not isinstance(found, list) or not all(isinstance(each, str) and each.strip() for each in found):
        wrong(f"{where} is to be a list of texts")


def _ways(entry: Any, wrong: _Wrong) -> frozenset[str]:
    """The ways a distinctive header is written."""
    ways = [entry] if isinstance(entry, str) else entry
    _texts(ways, "an entry of distinctive, unless it is a text,", wrong)
    if not ways:
        wrong("an entry of distinctive is an empty list")
    return frozenset(map(alike, ways))


def _check(recipe: Recipe, wrong: _Wrong) -> None:
    table = schema.LOADABLE[recipe.table]
    known = [role.name for role in table.roles]
    for role in recipe.roles:
        if role not in known:
            wrong(f"{table.name} have no role {role}; their roles are {', '.join(known)}")
    for needed in table.required:
        if not recipe.roles.get(needed.name) and not (needed.name == "customer_id" and recipe.without_customers):
            wrong(f"{table.name} need a header for the role {needed.name}")
    meanings = MEANINGS.get(table.name, {})
    for value, meaning in recipe.states.items():
        if meaning not in meanings:
            wrong(f"the state {value} means {meaning!r}; it can mean {', '.join(meanings) or 'nothing in this table'}")
    if recipe.states and not recipe.roles.get("status"):
        wrong("states are told, but no header has the role status")
    if recipe.questions and recipe.table != "surveys":
        wrong("questions are for surveys only")
    if len(recipe.distinctive) < FEWEST:
        wrong(f"at least {FEWEST} distinctive headers are needed")
    _once(chain.from_iterable(recipe.distinctive), "distinctive", wrong)
    _once(map(alike, recipe.states), "states", wrong)
    used = (recipe.personal, recipe.aggregates, recipe.ignored)
    _once(map(alike, chain(*recipe.roles.values(), recipe.dropped, *used)), "all lists together", wrong)


def _once(texts: Iterable[str], where: str, wrong: _Wrong) -> None:
    seen: set[str] = set()
    for text in texts:
        if text in seen:
            wrong(f"{text} stands twice in {where}")
        seen.add(text)


@cache
def all_recipes() -> Mapping[str, Recipe]:
    """Every recipe by its name, which is that of its file."""
    return MappingProxyType({path.stem: read(path) for path in sorted(FOLDER.glob("*.toml"))})


def recognise(written: Iterable[str]) -> Recipe | None:
    """The known export a sheet with these headers is, by the share of its distinctive headers; None where none is clearly the one."""
    headers = frozenset(map(alike, written))
    shares = [(recipe.share(headers), recipe) for recipe in all_recipes().values()]
    best, found = max(shares, key=lambda each: each[0], default=(0.0, None))
    rivals = max((share for share, recipe in shares if recipe is not found), default=0.0)
    return found if best >= ENOUGH and best - rivals >= CLEARLY else None


def apply(recipe: Recipe, sheet: Sheet) -> MappedSheet:
    """A sheet mapped as a recipe says: of the headers it names those that are there.

    Of the headers of a role the first carries it, and the others count where it says nothing. A column that is to tell
    customers apart does not where its values are masked or encrypted.
    """
    written: dict[str, str] = {}
    for header in sheet.headers:
        written.setdefault(alike(header), header)

    def present(named: Iterable[str]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(written[alike(each)] for each in named if alike(each) in written))

    carried = {role: present(named) for role, named in recipe.roles.items()}
    masked = tuple(header for header in carried.get("customer_id", ()) if is_masked(sheet, header))
    keys = tuple(header for header in carried.get("customer_id", ()) if header not in masked)
    if keys or recipe.without_customers:
        carried["customer_id"] = keys
    roles = {role: headers[0] for role, headers in carried.items() if headers} | made(sheet, recipe.table)
    rules = Rules(
        otherwise={role: headers[1:] for role, headers in carried.items() if headers[1:]},
        states=recipe.states if "status" in roles else {},
        dropped={written[alike(each)]: values for each, values in recipe.dropped.items() if alike(each) in written},
        as_of_export=present(recipe.aggregates),
        without_customers=recipe.without_customers and "customer_id" not in roles,
        recipe=recipe.name,
    )
    left_out = (
        *present([*recipe.personal, *recipe.ignored]),
        *(each for each in masked if each not in carried["customer_id"]),
    )
    return MappedSheet(sheet, recipe.table, roles, left_out=left_out, rules=rules)
