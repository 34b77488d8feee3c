"""Reading a query file: header lines to a checked Query.

A file `queries/<family>/<name>.v<N>.sql` opens with `-- key: value` lines that are its whole contract; controls,
headings, formats, the command line, the catalogue, messages and generic tests follow from them:

    -- name: churn_rate                 exactly once, as `version`, `title` and `description`
    -- section: Churn rate              where docs/metrics.md explains it
    -- needs: churn_rates.v1            tables, filled columns (orders.amount or events.amount), pinned queries;
                                        `with returning = null` sets a parameter of theirs, `if figure in revenue` or
                                        `if breakdown` says when they are wanted
    -- uses: orders                     tables it reads where they are filled
    -- adds: segment, period            how its rows add up over customers
    -- param: top int(1..) = 20 | Segments shown apart | with a split, this many of the largest
    -- choice: measure up_to | By then  what a choice, or the null of a parameter, is called; a note may follow
    -- picked: period, segment          parameters that were clicked or chosen out of a result
    -- column: rate double % | Churn rate | opening_lost / opening_customers
    -- picture: churn_rate              columns drawn of it, which the first sheet of a workbook is laid out by
    -- sample: rate = opening_customers, ci_low, ci_high   what a figure is made of, and the ends of its interval
    -- metric: app_retention = retention day-7 where period=7, grain=day if activity is events
                                        it owns a benchmarkable figure: the column, the period it is measured over, which
                                        parameters and which row give it, and what must be filled, or alone count as
                                        activity, for it to have a sense
    -- change: 1 2026-11-24 first version
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import NoReturn

from churnbook.catalogue import schema
from churnbook.catalogue.query import (
    MOST,
    UNITS,
    Adds,
    Change,
    Column,
    Metric,
    NotAllowed,
    Parameter,
    Query,
    QueryError,
    Sample,
    Value,
)

FILE = re.compile(r"(?P<name>[a-z][a-z0-9_]*)\.v(?P<version>[1-9][0-9]*)\.sql")

_LINE = re.compile(r"-- (?P<key>[a-z]+): (?P<value>.*\S)\s*")
_BAR = " | "
_PARAMETER = re.compile(
    r"(?P<name>[a-z_]+) "
    r"(?:(?P<kind>date|text|bool|attribute|event|events)"
    r"|(?P<number>int|float)\((?P<low>-?\d+(?:\.\d+)?)\.\.(?P<high>-?\d+(?:\.\d+)?)?\)"
    r"|choice\((?P<choices>[^)]+)\))"
    r"(?: = (?P<default>.*\S))?"
)
_CHOICE = re.compile(r"(?P<parameter>[a-z_]+) (?P<choice>[a-z0-9_]+)")
_COLUMN = re.compile(
    r"(?P<name>[a-z_]+) (?P<type>[a-z0-9_(), \[\]]*?[a-z0-9)\]])(?: (?P<unit>" + "|".join(UNITS) + "))?"
)
_NEEDS = re.compile(
    r"(?P<names>[a-z0-9_., ]+?)(?: with (?P<fixed>[a-z_]+ = .+?))?(?: if (?P<parameter>[a-z_]+)(?: in (?P<choices>[a-z0-9_, ]+))?)?"
)
_CHANGE = re.compile(r"(?P<version>\d+) (?P<day>\d{4}-\d{2}-\d{2}) (?P<note>.+)")
_ADDS = re.compile(
    r"(?P<keys>one row|[a-z_]+(?:, [a-z_]+)*)(?P<others>(?:; (?:least|greatest) [a-z_]+(?:, [a-z_]+)*)*)"
)
_METRIC = re.compile(
    r"(?P<name>[a-z_]+)(?: \((?P<variant>[a-z0-9-]+)\))? = (?P<column>[a-z_]+) (?P<period>[a-z0-9() -]+?)"
    r"(?: where (?P<where>[a-z_]+=[^=,]+?(?:, [a-z_]+=[^=,]+?)*?))?(?: if (?:activity is (?P<activity>[a-z]+)|(?P<needs>[a-z_]+(?:, [a-z_]+)*)))?"
)
_SAMPLE = re.compile(r"(?P<column>[a-z_]+) = (?P<n>[a-z_]+)(?:, (?P<low>[a-z_]+), (?P<high>[a-z_]+))?")

_KEYS = {
    "name", "version", "title", "description", "section", "needs", "uses", "adds", "param", "choice", "picked", "column", "change",
    "metric", "picture", "sample",
}  # fmt: skip
_ONCE = ("name", "version", "title", "description")


@dataclass(frozen=True)
class Line:
    """One line of a header, those it goes on with included: the line of the file it begins on, its key and value."""

    file: str
    number: int
    key: str
    value: str

    def wrong(self, why: str) -> NoReturn:
        """Raises QueryError that names file and line and says what was expected."""
        raise QueryError(f"{self.file} line {self.number}: {why}")

    def match(self, pattern: re.Pattern[str], text: str, expected: str) -> re.Match[str]:
        """The match of a part of the line; what was expected is said where there is none."""
        found = pattern.fullmatch(text)
        if found is None:
            self.wrong(f"-- {self.key}: {self.value} is not understood; write it like {expected}")
        return found


def read(path: Path, folder: Path | None = None) -> Query:
    """The Query of one file below a folder; QueryError names the file, the line and what was expected."""
    file = FILE.fullmatch(path.name)
    if file is None:
        raise QueryError(f"{path.name}: a query file is named <name>.v<N>.sql")
    sql = path.read_text(encoding="utf-8")
    lines = header_lines(sql, path.name)
    by_key: dict[str, list[Line]] = {key: [line for line in lines if line.key == key] for key in _KEYS}
    for key in _ONCE:
        if len(by_key[key]) != 1:
            raise QueryError(f"{path.name}: the header needs exactly one line -- {key}:")
    name, version, title, description = (by_key[key][0].value for key in _ONCE)
    if (name, version) != (file["name"], file["version"]):
        by_key["name"][0].wrong(f"the header says {name}.v{version}; the file is {path.stem}")
    columns = tuple(_column(line) for line in by_key["column"])
    needs = _needs(by_key["needs"])
    return Query(
        name=name,
        version=int(version),
        title=title,
        description=description,
        section=by_key["section"][0].value if by_key["section"] else "",
        needs=tuple(needs),
        conditions=MappingProxyType({need: each.condition for need, each in needs.items() if each.condition}),
        fixed=MappingProxyType({need: each.fixed for need, each in needs.items() if each.fixed}),
        uses=tuple(name for line in by_key["uses"] for name in _tables(line)),
        adds=_adds(by_key["adds"], columns),
        own_parameters=_parameters(by_key["param"], by_key["choice"], by_key["picked"]),
        columns=columns,
        picture=_picture(by_key["picture"], columns),
        changes=tuple(_change(line) for line in by_key["change"]),
        metrics=tuple(_metric(line, columns) for line in by_key["metric"]),
        samples=tuple(_sample(line, columns) for line in by_key["sample"]),
        folder=folder or path.parent,
        path=path,
        sql=sql,
    )


def header_lines(sql: str, file: str = "") -> list[Line]:
    """The lines a file opens with; one without a key goes on with the line before it, as the formatter breaks them.

    Raises QueryError for a line that is neither.
    """
    found: list[Line] = []
    for number, text in enumerate(sql.splitlines(), 1):
        if not text.startswith("--"):
            break
        line = _LINE.fullmatch(text)
        if line is not None and line["key"] in _KEYS:
            found.append(Line(file, number, line["key"], line["value"]))
        elif found and line is None and not _nearly_a_key(text):
            last = found[-1]
            found[-1] = replace(last, value=f"{last.value} {text.removeprefix('--').strip()}")
        else:
            keys = ", ".join(sorted(_KEYS))
            raise QueryError(
                f"{file} line {number}: this header line is not understood: {text}; its key is one of {keys}"
            )
    return found


def texts(line: Line) -> list[str]:
    """What of a line a person reads: a title, a label, a note."""
    if line.key in ("title", "description"):
        return [line.value]
    if line.key == "change":
        return [_change(line).note]
    return line.value.split(_BAR)[1:] if line.key in ("param", "choice", "column") else []


def _nearly_a_key(line: str) -> bool:
    """Whether a line that goes on with the one before it was meant to be one of its own: -- Adds: x, -- adds:x."""
    word, colon, _rest = line.removeprefix("--").partition(":")
    return bool(colon) and word.strip().lower() in _KEYS


def _names(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(name.strip() for value in values for name in value.split(","))


def _label_and_note(line: Line, parts: Sequence[str]) -> tuple[str, str]:
    """What follows the bars: a label and a note, or a note alone."""
    if len(parts) not in (1, 2) or not all(part.strip() for part in parts):
        line.wrong(f"-- {line.key}: {line.value} needs a note after a bar, or a label and a note: … | Label | the note")
    label, note = parts if len(parts) == 2 else ("", parts[0])
    return label.strip(), note.strip()


def _column(line: Line) -> Column:
    head, *parts = line.value.split(_BAR)
    match = line.match(_COLUMN, head, "share double % | Share | of the customers lost")
    label, note = _label_and_note(line, parts)
    return Column(match["name"], match["type"], note, match["unit"], label)


def _picture(lines: Sequence[Line], columns: Sequence[Column]) -> tuple[str, ...]:
    """The columns drawn, each one that the query returns."""
    known = {column.name for column in columns}
    for line in lines:
        for name in _names([line.value]):
            if name not in known:
                line.wrong(f"-- picture: names {name}, which is no column of it")
    return _names([line.value for line in lines])


def _sample(line: Line, columns: Sequence[Column]) -> Sample:
    match = line.match(_SAMPLE, line.value, "churn_rate = opening_customers, ci_low, ci_high")
    for name in filter(None, match.groups()):
        if name not in {column.name for column in columns}:
            line.wrong(f"-- sample: names {name}, which is no column of it")
    return Sample(**match.groupdict())


def _metric(line: Line, columns: Sequence[Column]) -> Metric:
    match = line.match(
        _METRIC, line.value, "app_retention = retention day-7 where period=7, grain=day if activity is events"
    )
    if match["column"] not in {column.name for column in columns}:
        line.wrong(f"-- metric: names {match['column']}, which is no column of it")
    where = [part.partition("=") for part in (match["where"] or "").split(", ") if part]
    needs = _names([match["needs"]]) if match["needs"] else ()
    for name in needs:
        if name not in schema.TABLES:
            line.wrong(f"-- metric: if {name}: that is no canonical table")
    return Metric(
        match["name"],
        match["column"],
        match["period"],
        match["variant"] or "",
        tuple((name.strip(), value.strip()) for name, _equals, value in where),
        needs,
        match["activity"],
    )


def _change(line: Line) -> Change:
    match = line.match(_CHANGE, line.value, "2 2026-11-24 what changed")
    try:
        day = dt.date.fromisoformat(match["day"])
    except ValueError:
        line.wrong(f"{match['day']} is no day; write it like 2026-11-24")
    return Change(int(match["version"]), day, match["note"])


# Needs


@dataclass(frozen=True)
class _Need:
    condition: tuple[str, tuple[str, ...]] | None
    fixed: Mapping[str, str]


def _needs(lines: Sequence[Line]) -> dict[str, _Need]:
    found: dict[str, _Need] = {}
    for line in lines:
        match = line.match(_NEEDS, line.value, "orders, purchase_counts.v1 with returning = null if figure in revenue")
        condition = (match["parameter"], _names([match["choices"]]) if match["choices"] else ())
        fixed = dict(_set_to(line, part) for part in (match["fixed"] or "").split(", ") if part)
        for name in _names([match["names"]]):
            if name in found:
                line.wrong(f"needs {name} twice; say once when it is wanted")
            for column in schema.columns_named(name):
                if not schema.has_column(column):
                    line.wrong(f"{column} is no column of a canonical table that files are loaded into")
            if fixed and schema.tables_named(name):
                line.wrong(f"{name} is a table and has no parameters; only those of a query can be set")
            found[name] = _Need(condition if match["parameter"] else None, MappingProxyType(fixed))
    return found


def _set_to(line: Line, text: str) -> tuple[str, str]:
    """A parameter and the value it is set to; the catalogue knows its type."""
    name, equals, value = text.partition(" = ")
    if not equals:
        line.wrong(f"with {text}: write parameter = value")
    return name.strip(), value.strip()


def _tables(line: Line) -> tuple[str, ...]:
    """The tables a line names."""
    for name in (names := _names([line.value])):
        if name not in schema.TABLES:
            line.wrong(f"uses {name}, which is no canonical table; there are {', '.join(schema.TABLES)}")
    return names


# Adding up


_INEXACT = re.compile(r"\b(double|float|real)\b")
_SUMMED = re.compile(r"bigint|hugeint|decimal\(38,\d+\)")


def _adds(lines: Sequence[Line], columns: Sequence[Column]) -> Adds | None:
    """What the header says of adding up; a sum of doubles would hang on the order of its parts."""
    if not lines:
        return None
    if len(lines) > 1:
        lines[1].wrong("the header has at most one line -- adds:")
    (line,) = lines
    match = line.match(_ADDS, line.value, "segment, period; greatest last_day")
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
            line.wrong(f"-- adds: names {name} twice")
        if name not in types:
            line.wrong(f"-- adds: names {name}, which is no column of it")
    for name, type_ in types.items():
        if name in adds.keys and _INEXACT.search(type_):
            line.wrong(f"{name} is a key of -- adds: and may not be a {type_}: count by an integer")
        is_sum = name not in told
        if is_sum and _SUMMED.fullmatch(type_.replace(" ", "")) is None:
            line.wrong(
                f"{name} is a sum by -- adds:, which a {type_} does not hold exactly: "
                "count in bigint and keep money decimal(38,4), or name it a key, least or greatest"
            )
    return adds


# Parameters


def _parameters(lines: Sequence[Line], choices: Sequence[Line], picked: Sequence[Line]) -> tuple[Parameter, ...]:
    found = {parameter.name: parameter for parameter in map(_parameter, lines)}
    for line in choices:
        head, *parts = line.value.split(_BAR)
        match = line.match(_CHOICE, head, "measure up_to | By then")
        parameter = found.get(match["parameter"])
        if parameter is None:
            line.wrong(f"names {match['parameter']}, which is no parameter of this file")
        known = (*parameter.choices, *(("null",) if parameter.default is None else ()))
        if match["choice"] not in known:
            line.wrong(f"{parameter.name} has no choice {match['choice']}; it has {', '.join(known) or 'none'}")
        if len(parts) not in (1, 2):
            line.wrong(
                f"-- choice: {line.value} needs what it is called after a bar, and may have a note after another"
            )
        notes = {**parameter.notes, match["choice"]: parts[1].strip()} if len(parts) == 2 else dict(parameter.notes)
        found[parameter.name] = replace(
            parameter,
            names=MappingProxyType({**parameter.names, match["choice"]: parts[0].strip()}),
            notes=MappingProxyType(notes),
        )
    for line in picked:
        for name in _names([line.value]):
            if name not in found:
                line.wrong(f"names {name}, which is no parameter of this file")
            found[name] = replace(found[name], is_picked=True)
    return tuple(found.values())


def _parameter(line: Line) -> Parameter:
    head, *parts = line.value.split(_BAR)
    match = line.match(_PARAMETER, head, "top int(1..) = 20 | Segments shown apart | the note")
    label, note = _label_and_note(line, parts)
    choices = _names([match["choices"]]) if match["choices"] else ()
    kind = match["kind"] or match["number"] or "choice"
    low, high = (float(match["low"]), float(match["high"] or MOST)) if match["number"] else (None, None)
    if low is not None and high is not None and not low <= high <= MOST:
        line.wrong(f"{match['name']} is to lie from {low:g} to {high:g}: the lower bound first, and at most {MOST}")
    if kind == "int" and any(bound is not None and bound != int(bound) for bound in (low, high)):
        line.wrong(f"{match['name']} is a whole number, so its bounds are whole numbers")
    blank = Parameter(match["name"], kind, None, note, choices, low, high, label)
    if match["default"] is None:
        if kind not in ("text", "events"):
            line.wrong(f"parameter {blank.name} needs a default")
        default: Value = "" if kind == "text" else ()
    elif match["default"] == "null":
        default = None
    else:
        try:
            default = blank.read(match["default"])
        except NotAllowed as error:
            line.wrong(f"the default of {error}")
    return replace(blank, default=default)
