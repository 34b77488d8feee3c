"""Derived events of a dataset: an event narrowed by its attributes or several as one, saved, removed, and listed."""

from __future__ import annotations

from dataclasses import replace

from churnbook.catalogue import schema
from churnbook.datasets.facts import Facts
from churnbook.datasets.library import DatasetEntry, Library
from churnbook.engine.duckdb import Cursor, open_cursor
from churnbook.generations.made_of import remember_settings
from churnbook.generations.make import amend
from churnbook.intake.loading import derived
from churnbook.intake.loading.derived import LONGEST_NAME, Conditions, DerivedEvent
from churnbook.words.language import N_
from churnbook.words.message import Notice, Refused

__all__ = ["LONGEST_NAME", "Conditions", "DerivedEvent", "bases", "defined", "remove", "save"]


def save(library: Library, id: str, event: DerivedEvent) -> DatasetEntry:
    """Keep a derived event with the dataset `id`, in its next generation.

    Raises Refused where its name is empty, too long or taken, where an event or value it is made of does not
    occur, and where it never happens.
    """
    event = replace(event, name=" ".join(event.name.split()))

    def check(facts: Facts) -> None:
        if fault := event.fault():
            raise Refused.because(fault)
        if event.name in facts.events:
            raise Refused(N_("The files already have an event “{name}”; choose another name."), name=event.name)
        if event.name in facts.derived:
            raise Refused(
                N_("There is a derived event “{name}” already; choose another name, or remove that one first."),
                name=event.name,
            )
        known = bases(facts)
        for base, _conditions in event.events:
            if base not in known:
                raise Refused(N_("No event “{event}” happens in the files; choose another."), event=base)
        for attribute, value in _never(facts, event):
            raise Refused(
                N_("“{attribute}” is never “{value}” in the events chosen; choose a value that occurs."),
                attribute=attribute,
                value=value,
            )

    def write(connection: Cursor) -> None:
        if not derived.add(connection, event):
            raise Refused(
                N_("“{name}” never happens: no row has all of that at once. Ask for fewer attributes, or more values."),
                name=event.name,
            )
        derived.count(connection)
        remember_settings(connection, lambda settings: replace(settings, derived=(*settings.derived, event)))

    what = Notice(N_("Put together the event “{name}”."), {"name": event.name})
    return amend(library, id, check, write, what)


def remove(library: Library, id: str, name: str) -> DatasetEntry:
    """Take a derived event out of the dataset again, in a next generation. Raises Refused where it is none."""

    def check(facts: Facts) -> None:
        if name not in facts.derived:
            raise Refused(N_("There is no derived event “{name}” (any more)."), name=name)

    def write(connection: Cursor) -> None:
        connection.execute("delete from main.derived_events where name = $name", {"name": name})
        connection.execute("delete from main.derived_moments where name = $name", {"name": name})
        derived.count(connection)
        remember_settings(
            connection,
            lambda settings: replace(settings, derived=tuple(each for each in settings.derived if each.name != name)),
        )

    return amend(library, id, check, write, Notice(N_("Removed the event “{name}”."), {"name": name}))


def defined(facts: Facts) -> list[DerivedEvent]:
    """The derived events of a dataset, in the order they were saved."""
    with open_cursor(facts.path) as cursor:
        rows = cursor.execute("select name, event, conditions from main.derived_events order by rowid").fetchall()
    parts: dict[str, list[tuple[str, Conditions]]] = {}
    for name, event, conditions in rows:
        asked = tuple((attribute, tuple(values)) for attribute, values in (conditions or {}).items())
        parts.setdefault(name, []).append((event, asked))
    return [DerivedEvent(name, tuple(events)) for name, events in parts.items()]


def bases(facts: Facts) -> tuple[str, ...]:
    """The events one can be put together from: those of the files, the commonest first, then what other tables tell."""
    with open_cursor(facts.path) as cursor:
        found = derived.occurring(cursor)
    told = [name for name in schema.TABLE_EVENTS if name in found and name not in facts.events]
    return (*facts.events, *told)


def _never(facts: Facts, event: DerivedEvent) -> list[tuple[str, str]]:
    """The values it asks for, with their attributes, that none of its events ever has."""
    asked = [
        (base, attribute, value)
        for base, conditions in event.events
        for attribute, values in conditions
        for value in values
    ]
    with open_cursor(facts.path) as cursor:
        rows = cursor.execute(_NEVER, {f"asked_{i}": [each[i] for each in asked] for i in range(3)}).fetchall()
    return [(attribute, value) for attribute, value in rows]


_NEVER = """
with
    asked as (
        select
            unnest($asked_0::varchar[]) as event,
            unnest($asked_1::varchar[]) as attribute,
            unnest($asked_2::varchar[]) as value
    ),
    named as (select distinct event, attribute from asked),
    held as (
        select
            named.attribute,
            case named.attribute
                when 'product' then orders.product when 'category' then orders.category when 'channel' then orders.channel
            end as value
        from main.orders as orders
        inner join named on named.event = 'order'
        union
        select named.attribute, events.attributes[named.attribute] as value
        from main.events as events
        inner join named on events.event = try_cast(named.event as event_name)
    )
select distinct attribute, value from asked anti join held using (attribute, value) order by attribute, value
"""
