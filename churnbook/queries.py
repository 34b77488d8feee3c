"""Query files: the frozen Query record, its header, its versions and the order of its needs.

A file `queries/<name>.v<N>.sql` opens with `-- key: value` lines that are its whole contract;
everything else (controls, command line, catalogue, generic tests) is derived from that header.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import cache, cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any

import duckdb

from churnbook import schema

FOLDER = Path(__file__).parent.parent / "queries"

Value = str | int | float | bool | dt.date | tuple[str, ...] | None

FILE = re.compile(r"(?P<name>[a-z][a-z0-9_]*)\.v(?P<version>[1-9][0-9]*)\.sql")
_REFERENCE = re.compile(r"(?P<name>[a-z][a-z0-9_]*)(?:(?:@|\.v)(?P<version>[1-9][0-9]*))?")
_HEADER = re.compile(r"-- (?P<key>[a-z]+): (?P<value>.*\S)\s*")
_PARAMETER = re.compile(
    r"(?P<name>[a-z_]+) "
    r"(?:(?P<kind>int|float|date|text|bool|attribute|event|events)|choice\((?P<choices>[^)]+)\))"
    r"(?: = (?P<default>[^|]*\S))? \| (?P<note>.+)"
)
_COLUMN = re.compile(r"(?P<name>[a-z_]+) (?P<type>[a-z0-9_(), \[\]]*[a-z0-9)\]]) \| (?P<note>.+)")
_NEEDS = re.compile(r"(?P<names>[^=]+?)(?: if (?P<parameter>[a-z_]+)(?: in (?P<choices>[a-z_, ]+))?)?")
_CHANGE = re.compile(r"(?P<version>\d+) (?P<day>\d{4}-\d{2}-\d{2}) (?P<note>.+)")
_ADDS = re.compile(
    r"(?P<keys>one row|[a-z_]+(?:, [a-z_]+)*)(?P<others>(?:; (?:least|greatest) [a-z_]+(?:, [a-z_]+)*)*)"
)
_METRIC = re.compile(r"(?P<name>[a-z_]+) = (?P<column>[a-z_]+)(?: (?P<period>[a-z]+))?")


class QueryError(Exception):
    """A query file that breaks its contract, or a query or value that does not exist."""


class NotAllowed(QueryError):
    """A parameter value outside what the header allows; `parameter` and `given` say which."""

    def __init__(self, parameter: Parameter, given: object) -> None:
        super().__init__(f"{parameter.name}: {given!r} is not allowed; {parameter.allowed}")
        self.parameter = parameter
        self.given = given


@dataclass(frozen=True)
class Parameter:
    """One typed parameter of a query; `kind` is one of the few words the header knows."""

    name: str
    kind: str
    default: Value
    note: str
    choices: tuple[str, ...] = ()

    @property
    def allowed(self) -> str:
        """What a value may be, in words."""
        if self.kind == "choice":
            return "choose one of " + ", ".join(self.choices)
        return f"give a value of kind {self.kind}"

    def read(self, given: object) -> Value:
        """The typed value of a text (from an address, the command line) or of a Python value.

        Raises NotAllowed for anything the header does not permit; nothing is guessed.
        """
        try:
            return self._typed(given)
        except (ValueError, TypeError, KeyError):
            raise NotAllowed(self, given) from None

    def _typed(self, given: object) -> Value:
        if given is None or given == "null":
            if self.default is None:
                return None
            if given is None or self.kind != "text":  # a text that is never null may well read “null”
                raise ValueError("null")
        match self.kind:
            case "choice":
                if given not in self.choices:
                    raise ValueError(given)
                return str(given)
            case "int":
                number = int(str(given))
                if not -(2**31) <= number < 2**31:
                    raise ValueError(given)
                return number
            case "float":
                return float(str(given))
            case "bool":
                return _BOOLEANS[str(given).lower()]
            case "date":
                return given if isinstance(given, dt.date) else dt.date.fromisoformat(str(given))
            case "events":
                items = _listed(given)
                if len(items) > 10:
                    raise ValueError("more than ten")
                return items
            case _:
                return str(given)

    def text(self, value: Value) -> str:
        """The value as it stands in an address; `read` gives it back."""
        if value is None:
            return "null"
        if isinstance(value, bool):
            return str(value).lower()
        if isinstance(value, tuple):
            return schema.to_json(list(value))
        return value.isoformat() if isinstance(value, dt.date) else str(value)


_BOOLEANS = {"true": True, "false": False}


def _listed(given: object) -> tuple[str, ...]:
    items = schema.from_json(given) if isinstance(given, str) else given
    if not isinstance(items, list | tuple) or not all(isinstance(item, str) for item in items):
        raise ValueError(given)
    return tuple(items)


@dataclass(frozen=True)
class Column:
    """One column a query returns, with its DuckDB type in lower case."""

    name: str
    type: str
    note: str


@dataclass(frozen=True)
class Change:
    """What a version brought, and when."""

    version: int
    day: dt.date
    note: str


@dataclass(frozen=True)
class Metric:
    """A benchmarkable figure the query owns: its name, the column, the period it is measured over."""

    name: str
    column: str
    period: str | None


@dataclass(frozen=True)
class Adds:
    """How the rows that a query gives for some customers and for others become those for all of them.

    Rows alike in the `keys` are one; of the columns `least` the least counts, of `greatest` the greatest, and every
    other column is a sum. Without keys there is one row.
    """

    keys: tuple[str, ...]
    least: tuple[str, ...] = ()
    greatest: tuple[str, ...] = ()

    @property
    def described(self) -> str:
        """As the header says it."""
        named = [", ".join(self.keys) or "one row"]
        named += [
            f"{how} {', '.join(names)}" for how, names in (("least", self.least), ("greatest", self.greatest)) if names
        ]
        return "; ".join(named)

    def merged(self, query: Query) -> str:
        """The SELECT that adds up rows of the query held in a table of its name."""
        hows = {column: "min" for column in self.least} | {column: "max" for column in self.greatest}
        columns = [
            each.name
            if each.name in self.keys
            else f"{hows.get(each.name, 'sum')}({each.name})::{each.type} as {each.name}"
            for each in query.columns
        ]
        grouped = f" group by {', '.join(self.keys)}" if self.keys else ""
        return f"select {', '.join(columns)} from {query.name}{grouped}"


class Place(Enum):
    """Where a query is made when customers are looked at in parts."""

    CUSTOMERS = "customers"
    """in each part: its rows hang on one customer each"""
    ADDS = "adds"
    """in each part, and then added up"""
    WHOLE = "whole"
    """once, of what was added up"""


@dataclass(frozen=True)
class Query:
    """One version of one query file, read and checked.

    `needs` must have rows for the query to answer: canonical tables by name, other queries pinned
    (`cohort_members.v1`). `uses` are canonical tables it reads where they are filled. A need in `conditions`
    is wanted only for some values of a choice parameter, given as (parameter, values), or without values where the
    parameter is not null; else it is an empty table, so the query must not let it matter.
    """

    name: str
    version: int
    title: str
    description: str
    needs: tuple[str, ...]
    conditions: Mapping[str, tuple[str, tuple[str, ...]]]
    uses: tuple[str, ...]
    adds: Adds | None
    own_parameters: tuple[Parameter, ...]
    columns: tuple[Column, ...]
    changes: tuple[Change, ...]
    metrics: tuple[Metric, ...]
    path: Path
    sql: str

    @property
    def reference(self) -> str:
        """The pinned name other files and citations use: `churn_rate.v2`."""
        return f"{self.name}.v{self.version}"

    def wants(self, need: str, values: Mapping[str, Value] | None = None) -> bool:
        """Whether it wants one of its needs for these values; without values, whether it does for all."""
        if need not in self.conditions:
            return True
        parameter, choices = self.conditions[need]
        return values is not None and (values[parameter] in choices if choices else values[parameter] is not None)

    @property
    def unordered_sql(self) -> str:
        """The SQL without its closing ORDER BY and LIMIT, for the temporary table a reader of it scans."""
        return self.sql[: self.sql.rindex("order by ")].rstrip()

    @property
    def order(self) -> str:
        """The closing ORDER BY with its LIMIT, if any."""
        return self.sql[self.sql.rindex("order by ") :].strip()

    @property
    def empty(self) -> str:
        """The columns of the table that stands in for it where it is not wanted."""
        return "(" + ", ".join(f"{column.name} {column.type}" for column in self.columns) + ")"

    @cached_property
    def digest(self) -> str:
        """sha256 of the file's bytes."""
        return hashlib.sha256(self.path.read_bytes()).hexdigest()

    @cached_property
    def used_parameters(self) -> frozenset[str]:
        """The parameters the SQL itself binds, found by DuckDB's parser."""
        (statement,) = duckdb.extract_statements(self.sql)
        return frozenset(statement.named_parameters)


def read(path: Path) -> Query:
    """The Query of one file; QueryError names the file and what is wrong with it."""
    file = FILE.fullmatch(path.name)
    if file is None:
        raise QueryError(f"{path.name}: a query file is named <name>.v<N>.sql")
    sql = path.read_text(encoding="utf-8")
    lines: dict[str, list[str]] = {}
    for line in header_lines(sql):
        header = _HEADER.fullmatch(line)
        if header is None or header["key"] not in _KEYS:
            raise QueryError(f"{path.name}: this header line is not understood: {line}")
        lines.setdefault(header["key"], []).append(header["value"])
    single = {key: lines.get(key, []) for key in ("name", "version", "title", "description")}
    for key, values in single.items():
        if len(values) != 1:
            raise QueryError(f"{path.name}: the header needs exactly one line -- {key}:")
    name, version = single["name"][0], single["version"][0]
    if (name, version) != (file["name"], file["version"]):
        raise QueryError(f"{path.name}: the header says {name}.v{version}")

    def parsed(key: str, pattern: re.Pattern[str]) -> list[re.Match[str]]:
        matches = []
        for value in lines.get(key, []):
            match = pattern.fullmatch(value)
            if match is None:
                raise QueryError(f"{path.name}: -- {key}: {value} is not understood")
            matches.append(match)
        return matches

    needs = parsed("needs", _NEEDS)
    named = [name for match in needs for name in _names([match["names"]])]
    for need in named:
        if named.count(need) > 1:
            raise QueryError(f"{path.name}: needs {need} twice; say once when it is wanted")
    columns = tuple(Column(**match.groupdict()) for match in parsed("column", _COLUMN))
    return Query(
        name=name,
        version=int(version),
        title=single["title"][0],
        description=single["description"][0],
        needs=_names(match["names"] for match in needs),
        conditions=MappingProxyType(
            {
                need: (match["parameter"], _names([match["choices"]]) if match["choices"] else ())
                for match in needs
                if match["parameter"]
                for need in _names([match["names"]])
            }
        ),
        uses=_names(lines.get("uses", [])),
        adds=_adds(path, parsed("adds", _ADDS), columns),
        own_parameters=tuple(_parameter(path, match) for match in parsed("param", _PARAMETER)),
        columns=columns,
        changes=tuple(
            Change(int(match["version"]), dt.date.fromisoformat(match["day"]), match["note"])
            for match in parsed("change", _CHANGE)
        ),
        metrics=tuple(Metric(**match.groupdict()) for match in parsed("metric", _METRIC)),
        path=path,
        sql=sql,
    )


def header_lines(sql: str) -> list[str]:
    """The lines a file opens with; one without a key goes on with the line before it, as the formatter breaks them."""
    found: list[str] = []
    for line in sql.splitlines():
        if not line.startswith("--"):
            break
        if found and _HEADER.fullmatch(line) is None and not _nearly_a_key(line):
            found[-1] = f"{found[-1].rstrip()} {line.removeprefix('--').strip()}"
        else:
            found.append(line)
    return found


def _nearly_a_key(line: str) -> bool:
    """Whether a line that goes on with the one before it was meant to be one of its own: -- Adds: x, -- adds:x."""
    word, colon, _rest = line.removeprefix("--").partition(":")
    return bool(colon) and word.strip().lower() in _KEYS


_KEYS = {
    "name", "version", "title", "description", "needs", "uses", "adds", "param", "column", "change", "metric",
}  # fmt: skip


def _names(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(name.strip() for value in values for name in value.split(","))


_INEXACT = re.compile(r"\b(double|float|real)\b")
_SUMMED = re.compile(r"bigint|hugeint|decimal\(38,\d+\)")


def _adds(path: Path, matches: Sequence[re.Match[str]], columns: Sequence[Column]) -> Adds | None:
    """What the header says of adding up; a sum of doubles would hang on the order of its parts."""
    if not matches:
        return None
    if len(matches) > 1:
        raise QueryError(f"{path.name}: the header has at most one line -- adds:")
    (match,) = matches
    by_how: dict[str, tuple[str, ...]] = {"least": (), "greatest": ()}
    for part in filter(None, match["others"].split("; ")):
        how, _space, names = part.partition(" ")
        by_how[how] += _names([names])
    keys = () if match["keys"] == "one row" else _names([match["keys"]])
    adds = Adds(keys, by_how["least"], by_how["greatest"])
    types = {column.name: column.type for column in columns}
    told = (*adds.keys, *adds.least, *adds.greatest)
    for name in told:
        if told.count(name) > 1:
            raise QueryError(f"{path.name}: -- adds: names {name} twice")
        if name not in types:
            raise QueryError(f"{path.name}: -- adds: names {name}, which is no column of it")
    for name, type_ in types.items():
        if name in adds.keys and _INEXACT.search(type_):
            raise QueryError(f"{path.name}: {name} is a key of -- adds: and may not be a {type_}: count by an integer")
        is_sum = name not in told
        if is_sum and _SUMMED.fullmatch(type_.replace(" ", "")) is None:
            raise QueryError(
                f"{path.name}: {name} is a sum by -- adds:, which a {type_} does not hold exactly: "
                "count in bigint and keep money decimal(38,4), or name it a key, least or greatest"
            )
    return adds


def _parameter(path: Path, match: re.Match[str]) -> Parameter:
    choices = _names([match["choices"]]) if match["choices"] else ()
    kind = match["kind"] or "choice"
    blank = Parameter(match["name"], kind, None, match["note"], choices)
    if match["default"] is None:
        if kind not in ("text", "events"):
            raise QueryError(f"{path.name}: parameter {blank.name} needs a default")
        default: Value = "" if kind == "text" else ()
    elif match["default"] == "null":
        default = None
    else:
        try:
            default = blank.read(match["default"])
        except NotAllowed as error:
            raise QueryError(f"{path.name}: the default of {error}") from None
    return Parameter(blank.name, kind, default, blank.note, choices)


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
    queries = [read(path) for path in sorted(folder.glob("*.sql"))]
    catalogue = Catalogue(folder, MappingProxyType({query.reference: query for query in queries}))
    for query in queries:
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


def sql_value(value: Value) -> Any:
    """A parameter value as DuckDB binds it."""
    return list(value) if isinstance(value, tuple) else value
