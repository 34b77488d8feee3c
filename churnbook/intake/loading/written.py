"""Tables of what the user writes in the app, in a file that has them: marked days and benchmarks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb

from churnbook.catalogue.schema import Derived
from churnbook.intake.loading import tables

if TYPE_CHECKING:
    import pyarrow as pa


def put(connection: duckdb.DuckDBPyConnection, table: Derived, rows: pa.Table) -> None:
    """Let a table hold these rows and no others, and write down how many there are."""
    connection.execute(f"delete from main.{table.name}")
    if rows.num_rows:
        tables.insert(connection, table, rows)
    tables.count(connection, table)
