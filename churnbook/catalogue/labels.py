"""What parameters, choices, columns, events and segments are called in the language spoken; the headers say it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence

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
    if parameter.kind == "attribute":
        return attribute(str(chosen))
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
    # orders of nobody come with files of orders, which are what can be asked for
    *others, last = (_one_need(name) for name in schema.alternatives(need) if name != schema.GUEST_ORDERS.name)
    return _("{others} or {last}").format(others=_(", ").join(others), last=last) if others else last


def _one_need(name: str) -> str:
    table, dot, column = name.partition(".")
    said = _(schema.label(table)).lower()
    if not dot:
        return said
    return _("{table} with {column}").format(table=said, column=_(schema.LOADABLE[table].role(column).label).lower())


OTHER = "(other)"
"""The segment that holds all customers outside the largest segments."""
OUTSIDE = "(all others)"
"""The value that a saved segment gives to those who are not in it."""


def segment(name: str | None) -> str:
    """A segment's name; the empty one is customers without a value."""
    if name == OTHER:
        return _("(other)")
    if name == OUTSIDE:
        return _("(all others)")
    return name if name else _("(blank)")


def attribute(name: str, beside: Collection[str] = ()) -> str:
    """A customer attribute as people read it; names from files stay as they are.

    One that was derived says from what where an attribute `beside` it reads the same.
    """
    if name in schema.FIRST_VALUES:
        first = schema.FIRST_VALUES[name]
        said = _(first.label)
        if said in beside:
            return _("{attribute} ({table})").format(attribute=said, table=_(schema.LOADABLE[first.table].label))
        return said
    if name == schema.MONTHLY_VALUE:
        said = _(schema.CUSTOMERS.role(name).label)
        return _("{attribute} ({table})").format(attribute=said, table=name) if said in beside else said
    return name


_NUMBER = re.compile(r">?(-?\d+(?:\.\d+)?)(?:[–…]<?-?\d+(?:\.\d+)?|\+)?")
"""A number, or a range of numbers as an attribute in bins has it."""


def in_order(names: Sequence[str]) -> list[str]:
    """The values of an attribute, ranges of numbers by where they begin, in front of all else; other values as given."""
    begins = {name: float(found[1]) for name in names if (found := _NUMBER.fullmatch(name))}
    others = [name for name in names if name not in begins]
    if set(others) - {OTHER, ""}:
        return list(names)
    return [*sorted(begins, key=lambda name: (begins[name], name.startswith(">"))), *others]


def filtered(attribute_name: str, value: str, beside: Collection[str] = ()) -> str:
    """A filter in words: “city: Rome”; of a segment saved under a name that name alone."""
    if attribute_name == value:
        return value
    return _("{attribute}: {value}").format(attribute=attribute(attribute_name, beside), value=segment(value))
