"""Rows of the canonical tables as SQL: every column of a staged sheet, derived where the sheet allows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb

from churnbook.catalogue import schema
from churnbook.engine.duckdb import columns_of
from churnbook.intake.cells.coded import is_coded
from churnbook.intake.mapping.plan import MappedSheet


def column(number: int, mapped: MappedSheet, name: str, type_: str, held: set[str]) -> str:
    """SQL for one column of a canonical table from a staged sheet, derived where the sheet allows it.

    `held` are the columns that are staged; some say more than the file does.
    """
    roles = mapped.roles
    table = schema.LOADABLE[mapped.table]
    if name == "customer":
        return "keys.customer"
    if name == "day":
        return f"staged.{table.moment}::date" if table.moment in roles else "null::date"
    if name == "event":
        return "staged.event::event_name"
    if name == "attributes":
        kept = range(len(mapped.kept()))
        if not kept:
            return "null::map(varchar, varchar)"
        pairs = ", ".join(f"struct_pack(k := $a{number}_{i}, v := staged.k{i})" for i in kept)
        return f"map_from_entries(list_filter([{pairs}], lambda pair: pair.v is not null))"
    if name == "amount" and table.name == "orders" and {"unit_price", "quantity"} <= set(roles):
        product = "try_cast(staged.unit_price::double * staged.quantity as decimal(18, 4))"
        return f"coalesce(staged.amount, {product})" if "amount" in roles else product
    if name == "mrr" and table.name == "subscriptions" and {"amount", "interval"} <= set(roles):
        times = " * coalesce(staged.quantity, 1)" if "quantity" in roles else ""
        monthly = f"try_cast(staged.amount::double{times} * {_MONTHLY} as decimal(18, 4))"
        return f"coalesce(staged.mrr, {monthly})" if "mrr" in roles else monthly
    if name == "term_months":
        return f"({_TERM})::integer" if "interval" in roles else "null::integer"
    return f"staged.{name}" if name in held else f"null::{type_}"


_TERMS: Mapping[int, tuple[str, ...]] = {
    1: ("month", "monthly", "months", "1 month", "p1m", "月", "月付", "每月", "按月"),
    3: ("quarter", "quarterly", "3 months", "p3m", "季", "季度", "季付", "按季"),
    6: ("half-year", "half year", "semiannual", "6 months", "p6m", "半年", "半年付"),
    12: ("year", "yearly", "annual", "annually", "12 months", "p1y", "p12m", "年", "年付", "每年", "按年"),
}
"""Words for billing intervals of whole months."""

_SHORTER = {
    "52.0 / 12": ("week", "weekly", "p1w", "p7d", "周", "每周"),
    "365.0 / 12": ("day", "daily", "天", "日", "每天"),
}
"""Words for shorter ones, by how many there are in a month."""


def _by_interval(results: Mapping[str, tuple[str, ...]]) -> str:
    """SQL: the result for the billing interval of a row; null for an unknown one."""
    cases = [
        f"when lower(trim(staged.interval)) in ({', '.join(repr(word) for word in words)}) then {result}"
        for result, words in results.items()
    ]
    return f"case {' '.join(cases)} end"


_TERM = _by_interval({str(months): words for months, words in _TERMS.items()})
_MONTHLY = _by_interval({f"1.0 / {months}": words for months, words in _TERMS.items()} | _SHORTER)


def columns(
    connection: duckdb.DuckDBPyConnection,
    number: int,
    mapped: MappedSheet,
    wanted: Sequence[tuple[str, str]],
    *,
    of_refund: bool = False,
    of_nobody: bool = False,
) -> str:
    """SQL for columns of a canonical table, given by name and type, from a staged sheet.

    Those `of_refund` are of the rows of money paid back on an order, those `of_nobody` of orders without a customer.
    """
    held = set(columns_of(connection, f"staged_{number}"))
    found = []
    for name, type_ in wanted:
        value = column(number, mapped, name, type_, held)
        if of_nobody and name == "customer":
            value = "null::integer"
        if of_refund:
            paid_back_at = "coalesce(staged.refunded_at, staged.ordered_at)" if "refunded_at" in held else value
            value = {
                "amount": "-staged.refund",
                "is_cancelled": "true",
                "ordered_at": paid_back_at,
                "day": f"({paid_back_at})::date",
            }.get(name, value)
        found.append(f"{value} as {name}")
    return ", ".join(found)


def has_refunds(connection: duckdb.DuckDBPyConnection, number: int) -> bool:
    """Whether rows of a staged sheet say how much was paid back, each in `refund`."""
    return "refund" in columns_of(connection, f"staged_{number}")


def by_customer(connection: duckdb.DuckDBPyConnection, number: int) -> str:
    """SQL: the join of a staged sheet with the numbers of its customers."""
    if is_coded(connection, number):
        return f" inner join keys_{number} as keys on staged.digits = keys.digits"
    return " inner join keys on staged.customer_id = keys.customer_id"
