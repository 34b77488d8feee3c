"""The days of activity of a dataset: what every customer did on which day, from its loaded tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import duckdb

from churnbook import queries, schema
from churnbook.intake.report import ACTIVITIES

SORTED_ROWS = 12_000_000
"""So many rows are sorted at a time: beyond what fits into memory the engine's sort of them fails."""


def derive(connection: duckdb.DuckDBPyConnection, rows: Mapping[str, int], counted: Sequence[str]) -> None:
    """Make `main.activity_days` from the loaded tables; `rows` of each, `counted` are those that are activity.

    Expects the temporary table `keys` with every customer.
    """
    columns = ", ".join(f"{name} {type_}" for name, type_ in schema.ACTIVITY_DAYS.columns)
    connection.execute("create type main.activity_source as enum ('orders', 'events', 'subscriptions')")
    connection.execute(f"create table main.activity_days ({columns})")
    query = queries.catalogue().find("daily_activity")
    typed = ", ".join(f"{name}::{type_} as {name}" for name, type_ in schema.ACTIVITY_DAYS.columns)
    others, alone = _events_alone(connection)
    of_range = "where customer between $low and $high"
    sources = ", ".join(
        f"{name} as (select {name}.* from main.{name} {others if name == 'events' else ''} {of_range})"
        for name in ACTIVITIES
    )
    for low, high in _customer_ranges(connection, rows):
        connection.execute(
            # typed before it is sorted: sorting names as text takes a third longer
            f"insert into main.activity_days with {sources}"
            f" select * from (select {typed} from ({query.unordered_sql}){alone and f'{alone} {of_range}'})"
            " order by customer, day, name",
            {f"{name}_count": name in counted for name in ACTIVITIES} | {"low": low, "high": high},
        )


def _customer_ranges(connection: duckdb.DuckDBPyConnection, rows: Mapping[str, int]) -> Iterator[tuple[int, int]]:
    """First and last number of so many customers at a time that sorting their rows fits into memory."""
    ((customers,),) = connection.execute("select count(*) from keys").fetchall()
    all_rows = sum(rows.get(name, 0) for name in ACTIVITIES)
    width = -(-customers // (all_rows // SORTED_ROWS + 1)) or 1
    for low in range(0, customers, width):
        yield low, low + width - 1


def _events_alone(connection: duckdb.DuckDBPyConnection) -> tuple[str, str]:
    """SQL that leaves only events with another of their customer, name and day, and SQL that adds the rest.

    In the rest there is nothing to add up, and grouping them would be the dearest part of an import.
    """
    # events lie by name, customer and time, so that the others are their neighbours
    connection.execute(
        """
        create temp table neighbours as
        select place, place_before, is_astray
        from (
            select
                rowid as place,
                lag(rowid) over () as place_before,
                event = lag(event) over () and customer = lag(customer) over () and day = lag(day) over () as is_same,
                event < lag(event) over () or event = lag(event) over () and (
                    customer < lag(customer) over () or customer = lag(customer) over () and day < lag(day) over ()
                ) as is_astray
            from main.events
        )
        where is_same or is_astray
        """
    )
    ((few, in_order),) = connection.execute(
        "select count(*) < (select count(*) from main.events) / 5, not coalesce(bool_or(is_astray), false) from neighbours"
    ).fetchall()
    if not (few and in_order):
        return "", ""
    connection.execute(
        "create temp table together as select distinct unnest([place_before, place]) as place from neighbours"
    )
    return (
        "semi join together on events.rowid = together.place",
        " union all select customer, event, day, day, 1, amount, 'events', $events_count"
        " from main.events anti join together on events.rowid = together.place",
    )
