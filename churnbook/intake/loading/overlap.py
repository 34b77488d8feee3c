"""Files added to a dataset: which of their rows are there already, and which of the two stays."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Literal, get_args

import duckdb

from churnbook.catalogue import schema
from churnbook.datasets.facts import Facts
from churnbook.datasets.passport import REPLACED
from churnbook.engine.duckdb import open_cursor
from churnbook.intake.loading import accounts, identity, passport
from churnbook.intake.loading.plain import distinct_values
from churnbook.intake.loading.report import Report
from churnbook.intake.loading.stage import stage
from churnbook.intake.mapping.plan import MappedSheet

OnConflict = Literal["replace", "keep", "add"]
"""What becomes of rows that are there already: the new file's replace them, they stay, or both count."""
CONFLICTS: tuple[OnConflict, ...] = get_args(OnConflict)

_KEYS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "customers": (("customer_id",),),
    "orders": (("order_id",), ("customer_id", "ordered_at")),
    "events": (("customer_id", "event", "occurred_at"),),
    "subscriptions": (("subscription_id",), ("customer_id", "started_at")),
    "tickets": (("customer_id", "opened_at"),),
    "surveys": (("customer_id", "answered_at", "question"), ("customer_id", "answered_at")),
    "exits": (("customer_id", "churned_at"),),
    "assignments": (("customer_id", "experiment"),),
    "costs": (("period", "channel"), ("period",)),
    "benchmarks": (("metric", "industry", "segment", "year"), ("metric", "source"), ("metric",)),
}
"""By table, the roles that tell its rows apart: the first of these that all files have."""


@dataclass(frozen=True)
class Batch:
    """When a sheet came to its dataset, 0 for the first load, and what becomes of rows that were there before it."""

    number: int = 0
    on_conflict: OnConflict = "add"


def settle(connection: duckdb.DuckDBPyConnection, mapped: Sequence[MappedSheet], batches: Sequence[Batch]) -> None:
    """Take out of the staged sheets the rows that give way to those of another sheet.

    Customers stay: of a customer in several files the first that says something wins, and the caller orders those.
    """
    changed: set[int] = set()
    for earlier, later in product(range(len(mapped)), repeat=2):
        table = mapped[earlier].table
        on_conflict = batches[later].on_conflict
        if batches[earlier].number >= batches[later].number or table != mapped[later].table:
            continue
        if on_conflict == "add" or table == "customers":
            continue
        gone, stays = (earlier, later) if on_conflict == "replace" else (later, earlier)
        keys = _keys(table, [set(mapped[earlier].roles), set(mapped[later].roles)])
        if rows := _take_out(connection, gone, stays, keys):
            changed.add(gone)
            accounts.enter(connection, gone, REPLACED, rows)
    for number in changed:
        for role in ("customer_id", "event"):
            connection.execute(f"drop table if exists {role}_{number}")
        distinct_values(connection, number, mapped[number])


def _take_out(connection: duckdb.DuckDBPyConnection, gone: int, stays: int, keys: Sequence[_Key]) -> int:
    """Leave only the rows of the staged sheet `gone` whose key the sheet `stays` does not have; how many went."""
    ((before, kind),) = connection.execute(
        f"select count(*), (select table_type from information_schema.tables where table_name = 'staged_{gone}')"
        f" from staged_{gone}"
    ).fetchall()
    joins = " ".join(
        f"anti join {_those(key, f'staged_{stays}')} as {name} on {_same(key, f'staged_{gone}', name)}"
        for key, name in zip(keys, ("staying", "staying_too"), strict=False)
    )
    connection.execute(f"create temp table left_over as select staged_{gone}.* from staged_{gone} {joins}")
    ((after,),) = connection.execute("select count(*) from left_over").fetchall()
    connection.execute(f"drop {'view' if kind == 'VIEW' else 'table'} staged_{gone}")
    connection.execute(f"alter table left_over rename to staged_{gone}")
    return int(before - after)


@dataclass(frozen=True)
class _Key:
    """Roles that tell rows apart; with `without` only those rows that have no value of that role."""

    roles: tuple[schema.Role, ...]
    without: str | None = None


def _keys(table: str, known: Sequence[set[str]]) -> list[_Key]:
    """How rows are told apart: by the first key that all have; those without its one id by the next such key."""
    usable = [key for key in _KEYS[table] if all(set(key) <= roles for roles in known)] or [_KEYS[table][-1]]
    first, *others = ([schema.LOADABLE[table].role(role) for role in key] for key in usable)
    keys = [_Key(tuple(first))]
    if len(first) == 1 and others:
        keys.append(_Key(tuple(others[0]), without=first[0].name))
    return keys


def _those(key: _Key, rows: str) -> str:
    return f"(select * from {rows} where {key.without} is null)" if key.without else rows


def _same(key: _Key, left: str, right: str) -> str:
    """SQL: two rows have the same key; a single id must be there, of several values some may be missing on both sides."""
    equal = "=" if len(key.roles) == 1 else "is not distinct from"
    # names may be of a type of their sheet's own
    same = [
        f"{left}.{role.name}::{schema.KINDS[role.kind]} {equal} {right}.{role.name}::{schema.KINDS[role.kind]}"
        for role in key.roles
    ]
    return " and ".join([*same, f"{left}.{key.without} is null"] if key.without else same)


@dataclass(frozen=True)
class Overlap:
    """How a sheet compares with a dataset, row by row.

    `key` are the roles its rows are told apart by. Of its `rows`, `known` have a key the dataset holds already, and
    `same` of these agree with a row there in every column of the sheet that is loaded.
    """

    sheet: str
    table: str
    key: tuple[str, ...]
    rows: int
    known: int
    same: int
    first_day: dt.date | None
    last_day: dt.date | None


def compare(facts: Facts, mapped: Sequence[MappedSheet]) -> list[Overlap]:
    """How each sheet compares with a dataset; raises Refused like an import for sheets that cannot be read."""
    with duckdb.connect() as connection, open_cursor(facts.path) as cursor:
        connection.execute("set python_enable_replacements = false")
        passport.begin(connection, mapped)
        staged: list[tuple[int, MappedSheet]] = []
        for number, each in enumerate(mapped):
            is_told = any(
                (other.sheet.sha256, other.sheet.sheet) == (each.sheet.sha256, each.sheet.sheet) for _n, other in staged
            )
            if each.table == "customers" and is_told:
                continue  # of orders or the like, which were compared
            staged.append((number, each))
            stage(connection, number, each, facts.timezone, Report())
        identity.settle(connection, staged, Report())
        return [_compared(connection, number, each, cursor) for number, each in staged]


def _compared(
    connection: duckdb.DuckDBPyConnection, number: int, mapped: MappedSheet, cursor: duckdb.DuckDBPyConnection
) -> Overlap:
    table = schema.LOADABLE[mapped.table]
    held_in = f"main.{table.name}"
    if table.may_lack_customer:
        held_in = f"(from {held_in} union all by name select * exclude (times) from main.{schema.GUEST_ORDERS.name})"
    held = {name for (name,) in cursor.execute(_FILLED.format(table=held_in, columns=_columns(table))).fetchall()}
    roles = [
        role.name
        for role in table.roles
        if role.name in mapped.roles or (role.name == "customer_id" and table.may_lack_customer)
    ]
    keys = _keys(table.name, [set(roles), held | {"customer_id"}])
    day = f"staged.{table.moment}::date" if table.moment in mapped.roles else "null::date"
    rows = connection.sql(f"select {', '.join(roles)}, {day} as day from staged_{number} as staged").to_arrow_table()
    cursor.register("new_rows", rows)
    old = f"select {_stored(table)} from {held_in} as stored"
    if table.has_customers and table.name != "customers":
        kind = "left" if table.may_lack_customer else "inner"
        old += f" {kind} join main.customers as customers on stored.customer = customers.customer"
    known_by = " + ".join(
        f"(select count(*) from new_rows semi join {_those(key, 'old')} as kept on {_same(key, 'new_rows', 'kept')})"
        for key in keys
    )
    wholly = " and ".join(f"new_rows.{role} is not distinct from old.{role}" for role in roles)
    ((count, first, last, known, same),) = cursor.execute(
        f"""
        with old as ({old})
        select
            count(*), min(day), max(day),
            {known_by},
            (select count(*) from new_rows semi join old on {wholly})
        from new_rows
        """
    ).fetchall()
    cursor.unregister("new_rows")
    key = tuple(role.name for role in keys[0].roles)
    return Overlap(mapped.sheet.name, table.name, key, count, known, same, first, last)


_FILLED = "select name from (unpivot (select {columns} from {table}) on columns(*)) where value > 0"


def _columns(table: schema.Table) -> str:
    return ", ".join(f"count({role.name}) as {role.name}" for role in table.roles if role.name != "customer_id")


def _stored(table: schema.Table) -> str:
    owner = "stored" if table.name == "customers" else "customers"
    columns = [
        f"{owner}.customer_id"
        if role.name == "customer_id"
        else f"stored.{role.name}::{schema.KINDS[role.kind]} as {role.name}"
        for role in table.roles
    ]
    return ", ".join(columns)
