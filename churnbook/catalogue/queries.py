"""The catalogue of query files: versions, the order of needs, binding, and the whole script."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property, wraps
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from churnbook.catalogue import schema
from churnbook.catalogue.header import read
from churnbook.catalogue.query import Parameter, Phase, Query, QueryError, Value, literal

FOLDER = Path(__file__).parents[2] / "queries"
MACROS = "macros.sql"
"""The file beside the families that says once what many queries compute alike."""

T = TypeVar("T")
_MACRO = re.compile(r"create or replace temp macro ([a-z0-9_]+)\(")
_REFERENCE = re.compile(r"(?P<name>[a-z][a-z0-9_]*)(?:(?:@|\.v)(?P<version>[1-9][0-9]*))?")


def _once(method: Callable[[Catalogue, Query], T]) -> Callable[[Catalogue, Query], T]:
    """Find out about a query once for as long as the catalogue lives."""

    @wraps(method)
    def known(self: Catalogue, query: Query) -> T:
        key = (method.__name__, query.reference)
        if key not in self._known:
            self._known[key] = method(self, query)
        found: T = self._known[key]
        return found

    return known


@dataclass(frozen=True)
class Catalogue:
    """All query files of a folder, by name and version."""

    folder: Path
    queries: Mapping[str, Query]
    macros: Mapping[str, str] = field(default_factory=dict)
    _known: dict[tuple[str, str], Any] = field(default_factory=dict, repr=False, compare=False)

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
        return self._versions.get(name, ())

    @cached_property
    def _versions(self) -> Mapping[str, tuple[Query, ...]]:
        found: dict[str, tuple[Query, ...]] = {}
        for query in sorted(self.queries.values(), key=lambda query: query.version):
            found[query.name] = (*found.get(query.name, ()), query)
        return found

    def nearest(self, name: str, version: int) -> Query:
        """That version of a query if it is still here, else the nearest later one, else the newest."""
        later = [query for query in self.versions(name) if query.version >= version]
        return later[0] if later else self.find(name)

    def newest(self) -> tuple[Query, ...]:
        """The newest version of every query, by name."""
        return tuple(self._versions[name][-1] for name in sorted(self._versions))

    def order(self, query: Query, values: Mapping[str, Value] | None = None) -> tuple[Query, ...]:
        """The query and every query it needs, each after those it needs itself.

        With the values of its parameters only what is wanted for them.
        """
        values = None if values is None else {**values, **self.fixed(query)}
        ordered: dict[str, Query] = {}

        def visit(current: Query, path: tuple[str, ...]) -> None:
            if current.reference in path:
                raise QueryError(f"needs go in a circle: {' > '.join((*path, current.reference))}")
            for need in current.needs:
                if not schema.tables_named(need) and (values is None or current.wants(need, values)):
                    visit(self._needed(current, need), (*path, current.reference))
            ordered.setdefault(current.reference, current)

        visit(query, ())
        return tuple(ordered.values())

    def unwanted(self, query: Query, values: Mapping[str, Value]) -> tuple[Query, ...]:
        """The queries read for these values that are not wanted for them: empty tables stand in for them."""
        values = {**values, **self.fixed(query)}
        wanted = self.order(query, values)
        named = [need for each in wanted for need in each.needs if not each.wants(need, values)]
        found = [self.queries[need] for need in dict.fromkeys(named) if not schema.tables_named(need)]
        return tuple(each for each in found if each not in wanted)

    @_once
    def phase(self, query: Query) -> Phase:
        """Where a query is made when customers are looked at in parts; it follows from what it reads and returns.

        Raises QueryError for a query that reads rows of customers, has none of its own and does not add up.
        """
        read = [name for name in (*query.needs, *query.uses) if self._has_customers(query, name)]
        if query.adds is not None and not read:
            raise QueryError(
                f"{query.path.name}: says -- adds:, but reads no rows of customers: what is the same for all of them "
                "would be added up once for each part"
            )
        if query.adds is not None:
            return Phase.ADDS
        if not read:
            return Phase.WHOLE
        named = {column.name for column in query.columns} | set(self.parameters(query))
        if named & {"customer", "customer_id"}:
            return Phase.CUSTOMERS
        raise QueryError(
            f"{query.path.name}: reads rows of customers ({', '.join(read)}), has no column customer or customer_id and "
            "does not add up. Say in its header by which columns its counts add up (-- adds: segment, period), and "
            "leave ratios, medians and the largest of something to a query that needs this one"
        )

    def _has_customers(self, query: Query, name: str) -> bool:
        if schema.tables_named(name):  # of a column that must be filled nothing is read
            return name in schema.OF_CUSTOMERS
        return self.phase(self._needed(query, name)) is Phase.CUSTOMERS

    @cached_property
    def of_customers(self) -> tuple[Query, ...]:
        """The queries whose rows hang on one customer each."""
        return tuple(query for query in self.queries.values() if self.phase(query) is Phase.CUSTOMERS)

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
        values = {**values, **self.fixed(query)}
        return frozenset(
            table
            for each in self.order(query, values)
            for table in (*each.needs, *each.uses)
            if table in schema.TABLES and each.wants(table, values)
        )

    def wanted(self, query: Query, values: Mapping[str, Value]) -> list[Query]:
        """The queries it needs itself for these values of its parameters."""
        values = {**values, **self.fixed(query)}
        wished = (need for need in query.needs if not schema.tables_named(need) and query.wants(need, values))
        return [self._needed(query, need) for need in wished]

    @_once
    def text(self, query: Query) -> str:
        """What tells a query and all it needs from any other text of them: their digests."""
        macros = (self.macros[name] for name in self.macros_of(query))
        return " ".join([*(each.digest for each in self.order(query)), *macros])

    def _needed(self, query: Query, need: str) -> Query:
        if need not in self.queries:
            raise QueryError(f"{query.path.name}: needs {need}, which is neither a canonical table nor a pinned query")
        return self.queries[need]

    @_once
    def parameters(self, query: Query) -> Mapping[str, Parameter]:
        """The query's parameters and those it takes over from its needs, in header order."""
        found: dict[str, Parameter] = {}
        for each in self.order(query):
            for parameter in each.own_parameters:
                known = found.get(parameter.name)
                if known and (known.kind, known.choices) != (parameter.kind, parameter.choices):
                    raise QueryError(f"{query.path.name}: parameter {parameter.name} means two things in its needs")
                found[parameter.name] = parameter.like(known) if known else parameter
        for name in self.fixed(query):
            found.pop(name, None)
        return MappingProxyType(found)

    @_once
    def fixed(self, query: Query) -> Mapping[str, Value]:
        """The parameters that it, or a query it needs, sets for its needs, with their values; they cannot be given.

        Raises QueryError where one is set to two values, or set for one need and left free for another.
        """
        found: dict[str, Value] = {}
        for each in self.order(query):
            for need, given in each.fixed.items():
                parameters = self.parameters(self._needed(each, need))
                for name, text in given.items():
                    if name not in parameters:
                        raise QueryError(f"{each.path.name}: sets {name} for {need}, which has no such parameter")
                    value = parameters[name].read(text)
                    if found.setdefault(name, value) != value:
                        raise QueryError(f"{query.path.name}: {name} is set to two values in what it needs")
        if free := found.keys() & self._free(query):
            names = ", ".join(sorted(free))
            raise QueryError(
                f"{query.path.name}: {names} is set for one need and left free for another; set it for both"
            )
        return MappingProxyType(found)

    def _free(self, query: Query) -> set[str]:
        """The parameters of it and its needs that no query on the way sets."""
        below: set[str] = set()
        for need in query.needs:
            if not schema.tables_named(need):
                below |= self._free(self._needed(query, need)) - query.fixed.get(need, {}).keys()
        return {parameter.name for parameter in query.own_parameters} | below

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
        """What must be filled for the query to answer with these values, or with any: canonical tables, or columns of
        them, any of several named together (`orders.amount or events.amount`).
        """
        values = None if values is None else {**values, **self.fixed(query)}
        found: dict[str, None] = {}

        def visit(current: Query) -> None:
            for need in current.needs:
                if current.wants(need, values):
                    if schema.tables_named(need):
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
        """What the query needs, with these values or with any, that is not among what is filled: tables and columns."""
        present = set(filled)
        return tuple(need for need in self.tables(query, values) if present.isdisjoint(schema.alternatives(need)))

    def script(self, query: Query, values: Mapping[str, Value] | None = None) -> str:
        """The query with its needs as one script, needs first, as temporary tables.

        With the values it is to run with, the needs not wanted for them are empty.
        """
        *needs, last = self.order(query, values)
        unwanted = self.unwanted(query, values) if values is not None else ()
        parts = [self.macros[name] for name in self.macros_of(query)]
        parts += [f"create or replace temp table {need.name} {need.empty}" for need in unwanted]
        parts += [f"create or replace temp table {need.name} as\n{self._with_fixed(query, need)}" for need in needs]
        return ";\n\n".join([*parts, last.sql.strip()]) + "\n"

    def _with_fixed(self, query: Query, need: Query) -> str:
        """The SQL of a need with the parameters that the query sets in their places."""
        sql = need.sql.strip()
        written = {name: literal(value) for name, value in self.fixed(query).items()}
        return re.sub(r"\$([a-z_]+)", lambda match: written.get(match[1], match[0]), sql)

    @_once
    def macros_of(self, query: Query) -> tuple[str, ...]:
        """The macros that it and what it needs call, and those these call, each after what it calls itself."""
        called = " ".join(each.sql for each in self.order(query))
        found: set[str] = set()
        for name in reversed(list(self.macros)):  # a macro calls those written above it
            if re.search(rf"\b{name}\(", called):
                found.add(name)
                called += self.macros[name].partition(" as")[2]
        return tuple(name for name in self.macros if name in found)

    @cached_property
    def picked(self) -> frozenset[str]:
        """The names of the parameters that are clicked or chosen out of results."""
        return frozenset(
            parameter.name
            for query in self.queries.values()
            for parameter in query.own_parameters
            if parameter.is_picked
        )


def _macros(path: Path) -> Mapping[str, str]:
    """The macros of a file, by name; empty where there is no such file."""
    if not path.exists():
        return MappingProxyType({})
    code = "\n".join(line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("--"))
    statements = [statement.strip() for statement in code.split(";") if statement.strip()]
    named = {match[1]: sql for sql in statements if (match := _MACRO.match(sql))}
    if len(named) != len(statements):
        raise QueryError(f"{path.name}: holds nothing but statements create or replace temp macro name(…) as …")
    return MappingProxyType(named)


def load(folder: Path = FOLDER) -> Catalogue:
    """The catalogue of a folder; every file is read, and needs are checked to exist without circles."""
    queries: dict[str, Query] = {}
    for path in sorted(folder.rglob("*.sql"), key=lambda path: path.name):
        if path.name == MACROS:
            continue
        query = read(path, folder)
        if (twin := queries.setdefault(query.reference, query)) is not query:
            raise QueryError(f"{query.file} and {twin.file} are both {query.reference}; give one another name")
    catalogue = Catalogue(folder, MappingProxyType(queries), _macros(folder / MACROS))
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
        catalogue.phase(query)
    return catalogue


@cache
def catalogue() -> Catalogue:
    """The catalogue of the app's own query files, read once."""
    return load()
