"""What sheets of orders give beside their rows: money paid back, the items of orders, and orders of nobody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import duckdb

from churnbook.catalogue import schema
from churnbook.datasets.passport import MADE, NOBODY
from churnbook.engine.duckdb import columns_of
from churnbook.intake.cells.coded import is_coded
from churnbook.intake.loading import accounts, repeated, tables, typed
from churnbook.intake.loading.report import Report
from churnbook.intake.mapping.plan import MappedSheet
from churnbook.words.language import N_
from churnbook.words.message import LOOK, NOTE, WRONG

Orders = Sequence[tuple[int, MappedSheet]]
"""Staged sheets of orders, with their numbers."""


def account_for_refunds(connection: duckdb.DuckDBPyConnection, orders: Orders, report: Report) -> None:
    """Write down how many rows money paid back makes beside those read."""
    for number, each in orders:
        if typed.has_refunds(connection, number):
            of_customer = "true" if is_coded(connection, number) else "customer_id is not null"
            refunded_at = "refunded_at" if "refunded_at" in each.roles else "null"
            ((made, undated),) = connection.execute(
                f"select count(*) filter ({of_customer}), count(*) filter ({refunded_at} is null)"
                f" from staged_{number} where refund > 0"
            ).fetchall()
            accounts.enter(connection, number, MADE, made)
            report.beside["orders"] -= made
            if undated:
                report.warn(
                    N_(
                        "{file}: money was paid back on {rows} rows without saying when; it is subtracted on the "
                        "day of the order."
                    ),
                    weight=NOTE,
                    file=each.sheet.name,
                    rows=f"{undated:,}",
                )


def account_for_copies_of_refunds(
    connection: duckdb.DuckDBPyConnection, gone: Mapping[tuple[int, bool], int], report: Report
) -> None:
    """Write down how many of these rows are no longer there, as `repeated.settle` says."""
    for (number, is_made), rows in gone.items():
        if is_made:
            accounts.enter(connection, number, MADE, -rows)
            report.beside["orders"] += rows


def fill_items(connection: duckdb.DuckDBPyConnection, orders: Orders, report: Report) -> None:
    """The lines of orders, where orders have several rows that say what was bought."""
    for number, each in orders:
        if (
            number not in report.of_several_rows
            or not {"product", "quantity", "unit_price", "category"} & each.roles.keys()
        ):
            continue
        by_line = "null::decimal(18, 4)"
        if {"quantity", "unit_price"} <= each.roles.keys():
            by_line = "try_cast(staged.unit_price::double * staged.quantity as decimal(18, 4))"
        elif "amount" in each.roles and number not in report.whole_orders:
            by_line = "staged.amount"
        columns = [column for column in schema.ORDER_ITEMS.columns if column[0] != "amount"]
        held = set(columns_of(connection, f"staged_{number}"))
        counts = typed.column(number, each, "is_cancelled", "boolean", held)
        connection.execute(
            f"insert into main.order_items ({', '.join(name for name, _type in columns)}, amount)"
            f" select * from (select {typed.columns(connection, number, each, columns)}, {by_line} as amount"
            f" from staged_{number} as staged{typed.by_customer(connection, number)}"
            f" where order_id is not null and not coalesce({counts}, false))"
            " order by customer, order_id"
        )
    ((rows,),) = connection.execute("select count(*) from main.order_items").fetchall()
    if rows:
        report.rows["order_items"] = rows


def keep_orders_of_nobody(connection: duckdb.DuckDBPyConnection, orders: Orders, once: bool, report: Report) -> None:
    """Make `main.guest_orders`: the orders, and the money paid back on them, of those whom nothing tells apart.

    Exact copies among them are told, or with `once` left out, as those of orders are.
    """
    table = schema.GUEST_ORDERS
    tables.create(connection, table)
    wanted = schema.ORDERS.columns
    rows: list[repeated.Loaded] = []
    counts: dict[int, int] = {}
    for number, each in orders:
        if is_coded(connection, number):
            continue  # every row has an id
        nobodys = f"from staged_{number} as staged where staged.customer_id is null"
        ((nobody,),) = connection.execute(f"select count(*) {nobodys}").fetchall()
        if not nobody:
            continue
        counts[number] = nobody
        read = f"select {typed.columns(connection, number, each, wanted, of_nobody=True)} {nobodys}"
        rows.append(repeated.Loaded(number, read))
        if typed.has_refunds(connection, number):
            paid_back = typed.columns(connection, number, each, wanted, of_nobody=True, of_refund=True)
            rows.append(repeated.Loaded(number, f"select {paid_back} {nobodys} and refund > 0", is_made=True))
        _tell_of_nobody(connection, number, each, nobody, report)
    if not rows:
        return
    # the lines of one day and order id are one order, as those of customers are
    is_first = (
        "order_id is null or row_number() over (partition by order_id, day, is_cancelled order by ordered_at) = 1"
    )
    connection.execute(
        f"insert into main.{table.name} select *, (not coalesce(is_cancelled, false) and ({is_first}))::integer"
        f" from ({' union all '.join(each.sql for each in rows)}) where not coalesce(is_cancelled, false) or amount < 0"
        " order by ordered_at"
    )
    orders_of_nobody = replace(schema.ORDERS, name=table.name, label=N_("Orders of nobody"))
    gone = repeated.settle(connection, orders_of_nobody, rows, {}, once, report)
    for number, nobody in counts.items():
        kept = nobody - gone[number, False]
        accounts.enter(connection, number, NOBODY, kept)
        report.beside["orders"] += kept


def _tell_of_nobody(
    connection: duckdb.DuckDBPyConnection, number: int, mapped: MappedSheet, rows: int, report: Report
) -> None:
    ((everyone,),) = connection.execute(f"select count(*) from staged_{number}").fetchall()
    about = {"file": mapped.sheet.name, "rows": f"{rows:,}", "all": f"{everyone:,}"}
    if rows == everyone:
        report.warn(
            N_("{file}: nothing tells whose the orders are. They count as orders and revenue; what is asked of customers has no answer."),
            N_("Load an export that names the customers, or map the column that tells them apart."),
            LOOK if mapped.rules.without_customers else WRONG,
            **about,
        )  # fmt: skip
    else:
        report.warn(
            N_("{file}: {rows} of {all} rows name no customer. They count as orders and revenue, but among no customers."),
            N_("If another column tells who bought, map it to the customer; or fill the customers in, and load again."),
            LOOK,
            **about,
        )  # fmt: skip
