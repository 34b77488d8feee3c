"""The locked-down connection of a dataset generation, its cursors, and running a query with its needs."""

from __future__ import annotations

import os
import tempfile
import threading
import time
from collections import OrderedDict
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from churnbook.catalogue import queries
from churnbook.catalogue.queries import Catalogue
from churnbook.catalogue.query import Phase, Query, Value, named_parameters, sql_value

if TYPE_CHECKING:
    import pyarrow as pa
from churnbook.engine.session import Divide, Kept, Parts, Precomputed, Result, TooLittleMemory, TooSlow

Cursor = duckdb.DuckDBPyConnection
"""A connection or one of its cursors: what SQL is executed on."""
EngineError = duckdb.Error
"""Whatever the engine could not do."""
UNREADABLE = (duckdb.CatalogException, duckdb.IOException, duckdb.InvalidInputException)
"""What is raised on opening a file that is no dataset of ours."""

MEMORY = os.environ.get("CHURNBOOK_MEMORY", "2GB")
SECONDS = int(os.environ.get("CHURNBOOK_QUERY_SECONDS", "120"))


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


_MOST_IDLE = 8
"""So many connections that nobody reads by stay open; each holds threads, and what it has read in memory."""
_opened: OrderedDict[Path, _Opened] = OrderedDict()
"""The open connections, those used last at the end."""
_lock = threading.Lock()


@contextmanager
def open_cursor(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A cursor of the generation's one shared connection, closed with all its temporary tables."""
    path = path.resolve()
    with _lock:
        opened = _opened.get(path)
        if opened is None:
            opened = _opened[path] = _Opened(connect(path))
        _opened.move_to_end(path)
        opened.readers += 1
        cursor = opened.connection.cursor()
    try:
        yield cursor
    finally:
        cursor.close()
        with _lock:
            opened.readers -= 1
            _close_if_unused(path, opened)
            idle = [each for each, other in _opened.items() if other.readers == 0]
            for each in idle[: max(len(idle) - _MOST_IDLE, 0)]:
                _opened.pop(each).connection.close()


@cache
def _memory() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


@contextmanager
def in_memory() -> Iterator[Cursor]:
    """A cursor of the one database in memory, to judge a few cells by: a database takes 12 ms to open, a cursor none."""
    with _lock:
        cursor = _memory().cursor()
    with cursor:
        yield cursor


@contextmanager
def writing(path: Path) -> Iterator[Cursor]:
    """A connection that may change a generation nobody reads yet, checkpointed at the end."""
    connection = duckdb.connect(str(path))
    try:
        connection.execute("set python_enable_replacements = false")
        yield connection
        connection.execute("checkpoint")
    finally:
        connection.close()


def columns_of(cursor: Cursor, table: str) -> list[str]:
    """The names of the columns of a table, which is there; quicker than to ask the engine's own tables."""
    return [str(row[0]) for row in cursor.execute(f"describe {table}").fetchall()]


@contextmanager
def within_memory(reference: str) -> Iterator[None]:
    """Raises TooLittleMemory, named for a query, where the engine runs out of memory inside."""
    try:
        yield
    except duckdb.OutOfMemoryException:
        raise TooLittleMemory(reference) from None


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


_MOST_KEPT = 1 << 20
"""A table of more bytes is made anew each time."""
_ADDED = "added_up"
_UNION = "united"


@dataclass
class Session:
    """A cursor whose scope is prepared; answers queries and keeps what they need as temporary tables.

    With `divide` it looks at customers in parts where they do not fit into memory at once: what hangs on one customer
    is made in each part, counts are added up, and the rest is made here once, of the sums.
    """

    cursor: duckdb.DuckDBPyConnection
    catalogue: Catalogue = field(default_factory=queries.catalogue)
    divide: Divide | None = None
    kept: Kept = field(default_factory=dict)
    _made: dict[str, tuple[str, dict[str, Any] | None]] = field(default_factory=dict)
    _aside: dict[str, tuple[str, dict[str, Any] | None]] = field(default_factory=dict)
    _parts: Parts | None = None
    _count: int = 0
    _stopped: bool = False
    _macros: set[str] = field(default_factory=set)

    def run(self, query: Query, given: Mapping[str, object]) -> Result:
        """Run the query after everything it needs; parameters not given take their defaults.

        Raises queries.QueryError for parameters the header does not allow, TooSlow at the limit of time and
        TooLittleMemory at that of memory.
        """
        values = self.catalogue.bind(query, given)
        started = time.perf_counter()
        self._make_macros(query)
        self._count = 1
        try:
            table = self._answer(query, {**values, **self.catalogue.fixed(query)})
        except (duckdb.InterruptException, TooSlow):
            raise TooSlow(query.reference) from None
        except duckdb.OutOfMemoryException:
            raise TooLittleMemory(query.reference) from None
        except TooLittleMemory as error:  # of a query it needs
            raise TooLittleMemory(query.reference, error.customer_id, error.rows) from None
        finally:
            self._parts = None
        return Result(query, values, table, time.perf_counter() - started, self._count)

    def insert(self, query: Query, given: Mapping[str, object], table: str) -> None:
        """Add the rows of the query to a table of the dataset, on a connection that may write to it."""
        values = {**self.catalogue.bind(query, given), **self.catalogue.fixed(query)}
        self._make_macros(query)
        self._make_needs(query, values)
        self.cursor.execute(f"insert into {table} {query.sql}", _used(query, values))

    def make(self, query: Query, given: Mapping[str, object]) -> None:
        """Let the rows of the query, and of everything it needs, stand in temporary tables of their names."""
        values = {**self.catalogue.bind(query, given), **self.catalogue.fixed(query)}
        self._make_macros(query)
        self._make_needs(query, values)
        self._make(query, values)

    def give(self, made: Precomputed) -> None:
        """Take the rows of a query as they are, so that neither it nor what it needs is made here."""
        name, values = made.query.name, dict(made.values)
        if self._made.get(name) != (made.query.reference, values):
            self._made.pop(name, None)
            self.cursor.execute(f"create or replace temp table {name} {made.query.empty}")
            self._put(name, made.table)
            self._made[name] = (made.query.reference, values)

    def forget(self, names: Collection[str]) -> None:
        """Drop tables made here, by the names of their queries."""
        for name in self._made.keys() & set(names):
            self.cursor.execute(f"drop table {name}")
            del self._made[name]
        for name in self._aside.keys() & set(names):
            self.cursor.execute(f"drop table {name}_aside")
            del self._aside[name]

    def progress(self) -> float:
        """How much of what runs is done, from 0 to 1, as far as it can be told; to be asked from another thread."""
        parts = self._parts
        return parts.progress() if parts else max(self.cursor.query_progress(), 0.0) / 100

    def interrupt(self) -> None:
        """Stop the running query, and those it still needs, from another thread."""
        self._stopped = True
        if parts := self._parts:
            parts.interrupt()
        self.cursor.interrupt()

    def _make_macros(self, query: Query) -> None:
        """Make the macros that it and its needs call; they hold for this cursor alone."""
        for name in self.catalogue.macros_of(query):
            if name not in self._macros:
                self.cursor.execute(self.catalogue.macros[name])
                self._macros.add(name)

    def _answer(self, query: Query, values: Mapping[str, Value]) -> pa.Table:
        if self.divide is None or self.catalogue.is_of_one_customer(query):
            return self._answer_at_once(query, values)
        self._parts = self.divide(query, values, False)
        if self._parts is None:
            try:
                return self._answer_at_once(query, values)
            except duckdb.OutOfMemoryException:
                self._parts = self.divide(query, values, True)
                if self._parts is None:
                    raise
                self.forget([each.name for each in self.catalogue.of_customers])
        return self._answer_in_parts(query, values, self._parts)

    def _answer_at_once(self, query: Query, values: Mapping[str, Value]) -> pa.Table:
        self._make_needs(query, values)
        return self.cursor.sql(query.sql, params=_used(query, values)).to_arrow_table()

    def _make_needs(self, query: Query, values: Mapping[str, Value]) -> None:
        """Make everything the query needs, unless it is there already for these values; what is not wanted is empty."""
        for unwanted in self.catalogue.unwanted(query, values):
            self._make_empty(unwanted)
        for need in self._below(query, values):
            self._make(need, values)

    def _below(self, query: Query, values: Mapping[str, Value]) -> list[Query]:
        """What is still to be made for a query, each after what it needs itself; what is there hides what it needs."""
        found: dict[str, Query] = {}

        def visit(current: Query) -> None:
            for need in self.catalogue.wanted(current, values):
                if need.reference not in found and not self._is_made(need, values):
                    visit(need)
                    found[need.reference] = need

        visit(query)
        return list(found.values())

    def _is_made(self, need: Query, values: Mapping[str, Value]) -> bool:
        """Whether its table is there for these values; one that was put aside is brought back."""
        wanted = (need.reference, self._effective(need, values))
        if need.name in self._aside and self._aside[need.name] == wanted:
            self._made.pop(need.name, None)
            self.cursor.execute(f"drop table if exists {need.name}")
            self.cursor.execute(f"alter table {need.name}_aside rename to {need.name}")
            self._made[need.name] = self._aside.pop(need.name)
        return self._made.get(need.name) == wanted

    def _effective(self, need: Query, values: Mapping[str, Value]) -> dict[str, Value]:
        return {name: values[name] for name in self.catalogue.parameters(need)}

    def _make(self, need: Query, values: Mapping[str, Value]) -> None:
        effective = self._effective(need, values)
        if self.catalogue.is_fact(need) and (known := self.kept.get(self._key(need, effective))) is not None:
            self.give(Precomputed(need, effective, known))
            return
        self._made.pop(need.name, None)
        self.cursor.execute(f"create or replace temp table {need.name} as {need.unordered_sql}", _used(need, values))
        self._made[need.name] = (need.reference, effective)
        self._keep(need, effective)
        self._check(need)

    def _make_empty(self, unwanted: Query) -> None:
        """Let an empty table stand for a query that is read but not wanted; its rows are put aside until it is."""
        name = unwanted.name
        known = self._made.get(name)
        if known == (unwanted.reference, None):
            return
        self._made.pop(name, None)
        if known is not None:
            self._aside.pop(name, None)
            self.cursor.execute(f"drop table if exists {name}_aside")
            self.cursor.execute(f"alter table {name} rename to {name}_aside")
            self._aside[name] = known
        self.cursor.execute(f"create or replace temp table {name} {unwanted.empty}")
        self._made[name] = (unwanted.reference, None)

    def _check(self, query: Query) -> None:
        if self._stopped:
            raise TooSlow(query.reference)

    # What is the same for every question of a scope

    def _key(self, query: Query, effective: Mapping[str, Value]) -> tuple[str, tuple[tuple[str, Value], ...]]:
        return self.catalogue.text(query), tuple(sorted(effective.items()))

    def _keep(self, need: Query, effective: Mapping[str, Value]) -> None:
        if self.catalogue.is_fact(need):
            table = self.cursor.sql(f"from {need.name}").to_arrow_table()
            if table.nbytes <= _MOST_KEPT:
                self.kept[self._key(need, effective)] = table

    # In parts

    def _answer_in_parts(self, query: Query, values: Mapping[str, Value], parts: Parts) -> pa.Table:
        match self.catalogue.phase(query):
            case Phase.WHOLE:
                self._add_up_below(query, values, parts)
                return self._answer_at_once(query, values)
            case Phase.ADDS:
                self._add_up_below(query, values, parts)
                self._add_up([query], values, parts)
                return self.cursor.sql(f"select * from {query.name} {query.order}").to_arrow_table()
            case Phase.CUSTOMERS:
                self._add_up_below(query, values, parts)
                self.cursor.execute(f"create or replace temp table {_UNION} {query.empty}")
                for (table,) in self._ask([query], values, parts):
                    self._put(_UNION, table)
                listed = f"select * from {_UNION} {query.order}"
                table = self.cursor.sql(listed, params=_bound(listed, values)).to_arrow_table()
                self.cursor.execute(f"drop table {_UNION}")
                return table

    def _add_up_below(self, query: Query, values: Mapping[str, Value], parts: Parts) -> None:
        """Make the sums a query needs, those that do not need each other together."""
        while sums := [each for each in self._below(query, values) if each.adds is not None]:
            for each in sums:
                effective = self._effective(each, values)
                if (known := self.kept.get(self._key(each, effective))) is not None:
                    self.give(Precomputed(each, effective, known))
            sums = [each for each in sums if not self._is_made(each, values)]
            ready = [each for each in sums if not any(other.adds for other in self._below(each, values))]
            self._add_up(ready, values, parts)

    def _add_up(self, asked: Sequence[Query], values: Mapping[str, Value], parts: Parts) -> None:
        """Make tables of sums: the rows of every part, then those alike in their keys added up."""
        if not asked:
            return
        for query in asked:
            self._made.pop(query.name, None)
            self.cursor.execute(f"create or replace temp table {query.name} {query.empty}")
        for tables in self._ask(asked, values, parts):
            for query, table in zip(asked, tables, strict=True):
                self._put(query.name, table)
        for query in asked:
            assert query.adds is not None
            self.cursor.execute(f"create or replace temp table {_ADDED} as {query.adds.merged(query)}")
            self.cursor.execute(f"drop table {query.name}")
            self.cursor.execute(f"alter table {_ADDED} rename to {query.name}")
            effective = self._effective(query, values)
            self._made[query.name] = (query.reference, effective)
            self._keep(query, effective)

    def _ask(self, asked: Sequence[Query], values: Mapping[str, Value], parts: Parts) -> Iterator[Sequence[pa.Table]]:
        """Ask the parts, giving them what is made once for all customers."""
        given = []
        for need in self._shared(asked, values):
            if not self._is_made(need, values):
                self._answer_need(need, values)
            table = self.cursor.sql(f"from {need.name}").to_arrow_table()
            given.append(Precomputed(need, self._effective(need, values), table))
        count = 0
        for tables in parts.ask(given, asked, values):
            count += 1
            self._check(asked[0])
            yield tables
        self._count = max(self._count, count)

    def _answer_need(self, need: Query, values: Mapping[str, Value]) -> None:
        self._make_needs(need, values)
        self._make(need, values)

    def _shared(self, asked: Sequence[Query], values: Mapping[str, Value]) -> list[Query]:
        """What queries read in each part that is the same in all of them."""
        found: dict[str, Query] = {}
        seen: set[str] = set()

        def visit(current: Query) -> None:
            for need in self.catalogue.wanted(current, values):
                if self.catalogue.phase(need) is not Phase.CUSTOMERS:
                    found[need.reference] = need
                elif need.reference not in seen:
                    seen.add(need.reference)
                    visit(need)

        for query in asked:
            visit(query)
        return list(found.values())

    def _put(self, name: str, table: pa.Table) -> None:
        """Add rows made elsewhere to a temporary table."""
        if table.num_rows:
            self.cursor.register("rows_made_elsewhere", table)
            try:
                self.cursor.execute(f"insert into {name} by name from rows_made_elsewhere")
            finally:
                self.cursor.unregister("rows_made_elsewhere")


def _used(query: Query, values: Mapping[str, Value]) -> dict[str, Any]:
    return {name: sql_value(values[name]) for name in query.used_parameters}


def _bound(sql: str, values: Mapping[str, Value]) -> dict[str, Any]:
    return {name: sql_value(values[name]) for name in named_parameters(sql)}
