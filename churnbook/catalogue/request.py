"""The frozen Request: which numbers, of which dataset generation, in which scope; and the address of a view.

`Request.of` is its one maker, for pages and the command line; the record is what results are cached by.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from churnbook.catalogue import queries
from churnbook.catalogue.queries import Catalogue
from churnbook.catalogue.query import Query, Value


@dataclass(frozen=True)
class Scope:
    """What is looked at: the reported days, the as-of day, and attribute filters.

    Days are local days of the dataset, inclusive; None leaves a side open. `where` holds
    (attribute, value) pairs; the same attribute twice means either value.
    """

    report_from: dt.date | None = None
    report_to: dt.date | None = None
    as_of: dt.date | None = None
    where: tuple[tuple[str, str], ...] = ()

    def to_address(self) -> dict[str, list[str]]:
        """The scope as address values; a side left open is left out."""
        days = {"from": self.report_from, "to": self.report_to, "as_of": self.as_of}
        address = {name: [day.isoformat()] for name, day in days.items() if day}
        if self.where:
            address["where"] = [f"{attribute}={value}" for attribute, value in self.where]
        return address

    @classmethod
    def from_address(cls, address: Mapping[str, Sequence[str]]) -> tuple[Scope, list[tuple[str, str]]]:
        """The scope an address names, and the (name, value) pairs in it that cannot be read."""
        days: dict[str, dt.date | None] = {}
        bad = []
        for name in ("from", "to", "as_of"):
            for text in address.get(name, [])[:1]:
                try:
                    days[name] = dt.date.fromisoformat(text)
                except ValueError:
                    bad.append((name, text))
        where = []
        for text in address.get("where", []):
            attribute, equals, value = text.partition("=")
            if equals and attribute:
                where.append((attribute, value))
            else:
                bad.append(("where", text))
        scope = cls(days.get("from"), days.get("to"), days.get("as_of"), tuple(where))
        if scope.report_from and scope.report_to and scope.report_from > scope.report_to:
            bad.append(("to", scope.report_to.isoformat()))
            scope = cls(scope.report_from, None, scope.as_of, scope.where)
        return scope, bad


@dataclass(frozen=True)
class Request:
    """One question put to one generation of one dataset.

    `parameters` are the query's effective parameters, defaults included, as sorted pairs.
    """

    dataset: str
    generation: int
    scope: Scope
    query: str
    version: int
    parameters: tuple[tuple[str, Value], ...]

    @classmethod
    def of(
        cls,
        dataset: str,
        generation: int,
        scope: Scope,
        query: Query,
        given: Mapping[str, object],
        catalogue: Catalogue | None = None,
    ) -> Request:
        """The question a query answers with these values; parameters not given take their defaults.

        Raises QueryError for a parameter the query does not have and NotAllowed for a bad value.
        """
        bound = (catalogue or queries.catalogue()).bind(query, given)
        return cls(dataset, generation, scope, query.name, query.version, tuple(sorted(bound.items())))

    @property
    def reference(self) -> str:
        """The pinned query: `cohort_retention.v1`."""
        return f"{self.query}.v{self.version}"


def address(dataset: str, generation: int | None, scope: Scope, cells: Mapping[str, str | Sequence[str]]) -> str:
    """The query string that names a view: dataset, scope and `<cell>.<parameter>` values; the language is its reader's."""
    values: dict[str, list[str]] = {"dataset": [dataset]}
    if generation is not None:
        values["generation"] = [str(generation)]
    values |= scope.to_address()
    values |= {name: [given] if isinstance(given, str) else list(given) for name, given in cells.items()}
    return urlencode(values, doseq=True, quote_via=quote)
