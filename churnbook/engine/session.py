"""What asks an engine and what it answers: results, parts of the customers, and limits."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from churnbook.catalogue.query import Query, Value

if TYPE_CHECKING:
    import pyarrow as pa


class TooSlow(Exception):
    """A query that ran into the time limit, or was stopped by whoever asked."""


class TooLittleMemory(Exception):
    """A query that needs more memory than it may use, however few customers are looked at in one go.

    Where one customer's rows alone are too many, it says whose and how many.
    """

    def __init__(self, reference: str, customer_id: str | None = None, rows: int = 0) -> None:
        whose = f" even for the {rows:,} rows of customer {customer_id} alone" if customer_id is not None else ""
        super().__init__(
            f"{reference} needs more memory than a query may use{whose}: raise CHURNBOOK_MEMORY, ask for fewer "
            f"periods, or {'leave that customer out' if whose else 'filter customers'}"
        )
        self.reference = reference
        self.customer_id = customer_id
        self.rows = rows


@dataclass(frozen=True)
class Result:
    """What a query returned: the table, how long the engine took for it and its needs, in seconds, and in how many parts."""

    query: Query
    parameters: Mapping[str, Value]
    table: pa.Table
    seconds: float
    parts: int = 1


@dataclass(frozen=True)
class Precomputed:
    """Rows of a query that were made elsewhere, with the values they were made for."""

    query: Query
    values: Mapping[str, Value]
    table: pa.Table


class Parts(Protocol):
    """Whoever runs queries on some of the customers at a time: ranges of one file, shard files, tasks of a cluster."""

    def ask(
        self, given: Sequence[Precomputed], asked: Sequence[Query], values: Mapping[str, Value]
    ) -> Iterator[Sequence[pa.Table]]:
        """The rows of the queries asked, for one part of the customers after the other.

        `given` are the tables that are the same for all customers. Raises TooSlow where it was interrupted and
        TooLittleMemory where a part cannot be made any smaller.
        """
        ...

    def progress(self) -> float:
        """How much of what was asked last is done, from 0 to 1."""
        ...

    def interrupt(self) -> None:
        """Stop what is asked, from another thread."""
        ...


Divide = Callable[[Query, Mapping[str, Value], bool], "Parts | None"]
"""Tells by the query and its values whether customers are to be looked at in parts; None: all at once.

The last argument says that all at once did not fit into memory.
"""

Kept = MutableMapping[tuple[str, tuple[tuple[str, Value], ...]], "pa.Table"]
"""Tables that hang on the data and the scope alone, by the text of their queries and their values."""
