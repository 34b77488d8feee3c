"""Tables of what the user writes in the app, in a file that has them: marked days and benchmarks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb

from churnbook.catalogue.schema import Derived

if TYPE_CHECKING:
    import pyarrow as pa


def put(connection: duckdb.DuckDBPyConnection, table: Derived, rows: pa.Table) -> None:
    """Let a table hold these rows and no others, and write down how many there are."""
    connection.execute(f"delete from main.{table.name}")
    if rows.num_rows:
        connection.register("rows_written", rows)
        try:
            connection.execute(f"insert into main.{table.name} by name from rows_written")
        finally:
            connection.unregister("rows_written")
    connection.execute(
        f"update meta.tables set rows = (select count(*) from main.{table.name}) where name = $name",
        {"name": table.name},
    )
