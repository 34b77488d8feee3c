"""What the user wrote in the app and a dataset keeps: marked days, and benchmarks of their own."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path

from churnbook.catalogue import queries, schema
from churnbook.datasets.facts import Facts
from churnbook.engine.duckdb import Session, open_cursor
from churnbook.words.language import N_
from churnbook.words.message import Refused

LONGEST_NAME, MOST_MARKS, MOST_BENCHMARKS = 60, 200, 500


@dataclass(frozen=True, order=True)
class Mark:
    """A dated change the user marked: a price rise, a release, a campaign."""

    day: dt.date
    name: str

    def checked(self) -> Mark:
        """The mark with its name trimmed; Refused for one without a name, or with a very long one."""
        name = " ".join(self.name.split())
        if not name:
            raise Refused(N_("Give the change a name."))
        if len(name) > LONGEST_NAME:
            raise Refused(N_("A name has at most {n} characters."), n=str(LONGEST_NAME))
        return Mark(self.day, name)


@dataclass(frozen=True)
class OwnBenchmark:
    """A row of `benchmarks` as the user wrote it; shares in the unit the row says."""

    metric: str
    typical: float | None = None
    low: float | None = None
    high: float | None = None
    period: str | None = None
    industry: str | None = None
    segment: str | None = None
    source: str | None = None
    year: float | None = None
    unit: str | None = None


def marks(facts: Facts) -> tuple[Mark, ...]:
    """The marked days of a dataset, the earliest first."""
    return _marks(facts.path) if facts.tables[schema.MARKS.name].rows else ()


@lru_cache(maxsize=64)
def _marks(path: Path) -> tuple[Mark, ...]:
    with open_cursor(path) as cursor:
        found = cursor.execute("select day, name from main.marks order by day, name").fetchall()
    return tuple(Mark(day, name) for day, name in found)


def own_benchmarks(facts: Facts) -> tuple[OwnBenchmark, ...]:
    """The user's benchmarks as they stand: those written in the app, and those of files they do not stand in for."""
    with open_cursor(facts.path) as cursor:
        found = Session(cursor).run(queries.catalogue().find("kept_benchmarks"), {}).table
    names = [each.name for each in fields(OwnBenchmark)]
    return tuple(OwnBenchmark(**row) for row in found.select(names).to_pylist())
