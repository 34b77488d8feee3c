"""The days of activity of a dataset: what every customer did on which day, from its loaded tables.

`main.activity_days` is a view. Where nearly every event is the only one of its customer, name and day, it reads those
from `main.events`, which lies by customer already; a second sorted copy of them would be the dearest part of an import.
`main.purchase_days` and `main.visit_days` hold the days of a customer in one list, since sorting them for every question
takes longer than all the rest of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import duckdb

from churnbook.catalogue import queries, schema
from churnbook.engine.duckdb import Session
from churnbook.intake.loading import tables

SORTED_ROWS = 12_000_000
"""So many rows are sorted at a time: beyond what fits into memory the engine's sort of them fails."""


def derive(connection: duckdb.DuckDBPyConnection, rows: Mapping[str, int], counted: Sequence[str]) -> None:
    """Make `main.activity_days` from the loaded tables; `rows` of each, `counted` are those that are activity.

    Expects the temporary table `keys` with every customer.
    """
    columns = ", ".join(f"{name} {type_}" for name, type_ in schema.ACTIVITY_DAYS.columns)
    connection.execute("create type main.activity_source as enum ('orders', 'events', 'subscriptions')")
    connection.execute(f"create table main.activity_sums ({columns})")
    query = queries.catalogue().find("daily_activity")
    typed = ", ".join(f"{name}::{type_} as {name}" for name, type_ in schema.ACTIVITY_DAYS.columns)
    others, alone = _events_alone(connection, "events" in counted)
    sources = ", ".join(
        f"{name} as (select * from {others if name == 'events' else f'main.{name}'} where customer between $low and $high)"
        for name in schema.ACTIVITIES
    )
    for low, high in _customer_ranges(connection, rows):
        connection.execute(
            # typed before it is sorted: sorting names as text takes a third longer
            f"insert into main.activity_sums with {sources}"
            f" select * from (select {typed} from ({query.unordered_sql})) order by customer, day, name",
            {f"{name}_count": name in counted for name in schema.ACTIVITIES} | {"low": low, "high": high},
        )
    connection.execute(f"create view main.activity_days as select * from main.activity_sums{alone}")
    _list_days(connection, rows)


def _list_days(connection: duckdb.DuckDBPyConnection, rows: Mapping[str, int]) -> None:
    """Make `main.purchase_days` and `main.visit_days`; where only orders come, the second is a view of the first."""
    catalogue = queries.catalogue()
    visits, lists = catalogue.find("counts_visits"), catalogue.find("day_lists")
    session = Session(connection)
    session.make(visits, {})
    ((has_events,),) = connection.execute(
        "select by_events and count(events.customer) > 0 from counts_visits left join"
        " (select customer from main.events limit 1) as events on true group by by_events"
    ).fetchall()
    for table, of in ((schema.PURCHASE_DAYS, "purchases"), (schema.VISIT_DAYS, "activity")):
        if of == "activity" and not has_events:
            connection.execute(f"create view main.{table.name} as select * from main.{schema.PURCHASE_DAYS.name}")
            continue
        tables.create(connection, table)
        for low, high in _customer_ranges(connection, rows):
            connection.execute(
                f"insert into main.{table.name} with activity_days as"
                " (select * from main.activity_days where customer between $low and $high)"
                f" select * from ({lists.unordered_sql}) order by customer",
                {"of": of, "low": low, "high": high},
            )
    session.forget([query.name for query in catalogue.order(visits)])


def _customer_ranges(connection: duckdb.DuckDBPyConnection, rows: Mapping[str, int]) -> Iterator[tuple[int, int]]:
    """First and last number of so many customers at a time that sorting their rows fits into memory."""
    ((customers,),) = connection.execute("select count(*) from keys").fetchall()
    all_rows = sum(rows.get(name, 0) for name in schema.ACTIVITIES)
    width = -(-customers // (all_rows // SORTED_ROWS + 1)) or 1
    for low in range(0, customers, width):
        yield low, low + width - 1


def _events_alone(connection: duckdb.DuckDBPyConnection, counted: bool) -> tuple[str, str]:
    """SQL for the events with another of their customer, name and day, and SQL that adds the others to a view."""
    # events lie by customer, name and time, so that those of one day are neighbours
    connection.execute(
        """
        create temp table neighbours as
        select unnest([row_id_before, row_id]) as row_id
        from (
            select
                rowid as row_id,
                lag(rowid) over () as row_id_before,
                customer = lag(customer) over () and event = lag(event) over () and day = lag(day) over () as is_same
            from main.events
        )
        where is_same
        """
    )
    ((few,),) = connection.execute(
        "select (select count(*) from neighbours) < (select count(*) from main.events) * 2 / 5"
    ).fetchall()
    if not few:
        return "main.events", ""
    # tables of their own, since a mark to filter by would mislead the engine about how many rows there are; their
    # names are none that a scope has views of: below such a view, main.events would mean that one
    connection.execute("alter table main.events rename to events_alone")
    connection.execute(
        "create table main.events_together as"
        " select * from main.events_alone where rowid in (select row_id from neighbours)"
        " order by customer, event, occurred_at"
    )
    connection.execute("delete from main.events_alone where rowid in (select row_id from neighbours)")
    connection.execute(
        "create view main.events as select * from main.events_alone union all select * from main.events_together"
    )
    return (
        "main.events_together",
        " union all select customer, event, day, day, 1::integer, amount, 'events'::activity_source,"
        f" {'true' if counted else 'false'} from main.events_alone",
    )
