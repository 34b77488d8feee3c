"""The catalogue of query files: versions, the order of needs, binding, and the whole script."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from types import MappingProxyType

from churnbook.catalogue import schema
from churnbook.catalogue.header import read
from churnbook.catalogue.query import Parameter, Place, Query, QueryError, Value

FOLDER = Path(__file__).parents[2] / "queries"
_REFERENCE = re.compile(r"(?P<name>[a-z][a-z0-9_]*)(?:(?:@|\.v)(?P<version>[1-9][0-9]*))?")


@dataclass(frozen=True)
class Catalogue:
    """All query files of a folder, by name and version."""

    folder: Path
    queries: Mapping[str, Query]
    _places: dict[str, Place] = field(default_factory=dict, repr=False, compare=False)
    _parameters: dict[str, Mapping[str, Parameter]] = field(default_factory=dict, repr=False, compare=False)

    def find(self, reference: str) -> Query:
        """The query of `name`, `name@2` or `name.v2`; a plain name means the newest version."""
        match = _REFERENCE.fullmatch(reference)
        versions = self.versions(match["name"]) if match else ()
        if not versions or match is None:
            raise QueryError(f"there is no query named {reference!r}")
        if match["version"] is None:
            return versions[-1]
        for query in versions:
            if query.version == int(match["version"]):
                return query
        known = ", ".join(str(query.version) for query in versions)
        raise QueryError(f"{match['name']} has no version {match['version']}; there is {known}")

    def versions(self, name: str) -> tuple[Query, ...]:
        """All versions of a query, oldest first; empty where there is none."""
        found = [query for query in self.queries.values() if query.name == name]
        return tuple(sorted(found, key=lambda query: query.version))

    def nearest(self, name: str, version: int) -> Query:
        """That version of a query if it is still here, else the nearest later one, else the newest."""
        later = [query for query in self.versions(name) if query.version >= version]
        return later[0] if later else self.find(name)

    def newest(self) -> tuple[Query, ...]:
        """The newest version of every query, by name."""
        return tuple(self.find(name) for name in sorted({q.name for q in self.queries.values()}))

    def order(self, query: Query, values: Mapping[str, Value] | None = None) -> tuple[Query, ...]:
        """The query and every query it needs, each after those it needs itself.

        With the values of its parameters only what is wanted for them.
        """
        ordered: dict[str, Query] = {}

        def visit(current: Query, path: tuple[str, ...]) -> None:
            if current.reference in path:
                raise QueryError(f"needs go in a circle: {' > '.join((*path, current.reference))}")
            for need in current.needs:
                if need not in schema.TABLES and (values is None or current.wants(need, values)):
                    visit(self._needed(current, need), (*path, current.reference))
            ordered.setdefault(current.reference, current)

        visit(query, ())
        return tuple(ordered.values())

    def unwanted(self, query: Query, values: Mapping[str, Value]) -> tuple[Query, ...]:
        """The queries read for these values that are not wanted for them: empty tables stand in for them."""
        wanted = self.order(query, values)
        named = [need for each in wanted for need in each.needs if not each.wants(need, values)]
        found = [self.queries[need] for need in dict.fromkeys(named) if need not in schema.TABLES]
        return tuple(each for each in found if each not in wanted)

    def place(self, query: Query) -> Place:
        """Where a query is made when customers are looked at in parts; it follows from what it reads and returns.

        Raises QueryError for a query that reads rows of customers, has none of its own and does not add up.
        """
        known = self._places.get(query.reference)
        if known is None:
            known = self._places[query.reference] = self._place(query)
        return known

    def _place(self, query: Query) -> Place:
        read = [name for name in (*query.needs, *query.uses) if self._has_customers(query, name)]
        if query.adds is not None and not read:
            raise QueryError(
                f"{query.path.name}: says -- adds:, but reads no rows of customers: what is the same for all of them "
                "would be added up once for each part"
            )
        if query.adds is not None:
            return Place.ADDS
        if not read:
            return Place.WHOLE
        named = {column.name for column in query.columns} | set(self.parameters(query))
        if named & {"customer", "customer_id"}:
            return Place.CUSTOMERS
        raise QueryError(
            f"{query.path.name}: reads rows of customers ({', '.join(read)}), has no column customer or customer_id and "
            "does not add up. Say in its header by which columns its counts add up (-- adds: segment, period), and "
            "leave ratios, medians and the largest of something to a query that needs this one"
        )

    def _has_customers(self, query: Query, name: str) -> bool:
        if name in schema.TABLES:
            return name in schema.OF_CUSTOMERS
        return self.place(self._needed(query, name)) is Place.CUSTOMERS

    @cached_property
    def of_customers(self) -> tuple[Query, ...]:
        """The queries whose rows hang on one customer each."""
        return tuple(query for query in self.queries.values() if self.place(query) is Place.CUSTOMERS)

    @cached_property
    def passing(self) -> frozenset[str]:
        """The names of those made only to make more of customers' rows: nothing that adds up reads them itself."""
        added = {need for query in self.queries.values() if query.adds is not None for need in query.needs}
        return frozenset(query.name for query in self.of_customers if query.reference not in added)

    def is_of_one_customer(self, query: Query) -> bool:
        """Whether it answers about one customer, whom a parameter names."""
        return "customer" in self.parameters(query)

    def is_fact(self, query: Query) -> bool:
        """Whether it adds up and hangs on the data and the scope alone, or on an attribute to split by besides."""
        return query.adds is not None and all(each.kind == "attribute" for each in self.parameters(query).values())

    def reads(self, query: Query, values: Mapping[str, Value]) -> frozenset[str]:
        """The canonical tables that it and what it needs for these values read."""
        return frozenset(
            name
            for each in self.order(query, values)
            for name in (*each.needs, *each.uses)
            if name in schema.TABLES and each.wants(name, values)
        )

    def wanted(self, query: Query, values: Mapping[str, Value]) -> list[Query]:
        """The queries it needs itself for these values of its parameters."""
        wished = (need for need in query.needs if need not in schema.TABLES and query.wants(need, values))
        return [self._needed(query, need) for need in wished]

    def text(self, query: Query) -> str:
        """What tells a query and all it needs from any other text of them: their digests."""
        return " ".join(each.digest for each in self.order(query))

    def _needed(self, query: Query, need: str) -> Query:
        if need not in self.queries:
            raise QueryError(f"{query.path.name}: needs {need}, which is neither a canonical table nor a pinned query")
        return self.queries[need]

    def parameters(self, query: Query) -> Mapping[str, Parameter]:
        """The query's parameters and those it takes over from its needs, in header order."""
        if query.reference not in self._parameters:
            self._parameters[query.reference] = self._gathered(query)
        return self._parameters[query.reference]

    def _gathered(self, query: Query) -> Mapping[str, Parameter]:
        found: dict[str, Parameter] = {}
        for each in self.order(query):
            for parameter in each.own_parameters:
                known = found.get(parameter.name)
                if known and (known.kind, known.choices) != (parameter.kind, parameter.choices):
                    raise QueryError(f"{query.path.name}: parameter {parameter.name} means two things in its needs")
                found[parameter.name] = parameter
        return MappingProxyType(found)

    def bind(self, query: Query, given: Mapping[str, object]) -> dict[str, Value]:
        """Every parameter of the query with its given value or its default, typed and checked.

        Raises QueryError for a name the query does not have and NotAllowed for a bad value.
        """
        parameters = self.parameters(query)
        for name in given:
            if name not in parameters:
                known = ", ".join(parameters) or "none"
                raise QueryError(f"{query.name} has no parameter {name!r}; it has {known}")
        return {
            name: parameter.read(given[name]) if name in given else parameter.default
            for name, parameter in parameters.items()
        }

    def tables(self, query: Query, values: Mapping[str, Value] | None = None) -> tuple[str, ...]:
        """The canonical tables that must have rows for the query to answer with these values, or with any."""
        found: dict[str, None] = {}

        def visit(current: Query) -> None:
            for need in current.needs:
                if current.wants(need, values):
                    if need in schema.TABLES:
                        found[need] = None
                    else:
                        visit(self.queries[need])

        visit(query)
        return tuple(found)

    def counts_churn(self, query: Query, values: Mapping[str, Value]) -> bool:
        """Whether its numbers follow from the churn definition: it, or one it needs besides the calendar, reads churns.

        The calendar looks at losses only to begin with the first day anything is known of.
        """
        return any("churns" in each.uses and each.name != "first_days" for each in self.order(query, values))

    def missing(
        self, query: Query, filled: Iterable[str], values: Mapping[str, Value] | None = None
    ) -> tuple[str, ...]:
        """The tables the query needs, with these values or with any, that are not among the filled ones."""
        present = set(filled)
        return tuple(table for table in self.tables(query, values) if table not in present)

    def script(self, query: Query, values: Mapping[str, Value] | None = None) -> str:
        """The query with its needs as one script, needs first, as temporary tables.

        With the values it is to run with, the needs not wanted for them are empty.
        """
        *needs, last = self.order(query, values)
        unwanted = self.unwanted(query, values) if values is not None else ()
        parts = [f"create or replace temp table {need.name} {need.empty}" for need in unwanted]
        parts += [f"create or replace temp table {need.name} as\n{need.sql.strip()}" for need in needs]
        return ";\n\n".join([*parts, last.sql.strip()]) + "\n"


def load(folder: Path = FOLDER) -> Catalogue:
    """The catalogue of a folder; every file is read, and needs are checked to exist without circles."""
    queries: dict[str, Query] = {}
    for path in sorted(folder.rglob("*.sql"), key=lambda path: path.name):
        query = read(path, folder)
        if (twin := queries.setdefault(query.reference, query)) is not query:
            raise QueryError(f"{query.file} and {twin.file} are both {query.reference}; give one another name")
    catalogue = Catalogue(folder, MappingProxyType(queries))
    for query in queries.values():
        parameters = catalogue.parameters(query)
        for name, choices in query.conditions.values():
            if name not in parameters or not set(choices) <= set(parameters[name].choices):
                raise QueryError(
                    f"{query.path.name}: needs something if {name} in {', '.join(choices)}, which it never is"
                    if choices
                    else f"{query.path.name}: needs something if {name}, which is none of its parameters"
                )
            if not choices and parameters[name].default is not None:
                raise QueryError(f"{query.path.name}: needs something if {name}, which is never null")
        catalogue.place(query)
    return catalogue


@cache
def catalogue() -> Catalogue:
    """The catalogue of the app's own query files, read once."""
    return load()
