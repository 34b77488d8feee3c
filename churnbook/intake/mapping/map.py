"""Columns to roles: proposes which canonical table a sheet is and what each column means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from churnbook.catalogue import schema
from churnbook.intake.cells.dates import AS_WRITTEN, Choice
from churnbook.intake.cells.profile import Profile, profiles
from churnbook.intake.files import headers
from churnbook.intake.files.sheet import Sheet
from churnbook.intake.files.unpivoted import ROLES, Unpivot
from churnbook.intake.mapping import guess, unpivot
from churnbook.intake.mapping.rules import AS_MAPPED, Rules
from churnbook.words.language import N_
from churnbook.words.message import Refused, several

_CLOSE = 0.5
"""Tables whose scores differ by less than this could both be meant."""

Known = Literal["header", "roughly", "values", "made"]
"""What tells the meaning of a column: its header is a known word, contains one, the values look like it, or it was
made from other columns."""

_LISTED = 0.95
"""From this share of different ids on, rows are taken to be customers rather than what they did."""


@dataclass(frozen=True)
class MappedSheet:
    """A sheet with what it is: its table, for each role the header that carries it, and how its dates are read.

    `left_out` are headers whose values are not to be kept, `rules` what else is said of its rows.
    """

    sheet: Sheet
    table: str
    roles: Mapping[str, str]
    choice: Choice = AS_WRITTEN
    left_out: tuple[str, ...] = ()
    rules: Rules = AS_MAPPED

    @property
    def missing(self) -> tuple[schema.Role, ...]:
        """The required roles no column carries."""
        return tuple(
            role
            for role in schema.LOADABLE[self.table].required
            if role.name not in self.roles and not (self.rules.without_customers and role.name == "customer_id")
        )

    def check(self) -> None:
        """Raises Refused where a required role has no column or a header does not exist."""
        for header in (*self.roles.values(), *self.rules.headers):
            if header not in self.sheet.headers:
                raise unpivot.missing_column(self.sheet, header)
        if self.missing:
            raise Refused(
                N_("{file} cannot be loaded as {table}: no column is mapped to {roles}. Choose one in the mapping."),
                file=self.sheet.name,
                table=schema.LOADABLE[self.table].label,
                roles=several(role.label for role in self.missing),
            )

    def kept(self) -> tuple[str, ...]:
        """The headers without a role whose values are kept, as customer or event attributes."""
        if schema.LOADABLE[self.table].rest == "left":
            return ()
        taken = {*self.roles.values(), *self.left_out, *self.rules.headers}
        return tuple(header for header in self.sheet.headers if header not in taken)

    @property
    def plan(self) -> Plan:
        """How the sheet is loaded, to be kept and done again."""
        return Plan(self.sheet.name, self.table, self.roles, self.left_out, self.choice, self.sheet.unpivot, self.rules)


@dataclass(frozen=True)
class Plan:
    """How a sheet is loaded, apart from the sheet itself, so that it can be kept and done again.

    `sheet` is the name of the sheet as inspected; `unpivot` says how it is turned into rows first.
    """

    sheet: str
    table: str
    roles: Mapping[str, str]
    left_out: tuple[str, ...] = ()
    choice: Choice = AS_WRITTEN
    unpivot: Unpivot | None = None
    rules: Rules = AS_MAPPED

    def to_json(self) -> dict[str, Any]:
        """The plan as JSON."""
        return {
            "sheet": self.sheet,
            "table": self.table,
            "roles": dict(self.roles),
            "left_out": list(self.left_out),
            "choice": {"day_first": self.choice.day_first, "since_1904": self.choice.since_1904},
            "unpivot": self.unpivot.to_json() if self.unpivot else None,
            "rules": self.rules.to_json(),
        }

    @classmethod
    def of_json(cls, found: Mapping[str, Any]) -> Plan:
        """The plan of a JSON object; ValueError where it is none or names a table or role there is not."""
        try:
            table = schema.LOADABLE[found["table"]]
            how = found["reading"] if "reading" in found else found["unpivot"]  # remembered under its former name
            roles = {table.role(name).name: str(header) for name, header in found["roles"].items()}
            return cls(
                str(found["sheet"]),
                table.name,
                roles,
                tuple(str(header) for header in found["left_out"]),
                Choice(**found["choice"]),
                Unpivot.of_json(how) if how else None,
                Rules.of_json(found["rules"]) if "rules" in found else AS_MAPPED,
            )
        except (AttributeError, KeyError, TypeError) as error:
            raise ValueError(f"no plan: {found!r}") from error

    def fits(self, sheet: Sheet) -> bool:
        """Whether a sheet as inspected has the headers this asks for."""
        asked = {*self.unpivot.keys, *self.unpivot.columns} if self.unpivot else set()
        found = unpivot.headers(sheet, self.unpivot) if self.unpivot else sheet.headers
        return asked <= set(sheet.headers) and {*self.roles.values(), *self.rules.headers} <= set(found)

    def apply(self, sheet: Sheet, work: Path) -> MappedSheet:
        """The sheet as inspected, loaded this way; what is made of it on the way lies in the folder `work`.

        Raises Refused where it lacks a header or a required role.
        """
        unpivoted = unpivot.apply(sheet, self.unpivot, work) if self.unpivot else sheet
        left_out = tuple(header for header in self.left_out if header in unpivoted.headers)
        mapped = MappedSheet(unpivoted, self.table, self.roles, self.choice, left_out, self.rules)
        mapped.check()
        return mapped


@dataclass(frozen=True)
class Proposal:
    """What a sheet seems to be, and why.

    `known` says for each role what tells that its column is meant, `is_named` whether the sheet's name speaks for
    the table, `is_once` whether each customer has one row. `rival` is a table that fits nearly as well. `asked` are
    columns of dates of which a person must say whether one is the end, since without one nobody is ever lost.
    """

    mapped: MappedSheet
    score: float
    known: Mapping[str, Known]
    is_named: bool
    is_once: bool
    rival: str | None = None
    asked: tuple[str, ...] = ()


def files_of(mapped: Sequence[MappedSheet]) -> str:
    """The names of sheets for a sentence; one that feeds two tables is named once."""
    return ", ".join(dict.fromkeys(each.sheet.name for each in mapped))


def propose(sheet: Sheet, table: str | None = None) -> MappedSheet:
    """The likeliest table and roles of a sheet; with `table`, the likeliest roles for that table."""
    return explain(sheet, table).mapped


def explain(sheet: Sheet, table: str | None = None) -> Proposal:
    """What is proposed for a sheet, and why."""
    if sheet.unpivot and table is None:
        table = ROLES[sheet.unpivot.kind][0]
    judged = profiles(sheet)
    candidates = [schema.LOADABLE[table]] if table else list(schema.LOADABLE.values())
    scored = [_assign(sheet, candidate, judged) for candidate in candidates]
    best = max(scored, key=lambda each: each.score)
    close = [each for each in scored if each is not best and 0 < best.score < each.score + _CLOSE]
    return replace(best, rival=max(close, key=lambda each: each.score).mapped.table) if close else best


def _assign(sheet: Sheet, table: schema.Table, judged: Mapping[str, Profile]) -> Proposal:
    roles: dict[str, str] = {}
    known: dict[str, Known] = {}
    total = 0.0
    if sheet.unpivot and table.name == ROLES[sheet.unpivot.kind][0]:
        for role, header in zip(ROLES[sheet.unpivot.kind][1], sheet.headers[-2:], strict=True):
            roles[role], known[role] = header, "made"
    pairs = sorted(
        (
            (score, likeness, role.name, header)
            for role in table.roles
            for header in sheet.headers
            if (likeness := headers.likeness(role, header)) > 0
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
    is_wide = is_once and sum(profile.is_dated for profile in judged.values()) > 1
    for required in table.required:
        if required.name not in roles:
            likely = _by_values(required, sheet, table, judged, tuple(roles.values()))
            if likely is None:
                total -= 10
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
    return Proposal(MappedSheet(sheet, table.name, ordered), total, known, is_named, is_once, asked=asked)


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
        return guess.moment(role, sheet, judged, taken)
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
