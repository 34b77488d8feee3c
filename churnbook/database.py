"""The locked-down connection of a dataset generation, its cursors, and running a query with its needs."""

from __future__ import annotations

import itertools
import os
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from churnbook import queries
from churnbook.queries import Catalogue, Query, Value

if TYPE_CHECKING:
    import pyarrow as pa

MEMORY = os.environ.get("CHURNBOOK_MEMORY", "2GB")
SECONDS = int(os.environ.get("CHURNBOOK_QUERY_SECONDS", "120"))


_ROWS_AT_ONCE = 6_000_000
"""About so many events and orders are looked at in one go where a query is made in slices: they fit into 2 GB."""


class TooSlow(Exception):
    """A query that ran into the time limit, or was stopped by whoever asked."""


def connect(path: Path, memory: str = MEMORY, seconds: int = SECONDS) -> duckdb.DuckDBPyConnection:
    """A read-only connection that sees nothing but the file `path`, with limits that cannot be lifted.

    Cursors of it may make temporary tables; they spill into a folder of this process.
    """
    connection = duckdb.connect(
        str(path),
        read_only=True,
        config={"threads": os.cpu_count() or 2, "memory_limit": memory, "max_execution_time": seconds * 1000},
    )
    try:
        spill = Path(tempfile.gettempdir()) / f"churnbook-{os.getpid()}"
        connection.execute("set temp_directory = $folder", {"folder": str(spill)})
        for setting in (
            "max_temp_directory_size = '8GB'",
            "python_enable_replacements = false",
            "timezone = 'UTC'",
            # of cursors too: few rows expected wrongly would be compared each with each
            "global asof_loop_join_threshold = 0",
            "autoinstall_known_extensions = false",
            "autoload_known_extensions = false",
            "allow_community_extensions = false",
            "enable_external_access = false",
            "lock_configuration = true",
        ):
            connection.execute(f"set {setting}")
    except duckdb.Error:
        connection.close()
        raise
    return connection


@dataclass
class _Opened:
    connection: duckdb.DuckDBPyConnection
    readers: int = 0
    retired: bool = False


_opened: dict[Path, _Opened] = {}
_lock = threading.Lock()


@contextmanager
def reading(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A cursor of the generation's one shared connection, closed with all its temporary tables."""
    path = path.resolve()
    with _lock:
        opened = _opened.get(path)
        if opened is None:
            opened = _opened[path] = _Opened(connect(path))
        opened.readers += 1
        cursor = opened.connection.cursor()
    try:
        yield cursor
    finally:
        cursor.close()
        with _lock:
            opened.readers -= 1
            _close_if_unused(path, opened)


def retire(path: Path) -> None:
    """Remove a generation's file as soon as nobody reads it any more."""
    path = path.resolve()
    with _lock:
        opened = _opened.get(path)
        if opened is None:
            path.unlink(missing_ok=True)
        else:
            opened.retired = True
            _close_if_unused(path, opened)


def _close_if_unused(path: Path, opened: _Opened) -> None:
    if opened.retired and opened.readers == 0:
        opened.connection.close()
        _opened.pop(path, None)
        path.unlink(missing_ok=True)


@dataclass(frozen=True)
class Result:
    """What a query returned: the table, and how long the engine took for it and its needs, in seconds."""

    query: Query
    parameters: Mapping[str, Value]
    table: pa.Table
    seconds: float


@dataclass
class Session:
    """A cursor whose scope is prepared; answers queries and keeps what they need as temporary tables."""

    cursor: duckdb.DuckDBPyConnection
    catalogue: Catalogue = field(default_factory=queries.catalogue)
    _made: dict[str, tuple[str, dict[str, Any] | None]] = field(default_factory=dict)
    _stopped: bool = False

    def run(self, query: Query, given: Mapping[str, object]) -> Result:
        """Run the query after everything it needs; parameters not given take their defaults.

        Raises queries.QueryError for parameters the header does not allow and TooSlow at the limit.
        """
        values = self.catalogue.bind(query, given)
        started = time.perf_counter()
        try:
            for unwanted in self.catalogue.unwanted(query, values):
                self._make_empty(unwanted)
            self._make_needs(query, values)
            table = self.cursor.sql(query.sql, params=_used(query, values)).to_arrow_table()
        except duckdb.InterruptException:
            raise TooSlow(query.reference) from None
        return Result(query, values, table, time.perf_counter() - started)

    def insert(self, query: Query, given: Mapping[str, object], table: str) -> None:
        """Add the rows of the query to a table of the dataset, on a connection that may write to it."""
        values = self.catalogue.bind(query, given)
        self._make_needs(query, values)
        self.cursor.execute(f"insert into {table} {query.sql}", _used(query, values))

    def _make_needs(self, query: Query, values: Mapping[str, Value]) -> None:
        """Make everything the query needs, unless it is there already for these values."""
        is_whole = query.is_sliced or self.catalogue.is_partial(query)
        for need in self.catalogue.order(query, values)[:-1]:
            effective = {name: values[name] for name in self.catalogue.parameters(need)}
            if self._made.get(need.name) == (need.reference, effective):
                continue
            if need.is_sliced:
                self._make_in_slices(need, values)
            elif is_whole or not self.catalogue.is_partial(need):
                self._make(need, values)
            else:  # comes with the one that is made of it in slices
                continue
            self._made[need.name] = (need.reference, effective)

    def _make_in_slices(self, need: Query, values: Mapping[str, Value]) -> None:
        """Make a table range by range of customers, so that what it is made of fits into memory."""
        self._made.pop(need.name, None)
        partial = [each for each in self.catalogue.order(need, values)[:-1] if self.catalogue.is_partial(each)]
        for place, customers in enumerate(self._slices()):
            for each in partial:
                self._made.pop(each.name, None)
                self._make(each, values, customers)
            self._make(need, values, customers, is_more=place > 0)
        for each in partial:
            self.cursor.execute(f"drop table {each.name}")

    def _slices(self) -> list[tuple[int | None, int | None]]:
        row = self.cursor.execute(
            "select (select count(*) from main.events) + (select count(*) from main.orders),"
            " (select coalesce(max(customer), -1) + 1 from main.customers)"
        ).fetchone()
        assert row is not None
        n = min(-(-row[0] // _ROWS_AT_ONCE), row[1])
        cuts = [row[1] * place // n for place in range(n + 1)] if n > 1 else [None, None]
        return list(itertools.pairwise(cuts))

    def _make(
        self,
        need: Query,
        values: Mapping[str, Value],
        customers: tuple[int | None, int | None] = (None, None),
        is_more: bool = False,
    ) -> None:
        put = f"insert into {need.name}" if is_more else f"create or replace temp table {need.name} as"
        self.cursor.execute(f"{put} {need.unordered_sql}", _used(need, values, customers))
        if self._stopped:
            raise TooSlow(need.reference)

    def _make_empty(self, unwanted: Query) -> None:
        """Let a table of a query's columns stand where it is read but not wanted; rows it has there do not matter."""
        if self._made.get(unwanted.name, ("", None))[0] != unwanted.reference:
            self.cursor.execute(f"create or replace temp table {unwanted.name} {unwanted.empty}")
            self._made[unwanted.name] = (unwanted.reference, None)

    def interrupt(self) -> None:
        """Stop the running query, and those it still needs, from another thread."""
        self._stopped = True
        self.cursor.interrupt()


def _used(
    query: Query, values: Mapping[str, Value], customers: tuple[int | None, int | None] = (None, None)
) -> dict[str, Any]:
    bound = {**values, **dict(zip(queries.SLICE, customers, strict=True))}
    return {name: queries.sql_value(bound[name]) for name in query.used_parameters}
