"""What parameters, choices, columns, events and segments are called in the language spoken; the headers say it."""

from __future__ import annotations

from collections.abc import Iterable

from churnbook.catalogue import schema
from churnbook.catalogue.query import Column, Parameter, Value
from churnbook.words.language import N_, _

_ADDRESS = {
    "version": N_("Version"),
    "generation": N_("Data state"),
    "from": N_("From"),
    "to": N_("To"),
    "as_of": N_("As of"),
    "where": N_("Filter"),
}


def of_address(name: str) -> str:
    """What a part of an address beside the parameters of queries is called: the scope, the data state, a version."""
    return _(_ADDRESS[name])


def parameter(parameter: Parameter) -> str:
    """The label of a query parameter."""
    return _(parameter.label) or parameter.name


def column(column: Column) -> str:
    """The heading of a result column."""
    return _(column.label) or column.name


def note(parameter: Parameter) -> str:
    """The explanation of a parameter from its query's header."""
    return _(parameter.note)


def value(parameter: Parameter, chosen: Value) -> str:
    """A parameter's value as people read it; names from files stay as they are."""
    if chosen is None:
        return _(parameter.names.get("null", N_("Nothing")))
    if parameter.kind == "choice":
        return _(parameter.names[str(chosen)]) if chosen in parameter.names else str(chosen)
    if parameter.kind in ("event", "events") and isinstance(chosen, str):
        return event(chosen)
    if isinstance(chosen, bool):
        return _("Yes") if chosen else _("No")
    return str(chosen)


def event(name: str) -> str:
    """An event as people read it; names from files stay as they are."""
    return _(schema.TABLE_EVENTS[name]) if name in schema.TABLE_EVENTS else schema.IN_LOG.get(name, name)


def events(names: Iterable[str]) -> dict[str, str]:
    """Events as people read them, by name; two that read alike are told apart by the table one comes from."""
    known = list(dict.fromkeys(names))
    tables = tables_to_name(known)
    return {
        name: _("{event} ({table} table)").format(event=event(name), table=tables[name])
        if name in tables
        else event(name)
        for name in known
    }


def tables_to_name(names: Iterable[str]) -> dict[str, str]:
    """What the tables are called that tell of events which read like one of the log, by the name of the event."""
    known = list(dict.fromkeys(names))
    log = {event(name).strip().casefold() for name in known if name not in schema.TABLE_EVENTS}
    alike = [name for name in known if name in schema.TABLE_EVENTS and event(name).casefold() in log]
    return {name: _(schema.label(schema.TOLD_BY[name])).lower() for name in alike}


def need(need: str) -> str:
    """What a query needs, in words: orders; orders with amount or events with amount."""
    return _(" or ").join(_one_need(name) for name in schema.alternatives(need))


def _one_need(name: str) -> str:
    table, dot, column = name.partition(".")
    said = _(schema.label(table)).lower()
    if not dot:
        return said
    return _("{table} with {column}").format(table=said, column=_(schema.LOADABLE[table].role(column).label).lower())


OTHER = "(other)"
"""The segment that holds all customers outside the largest segments."""


def segment(name: str | None) -> str:
    """A segment's name; the empty one is customers without a value."""
    if name == OTHER:
        return _("(other)")
    return name if name else _("(blank)")
