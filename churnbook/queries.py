"""Query files: the frozen Query record, its header, its versions and the order of its needs.

A file `queries/<name>.v<N>.sql` opens with `-- key: value` lines that are its whole contract;
everything else (controls, command line, catalogue, generic tests) is derived from that header.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any

import duckdb

from churnbook import schema

FOLDER = Path(__file__).parent.parent / "queries"

SLICE = ("first_customer", "end_customer")
"""What a query file may bind besides its parameters: the customers looked at in one go; null: all."""

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
_NEEDS = re.compile(r"(?P<names>[^=]+?)(?: if (?P<parameter>[a-z_]+) in (?P<choices>[a-z_, ]+))?")
_CHANGE = re.compile(r"(?P<version>\d+) (?P<day>\d{4}-\d{2}-\d{2}) (?P<note>.+)")
_SLICES = re.compile(r"customers")
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
class Query:
    """One version of one query file, read and checked.

    `needs` must have rows for the query to answer: canonical tables by name, other queries pinned
    (`cohort_members.v1`). `uses` are canonical tables it reads where they are filled. A need in `conditions`
    is wanted only for some values of a choice parameter, given as (parameter, values); for others it is an
    empty table, so the query must not let it matter. A query that `is_sliced` has rows for each customer that hang
    on that customer alone, so that with many rows it is made for one range of customers after the other.
    """

    name: str
    version: int
    title: str
    description: str
    needs: tuple[str, ...]
    conditions: Mapping[str, tuple[str, tuple[str, ...]]]
    uses: tuple[str, ...]
    is_sliced: bool
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
        parameter, choices = self.conditions.get(need, (None, ()))
        return parameter is None or (values is not None and values[parameter] in choices)

    @property
    def binds_slice(self) -> bool:
        """Whether its SQL asks for the customers looked at in one go."""
        return any(f"${name}" in self.sql for name in SLICE)

    @property
    def unordered_sql(self) -> str:
        """The SQL without its closing ORDER BY, for the temporary table a reader of it scans."""
        return self.sql[: self.sql.rindex("\norder by ")]

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
    return Query(
        name=name,
        version=int(version),
        title=single["title"][0],
        description=single["description"][0],
        needs=_names(match["names"] for match in needs),
        conditions=MappingProxyType(
            {
                need: (match["parameter"], _names([match["choices"]]))
                for match in needs
                if match["parameter"]
                for need in _names([match["names"]])
            }
        ),
        uses=_names(lines.get("uses", [])),
        is_sliced=bool(parsed("slices", _SLICES)),
        own_parameters=tuple(_parameter(path, match) for match in parsed("param", _PARAMETER)),
        columns=tuple(Column(**match.groupdict()) for match in parsed("column", _COLUMN)),
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
        if found and _HEADER.fullmatch(line) is None:
            found[-1] = f"{found[-1].rstrip()} {line.removeprefix('--').strip()}"
        else:
            found.append(line)
    return found


_KEYS = {
    "name", "version", "title", "description", "needs", "uses", "slices", "param", "column", "change", "metric",
}  # fmt: skip


def _names(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(name.strip() for value in values for name in value.split(","))


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

    def is_partial(self, query: Query) -> bool:
        """Whether it can be made for a range of customers: it binds SLICE, or needs one that does, and is not sliced."""
        if query.is_sliced:
            return False
        needs = (self._needed(query, need) for need in query.needs if need not in schema.TABLES)
        return query.binds_slice or any(self.is_partial(need) for need in needs)

    def _needed(self, query: Query, need: str) -> Query:
        if need not in self.queries:
            raise QueryError(f"{query.path.name}: needs {need}, which is neither a canonical table nor a pinned query")
        return self.queries[need]

    def parameters(self, query: Query) -> Mapping[str, Parameter]:
        """The query's parameters and those it takes over from its needs, in header order."""
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
        """Whether its numbers follow from the churn definition: it, or one it needs besides the calendar, reads churns."""
        return any("churns" in each.uses and each.name != "periods" for each in self.order(query, values))

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
                )
        if catalogue.is_partial(query) and any(need.is_sliced for need in catalogue.order(query)):
            raise QueryError(f"{query.path.name}: what is made of some customers cannot need what is made in slices")
    return catalogue


@cache
def catalogue() -> Catalogue:
    """The catalogue of the app's own query files, read once."""
    return load()


def sql_value(value: Value) -> Any:
    """A parameter value as DuckDB binds it."""
    return list(value) if isinstance(value, tuple) else value
