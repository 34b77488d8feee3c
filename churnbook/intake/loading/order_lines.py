"""Orders of several rows: what stands on one of them holds for all, and a total is counted once, however often it stands.

Whether an amount is the order's or the line's is told by the values, not by the header alone.
"""

from __future__ import annotations

import re
from typing import Literal

import duckdb

from churnbook.engine.duckdb import columns_of
from churnbook.intake.loading.report import Report
from churnbook.intake.mapping.plan import MappedSheet
from churnbook.words.language import N_
from churnbook.words.message import LOOK, NOTE

_USUAL = 0.9
_ENOUGH = 3
"""So many orders of several rows tell a total from lines that happen to cost the same."""
_SAYS_TOTAL = re.compile(r"(?i)order|total|paid|订单|總|总|合计|实付|应付|实际支付")
_SPREAD = ("customer_id", "ordered_at", "status")
"""What is said of an order once, on its first row as a rule."""

Standing = Literal["line", "first", "each"]
"""Where the amounts of an order of several rows stand: a part on every row, the total on one, the total on each."""


def find(connection: duckdb.DuckDBPyConnection, number: int, mapped: MappedSheet, report: Report) -> None:
    """Note in the report whether orders of a staged sheet have several rows.

    Such rows stand below each other, or else among the first rows of the file: looking for ids that come again anywhere
    would take longer than to read a large file.
    """
    if "order_id" not in mapped.roles:
        return
    index = mapped.sheet.headers.index(mapped.roles["order_id"])
    first = [cell for row in mapped.sheet.sample if (cell := row[index])]
    ((is_below,),) = connection.execute(
        f"select coalesce(bool_or(is_same), false) from"
        f" (select order_id = lag(order_id) over () as is_same from staged_{number})"
    ).fetchall()
    if is_below or len(set(first)) < len(first):
        report.of_several_rows.add(number)


def spread(connection: duckdb.DuckDBPyConnection, number: int, mapped: MappedSheet, report: Report) -> None:
    """Take for blank cells of an order's further rows what another of its rows says: customer, time, state."""
    if number not in report.of_several_rows:
        return
    held = [name for name in columns_of(connection, f"staged_{number}") if name.split("__")[0] in _SPREAD]
    firsts = ", ".join(f"arg_min({name}, rowid) filter ({name} is not null) as {name}" for name in held)
    some = " or ".join(f"count({name}) between 1 and count(*) - 1" for name in held)
    blank = " or ".join(f"staged.{name} is null and heads.{name} is not null" for name in held)
    connection.execute(
        f"update staged_{number} as staged set {', '.join(f'{name} = coalesce(staged.{name}, heads.{name})' for name in held)}"
        f" from (select order_id, {firsts} from staged_{number} where order_id is not null"
        f" group by order_id having count(*) > 1 and ({some})) as heads"
        f" where staged.order_id = heads.order_id and ({blank})"
    )


def count_once(connection: duckdb.DuckDBPyConnection, number: int, mapped: MappedSheet, report: Report) -> None:
    """Leave the total of an order on its first row where it stands on each, and say where it stood.

    Rows without an amount of their own get zero where their order has one, so that nothing is multiplied for them.
    """
    if number not in report.of_several_rows or "amount" not in mapped.roles:
        return
    # of a file read plainly the staged sheet is a view of another table
    columns = columns_of(connection, f"staged_{number}")
    rows = f"read_{number}" if "record" in columns else f"staged_{number}"
    customer = "digits" if "digits" in columns else "customer_id"
    sound = " and problem is null" if "problem" in columns else ""
    judged, orders, apart = _standing(connection, rows, customer, sound, mapped)
    if judged == "line":
        return
    connection.execute(
        f"""
        update {rows} as staged set amount = 0
        from (
            select order_id, {customer} as who, arg_min(rowid, case when amount is null then 1 else 0 end * 4611686018427387904 + rowid) as first_row
            from {rows} where order_id is not null{sound} group by order_id, {customer} having count(*) > 1 and count(amount) > 0
        ) as heads
        where staged.order_id = heads.order_id and staged.{customer} is not distinct from heads.who
            and staged.rowid <> heads.first_row{sound}
        """
    )
    report.whole_orders.add(number)
    about = {"file": mapped.sheet.name, "column": mapped.roles["amount"], "orders": f"{orders:,}"}
    if judged == "first":
        report.warn(
            N_(
                "{file}: {orders} orders have several rows, and {column} on one of them; it is the amount of the order."
            ),
            weight=NOTE,
            **about,
        )
    else:
        report.warn(
            N_(
                "{file}: {orders} orders have several rows, each with the same {column}; it was taken as the amount of "
                "the whole order and counted once."
            ),
            "" if not apart else N_("If it is the amount of each row, write it so that rows differ, or leave out the order id."),
            LOOK if apart else NOTE,
            **about,
        )  # fmt: skip
    if "refunded_amount" in mapped.roles:
        _count_refunds_once(connection, rows, customer)


def _standing(
    connection: duckdb.DuckDBPyConnection, rows: str, customer: str, sound: str, mapped: MappedSheet
) -> tuple[Standing, int, bool]:
    """Where amounts stand, the orders of several rows, and whether it could be otherwise."""
    has_prices = {"quantity", "unit_price"} <= mapped.roles.keys()
    product = "quantity * unit_price" if has_prices else "null::double"
    ((orders, filled, on_one, same, totals, lines, by_line),) = connection.execute(
        f"""
        with orders as (
            select
                count(*) as rows,
                count(amount) as filled,
                count(distinct amount) as different,
                max(amount) as amount,
                count(*) filter (abs(amount - {product}) < 0.006) as by_line
            from {rows} where order_id is not null{sound}
            group by order_id, {customer} having count(*) > 1
        )
        select
            count(*), count(*) filter (filled > 0), count(*) filter (filled = 1),
            count(*) filter (filled = rows and different = 1 and amount <> 0),
            count(distinct amount) filter (filled = rows and different = 1 and amount <> 0),
            coalesce(sum(rows), 0)::bigint, coalesce(sum(by_line), 0)::bigint
        from orders
        """
    ).fetchall()
    if not filled:
        return "line", orders, False
    if on_one >= _USUAL * filled:
        return "first", orders, False
    if same < _USUAL * filled or (has_prices and by_line >= _USUAL * lines):
        return "line", orders, False
    says_total = has_prices or bool(_SAYS_TOTAL.search(mapped.roles["amount"]))
    if says_total or (same >= _ENOUGH and totals > 1):
        return "each", orders, not says_total
    return "line", orders, False


def _count_refunds_once(connection: duckdb.DuckDBPyConnection, rows: str, customer: str) -> None:
    """Leave what was paid back on the first row of an order where it stands on each and could not all have been."""
    connection.execute(
        f"""
        update {rows} as staged set refunded_amount = null
        from (
            select order_id, {customer} as who, min(rowid) as first_row
            from {rows} where order_id is not null group by order_id, {customer}
            having count(*) > 1 and count(refunded_amount) = count(*) and count(distinct refunded_amount) = 1
                and sum(abs(refunded_amount)) > sum(amount)
        ) as heads
        where staged.order_id = heads.order_id and staged.{customer} is not distinct from heads.who
            and staged.rowid <> heads.first_row
        """
    )
