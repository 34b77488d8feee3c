"""Columns to roles: proposes which canonical table a sheet is and what each column means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from churnbook.catalogue import schema
from churnbook.intake.cells.profile import Profile, profiles
from churnbook.intake.files import headers
from churnbook.intake.files.sheet import Sheet
from churnbook.intake.files.unpivoted import ROLES
from churnbook.intake.mapping import guess
from churnbook.intake.mapping import recipe as recipes
from churnbook.intake.mapping.plan import MappedSheet, made, said_otherwise
from churnbook.intake.mapping.recipe import Recipe

_CLOSE = 0.5
"""Tables whose scores differ by less than this could both be meant."""

Known = Literal["header", "roughly", "values", "made", "recipe"]
"""What tells the meaning of a column: its header is a known word, contains one, the values look like it, it was made
from other columns, or the file is a known export."""

_LISTED = 0.95
"""From this share of different ids on, rows are taken to be customers rather than what they did."""


@dataclass(frozen=True)
class Proposal:
    """What a sheet seems to be, and why.

    `known` says for each role what tells that its column is meant, `is_named` whether the sheet's name speaks for
    the table, `is_once` whether each customer has one row. `rival` is a table that fits nearly as well, `recipe` the
    known export it is. `unread` is a table that fits but for a column that is to date its rows, that column, and a value of
    it that is no date. `asked` are columns of dates of which a person must say whether one is the end, since without
    one nobody is ever lost.
    """

    mapped: MappedSheet
    score: float
    known: Mapping[str, Known]
    is_named: bool
    is_once: bool
    rival: str | None = None
    recipe: Recipe | None = None
    asked: tuple[str, ...] = ()
    unread: tuple[str, str, str] | None = None


def propose(sheet: Sheet, table: str | None = None) -> MappedSheet:
    """The likeliest table and roles of a sheet; with `table`, the likeliest roles for that table."""
    return explain(sheet, table).mapped


def explain(sheet: Sheet, table: str | None = None, by_recipe: bool = True) -> Proposal:
    """What is proposed for a sheet, and why: as a known export, unless that is not wanted, else by headers and values."""
    is_whole = sheet.unpivot is None or sheet.unpivot.kind == "questions"
    if by_recipe and is_whole and (known := recipes.recognise(sheet.headers_in_file)) and table in (None, known.table):
        return _known(sheet, known)
    if sheet.unpivot and table is None:
        table = ROLES[sheet.unpivot.kind][0]
    judged = profiles(sheet)
    candidates = [schema.LOADABLE[table]] if table else [each for each in schema.LOADABLE.values() if each.is_guessed]
    scored = [_assign(sheet, candidate, judged) for candidate in candidates]
    best = max(scored, key=lambda each: each.score)
    close = [each for each in scored if each is not best and 0 < best.score < each.score + _CLOSE]
    best = replace(best, mapped=_with_rules(best.mapped, judged), unread=_unread(best, candidates, judged))
    return replace(best, rival=max(close, key=lambda each: each.score).mapped.table) if close else best


def _unread(
    best: Proposal, tables: Sequence[schema.Table], judged: Mapping[str, Profile]
) -> tuple[str, str, str] | None:
    """What a sheet would be if a column named for the time of its rows could be read as one; None where nothing is."""
    if best.mapped.table != schema.CUSTOMERS.name and not best.mapped.missing:
        return None
    sheet = best.mapped.sheet
    for table in (each for each in tables if each.activity and each.moment):
        moment = table.role(table.moment or "")
        named = [
            header
            for header in sheet.headers
            if headers.likeness(moment, header) >= headers.SAME
            and judged[header].filled
            and not guess.possible(moment, judged[header])
        ]
        others = [
            role for role in table.roles if role.name in ("order_id", "amount", "event", "mrr", "plan", "product")
        ]
        fits = any(
            headers.likeness(role, header) >= headers.SAME and guess.possible(role, judged[header])
            for role in others
            for header in sheet.headers
        )
        if named and fits:
            index = sheet.headers.index(named[0])
            return table.name, named[0], next(cell for row in sheet.sample if (cell := row[index]))
    return None


def _known(sheet: Sheet, recipe: Recipe) -> Proposal:
    mapped = recipes.apply(recipe, sheet)
    told: dict[str, Known] = dict.fromkeys(mapped.roles, "recipe")
    told |= dict.fromkeys(made(sheet, recipe.table), "made")
    return Proposal(mapped, float(len(told)), told, is_named=False, is_once=False, recipe=recipe)


def _with_rules(mapped: MappedSheet, judged: Mapping[str, Profile]) -> MappedSheet:
    """A proposal with the further columns that tell its customers apart."""
    customer = mapped.roles.get("customer_id")
    if customer is None or mapped.sheet.unpivot:
        return mapped
    table = schema.LOADABLE[mapped.table]
    further = guess.further_keys(mapped.sheet, table, customer, judged, tuple(mapped.roles.values()))
    return replace(mapped, rules=replace(mapped.rules, otherwise={"customer_id": further})) if further else mapped


def _assign(sheet: Sheet, table: schema.Table, judged: Mapping[str, Profile]) -> Proposal:
    roles: dict[str, str] = {}
    known: dict[str, Known] = {}
    total = 0.0
    for role, header in made(sheet, table.name).items():
        roles[role], known[role] = header, "made"
    pairs = sorted(
        (
            (score, likeness, role.name, header)
            for role in table.roles
            for header in sheet.headers
            if (likeness := _likeness(role, sheet, header)) > 0
            and guess.possible(role, judged[header])
            and (score := likeness * _trust(sheet, table, role, header, judged[header], likeness)) > 0
        ),
        key=lambda pair: -pair[0],
    )
    for score, likeness, role, header in pairs:
        if role not in roles and header not in roles.values():
            roles[role] = header
            known[role] = "header" if likeness >= headers.SAME else "roughly"
            total += score
    if table is schema.ORDERS and guess.price_alone(roles):
        roles["amount"], known["amount"] = roles.pop("unit_price"), "roughly"
        known.pop("unit_price")
    customer = roles.get("customer_id")
    is_once = customer is not None and judged[customer].distinct == judged[customer].filled > 20
    # of several dates in the row of a customer none is the one that dates the row
    dated = [header for header, profile in judged.items() if profile.is_dated and header not in sheet.parts]
    is_wide = is_once and len(dated) > 1
    # what has the ids and times of orders is orders, also where nothing tells whose they are
    is_nobodys = table.may_lack_customer and {"order_id", table.moment} <= roles.keys()
    for required in table.required:
        if required.name not in roles:
            likely = _by_values(required, sheet, table, judged, tuple(roles.values()))
            if likely is None:
                total -= 1 if is_nobodys and required.name == "customer_id" else 10
            else:
                roles[required.name], known[required.name] = likely, "values"
                total += -1 if is_wide and required.name == table.moment else 0.3
    is_named = headers.is_named(sheet.name, table.words)
    if is_named:
        total += 0.75
    if customer and judged[customer].filled > 20:
        # a list may hold a few customers twice
        is_list = judged[customer].distinct >= _LISTED * judged[customer].filled
        if table is schema.CUSTOMERS:
            total += 0.4 if is_list else -0.6
        elif (
            is_list
            and not {"order_id", "subscription_id"} & roles.keys()
            and _is_sign_up(roles.get(table.moment or ""))
        ):
            total -= 1
    asked = _find_end(sheet, judged, roles, known) if table is schema.SUBSCRIPTIONS else ()
    ordered = {role.name: roles[role.name] for role in table.roles if role.name in roles}
    left_out = said_otherwise(sheet, ordered.values()) if table.rest != "left" else ()
    mapped = MappedSheet(sheet, table.name, ordered, left_out=left_out)
    return Proposal(mapped, total, known, is_named, is_once, asked=asked)


def _likeness(role: schema.Role, sheet: Sheet, header: str) -> float:
    """How well a header names a role; a day and a clock that are joined name times together, not each for itself."""
    if role.kind != "timestamp" or not sheet.joined:
        return headers.likeness(role, header)
    if header in sheet.parts:
        return 0.0
    pair = dict(zip(sheet.headers[sheet.width :], sheet.joined, strict=True)).get(header, ())
    return max(headers.likeness(role, each) for each in (header, *(sheet.headers[index] for index in pair)))


def _is_sign_up(header: str | None) -> bool:
    """Whether a date may well be the day somebody became a customer, as "created" is."""
    return header is not None and headers.likeness(schema.CUSTOMERS.role("signed_up_at"), header) >= headers.SAME


def _trust(
    sheet: Sheet, table: schema.Table, role: schema.Role, header: str, profile: Profile, likeness: float
) -> float:
    if role.name != "customer_id":
        return 1.0
    return guess.trust(sheet, table, header, profile, is_known=likeness >= headers.SAME)


def _by_values(
    role: schema.Role, sheet: Sheet, table: schema.Table, judged: Mapping[str, Profile], taken: Sequence[str]
) -> str | None:
    if role.kind == "timestamp":
        return guess.moment(role, sheet, judged, (*taken, *sheet.parts))
    if role.kind == "name":
        return guess.category(sheet, judged, taken)
    if role.name == "customer_id":
        return guess.customer(sheet, table, judged, taken)
    return None


def _find_end(
    sheet: Sheet, judged: Mapping[str, Profile], roles: dict[str, str], known: dict[str, Known]
) -> tuple[str, ...]:
    """Give the end of subscriptions to a date that is left over and named like one; else the dates to ask about."""
    if guess.ENDS & roles.keys():
        return ()
    found = guess.ends(sheet, judged, tuple(roles.values()))
    roles |= found
    known |= dict.fromkeys(found, "roughly")
    return () if found else guess.left_over(sheet, judged, tuple(roles.values()))
