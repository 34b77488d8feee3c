"""What a sheet is taken for: its table, which column carries which role, and what else is said of its rows."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from churnbook.catalogue import schema
from churnbook.intake.cells.dates import AS_WRITTEN, Choice
from churnbook.intake.files.sheet import Sheet
from churnbook.intake.files.unpivoted import ROLES, Unpivot
from churnbook.intake.mapping import unpivot
from churnbook.intake.mapping.rules import AS_MAPPED, Rules
from churnbook.words.language import N_
from churnbook.words.message import Refused, several


@dataclass(frozen=True)
class Carried:
    """A column that carries a role: `name` is that of the role, with a number where it stands in for the one before."""

    name: str
    role: schema.Role
    header: str


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

    def carried(self) -> list[Carried]:
        """The columns that carry a role, in the order of the roles; of several the one that counts first before the others."""
        found = []
        for role in schema.LOADABLE[self.table].roles:
            if role.name in self.roles:
                headers = (self.roles[role.name], *self.rules.otherwise.get(role.name, ()))
                found += [
                    Carried(f"{role.name}__{i}" if i else role.name, role, header) for i, header in enumerate(headers)
                ]
        return found

    def by_hand(self, roles: Mapping[str, str], ignored: Collection[str] = ()) -> MappedSheet:
        """The same with these roles given to other columns by a person, and no use of those `ignored`.

        A person's word counts before any rule: of several columns of a role those that are left stand in for each other.
        """
        # a column means one thing, but that an order's id may mark cancellations as well
        gone = {*roles.values(), *ignored} - ({roles["is_cancelled"]} if "is_cancelled" in roles else set())
        left = {
            role: [each for each in (header, *self.rules.otherwise.get(role, ())) if each not in gone]
            for role, header in self.roles.items()
            if role not in roles
        }
        given = {role: headers[0] for role, headers in left.items() if headers} | dict(roles)
        taken = set(given.values())
        rules = replace(
            self.rules,
            otherwise={
                role: tuple(each for each in headers[1:] if each not in taken)
                for role, headers in left.items()
                if set(headers[1:]) - taken
            },
            dropped={header: each for header, each in self.rules.dropped.items() if header not in taken | gone},
            without_customers=self.rules.without_customers and "customer_id" not in given,
        )
        left_out = tuple(header for header in self.left_out if header not in taken)
        return replace(self, roles=given, rules=rules, left_out=left_out)

    def kept(self) -> tuple[str, ...]:
        """The headers without a role whose values are kept, as customer or event attributes."""
        if schema.LOADABLE[self.table].rest == "left":
            return ()
        taken = {*self.roles.values(), *self.left_out, *self.rules.headers}
        taken |= set(said_otherwise(self.sheet, taken))
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


def made(sheet: Sheet, table: str) -> dict[str, str]:
    """The roles in a table of the columns that were made in turning a sheet into rows, where they are rows of it."""
    if sheet.unpivot is None or ROLES[sheet.unpivot.kind][0] != table:
        return {}
    roles = ROLES[sheet.unpivot.kind][1]
    return dict(zip(roles, sheet.headers[-len(roles) :], strict=True))


def files_of(mapped: Sequence[MappedSheet]) -> str:
    """The names of sheets for a sentence; one that feeds two tables is named once."""
    return ", ".join(dict.fromkeys(each.sheet.name for each in mapped))


def said_otherwise(sheet: Sheet, used: Collection[str]) -> tuple[str, ...]:
    """Columns that say nothing more beside those used: a day and a clock beside what joins them, or that beside them."""
    joined = sheet.headers[sheet.width :]
    beside = sheet.parts if any(header in used for header in joined) else joined
    return tuple(header for header in sheet.headers if header in beside and header not in used)
