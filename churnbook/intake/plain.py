"""The fast way in: a text file whose every cell is written plainly is read straight into its types.

It yields exactly what reading cell by cell yields, or nothing: at the first doubt about any cell of the
file the caller reads it again with care.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import duckdb

from churnbook import schema
from churnbook.intake import scan, totals, values
from churnbook.intake.dates import Dates
from churnbook.intake.map import Mapped
from churnbook.intake.sheet import Sheet

_STRICT = {"timestamp": "TIMESTAMP", "money": "DECIMAL(18, 4)", "number": "DOUBLE"}
"""The kinds the engine reads as strictly as we do, with the types it reads them into."""


def stage_plain(connection: duckdb.DuckDBPyConnection, number: int, mapped: Mapped, dates: Mapping[str, Dates]) -> bool:
    """Make `staged_<number>` and its distinct values if every cell is plain; says whether it was."""
    if not _may_be_plain(mapped, dates):
        return False
    try:
        connection.execute(*_staging(number, mapped, dates))
    except duckdb.Error:
        return False  # a cell that is no value of its type, or a line that is no row
    distinct_values(connection, number, mapped)
    ((is_plain,),) = connection.execute(_verdict(number, mapped)).fetchall()
    if not is_plain:
        for name in ("staged", "customer_id", "event"):
            connection.execute(f"drop table if exists {name}_{number}")
    return bool(is_plain)


def distinct_values(connection: duckdb.DuckDBPyConnection, number: int, mapped: Mapped) -> None:
    """Make `customer_id_<number>`, and for events `event_<number>`, of the values of a staged sheet."""
    for role in _listed(mapped):
        connection.execute(f"create temp table {role}_{number} as select distinct {role} from staged_{number}")


def are_floats(sheet: Sheet, place: int) -> bool:
    """Whether the ids of a column were whole numbers that some program wrote as 17850.0."""
    filled = [cell.strip() for row in sheet.sample if (cell := row[place])]
    return any(cell.endswith(".0") for cell in filled) and all(re.fullmatch(r"\d+(\.0)?", cell) for cell in filled)


def _listed(mapped: Mapped) -> list[str]:
    return [name for name in ("customer_id", "event") if name in mapped.roles]


def _roles(mapped: Mapped) -> list[schema.Role]:
    return [role for role in schema.LOADABLE[mapped.table].roles if role.name in mapped.roles]


def _may_be_plain(mapped: Mapped, dates: Mapping[str, Dates]) -> bool:
    """A text file with a column for each role, of kinds that read strictly, and one format for all its times."""
    sheet, roles = mapped.sheet, _roles(mapped)
    return (
        sheet.is_direct
        and mapped.table in ("orders", "events", "subscriptions")
        and len(set(mapped.roles.values())) == len(roles)
        and all(role.kind in _STRICT or role.kind in ("id", "name", "text") for role in roles)
        and not are_floats(sheet, sheet.headers.index(mapped.roles["customer_id"]))
        and len(usual := {each.usual for each in dates.values()}) == 1
        and None not in usual
    )


def _staging(number: int, mapped: Mapped, dates: Mapping[str, Dates]) -> tuple[str, dict[str, Any]]:
    """Ids and names as they are written, for the verdict is on their few distinct values; other text cleaned."""
    headers = mapped.sheet.headers
    columns = {f"c{i}": "VARCHAR" for i in range(len(headers))}
    taken: list[str] = []
    texts = [(f"k{i}", f"c{headers.index(header)}") for i, header in enumerate(mapped.kept())]
    for role in _roles(mapped):
        cell = f"c{headers.index(mapped.roles[role.name])}"
        if role.kind == "text":
            texts.append((role.name, cell))
            continue
        columns[cell] = _STRICT.get(role.kind, "VARCHAR")
        taken.append(f"{cell} as {role.name}")
    trimmed = [f"{values.typed(cell, 'text')} as v_{cell}" for _name, cell in texts]
    taken += [f"{values.checked(f'v_{cell}', 'text', cell)} as {name}" for name, cell in texts]
    rows, bound = scan.plain(mapped.sheet, columns, next(iter(dates.values())).usual or "")
    return (
        f"create temp table staged_{number} as"
        f" select {', '.join(taken)} from (select {', '.join(['*', *trimmed])} from ({rows}))",
        bound,
    )


def _verdict(number: int, mapped: Mapped) -> str:
    """SQL: whether nothing is missing, nothing out of range, and no id or name has anything to clean."""
    sure = []
    for role in _roles(mapped):
        if role.kind == "timestamp":
            last = values.OPEN_END if role.known_at == role.name else "2201-01-01"
            sure.append(f"coalesce(min({role.name}) > '1900-01-01' and max({role.name}) < '{last}', true)")
        if role.kind == "money":
            sure.append(f"coalesce(min({role.name}) > -1e12 and max({role.name}) < 1e12, true)")
        if role.kind == "number":
            sure.append(f"coalesce(bool_and(isfinite({role.name})), true)")
        if role.kind in _STRICT and role.required:
            sure.append(f"count({role.name}) = count(*)")
    if mapped.table == "subscriptions" and "ended_at" in mapped.roles:
        sure.append("count(*) filter (ended_at < started_at) = 0")
    verdicts = [
        f"(select {' and '.join(sure)} from staged_{number})",
        f"(select count(*) filter ({totals.is_total('customer_id')}) = 0 from customer_id_{number})",
    ]
    for name in _listed(mapped):
        kind = schema.LOADABLE[mapped.table].role(name).kind
        cleaned = values.checked("trimmed", kind, name)
        verdicts.append(
            f"(select count({cleaned}) = count(*) and count(*) filter ({cleaned} <> {name} or {values.is_rounded(name)}) = 0"
            f" from (select {name}, {values.typed(name, kind)} as trimmed from {name}_{number}))"
        )
    return f"select {' and '.join(verdicts)}"
