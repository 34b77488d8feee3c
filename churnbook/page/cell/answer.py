"""What a cell answered, as its evidence and its downloads need it."""

from __future__ import annotations

from dataclasses import dataclass

from churnbook.catalogue.query import Query
from churnbook.engine.session import Result


@dataclass(frozen=True)
class Answer:
    """The results of a cell with the question they answer and the address that gives the same numbers again.

    `name` is the cell's, `query` the one it is about, in the version shown; `results` begin with that query's. A click
    in its chart says `fields`.
    """

    name: str
    question: str
    query: Query
    results: tuple[Result, ...]
    address: str
    fields: tuple[str, ...] = ()
