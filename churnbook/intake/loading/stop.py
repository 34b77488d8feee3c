"""Ending an import from another thread."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from churnbook.intake.loading.report import Progress


class Stopped(Exception):
    """An import that was asked to stop; it has left nothing behind."""


class Stop:
    """A way to end an import that runs in another thread: what it is doing now, and what it would do next."""

    def __init__(self) -> None:
        self._asked = threading.Event()
        self._connection: duckdb.DuckDBPyConnection | None = None
        self._lock = threading.Lock()

    def ask(self) -> None:
        """Ask the import to end; to be repeated until it has, since a statement may begin in between."""
        self._asked.set()
        with self._lock:
            if self._connection:
                self._connection.interrupt()

    @contextmanager
    def watching(self, connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
        """Let `ask` interrupt what runs on a connection."""
        with self._lock:
            self._connection = connection
        try:
            yield
        finally:
            with self._lock:
                self._connection = None

    def told(self, progress: Progress) -> Progress:
        """Progress that ends the import, by Stopped, where it was asked to."""

        def tell(words: str, share: float) -> None:
            if self._asked.is_set():
                raise Stopped
            progress(words, share)

        return tell
