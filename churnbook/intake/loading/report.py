"""What an import is told and what it tells: settings, progress, rows set aside, warnings."""

from __future__ import annotations

import datetime as dt
import re
import zoneinfo
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from functools import cache
from typing import Any, Literal

from churnbook.catalogue import schema
from churnbook.catalogue.query import QueryError
from churnbook.datasets.definition import Definition
from churnbook.intake.loading.derived import DerivedEvent
from churnbook.intake.mapping.plan import MappedSheet
from churnbook.words.language import N_
from churnbook.words.message import LOOK, Notice, Refused

Progress = Callable[[str, float], None]
"""Told what is being done, in words, and the share done, 0 to 1."""


@cache
def timezones() -> frozenset[str]:
    """The names of all time zones there are, which are the names of many files."""
    return frozenset(zoneinfo.available_timezones())


@dataclass(frozen=True)
class LeftOut:
    """Accounts that are no customers, as internal and test accounts: by attribute and value, and by customer id."""

    where: tuple[tuple[str, str], ...] = ()
    ids: tuple[str, ...] = ()


@dataclass(frozen=True)
class Settings:
    """What the user chose about the dataset; None leaves it to the data.

    `timezone` is an IANA name, `watermark` a local day, `activity` some of schema.ACTIVITIES, `repeated` what
    becomes of rows that agree with another in every column, `currency` an ISO 4217 code. `churn` is a definition as churn.Definition
    writes it, `defined_at` when it was chosen (UTC), `left_out` the accounts that no figure counts,
    `derived` the events put together from others.
    """

    name: str
    timezone: str = "UTC"
    watermark: dt.date | None = None
    activity: tuple[str, ...] | None = None
    repeated: Literal["keep", "once"] = "keep"
    churn: str | None = None
    defined_at: dt.datetime | None = None
    left_out: LeftOut = LeftOut()
    derived: tuple[DerivedEvent, ...] = ()
    currency: str | None = None

    def check(self) -> None:
        """Raises Refused for a time zone that does not exist, an activity that is none, or an event that cannot be."""
        if self.timezone not in timezones():
            raise Refused(
                N_("There is no time zone {zone}; write it like Asia/Shanghai or Europe/Paris."), zone=self.timezone
            )
        if self.currency and not re.fullmatch("[A-Z]{3}", self.currency):
            raise Refused(N_("{code} is no currency; write it like CNY or USD."), code=self.currency)
        for activity in self.activity or ():
            if activity not in schema.ACTIVITIES:
                raise Refused(
                    N_("{activity} cannot count as being active; choose from {all}."),
                    activity=activity,
                    all=", ".join(schema.ACTIVITIES),
                )
        if self.churn:
            try:
                Definition.of(self.churn)
            except QueryError as error:
                raise Refused(N_("The churn definition cannot be used: {why}."), why=str(error)) from None
        names = [event.name for event in self.derived]
        for event in self.derived:
            if fault := event.fault():
                raise Refused.because(fault)
            if names.count(event.name) > 1:
                raise Refused(N_("Two derived events are named “{name}”; name one of them anew."), name=event.name)

    def to_json(self) -> dict[str, Any]:
        """The settings as JSON holds them."""
        return asdict(self) | {
            "watermark": self.watermark.isoformat() if self.watermark else None,
            "defined_at": self.defined_at.isoformat() if self.defined_at else None,
        }

    @classmethod
    def of_json(cls, content: Mapping[str, Any]) -> Settings:
        """The settings that JSON holds; settings it does not name take their defaults."""
        given = dict(content)
        if given.get("watermark"):
            given["watermark"] = dt.date.fromisoformat(given["watermark"])
        if given.get("activity"):
            given["activity"] = tuple(given["activity"])
        if given.get("defined_at"):
            given["defined_at"] = dt.datetime.fromisoformat(given["defined_at"])
        if out := given.get("left_out"):
            given["left_out"] = LeftOut(tuple((name, value) for name, value in out["where"]), tuple(out["ids"]))
        given["derived"] = tuple(DerivedEvent.of_json(event) for event in given.get("derived", ()))
        return cls(**given)


@dataclass(frozen=True)
class Rejected:
    """A row set aside, with the first cell that could not be used."""

    file: str
    line: int | None
    column: str
    value: str | None
    reason: str


@dataclass(frozen=True)
class Account:
    """How many rows of a sheet were read, or what became of so many: see `accounts`."""

    sheet: str
    what: str
    rows: int


@dataclass(frozen=True)
class State:
    """A value of a status column, how many rows have it, what it means and whether that is known or guessed."""

    value: str
    rows: int
    meaning: str
    is_known: bool


@dataclass(frozen=True)
class Blank:
    """A used column in which some of its `rows` loaded are blank, and the words that were read as that."""

    file: str
    column: str
    role: str
    rows: int
    blank: int
    words: Mapping[str, int]


@dataclass(frozen=True)
class Unused:
    """A column that is not loaded, and what it holds: dates, numbers, lists or text."""

    file: str
    column: str
    holds: str


@dataclass
class Report:
    """What an import read, loaded, set aside and assumed.

    `rows` counts loaded rows by table, `set_aside` rows set aside by table, `states` says by sheet what its states mean, `of_several_rows`
    are the sheets whose orders have several rows, `whole_orders` those of them whose amounts are the orders', `rejected` holds the
    first of those; `accounts` say for each sheet what became of the rows read.
    """

    sheets: list[MappedSheet] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)
    set_aside: dict[str, int] = field(default_factory=dict)
    rejected: list[Rejected] = field(default_factory=list)
    warnings: list[Notice] = field(default_factory=list)
    of_several_rows: set[int] = field(default_factory=set)
    whole_orders: set[int] = field(default_factory=set)
    beside: Counter[str] = field(default_factory=Counter)
    blanks: list[Blank] = field(default_factory=list)
    unused: list[Unused] = field(default_factory=list)
    states: dict[str, list[State]] = field(default_factory=dict)
    accounts: list[Account] = field(default_factory=list)

    @property
    def loaded(self) -> dict[str, int]:
        """Rows read that arrived, by table: with those of nobody, without those made beside them."""
        return {table: rows + self.beside.get(table, 0) for table, rows in self.rows.items()}

    def warn(self, sentence: str, advice: str = "", weight: str = LOOK, **fields: str) -> None:
        """Add a warning, unless it has been given already."""
        self.tell(Notice(sentence, fields, advice, weight))

    def tell(self, warned: Notice) -> None:
        """Add a warning as it was made in reading, unless it has been given already."""
        if warned not in self.warnings:
            self.warnings.append(warned)

    def count_set_aside(self, table: str, rows: int) -> None:
        """Add rows set aside from a sheet of this table."""
        self.set_aside[table] = self.set_aside.get(table, 0) + rows
