"""Answers to requests: bounded cache, progress after a second, and stopping when the reader moves on."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

import streamlit as st

from churnbook.catalogue import queries
from churnbook.catalogue.query import Query
from churnbook.catalogue.request import Request, Scope
from churnbook.datasets import ranges
from churnbook.datasets.facts import Facts
from churnbook.engine.duckdb import Session
from churnbook.engine.session import Result, TooLittleMemory, TooSlow
from churnbook.page import address
from churnbook.page.cell.kept import Kept
from churnbook.words.formats import escape, number
from churnbook.words.language import _

_LIMIT_BYTES = 256 << 20
_PATIENCE = 0.4
_BEAT = 0.25

Key = tuple[Request, str]


_kept: Kept[Key, Result] = Kept(_LIMIT_BYTES, lambda result: result.table.nbytes)


@dataclass
class _Shared:
    """The session all cells of a page use in one run, opened when the first result is not cached."""

    held: ExitStack = field(default_factory=ExitStack)
    session: Session | None = None

    def open(self, facts: Facts, scope: Scope) -> Session:
        if self.session is None:
            self.session = self.held.enter_context(ranges.session(facts, scope))
        return self.session

    def close(self) -> None:
        self.session = None
        self.held.close()


_shared: ContextVar[_Shared] = ContextVar("session of the page")


@contextmanager
def sharing() -> Iterator[None]:
    """Let all cells drawn inside share one session, so that what several need is made once."""
    shared = _Shared()
    token = _shared.set(shared)
    try:
        yield
    finally:
        _shared.reset(token)
        shared.close()


def request(query: Query, given: Mapping[str, object]) -> Request:
    """The question a query answers on what the page looks at; values for parameters it does not have are passed over."""
    view, known = address.view(), queries.catalogue().parameters(query)
    chosen = {name: value for name, value in given.items() if name in known}
    return Request.of(view.listed.id, view.generation, view.scope, query, chosen)


def ask(name: str, **given: object) -> Result:
    """The result of the newest version of a query, for what a page needs to know beside its cells.

    Raises QueryError for a parameter it does not have.
    """
    view, query = address.view(), queries.catalogue().find(name)
    (result,) = answer([Request.of(view.listed.id, view.generation, view.scope, query, given)], view.facts)
    return result


def answer(requests: Sequence[Request], facts: Facts) -> list[Result]:
    """The results of requests over the page's scope, those not cached on one cursor so that needs are shared.

    Raises TooSlow at the time limit. A reader who moves on stops the query.
    """
    catalogue = queries.catalogue()
    found = [catalogue.find(request.reference) for request in requests]
    keys = [(request, catalogue.text(query)) for request, query in zip(requests, found, strict=True)]
    results = []
    shared = _shared.get()
    for asked, query, key in zip(requests, found, keys, strict=True):
        result = _kept.get(key)
        if result is None:
            try:
                result = _watched(shared.open(facts, asked.scope), query, dict(asked.parameters))
            except BaseException:
                shared.close()  # a stopped session answers no more
                raise
            _kept.put(key, result)
        results.append(result)
    return results


@contextmanager
def explained(ends: bool = False) -> Iterator[None]:
    """Say in the page, in place of what was to be drawn, why a query was stopped by a limit.

    With `ends` the page ends there, since what follows rests on what could not be had.
    """
    try:
        yield
    except TooLittleMemory as error:
        st.error(
            _("This needs more memory than a query may use. Choose a shorter time, fewer periods or a filter.")
            if error.customer_id is None
            else _(
                "The {rows} rows of customer {customer} alone need more memory than a query may use. If that is not "
                "one customer, leave it out on the page Churn definition."
            ).format(rows=number(error.rows), customer=escape(error.customer_id)),
            icon=":material/memory:",
        )
        if ends:
            st.stop()
    except TooSlow:
        st.error(
            _("This took too long and was stopped. Choose a shorter time, fewer periods or a filter."),
            icon=":material/timer_off:",
        )
        if ends:
            st.stop()


def _watched(session: Session, query: Query, parameters: dict[str, object]) -> Result:
    outcome: list[Result | BaseException] = []

    def work() -> None:
        try:
            outcome.append(session.run(query, parameters))
        except BaseException as error:
            outcome.append(error)

    worker = threading.Thread(target=work, daemon=True)
    worker.start()
    worker.join(_PATIENCE)
    if worker.is_alive():
        _wait(session, worker)
    (result,) = outcome
    if isinstance(result, BaseException):
        raise result
    return result


def _wait(session: Session, worker: threading.Thread) -> None:
    """Show progress until the query is done; leaving by any way, a changed control included, stops it."""
    slot = st.empty()
    try:
        while worker.is_alive():
            slot.progress(session.progress(), text=_("Counting… change a control to stop."))
            worker.join(_BEAT)
    finally:
        while worker.is_alive():  # between two statements there is nothing to interrupt, so once is not enough
            session.interrupt()
            worker.join(_BEAT / 5)
        slot.empty()
