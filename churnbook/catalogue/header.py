"""Reading a query file: header lines to a checked Query."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import MappingProxyType

from churnbook.catalogue.query import Adds, Change, Column, Metric, NotAllowed, Parameter, Query, QueryError, Value

FILE = re.compile(r"(?P<name>[a-z][a-z0-9_]*)\.v(?P<version>[1-9][0-9]*)\.sql")
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


def read(path: Path, folder: Path | None = None) -> Query:
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
        folder=folder or path.parent,
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
