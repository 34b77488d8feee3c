"""Changing the list of churn reasons of a dataset: each change is a new version, and no older one ever changes."""

from __future__ import annotations

import datetime as dt

from churnbook.datasets.facts import Facts
from churnbook.datasets.library import DatasetEntry, Library
from churnbook.datasets.taxonomy import Taxonomy, of_dataset, versions
from churnbook.engine.duckdb import Cursor
from churnbook.generations.make import amend
from churnbook.intake.loading import reasons
from churnbook.words.language import N_
from churnbook.words.message import Notice, Refused


def save(library: Library, id: str, taxonomy: Taxonomy, note: str) -> DatasetEntry:
    """Keep a list of reasons as the next version of the dataset `id`, and code what was said by it.

    `note` says what was changed, in words that can be translated.

    Raises Refused where it cannot be, where nothing was said in the files, or where nothing would change.
    """
    wanted = taxonomy.checked()
    numbers: list[int] = []

    def check(facts: Facts) -> None:
        held = versions(facts)
        if not held:
            raise Refused(N_("The files hold no reasons or comments, so there is nothing to put in order."))
        if of_dataset(facts, held[0].number).checked() == wanted:
            raise Refused(N_("Nothing was changed."))
        numbers[:] = [held[0].number + 1]

    def write(connection: Cursor) -> None:
        now = dt.datetime.now(dt.UTC).replace(tzinfo=None)
        reasons.put(connection, numbers[0], now, note, wanted)
        reasons.count(connection)

    return amend(library, id, check, write, Notice.of(N_("Changed the list of reasons.")))
