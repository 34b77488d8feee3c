"""The churn definition of a dataset: what a lost customer is, and who is left out of every figure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from churnbook.catalogue import queries, schema
from churnbook.catalogue.query import QueryError, Value
from churnbook.engine.duckdb import Cursor, Session
from churnbook.words.formats import number
from churnbook.words.language import N_, _, ngettext

BY_SUBSCRIPTION, BY_INACTIVITY, AS_RECORDED = "churned_by_subscription", "churned_by_inactivity", "churned_as_recorded"
DEFINITIONS = (BY_SUBSCRIPTION, BY_INACTIVITY, AS_RECORDED)

_WRITTEN = re.compile(r"(?P<query>[a-z_]+(?:@\d+)?)(?::(?P<parameters>.+))?")


@dataclass(frozen=True)
class Definition:
    """A churn definition: a query, pinned, with all its parameters."""

    query: str
    version: int
    parameters: tuple[tuple[str, Value], ...]

    @classmethod
    def of(cls, text: str) -> Definition:
        """The definition written as `churned_by_inactivity:days=90`; a version may be named with `@`.

        Raises QueryError where there is none of that name or its parameters are not right.
        """
        written = _WRITTEN.fullmatch(text.strip())
        name = written["query"].partition("@")[0] if written else text
        if written is None or name not in DEFINITIONS:
            raise QueryError(f"there is no churn definition {name!r}; choose from {', '.join(DEFINITIONS)}")
        given: dict[str, str] = {}
        for part in (written["parameters"] or "").split(","):
            if part:
                key, equals, value = part.partition("=")
                if not equals:
                    raise QueryError(f"write the parameters of a churn definition as name=value, not {part!r}")
                given[key.strip()] = value.strip()
        return cls.made(written["query"], given)

    @classmethod
    def made(cls, reference: str, given: Mapping[str, object]) -> Definition:
        """The definition of a query with these parameters; those not given take their defaults."""
        query = queries.catalogue().find(reference)
        bound = queries.catalogue().bind(query, given)
        return cls(query.name, query.version, tuple(bound.items()))

    @property
    def text(self) -> str:
        """The definition as it is written in settings and on the command line."""
        parameters = ",".join(f"{name}={value}" for name, value in self.parameters)
        return f"{self.query}@{self.version}" + (f":{parameters}" if parameters else "")

    @property
    def days(self) -> int:
        """The days without activity, or the gap allowed between subscriptions; 0 as recorded."""
        return next((int(str(value)) for _name, value in self.parameters), 0)

    @property
    def wait_days(self) -> int:
        """How many days after a churn it can still turn out to be none."""
        return self.days if self.query == BY_SUBSCRIPTION else 0

    @property
    def words(self) -> str:
        """The definition in the language spoken: Lost after 90 days without activity."""
        if self.query == BY_INACTIVITY:
            return ngettext(
                "Lost after {n} day without activity", "Lost after {n} days without activity", self.days
            ).format(n=number(self.days))
        if self.query == AS_RECORDED:
            return _("Lost where the files say so")
        if not self.days:
            return _("Lost when the subscription has ended")
        return ngettext(
            "Lost when the subscription has ended and none starts within {n} day",
            "Lost when the subscription has ended and none starts within {n} days",
            self.days,
        ).format(n=number(self.days))

    def derive(self, connection: Cursor) -> None:
        """Fill `main.churns`, which is empty, of the dataset a connection writes to; it holds the table `scope`."""
        query = queries.catalogue().find(f"{self.query}@{self.version}")
        Session(connection).insert(query, dict(self.parameters), "main.churns")


def possible(filled: Mapping[str, Any], is_recorded: bool) -> tuple[str, ...]:
    """The definitions a dataset allows; `filled` are its tables with rows, `is_recorded` whether its files name churn."""
    found = []
    if filled.get("subscriptions"):
        found.append(BY_SUBSCRIPTION)
    if any(filled.get(name) for name in schema.ACTIVITIES):
        found.append(BY_INACTIVITY)
    if is_recorded or filled.get("exits"):
        found.append(AS_RECORDED)
    return tuple(found)


def usual(filled: Mapping[str, Any], is_recorded: bool) -> Definition | None:
    """The definition proposed: by contract where there are contracts, as the customer list says where it does, else by silence."""
    allowed = possible(filled, is_recorded)
    if BY_SUBSCRIPTION in allowed:
        return Definition.made(BY_SUBSCRIPTION, {})
    if is_recorded:
        return Definition.made(AS_RECORDED, {})
    return Definition.made(allowed[0], {}) if allowed else None


KINDS: Mapping[str, str] = {
    BY_SUBSCRIPTION: N_("when their subscription has ended"),
    BY_INACTIVITY: N_("after days without activity"),
    AS_RECORDED: N_("as the files say"),
}
"""When a customer is lost, by the kind of definition."""

NEEDS: Mapping[str, str] = {
    BY_SUBSCRIPTION: N_("a file of subscriptions"),
    BY_INACTIVITY: N_("orders, events or subscriptions"),
    AS_RECORDED: N_("a customer list that marks who has churned, or a file of exits"),
}
"""What a definition is made from, in words."""
