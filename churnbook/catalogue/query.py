"""The frozen Query record: parameters, columns, how its rows add up."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from churnbook.catalogue import schema

N = TypeVar("N", int, float)

MOST = 2**31 - 1
"""Where a number without an upper bound ends."""

UNITS = ("%", "money", "days", "hours", "seconds", "points")
"""What the numbers of a column can be; % is a share from 0 to 1, points are of a score."""

Value = str | int | float | bool | dt.date | tuple[str, ...] | None


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
    """One typed parameter of a query; `kind` is one of the few words the header knows.

    A number lies between `low` and `high`. `label` is its heading, `names` what its choices and its null are called,
    `notes` what is to be known of a choice. One that `is_picked` was clicked or chosen out of a result, so that another
    result makes it void.
    """

    name: str
    kind: str
    default: Value
    note: str
    choices: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    label: str = ""
    names: Mapping[str, str] = field(default_factory=dict, hash=False)
    notes: Mapping[str, str] = field(default_factory=dict, hash=False)
    is_picked: bool = False

    def like(self, known: Parameter) -> Parameter:
        """This parameter, named again to give it another default, with the words of the one it names again."""
        return replace(
            self,
            label=self.label or known.label,
            names=MappingProxyType({**known.names, **self.names}),
            notes=MappingProxyType({**known.notes, **self.notes}),
            is_picked=self.is_picked or known.is_picked,
        )

    @property
    def allowed(self) -> str:
        """What a value may be, in words."""
        match self.kind:
            case "choice":
                return "choose one of " + ", ".join(self.choices)
            case "int" | "float":
                number = "a whole number" if self.kind == "int" else "a number"
                is_open = self.high == MOST
                bounds = (
                    f", {self.low:g} or more and at most {MOST}" if is_open else f" from {self.low:g} to {self.high:g}"
                )
                return f"give {number}{bounds}"
            case "events":
                return "give a list of at most ten names"
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
                return self._bounded(int(str(given)))
            case "float":
                return self._bounded(float(str(given)))
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

    def _bounded(self, number: N) -> N:
        if self.low is not None and self.high is not None and not self.low <= number <= self.high:
            raise ValueError(number)
        return number

    @property
    def whole_bounds(self) -> tuple[int, int]:
        """The least and the greatest value of a whole number."""
        assert self.low is not None and self.high is not None
        return int(self.low), int(self.high)

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
    """One column a query returns, with its DuckDB type in lower case, its unit if it has one, and its heading.

    A query that only other queries read gives its columns no headings.
    """

    name: str
    type: str
    note: str
    unit: str | None = None
    label: str = ""


@dataclass(frozen=True)
class Change:
    """What a version brought, and when."""

    version: int
    day: dt.date
    note: str


@dataclass(frozen=True)
class Metric:
    """A benchmarkable figure the query owns: its id, the column, the period it is measured over.

    `variant` tells apart figures of one id (the next order after the second, after the third). `where` says which
    parameters are given and which row is looked at, by columns of these values; `needs` are tables without which the
    figure has no sense, `activity` the table that alone counts as activity where it has one.
    """

    name: str
    column: str
    period: str
    variant: str = ""
    where: tuple[tuple[str, str], ...] = ()
    needs: tuple[str, ...] = ()
    activity: str | None = None


@dataclass(frozen=True)
class Sample:
    """The column that says of how many a figure is made, and those with the ends of its 95 % interval, if it has one."""

    column: str
    n: str
    low: str | None = None
    high: str | None = None


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


class Phase(Enum):
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

    `section` is the heading in docs/metrics.md under which its formula stands, `picture` the columns that are drawn.
    `needs` must have rows for the query to answer: canonical tables by name, columns of them that must be filled
    (`orders.amount`, or one of several: `orders.amount or events.amount`), other queries pinned (`cohort_members.v1`).
    `uses` are canonical tables it reads where they are filled. A need in `conditions` is wanted only for some values of
    a choice parameter, given as (parameter, values), or without values where the parameter is not null; else it is an
    empty table, so the query must not let it matter. `fixed` are, by need,
    the parameters of it that this query sets itself, as the header writes their values.
    """

    name: str
    version: int
    title: str
    description: str
    section: str
    needs: tuple[str, ...]
    conditions: Mapping[str, tuple[str, tuple[str, ...]]]
    fixed: Mapping[str, Mapping[str, str]]
    uses: tuple[str, ...]
    adds: Adds | None
    own_parameters: tuple[Parameter, ...]
    columns: tuple[Column, ...]
    picture: tuple[str, ...]
    changes: tuple[Change, ...]
    metrics: tuple[Metric, ...]
    samples: tuple[Sample, ...]
    folder: Path
    path: Path
    sql: str

    @property
    def file(self) -> str:
        """Where it lies below the folder of all queries, as the ledger names it."""
        return self.path.relative_to(self.folder).as_posix()

    @property
    def reference(self) -> str:
        """The pinned name other files and citations use: `churn_rate.v2`."""
        return f"{self.name}.v{self.version}"

    def column(self, name: str) -> Column:
        """The column of that name; KeyError where it returns none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    @property
    def has_headings(self) -> bool:
        """Whether its columns have headings, so that a reader can be shown its rows."""
        return all(column.label for column in self.columns)

    def sample(self, column: str) -> Sample | None:
        """What a figure is made of, where the header says it."""
        return next((each for each in self.samples if each.column == column), None)

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
        """The parameters the SQL itself binds; comments and texts bind none."""
        return named_parameters(self.sql)


def sql_value(value: Value) -> Any:
    """A parameter value as DuckDB binds it."""
    return list(value) if isinstance(value, tuple) else value


_PASSED_OVER = re.compile(r"--[^\n]*|'(?:[^']|'')*'")
_BOUND = re.compile(r"\$([a-z_][a-z0-9_]*)")


def named_parameters(sql: str) -> frozenset[str]:
    """The parameters a statement binds, `$name`; the contract checks that the engine's parser finds the same."""
    return frozenset(_BOUND.findall(_PASSED_OVER.sub("", sql)))


def literal(value: Value) -> str:
    """A value as a script writes it out."""
    if value is None:
        return "null"
    if isinstance(value, bool | int | float):
        return str(value).lower()
    if isinstance(value, tuple):
        return "[" + ", ".join(literal(each) for each in value) + "]"
    text = str(value).replace("'", "''")
    return f"'{text}'"
