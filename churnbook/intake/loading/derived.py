"""Derived events: an event narrowed by its attributes, or several as one; how they are written, and put into a file."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from churnbook.catalogue import queries, schema
from churnbook.catalogue.query import QueryError
from churnbook.engine.duckdb import Session
from churnbook.intake.loading import tables
from churnbook.words.language import N_
from churnbook.words.message import LOOK, WRONG, Notice

LONGEST_NAME = 60

Conditions = tuple[tuple[str, tuple[str, ...]], ...]
"""Attributes with the values they may have; all must hold, and none means any row."""


@dataclass(frozen=True)
class DerivedEvent:
    """An event put together from others: its name, and each of these with what its attributes must be."""

    name: str
    events: tuple[tuple[str, Conditions], ...]

    @classmethod
    def of(cls, text: str) -> DerivedEvent:
        """The event written as `NAME=EVENT[attribute=value|value, attribute=value]+EVENT`.

        What holds one of the signs `= + [ ] | , "` stands in double quotes, doubled within. Raises QueryError that
        says what is wrong where.
        """
        return _Reader(text).event()

    @classmethod
    def of_json(cls, content: Mapping[str, Any]) -> DerivedEvent:
        """The event that JSON holds."""
        return cls(
            content["name"],
            tuple(
                (event, tuple((attribute, tuple(values)) for attribute, values in conditions))
                for event, conditions in content["events"]
            ),
        )

    def fault(self) -> Notice | None:
        """What is wrong with it whatever the data are: a notice; None for nothing."""
        names = [event for event, _conditions in self.events]
        twice = next((event for event in names if names.count(event) > 1), None)
        if not self.name.strip() or len(self.name) > LONGEST_NAME:
            return Notice.of(N_("Give the event a name of 1 to {longest} characters."), longest=LONGEST_NAME)
        if self.name in schema.TABLE_EVENTS:
            return Notice.of(
                N_("“{name}” is an event of its own in every dataset; choose another name."), name=self.name
            )
        if not names:
            return Notice.of(N_("Choose at least one event that “{name}” is made of."), name=self.name)
        if twice:
            return Notice.of(
                N_("“{event}” stands twice in “{name}”; name it once, with all values that count."),
                event=twice,
                name=self.name,
            )
        for event, conditions in self.events:
            asked = [attribute for attribute, _values in conditions]
            for attribute, values in conditions:
                if not values or asked.count(attribute) > 1:
                    return Notice.of(
                        N_("“{attribute}” of “{event}” needs its values in one list; choose at least one."),
                        attribute=attribute,
                        event=event,
                    )
        return None


class _Reader:
    """Reads the notation of one derived event from left to right."""

    _TERM = re.compile(r'\s*(?:"(?P<quoted>(?:[^"]|"")*)"|(?P<bare>[^"\[\]|,+=]*))\s*')

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def event(self) -> DerivedEvent:
        name = self._term("a name")
        self._take("=", "“=” and the events after the name")
        events = [self._base()]
        while self._next() == "+":
            self.at += 1
            events.append(self._base())
        if self._next():
            raise self._wrong("“+” and another event, or the end")
        return DerivedEvent(name, tuple(events))

    def _base(self) -> tuple[str, Conditions]:
        event = self._term("the name of an event")
        conditions = []
        if self._next() == "[":
            mark = "["
            while self._next() == mark:
                self.at += 1
                mark = ","
                attribute = self._term("the name of an attribute")
                self._take("=", "“=” and a value after the attribute")
                values = [self._term("a value")]
                while self._next() == "|":
                    self.at += 1
                    values.append(self._term("a value"))
                conditions.append((attribute, tuple(values)))
            self._take("]", "“|” and another value, “,” and another attribute, or “]”")
        return event, tuple(conditions)

    def _next(self) -> str:
        return self.text[self.at : self.at + 1]

    def _take(self, mark: str, wanted: str) -> None:
        if self._next() != mark:
            raise self._wrong(wanted)
        self.at += 1

    def _term(self, wanted: str) -> str:
        found = self._TERM.match(self.text, self.at)
        assert found is not None
        term = found["bare"].strip() if found["quoted"] is None else found["quoted"].replace('""', '"')
        if not term:
            raise self._wrong(wanted)
        self.at = found.end()
        return term

    def _wrong(self, wanted: str) -> QueryError:
        rest = self.text[self.at :].strip()
        where = f"before {rest!r}" if rest else "at its end"
        return QueryError(
            f"{self.text!r} lacks {wanted} {where};"
            " write it as NAME=EVENT[attribute=value|value, attribute=value]+EVENT,"
            ' what holds one of = + [ ] | , in "double quotes"'
        )


# In a dataset file


def put_together(connection: duckdb.DuckDBPyConnection, wanted: Sequence[DerivedEvent]) -> list[Notice]:
    """Fill the tables of derived events of a file whose other tables are loaded, and say what of them is not there."""
    if not wanted:
        return []
    told = []
    known = occurring(connection)
    for event in wanted:
        if event.name in known:
            told.append(Notice(_TAKEN, {"name": event.name}, _RENAME, WRONG))
            continue
        missing = [base for base, _conditions in event.events if base not in known]
        told += [Notice(_MISSING, {"name": event.name, "event": base}, _CHECK, LOOK) for base in missing]
        add(connection, event)
    never = connection.execute(
        "select distinct name from main.derived_events anti join main.derived_moments using (name) order by name"
    ).fetchall()
    told += [Notice(_NEVER, {"name": name}, _CHECK, LOOK) for (name,) in never]
    return told


_TAKEN = N_("The derived event “{name}” is left out, because the files have an event of that name.")
_RENAME = N_("Put it together again under another name.")
_MISSING = N_("The derived event “{name}” is made of “{event}”, which does not happen in the files.")
_NEVER = N_("The derived event “{name}” never happens in the files.")
_CHECK = N_("Check how the event is written, or remove the derived event and put it together again.")


def occurring(connection: duckdb.DuckDBPyConnection) -> set[str]:
    """The events that happen in the tables of a file, those of the log and those that other tables tell."""
    rows = connection.execute(
        """
        select distinct event::varchar from main.events
        union select 'order' where exists (from main.orders)
        union select unnest(['subscription', 'renewal']) where exists (from main.subscriptions)
        union select 'signup' where exists (from main.customers where signed_up_at is not null)
        union select 'ticket' where exists (from main.tickets)
        union select 'satisfied' where exists (from main.surveys)
        """
    ).fetchall()
    return {name for (name,) in rows}


def add(connection: duckdb.DuckDBPyConnection, event: DerivedEvent) -> int:
    """Write a derived event and the times it happened into a file; how many these are."""
    for base, conditions in event.events:
        connection.execute(
            "insert into main.derived_events select $name, $event,"
            " case when len($attributes::varchar[]) > 0 then map($attributes::varchar[], $values::varchar[][]) end",
            {
                "name": event.name,
                "event": base,
                "attributes": [attribute for attribute, _values in conditions],
                "values": [list(values) for _attribute, values in conditions],
            },
        )
    query = queries.catalogue().find("derived_occurrences")
    Session(connection).insert(query, {"derived": event.name}, "main.derived_moments")
    ((times,),) = connection.execute(
        "select coalesce(sum(times), 0)::bigint from main.derived_moments where name = $name", {"name": event.name}
    ).fetchall()
    return int(times)


def count(connection: duckdb.DuckDBPyConnection) -> None:
    """Write down how many rows the tables of derived events have now."""
    for derived in (schema.DERIVED_EVENTS, schema.DERIVED_MOMENTS):
        tables.count(connection, derived)
