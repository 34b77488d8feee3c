"""Changing a dataset by a copy: the current generation is copied, changed, and published as the next one."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from churnbook.datasets.facts import Facts
from churnbook.datasets.library import Busy, DatasetEntry, Library, alone
from churnbook.generations.made_of import note_change
from churnbook.words.language import N_
from churnbook.words.message import Notice


class CannotSave(Exception):
    """A change that cannot be made; `sentence` says why, with `fields`."""

    def __init__(self, sentence: str, **fields: str) -> None:
        super().__init__(sentence.format(**fields))
        self.sentence, self.fields = sentence, fields


def next_generation(
    library: Library,
    id: str,
    check: Callable[[Facts], None],
    write: Callable[[duckdb.DuckDBPyConnection], None],
    what: Notice,
) -> DatasetEntry:
    """Copy the current generation, change the copy, and publish it; a failure leaves the dataset as it was.

    `check` may raise CannotSave, which is also raised where the dataset is being changed.
    """
    with _alone(id):
        current = library.find(id)
        facts = library.facts(id, current.generation)
        check(facts)
        path = library.next_path(id)
        partial = path.with_name(f"{path.name}.{os.getpid()}.partial")
        try:
            _change(facts.path, partial, write, what)
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)
        return library.publish(id, path, current.name, current.is_sample)


@contextmanager
def _alone(id: str) -> Iterator[None]:
    try:
        with alone(id):
            yield
    except Busy:
        raise CannotSave(N_("The dataset is being changed right now. Wait a moment, then try again.")) from None


def _change(source: Path, target: Path, write: Callable[[duckdb.DuckDBPyConnection], None], what: Notice) -> None:
    shutil.copyfile(source, target)
    connection = duckdb.connect(str(target))
    try:
        connection.execute("set python_enable_replacements = false")
        write(connection)
        note_change(connection, what)
        connection.execute("checkpoint")
    finally:
        connection.close()
