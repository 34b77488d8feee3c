"""What the status of a row means for it: orders that do not count, money paid back, subscriptions that are none."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import duckdb

from churnbook.datasets.passport import BY_RULE, NOT_DATA
from churnbook.engine.duckdb import columns_of, in_memory
from churnbook.intake.cells import values
from churnbook.intake.files.sheet import Sheet
from churnbook.intake.loading import scan
from churnbook.intake.loading.report import Report, State
from churnbook.intake.mapping import states
from churnbook.intake.mapping.plan import MappedSheet
from churnbook.intake.mapping.rules import ENDED, LEFT_OUT, MEANINGS, REFUND, REFUNDED, TRIAL
from churnbook.words.language import N_
from churnbook.words.message import NOTE, WRONG

_IS_ROW = f"(problem is null or problem.kind not in ({', '.join(map(values.literal, (*NOT_DATA, *BY_RULE)))}))"
_MOST = 200
"""More different values than so many are no states."""


def counted(mapped: MappedSheet) -> list[State]:
    """The values of a sheet's status column, the commonest first; none where no column carries the role."""
    if "status" not in mapped.roles or mapped.table not in MEANINGS:
        return []
    index = mapped.sheet.headers.index(mapped.roles["status"])
    found = []
    for value, rows in _values(mapped.sheet, index):
        meant, is_known = states.meaning(mapped.table, value, mapped.rules.states)
        found.append(State(value, rows, meant, is_known))
    return found


@lru_cache(maxsize=64)
def _values(sheet: Sheet, index: int) -> Sequence[tuple[str, int]]:
    """The values of a column with their rows, the commonest first."""
    rows, bound = scan.careful(sheet, torn="ignore_errors")
    cell = values.checked("value", "text", "cell")
    with in_memory() as connection:
        return connection.execute(
            f"select {cell} as value, count(*) as rows"
            f" from (select c{index} as cell, {values.typed(f'c{index}', 'text')} as value from ({rows}))"
            f" group by 1 having value is not null order by rows desc, value limit {_MOST}",
            bound,
        ).fetchall()


def can_leave_out(mapped: MappedSheet) -> bool:
    """Whether rows of a sheet may be left out by what they say of themselves, so that their cells are kept."""
    return mapped.table in MEANINGS and bool({"status", "trial_ends_at"} & mapped.roles.keys())


def settle_states(connection: duckdb.DuckDBPyConnection, number: int, mapped: MappedSheet, report: Report) -> None:
    """Give the staged rows of orders and subscriptions what their status means, and note the states in the report.

    What is left out gets a problem, orders `refund`, the money paid back on them, subscriptions their end.
    """
    if mapped.table == "orders":
        _settle_meanings(connection, number, mapped, report)
        _settle_orders(connection, number, mapped)
    elif mapped.table == "subscriptions":
        _settle_meanings(connection, number, mapped, report)
        _settle_subscriptions(connection, number, mapped, report)


def _settle_meanings(connection: duckdb.DuckDBPyConnection, number: int, mapped: MappedSheet, report: Report) -> None:
    """Give the rows with a status their `meaning`."""
    if "status" not in mapped.roles:
        return
    rows = connection.execute(
        f"select status, count(*) from staged_{number} where {_IS_ROW} and status is not null"
        " group by status order by count(*) desc, status"
    ).fetchall()
    found = [State(value, n, *states.meaning(mapped.table, value, mapped.rules.states)) for value, n in rows]
    report.states[mapped.sheet.name] = found
    if found:
        connection.executemany(
            "insert into meta.states values ($1, $2, $3, $4, $5)",
            [(number, each.value, each.rows, each.meaning, each.is_known) for each in found],
        )
    connection.execute(f"alter table staged_{number} add column meaning varchar")
    connection.execute(
        f"update staged_{number} as staged set meaning = known.meaning from"
        " (select unnest($values::varchar[]) as value, unnest($meanings::varchar[]) as meaning) as known"
        " where staged.status = known.value",
        {"values": [each.value for each in found], "meanings": [each.meaning for each in found]},
    )
    unknown = [each for each in found if not each.is_known]
    if unknown:
        report.warn(
            N_("{file}: nobody knows what these values of {column} mean, so their {rows} rows count: {values}."),
            N_("Say in the mapping under “What the states mean” which of them count, and load again."),
            WRONG,
            file=mapped.sheet.name,
            column=mapped.roles["status"],
            rows=f"{sum(each.rows for each in unknown):,}",
            values=", ".join(f"{each.value} ({each.rows:,})" for each in unknown[:5]),
        )


def _settle_orders(connection: duckdb.DuckDBPyConnection, number: int, mapped: MappedSheet) -> None:
    if not {"status", "refunded_amount"} & mapped.roles.keys():
        return
    has = mapped.roles.keys()
    meaning = "coalesce(meaning, '')" if "status" in has else "''"
    paid_back = "nullif(abs(refunded_amount), 0)" if "refunded_amount" in has else "null::decimal(18, 4)"
    if {"quantity", "unit_price"} <= has:
        product = "try_cast(unit_price::double * quantity as decimal(18, 4))"
        amount = f"coalesce(amount, {product})" if "amount" in has else product
    else:
        amount = "amount" if "amount" in has else "null::decimal(18, 4)"
    connection.execute(f"alter table staged_{number} add column refund decimal(18, 4)")
    connection.execute(
        f"""
        update staged_{number} set refund = case {meaning}
            when {values.literal(REFUND)} then null
            when {values.literal(REFUNDED)} then coalesce({paid_back}, greatest({amount}, 0))
            else {paid_back}
        end
        """
    )
    if "status" in has:
        _find_refunds(connection, number, mapped)
        _leave_out(connection, number, mapped)
        _turn_refunds(connection, number, mapped, f"coalesce({paid_back}, abs({amount}))")


def _find_refunds(connection: duckdb.DuckDBPyConnection, number: int, mapped: MappedSheet) -> None:
    """A row below zero under the id of an order that stands above zero is money paid back on it, and all of it."""
    if not {"order_id", "amount"} <= mapped.roles.keys():
        return
    staged = f"staged_{number}"
    connection.execute(
        f"""
        create or replace temp table paid_back as
        select order_id from {staged} where order_id is not null and problem is null
        group by order_id having min(amount) < 0 and max(amount) > 0
        """
    )
    connection.execute(
        f"update {staged} set refund = null, meaning = case when amount < 0 then {values.literal(REFUND)} else meaning end"
        " where problem is null and order_id in (select order_id from paid_back)"
    )
    connection.execute("drop table paid_back")


def _turn_refunds(connection: duckdb.DuckDBPyConnection, number: int, mapped: MappedSheet, money: str) -> None:
    """Rows that are money paid back themselves: no orders, and their amount is subtracted on its own day."""
    staged = f"staged_{number}"
    for name, type_ in (("amount", "decimal(18, 4)"), ("is_cancelled", "boolean")):
        if name not in mapped.roles:
            connection.execute(f"alter table {staged} add column {name} {type_}")
    day = "coalesce(refunded_at, ordered_at)" if "refunded_at" in mapped.roles else "ordered_at"
    connection.execute(
        f"update {staged} set amount = -{money}, is_cancelled = true, ordered_at = {day}"
        f" where problem is null and meaning = {values.literal(REFUND)}"
    )


def _leave_out(connection: duckdb.DuckDBPyConnection, number: int, mapped: MappedSheet) -> None:
    """Rows that are none by their status are set aside with that as the reason."""
    cell = mapped.sheet.headers.index(mapped.roles["status"])
    kinds = f"case meaning when {values.literal(TRIAL)} then 'trial' else 'state' end"
    connection.execute(
        # what does not count needs neither day nor amount
        f"update staged_{number} set problem = struct_pack(cell := {cell}, kind := {kinds})"
        f" where {_IS_ROW} and meaning in ({values.literal(TRIAL)}, {values.literal(LEFT_OUT)})"
    )


def _settle_subscriptions(
    connection: duckdb.DuckDBPyConnection, number: int, mapped: MappedSheet, report: Report
) -> None:
    has = mapped.roles.keys()
    if not {"status", "trial_ends_at", "cancelled_at"} & has:
        return
    staged = f"staged_{number}"
    if "ended_at" not in has and {"cancelled_at", "paid_until", "status"} & has:
        connection.execute(f"alter table {staged} add column ended_at timestamp")
    if "ended_at" in columns_of(connection, staged):
        _settle_ends(connection, staged, mapped, report)
    place = mapped.sheet.headers.index
    if "trial_ends_at" in has:
        cell = place(mapped.roles["trial_ends_at"])
        over = "trial_ends_at is not null and coalesce(ended_at <= trial_ends_at, false)" if "ended_at" in columns_of(connection, staged) else "false"  # fmt: skip
        connection.execute(
            f"update {staged} set problem = struct_pack(cell := {cell}, kind := 'trial') where problem is null and {over}"
        )
        connection.execute(
            f"update {staged} set started_at = trial_ends_at where problem is null and trial_ends_at > started_at"
        )
    if "status" in has:
        _leave_out(connection, number, mapped)


def _settle_ends(connection: duckdb.DuckDBPyConnection, staged: str, mapped: MappedSheet, report: Report) -> None:
    """The end of subscriptions that have ended by their status, or were cancelled where no column tells an end."""
    has = mapped.roles.keys()
    known = [name for name in ("paid_until", "cancelled_at") if name in has]
    about = {"file": mapped.sheet.name}
    if "status" in has:
        day = f"coalesce({', '.join([*known, 'null::timestamp'])})"
        ends = f"case when {day} is not null then greatest(started_at, {day}) end"
        ((late, open_),) = connection.execute(
            f"select count(*) filter ({ends} is not null), count(*) filter ({ends} is null) from {staged}"
            f" where problem is null and ended_at is null and meaning = {values.literal(ENDED)}"
        ).fetchall()
        connection.execute(
            f"update {staged} set ended_at = {ends} where ended_at is null and meaning = {values.literal(ENDED)}"
        )
        if late and "ended_at" in has:
            report.warn(
                N_("{file}: {rows} subscriptions have ended by their status, without a day; {columns} was taken."),
                weight=NOTE, **about, rows=f"{late:,}", columns=", ".join(mapped.roles[name] for name in known),
            )  # fmt: skip
        if open_:
            report.warn(
                N_("{file}: {rows} subscriptions have ended by their status, but no column says when; they count as running."),
                N_("Map the column with the day they ended or were cancelled, and load again."),
                WRONG, **about, rows=f"{open_:,}",
            )  # fmt: skip
    if "ended_at" not in has and "cancelled_at" in has:
        end = "greatest(cancelled_at, paid_until)" if "paid_until" in has else "cancelled_at"
        connection.execute(
            f"update {staged} set ended_at = greatest(started_at, {end}) where ended_at is null and cancelled_at is not null"
        )
        report.warn(
            N_("{file}: no column says when a subscription ends; {columns} was taken for it."),
            weight=NOTE, **about,
            columns=", ".join(mapped.roles[name] for name in ("cancelled_at", "paid_until") if name in has),
        )  # fmt: skip
