"""The tables of a dataset file: made as the schema names them, filled, and their rows counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb

from churnbook.catalogue.schema import Derived, Table

if TYPE_CHECKING:
    import pyarrow as pa


def create(connection: duckdb.DuckDBPyConnection, table: Table | Derived) -> None:
    """Make a table without rows in `main`, with the columns and types it has in the schema."""
    columns = ", ".join(f"{name} {type_}" for name, type_ in table.columns)
    connection.execute(f"create table main.{table.name} ({columns})")


def insert(connection: duckdb.DuckDBPyConnection, table: Derived, rows: pa.Table) -> None:
    """Put rows into a table of `main`, each column into the one of its name."""
    connection.register("rows_to_insert", rows)
    try:
        connection.execute(f"insert into main.{table.name} by name from rows_to_insert")
    finally:
        connection.unregister("rows_to_insert")


def count(connection: duckdb.DuckDBPyConnection, table: Derived) -> None:
    """Write down how many rows a table has now."""
    connection.execute(
        f"update meta.tables set rows = (select count(*) from main.{table.name}) where name = $name",
        {"name": table.name},
    )
