"""The second table a file may feed: customers who stand in the rows of others, or events told by columns of dates."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from churnbook.engine.duckdb import in_memory
from churnbook.intake.cells import values
from churnbook.intake.cells.profile import profiles
from churnbook.intake.files.sheet import Sheet
from churnbook.intake.mapping.plan import MappedSheet
from churnbook.intake.mapping.rules import Rules

FEEDING = ("orders", "events", "subscriptions", "tickets")
"""The tables whose files often are the only ones that say something about customers."""


def customers(sheet: Sheet, first: MappedSheet, kept: Sequence[str]) -> MappedSheet:
    """The customers a sheet tells of that is mapped to `first`, by the same columns, with `kept` as attributes."""
    customer = first.roles["customer_id"]
    left_out = tuple(header for header in sheet.headers if header != customer and header not in kept)
    further = first.rules.otherwise.get("customer_id", ())
    rules = Rules(otherwise={"customer_id": further}) if further else Rules()
    return MappedSheet(sheet, "customers", {"customer_id": customer}, left_out=left_out, rules=rules)


def events(unpivoted: Sheet, customer: str) -> MappedSheet:
    """Events of customers, from a sheet whose columns of dates were turned into rows."""
    event, time = unpivoted.headers[-2:]
    return MappedSheet(unpivoted, "events", {"customer_id": customer, "event": event, "occurred_at": time})


def dated(sheet: Sheet) -> tuple[str, ...]:
    """The columns that hold dates in writing."""
    return tuple(
        header for header, profile in profiles(sheet).items() if profile.is_dated and header not in sheet.parts
    )


@lru_cache(maxsize=32)
def steady(sheet: Sheet, customer: str, columns: tuple[str, ...], is_wide: bool) -> tuple[str, ...]:
    """The columns that differ between customers, and nearly never between the rows of one customer.

    Where customers have one row each there is no telling, unless the sheet `is_wide`, as one with a column for each month.
    """
    if not columns:
        return ()
    ids = [row[sheet.headers.index(customer)] for row in sheet.sample]
    found = []
    with in_memory() as connection:
        for header in columns:
            index = sheet.headers.index(header)
            ((is_steady,),) = connection.execute(
                f"""
                with cells as (
                    select trim(customer) as customer, trim(cell) as cell
                    from (
                        select unnest($ids::varchar[]) as customer, unnest($cells::varchar[]) as cell
                    ) where not {values.is_null("customer", "id")} and not {values.is_null("cell", "text")}
                ),
                by_customer as (
                    select customer, count(*) as rows, count(distinct cell) as different from cells group by customer
                )
                select
                    count(*) filter (rows > 1) >= (case when $is_wide then 0 else 3 end)
                    and count(*) filter (rows > 1 and different = 1) >= 0.95 * count(*) filter (rows > 1)
                    and (select count(distinct cell) between 2 and 0.5 * count(distinct customer) from cells)
                from by_customer
                """,
                {"ids": ids, "cells": [row[index] for row in sheet.sample], "is_wide": is_wide},
            ).fetchall()
            if is_steady:
                found.append(header)
    return tuple(found)
