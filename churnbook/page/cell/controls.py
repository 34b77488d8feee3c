"""The controls of a cell, drawn from the parameters of its query; the address holds what is chosen."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from churnbook.catalogue import labels
from churnbook.catalogue.query import Parameter, Value
from churnbook.datasets.facts import absent_events
from churnbook.page import address
from churnbook.words import formats
from churnbook.words.language import _

_MOST_VISIBLE = 5
MOST_MULTIPLES = 6
"""As many segments are drawn one by one."""

Periods = tuple[Sequence[dt.date], dt.date | None, str]
"""Periods to choose from by their first days, the one looked at without a choice, and their grain."""


def value_of(cell: str, parameter: Parameter) -> Value:
    """The value of a parameter in the address, among what its control offers; else its default.

    An event may be any: one that does not occur is told, and counts 0.
    """
    if parameter.kind != "event":
        return address.value_of(cell, parameter, options_of(parameter))
    value = address.value_of(cell, parameter)
    for absent in absent_events(address.view().facts, {parameter.name: parameter}, {parameter.name: value}):
        address.tell(_(absent.sentence), **absent.fields)
    return value


def control(cell: str, parameter: Parameter) -> Value:
    """Draw the control of a parameter, unless there is nothing to choose; its value is that of the address."""
    options = options_of(parameter)
    value = value_of(cell, parameter)
    if options is not None and value not in options:
        options = (*options, value)
    is_free = options is None and parameter.kind == "int"
    if not is_free and len(options or ()) < 2:
        return value
    name = address.name_of(cell, parameter.name)
    common: dict[str, Any] = {
        "label": labels.parameter(parameter),
        "key": address.widget_key(name, parameter.text(value)),
        "on_change": address.choose_value(cell, parameter),
    }
    if parameter.kind == "bool":
        st.toggle(**common | {"key": address.widget_key(name, value)})
    elif options is None:
        common["key"] = address.widget_key(name, value)
        low, high = parameter.whole_bounds
        st.number_input(**common, min_value=low, max_value=high, step=1, width=150)
    else:
        titles = formats.distinct({parameter.text(option): _title(parameter, option) for option in options})
        common |= {"options": list(titles), "format_func": titles.__getitem__}
        if len(options) <= _MOST_VISIBLE and parameter.kind == "choice":
            st.segmented_control(**common, required=True, wrap=True, help=labels.note(parameter))
        else:
            st.selectbox(**common, width=180)
    return value


def _title(parameter: Parameter, option: Value) -> str:
    if parameter.kind == "attribute" and isinstance(option, str):
        return labels.attribute(option, address.view().facts.attributes)
    return labels.value(parameter, option)


def period(cell: str, parameter: Parameter, periods: Periods) -> Value:
    """Draw a choice of one period; without a choice the usual one, null where there is none."""
    offered, usual, grain = periods
    chosen = address.value_of(cell, parameter, (None, *offered)) or usual
    if chosen is not None:
        select(cell, parameter, chosen, {first_day: formats.period_label(first_day, grain) for first_day in offered})
    return chosen


def select(cell: str, parameter: Parameter, value: Value, titles: Mapping[Any, str], width: int = 180) -> None:
    """Draw a choice among the values of `titles`, each under its own; `value` is the one chosen now."""
    written = {parameter.text(option): title for option, title in titles.items()}
    st.selectbox(
        labels.parameter(parameter),
        list(written),
        format_func=written.__getitem__,
        key=address.widget_key(address.name_of(cell, parameter.name), parameter.text(value)),
        on_change=address.choose_value(cell, parameter),
        width=width,
    )


def segments(cell: str, found: Sequence[str], attribute: str) -> list[str]:
    """Which segments to draw one by one: the first six, where there are more those the reader chooses."""
    drawn = list(found[:MOST_MULTIPLES])
    if len(found) > MOST_MULTIPLES:
        name = f"{cell}.segments"
        drawn = [segment for segment in address.get(name) if segment in found][:MOST_MULTIPLES] or drawn
        key = address.widget_key(name, drawn)
        st.multiselect(
            _("{attribute}: up to six side by side").format(
                attribute=formats.escape(labels.attribute(attribute, address.view().facts.attributes))
            ),
            found,
            format_func=labels.segment,
            key=key,
            on_change=address.keep(name, key, list),
            max_selections=MOST_MULTIPLES,
        )
    return drawn


def one_of(cell: str, parameter: Parameter, offered: Sequence[str], usual: str) -> str:
    """Draw a choice of a segment; without a choice the usual one."""
    asked = replace(parameter, default=usual)
    value = str(address.value_of(cell, asked, offered))
    select(cell, asked, value, {segment: labels.segment(segment) for segment in offered}, 220)
    return value


def options_of(parameter: Parameter) -> Sequence[Value] | None:
    """What a control offers; None for a free number."""
    facts = address.view().facts
    match parameter.kind:
        case "choice":
            return parameter.choices
        case "bool":
            return (False, True)
        case "attribute":
            # what was saved first, then those with few values: they make the better splits. What nearly every customer
            # has of their own, as an address, splits nothing
            own = max(12, facts.tables["customers"].rows // 2)
            usable = [name for name, n in facts.attributes.items() if 1 < n <= own or name in facts.saved]
            return (None, *sorted(usable, key=lambda name: (name not in facts.saved, facts.attributes[name] > 200)))
        case "event":
            signup = ("signup",) if parameter.name == "start" and facts.tables["customers"].first_day else ()
            return (None, *signup, *(facts.events if len(facts.events) > 1 else ()), *facts.derived)
    return None


def ranked(overall: pd.DataFrame, size: str) -> list[str]:
    """The segments of a result, the largest in all its rows together first, all others together last.

    A few ranges of numbers stand in the order of numbers.
    """
    total: Counter[str] = Counter()
    for segment, n in zip(overall["segment"], overall[size], strict=True):
        if isinstance(segment, str) and n == n:
            total[segment] += n
    found = sorted(total, key=lambda segment: (segment == labels.OTHER, -total[segment]))
    return labels.in_order(found) if len(found) <= MOST_MULTIPLES + 1 else found
