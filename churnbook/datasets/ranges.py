"""Parts of one dataset file: ranges of its customers, looked at one after the other so that each fits into memory."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import pyarrow as pa

from churnbook.catalogue import queries, schema
from churnbook.catalogue.queries import Catalogue
from churnbook.catalogue.query import Query, Value
from churnbook.catalogue.request import Scope
from churnbook.datasets.facts import Facts
from churnbook.datasets.scope import Customers, prepare_scope
from churnbook.engine.duckdb import Cursor, Session, open_cursor, within_memory
from churnbook.engine.session import Kept, Precomputed, TooLittleMemory, TooSlow

ROWS_PER_GB = 3_000_000
"""About so many rows of files, by half as many more at most, are looked at in one go for each gigabyte a query may use:
they are sorted, which takes 150 bytes each."""
_BY_DAY = 6
"""A row of a table by day or by customer takes a sixth of that: it is counted, hardly ever sorted."""
_FEWEST = 10_000
"""A customer with fewer rows is not what fills the memory."""
_MOST_CUTS = 64
"""So many times a range is cut in two while one question is asked, before it is given up."""
_SLOTS = 4096
"""How many ranges customers are counted in, to cut them by their rows."""

_RAW = frozenset(schema.LOADABLE) & schema.OF_CUSTOMERS - {"customers"}


@dataclass(frozen=True)
class Range:
    """Customers next to each other by number, and about how many rows they have in the files."""

    customers: Customers
    rows: int

    def halves(self) -> tuple[Range, Range]:
        """The same customers as two ranges."""
        first, end = self.customers
        middle = (first + end) // 2
        return Range((first, middle), self.rows // 2), Range((middle, end), self.rows - self.rows // 2)


@contextmanager
def session(facts: Facts, scope: Scope, catalogue: Catalogue | None = None) -> Iterator[Session]:
    """A session on a generation in a scope that goes range by range where the rows do not fit into memory at once."""
    catalogue = catalogue or queries.catalogue()
    with ExitStack() as held:
        cursor = held.enter_context(open_cursor(facts.path))
        prepare_scope(cursor, facts, scope)
        cut = _Cut(facts, scope, catalogue, held, memory_limit(cursor))
        yield Session(cursor, catalogue, cut.divide, kept(facts.path, scope))


@lru_cache(maxsize=128)
def kept(path: Path, scope: Scope) -> Kept:
    """The tables kept for a generation in a scope; small ones, and only of the scopes looked at lately."""
    return {}


def memory_limit(cursor: Cursor) -> float:
    """What a query may use, in bytes."""
    ((text,),) = cursor.execute("select current_setting('memory_limit')").fetchall()
    match = re.fullmatch(r"([\d.]+) ?(bytes|[KMGTP]iB)", text)
    if match is None:
        raise ValueError(f"the engine tells its memory limit as {text!r}")
    return float(float(match[1]) * 1024 ** ("bytes", "KiB", "MiB", "GiB", "TiB", "PiB").index(match[2]))


@dataclass
class _Cut:
    """Decides for each question whether one go is enough, and holds the ranges it cut, to be asked again."""

    facts: Facts
    scope: Scope
    catalogue: Catalogue
    held: ExitStack
    memory: float
    made: dict[int, Ranges] = field(default_factory=dict)

    def divide(self, query: Query, values: Mapping[str, Value], did_not_fit: bool) -> Ranges | None:
        """The ranges to ask for this query; None where all customers fit into memory at once."""
        read = self.catalogue.reads(query, values) & schema.OF_CUSTOMERS
        weight = sum(self.facts.tables[name].rows / (1 if name in _RAW else _BY_DAY) for name in read)
        pieces = max(round(weight / (ROWS_PER_GB * self.memory / 1e9)), 1) * (4 if did_not_fit else 1)
        if pieces <= 1:
            return None
        if pieces not in self.made:
            slots = _slots(self.facts.path)
            size = 1 + sum(each.rows for each in slots) * (1 + 1 / _SLOTS) / pieces
            self.made[pieces] = Ranges(self.facts, self.scope, self.catalogue, self.held, joined(slots, size))
        return self.made[pieces]


@lru_cache(maxsize=64)
def _slots(path: Path) -> tuple[Range, ...]:
    """All customers of a file in a few thousand ranges next to each other; who alone has many rows is one alone."""
    tables = " union all ".join(f"select customer from main.{name}" for name in sorted(_RAW))
    with open_cursor(path) as cursor:
        ((end,),) = cursor.execute("select coalesce(max(customer) + 1, 0) from main.customers").fetchall()
        width = max(-(-end // _SLOTS), 1)
        counted = "select customer // $width as slot, count(*) as rows from ({}) group by slot"
        rows = dict(cursor.execute(counted.format(tables), {"width": width}).fetchall())
        many = max(2 * sum(rows.values()) // _SLOTS, 1)
        crowded = [slot for slot, n in rows.items() if n > many]
        heavy = cursor.execute(
            f"select customer, count(*) as rows from ({tables}) where list_contains($crowded::integer[], customer // $width)"
            " group by customer having count(*) > $many order by customer",
            {"crowded": crowded, "width": width, "many": many},
        ).fetchall()
    alone: dict[int, list[tuple[int, int]]] = {}
    for customer, n in heavy:
        alone.setdefault(customer // width, []).append((customer, n))
    found: list[Range] = []
    for slot in range(-(-end // width)):
        first, last = slot * width, min((slot + 1) * width, end)
        others = last - first - len(alone.get(slot, []))
        left = rows.get(slot, 0) - sum(n for _customer, n in alone.get(slot, []))
        for customer, n in [*alone.get(slot, []), (last, 0)]:
            if first < customer:  # those before them have their part of what is left
                part = left * (customer - first) // others
                left, others = left - part, others - (customer - first)
                found.append(Range((first, customer), part))
            if customer < last:
                found.append(Range((customer, customer + 1), n))
            first = customer + 1
    return tuple(found)


def joined(slots: Sequence[Range], size: float) -> list[Range]:
    """Neighbouring ranges as one up to a number of rows; who has more is alone."""
    found: list[Range] = []
    for each in slots:
        last = found[-1] if found else None
        if last is not None and last.rows + each.rows <= size:
            found[-1] = Range((last.customers[0], each.customers[1]), last.rows + each.rows)
        else:
            found.append(each)
    return found


@dataclass
class Ranges:
    """Ranges of customers of one file, each with a cursor of its own that keeps what was made for it."""

    facts: Facts
    scope: Scope
    catalogue: Catalogue
    held: ExitStack
    ranges: list[Range]
    _sessions: dict[Customers, tuple[Session, ExitStack]] = field(default_factory=dict)
    _running: Session | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _done: float = 0.0
    _stopped: bool = False

    def ask(
        self, given: Sequence[Precomputed], asked: Sequence[Query], values: Mapping[str, Value]
    ) -> Iterator[Sequence[pa.Table]]:
        """See engine.session.Parts; a range that does not fit into memory is cut in two."""
        waiting = list(self.ranges)
        self._done, cuts = 0.0, 0
        asked_of: list[Range] = []
        while waiting:
            part = waiting.pop(0)
            try:
                tables = self._answer(part, given, asked, values)
            except TooLittleMemory as error:
                self._close(part)
                first, end = part.customers
                if end - first < 2 or cuts == _MOST_CUTS:
                    raise self._explained(part, error) from None
                cuts += 1
                waiting = [*part.halves(), *waiting]
                continue
            asked_of.append(part)
            self._done = len(asked_of) / (len(asked_of) + len(waiting))
            yield tables
        self.ranges = asked_of

    def progress(self) -> float:
        """See engine.session.Parts."""
        with self._lock:  # so that its cursor is not closed meanwhile
            within = self._running.progress() if self._running else 0.0
        return min(self._done + within / max(len(self.ranges), 1), 1.0)

    def interrupt(self) -> None:
        """See engine.session.Parts."""
        with self._lock:
            self._stopped = True
            if self._running:
                self._running.interrupt()

    def _answer(
        self, part: Range, given: Sequence[Precomputed], asked: Sequence[Query], values: Mapping[str, Value]
    ) -> list[pa.Table]:
        try:
            with within_memory(asked[0].reference):
                session = self._session(part)
                with self._lock:
                    if self._stopped:
                        raise TooSlow(asked[0].reference)
                    self._running = session
                for each in given:
                    session.give(each)
                tables = [session.run(query, self._own(query, values)).table for query in asked]
                session.forget(self.catalogue.passing)
        finally:
            with self._lock:
                self._running = None
        return tables

    def _own(self, query: Query, values: Mapping[str, Value]) -> dict[str, object]:
        return {name: values[name] for name in self.catalogue.parameters(query)}

    def _session(self, part: Range) -> Session:
        if part.customers not in self._sessions:
            with ExitStack() as opening:
                cursor = opening.enter_context(open_cursor(self.facts.path))
                prepare_scope(cursor, self.facts, self.scope, part.customers)
                held = self.held.enter_context(opening.pop_all())
            self._sessions[part.customers] = Session(cursor, self.catalogue), held
        return self._sessions[part.customers][0]

    def _close(self, part: Range) -> None:
        if part.customers in self._sessions:
            _session, held = self._sessions.pop(part.customers)
            held.close()

    def _explained(self, part: Range, error: TooLittleMemory) -> TooLittleMemory:
        """The error with the customer whose rows are too many, where it is one."""
        first, end = part.customers
        if end - first > 1 or part.rows <= _FEWEST:
            return error
        with open_cursor(self.facts.path) as cursor:
            ((customer_id,),) = cursor.execute(
                "select customer_id from main.customers where customer = $first", {"first": first}
            ).fetchall()
        return TooLittleMemory(error.reference, customer_id, part.rows)
