"""The fast way in: a text file whose every cell is written plainly is read straight into its types.

It yields exactly what reading cell by cell yields, or nothing: at the first doubt about any cell of the
file the caller reads it again with care.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import duckdb

from churnbook.catalogue import schema
from churnbook.intake.cells import totals, values
from churnbook.intake.cells.coded import Form, create_names, distinct_ids, form_of
from churnbook.intake.cells.dates import Dates
from churnbook.intake.files.sheet import Sheet
from churnbook.intake.loading import scan
from churnbook.intake.mapping.plan import MappedSheet

_STRICT = {"timestamp": "TIMESTAMP", "money": "DECIMAL(18, 4)", "number": "DOUBLE"}
"""The kinds the engine reads as strictly as we do, with the types it reads them into."""
_SETTLED = {"status", "refunded_amount", "trial_ends_at", "cancelled_at", "paid_until"}
"""The roles that say what becomes of a row, which is settled row by row."""
_FIRST_ROWS = 100_000
"""Rows that are looked through for event names; a name that comes later only takes more time."""
_MOST_NAMES = 200


def stage_plain(
    connection: duckdb.DuckDBPyConnection, number: int, mapped: MappedSheet, dates: Mapping[str, Dates]
) -> bool:
    """Make `staged_<number>` and its distinct values if every cell is plain; says whether it was."""
    if not _may_be_plain(mapped, dates):
        return False
    form = form_of([row[_place(mapped, "customer_id")] for row in mapped.sheet.sample])
    try:
        knows_names = _find_names(connection, number, mapped, dates)
        connection.execute(*_staging(number, mapped, dates, form, knows_names))
        if form and not _holds(connection, f"select count(digits) = count(*) from read_{number}"):
            form = None
            connection.execute(f"drop table read_{number}")
            connection.execute(*_staging(number, mapped, dates, form, knows_names))
    except duckdb.Error:
        return False  # a cell that is no value of its type, or a line that is no row
    _show(connection, number, form, knows_names)
    distinct_values(connection, number, mapped, form)
    is_plain = _holds(connection, _verdict(number, mapped, form))
    if not is_plain:
        connection.execute(f"drop view staged_{number}")
        for name in ("read", "customer_id", "event"):
            connection.execute(f"drop table if exists {name}_{number}")
    return is_plain


def _holds(connection: duckdb.DuckDBPyConnection, sql: str) -> bool:
    ((holds,),) = connection.execute(sql).fetchall()
    return bool(holds)


def _find_names(
    connection: duckdb.DuckDBPyConnection, number: int, mapped: MappedSheet, dates: Mapping[str, Dates]
) -> bool:
    """Make the type `names_<number>` of the event names in the first rows, if they are few; says whether it did."""
    if "event" not in mapped.roles:
        return False
    rows, bound = scan.plain(
        mapped.sheet, {f"c{i}": "VARCHAR" for i in range(len(mapped.sheet.headers))}, _usual(dates)
    )
    cell = f"c{_place(mapped, 'event')}"
    connection.execute(
        f"create or replace temp table first_names as select distinct {cell} as name"
        f" from ({rows} limit {_FIRST_ROWS}) where {cell} is not null",
        bound,
    )
    if not _holds(connection, f"select count(*) <= {_MOST_NAMES} from first_names"):
        return False
    create_names(connection, f"temp type names_{number}", ["select name from first_names"])
    return True


def _show(connection: duckdb.DuckDBPyConnection, number: int, form: Form | None, knows_names: bool) -> None:
    """Make `staged_<number>`, which shows the rows read, numbered, with their ids and names as they were written."""
    shown = ["*", "rowid as record"]
    if form:
        shown.append(f"{form.text('digits')} as customer_id")
    if knows_names:
        # names that are all known need no text: their type is the one that they will have in the dataset
        all_known = _holds(connection, f"select count(other_event) = 0 from read_{number}")
        shown.append(f"{'known_event' if all_known else 'coalesce(known_event::varchar, other_event)'} as event")
    connection.execute(f"create temp view staged_{number} as select {', '.join(shown)} from read_{number}")


def distinct_values(
    connection: duckdb.DuckDBPyConnection, number: int, mapped: MappedSheet, form: Form | None = None
) -> None:
    """Make `customer_id_<number>`, and for events `event_<number>`, of the values of a staged sheet."""
    for role in _listed(mapped):
        if form and role == "customer_id":
            distinct_ids(connection, number, form)
        else:
            connection.execute(
                f"create temp table {role}_{number} as"
                f" select {role}::varchar as {role} from (select distinct {role} from staged_{number})"
                f"{' where customer_id is not null' if role == 'customer_id' else ''}"
            )


def are_floats(sheet: Sheet, index: int) -> bool:
    """Whether the ids of a column were whole numbers that some program wrote as 17850.0."""
    filled = [cell.strip() for row in sheet.sample if (cell := row[index])]
    return any(cell.endswith(".0") for cell in filled) and all(re.fullmatch(r"\d+(\.0)?", cell) for cell in filled)


def _listed(mapped: MappedSheet) -> list[str]:
    # where no column tells the customers, another file may
    has_customers = schema.LOADABLE[mapped.table].has_customers
    return ["customer_id"] * has_customers + ["event"] * ("event" in mapped.roles)


def _place(mapped: MappedSheet, role: str) -> int:
    return mapped.sheet.headers.index(mapped.roles[role])


def _usual(dates: Mapping[str, Dates]) -> str:
    return next(iter(dates.values())).usual or ""


def _roles(mapped: MappedSheet) -> list[schema.Role]:
    return [role for role in schema.LOADABLE[mapped.table].roles if role.name in mapped.roles]


def _may_be_plain(mapped: MappedSheet, dates: Mapping[str, Dates]) -> bool:
    """A text file with a column for each role, of kinds that read strictly, and one format for all its times."""
    sheet, roles = mapped.sheet, _roles(mapped)
    return (
        sheet.is_direct
        and not sheet.joined
        and mapped.table in ("orders", "events", "subscriptions")
        and len(set(mapped.roles.values())) == len(roles)
        and not mapped.rules.headers
        and "customer_id" in mapped.roles
        and not _SETTLED & mapped.roles.keys()
        and all(role.kind in _STRICT or role.kind in ("id", "name", "text") for role in roles)
        and not are_floats(sheet, _place(mapped, "customer_id"))
        and len(usual := {each.usual for each in dates.values()}) == 1
        and None not in usual
    )


def _staging(
    number: int, mapped: MappedSheet, dates: Mapping[str, Dates], form: Form | None, knows_names: bool
) -> tuple[str, dict[str, Any]]:
    """Ids and names as they are written, for the verdict is on their few distinct values; other text cleaned.

    Ids of a form become the integers `digits`, names of `names_<number>` the column `known_event`.
    """
    columns = {f"c{i}": "VARCHAR" for i in range(len(mapped.sheet.headers))}
    taken: list[str] = []
    computed: list[str] = []
    texts = [(f"k{i}", f"c{mapped.sheet.headers.index(header)}") for i, header in enumerate(mapped.kept())]
    for role in _roles(mapped):
        cell = f"c{_place(mapped, role.name)}"
        if role.kind == "text":
            texts.append((role.name, cell))
            continue
        columns[cell] = _STRICT.get(role.kind, "VARCHAR")
        if role.name == "customer_id" and form:
            taken.append(f"{form.number(cell)} as digits")
        elif role.name == "event" and knows_names:
            computed.append(f"try_cast({cell} as names_{number}) as known_event")
            taken += ["known_event", f"case when known_event is null then {cell} end as other_event"]
        else:
            taken.append(f"{cell} as {role.name}")
    computed += [f"{values.typed(cell, 'text')} as v_{cell}" for _name, cell in texts]
    taken += [f"{values.checked(f'v_{cell}', 'text', cell)} as {name}" for name, cell in texts]
    rows, bound = scan.plain(mapped.sheet, columns, _usual(dates))
    return (
        f"create temp table read_{number} as"
        f" select {', '.join(taken)} from (select {', '.join(['*', *computed])} from ({rows}))",
        bound,
    )


def _verdict(number: int, mapped: MappedSheet, form: Form | None) -> str:
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
    verdicts = [f"(select {' and '.join(sure)} from staged_{number})"]
    if not form:
        if not schema.LOADABLE[mapped.table].may_lack_customer:
            verdicts.append(f"(select count(customer_id) = count(*) from staged_{number})")
        verdicts.append(f"(select count(*) filter ({totals.is_total('customer_id')}) = 0 from customer_id_{number})")
    for name in _listed(mapped):
        if form and name == "customer_id":
            continue  # letters and digits: no total, nothing to clean
        kind = schema.LOADABLE[mapped.table].role(name).kind
        cleaned = values.checked("trimmed", kind, name)
        verdicts.append(
            f"(select count({cleaned}) = count(*) and count(*) filter ({cleaned} <> {name} or {values.is_rounded(name)}) = 0"
            f" from (select {name}, {values.typed(name, kind)} as trimmed from {name}_{number}))"
        )
    return f"select {' and '.join(verdicts)}"
