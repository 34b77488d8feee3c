"""The table of a sheet's columns: what each means, what that is known by, its first values and how they are read."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

import pandas as pd
import streamlit as st

from churnbook.catalogue import schema
from churnbook.intake.cells.dates import Choice
from churnbook.intake.files.sheet import Sheet
from churnbook.intake.loading import columns
from churnbook.intake.mapping import companion
from churnbook.intake.mapping.plan import MappedSheet, Plan
from churnbook.intake.mapping.rules import Rules
from churnbook.page import state
from churnbook.page.upload.start import MappingDraft, proposal
from churnbook.words import formats
from churnbook.words.language import N_, _

_REST = "-"
_LEFT_OUT = "x"
_OF_CUSTOMER = "a"
_SAMPLES_SHOWN = 4
_MANY = 12
"""So many columns are in sight at once."""

_KNOWN = {
    "header": N_("header"),
    "roughly": N_("header, roughly"),
    "values": N_("values"),
    "made": N_("from columns"),
    "recipe": N_("known export"),
}


def choose(start: MappingDraft, read: Sheet, plan: Plan, has_customers: bool) -> tuple[MappedSheet, list[str]]:
    """What each column means, in a table with a choice in every row, and the columns that say something of customers."""
    canonical = schema.LOADABLE[plan.table]
    feeds = plan.table in companion.FEEDING and not has_customers
    labels = {role.name: _(role.label) + (" *" if role.required else "") for role in canonical.roles}
    if feeds:
        labels[_OF_CUSTOMER] = _("customer attribute")
    labels[_REST] = {
        "customer attributes": _("kept as an attribute"),
        "event attributes": _("kept with the event"),
        "left": _("left out"),
    }[canonical.rest]
    if canonical.rest != "left":
        labels[_LEFT_OUT] = _("left out")
    before = _before(start, read, plan, feeds)
    headers = _arranged(read.headers, before)
    key = f"roles:{start.key}:{plan.table}:{read.unpivot is not None}"
    changed = _changed(key)
    drawn = before | {header: role for header, role in changed.items() if role in labels}
    edits = state.get(key, {}).get("edited_rows", {})
    now = {header: edits.get(index, {}).get("role", drawn[header]) for index, header in enumerate(headers)}
    state.put(f"changed:{key}", changed | {h: role for h, role in now.items() if role != drawn[h]})
    day_first = state.get(day_first_key(start.key, plan.table), plan.choice.day_first)
    since_1904 = state.get(since_1904_key(start.key, plan.table), plan.choice.since_1904)
    readings = columns.readings(
        MappedSheet(read, plan.table, _by_role(now, before, plan), Choice(day_first, since_1904))
    )
    edited: pd.DataFrame = st.data_editor(
        pd.DataFrame(
            {
                "column": headers,
                "role": [drawn[header] for header in headers],
                "known": [_known(start, read, plan.table, header, before[header], now[header]) for header in headers],
                "samples": [_samples(read, read.headers.index(header), readings.get(now[header])) for header in headers],
            }
        ),
        column_order=("column", "role", "known", "samples"),  # the choice in sight on a telephone too
        column_config={
            "column": st.column_config.TextColumn(_("Column in the file"), disabled=True, width=150),
            "role": st.column_config.SelectboxColumn(
                _("Means"), options=list(labels), format_func=lambda role: labels.get(str(role), ""), required=True, width=165,
                help=_("* is required"),
            ),
            "known": st.column_config.TextColumn(
                _("Known by"), disabled=True,
                help=_("What the meaning was guessed from: the header, a word in it, or only the values."),
            ),
            "samples": st.column_config.TextColumn(
                _("First values"), disabled=True, width="large", help=_("→ says how a value is read")
            ),
        },
        hide_index=True,
        key=key,
        alt=_("What each column of the file means"),
    )  # fmt: skip
    chosen = dict(zip(edited["column"], edited["role"], strict=True))
    _say_repeated(chosen, before, canonical, plan)
    attributes = [header for header, role in chosen.items() if role == _OF_CUSTOMER and feeds]
    if attributes:
        st.caption(
            _("Of a customer with several rows the last value of {columns} that is not blank counts.").format(
                columns=formats.escape(formats.listed(attributes))
            )
        )
    left_out = tuple(
        header
        for header, role in chosen.items()
        if role in (_LEFT_OUT, _OF_CUSTOMER) or (role == _REST and canonical.rest == "left" and header in plan.left_out)
    )
    roles = _by_role(chosen, before, plan)
    rules = _rules(chosen, before, roles, plan)
    return MappedSheet(read, plan.table, roles, left_out=left_out, rules=rules), attributes


def _rules(chosen: Mapping[str, str], before: Mapping[str, str], roles: Mapping[str, str], plan: Plan) -> Rules:
    """The rules of a plan as far as they still hold; of several columns for the customer all but the first stand in."""
    otherwise = {}
    for role, header in roles.items():
        planned = plan.rules.otherwise.get(role, ())
        further = [each for each in _in_order(chosen, before, role, plan) if each != header]
        if standing := tuple(each for each in further if role == "customer_id" or each in planned):
            otherwise[role] = standing
    dropped = {header: each for header, each in plan.rules.dropped.items() if chosen.get(header) == before.get(header)}
    without = plan.rules.without_customers and "customer_id" not in roles
    return replace(plan.rules, otherwise=otherwise, dropped=dropped, without_customers=without)


def _in_order(chosen: Mapping[str, str], before: Mapping[str, str], role: str, plan: Plan) -> list[str]:
    """The columns that mean a role: those the user gave it to, then those of the plan in its order."""
    planned = [plan.roles.get(role), *plan.rules.otherwise.get(role, ())]
    place = {header: index for index, header in enumerate(planned)}
    carriers = [header for header, each in chosen.items() if each == role]
    return sorted(carriers, key=lambda header: (before[header] == role, place.get(header, len(place))))


def _arranged(headers: Sequence[str], before: Mapping[str, str]) -> list[str]:
    """The columns in the order of the file; of many those that mean something come first."""
    if len(headers) <= _MANY:
        return list(headers)
    return sorted(headers, key=lambda header: before[header] in (_REST, _LEFT_OUT))


def _changed(key: str) -> dict[str, str]:
    """The meanings changed before another page was visited, which empties the table."""
    if state.get(key) is None:
        state.put(f"changed before:{key}", state.get(f"changed:{key}", {}))
    found: dict[str, str] = state.get(f"changed before:{key}", {})
    return found


def _before(start: MappingDraft, read: Sheet, plan: Plan, feeds: bool) -> dict[str, str]:
    """What each column means before the user changes it."""
    left_out = _REST if schema.LOADABLE[plan.table].rest == "left" else _LEFT_OUT
    before = dict.fromkeys(read.headers, _REST) | dict.fromkeys(plan.left_out, left_out)
    for role, headers in plan.rules.otherwise.items():
        before |= dict.fromkeys(headers, role)
    for role, header in reversed(list(plan.roles.items())):  # of an id that also marks cancellations, the id is shown
        before[header] = role
    customer = plan.roles.get("customer_id")
    if feeds and customer:
        free = tuple(header for header, role in before.items() if role in (_REST, _LEFT_OUT))
        if plan is not start.first or not (start.day or start.is_loaded):
            kept = companion.steady(read, customer, free, read.unpivot is not None)
        elif customers := start.beside("customers"):
            kept = tuple(header for header in free if header not in customers.left_out)
        else:
            kept = ()
        before |= dict.fromkeys(kept, _OF_CUSTOMER)
    return before


def _by_role(chosen: Mapping[str, str], before: Mapping[str, str], plan: Plan) -> dict[str, str]:
    """For each role the column that carries it; of several the one the user gave it to."""
    roles = dict.fromkeys(role for role in chosen.values() if role not in (_REST, _LEFT_OUT, _OF_CUSTOMER))
    return {role: _in_order(chosen, before, role, plan)[0] for role in roles}


def _say_repeated(chosen: Mapping[str, str], before: Mapping[str, str], canonical: schema.Table, plan: Plan) -> None:
    roles = _by_role(chosen, before, plan)
    otherwise = _rules(chosen, before, roles, plan).otherwise
    for role in canonical.roles:
        carriers = [header for header, each in chosen.items() if each == role.name]
        if role.name in otherwise:
            st.caption(
                _("{role}: {first}; where it is blank, {others}.").format(
                    role=_(role.label),
                    first=formats.escape(roles[role.name]),
                    others=formats.escape(formats.listed(list(otherwise[role.name]))),
                )
            )
        elif len(carriers) > 1:
            st.warning(
                _("{columns} are both mapped to {role}; {taken} is taken.").format(
                    columns=formats.escape(formats.listed(carriers)),
                    role=_(role.label),
                    taken=formats.escape(roles[role.name]),
                ),
                icon=":material/info:",
            )


def _known(start: MappingDraft, read: Sheet, table: str, header: str, before: str, now: str) -> str:
    """In a word or two, what tells the meaning of a column."""
    if now != before:
        return _("your choice")
    if now == _REST:
        return ""
    if start.day and table == start.first.table:
        return _("last time")
    if now == _OF_CUSTOMER:
        return _(_KNOWN["values"])
    known = proposal(read, table, start.by_recipe).known.get(now)
    return _(_KNOWN[known]) if known else ""


def _samples(sheet: Sheet, index: int, reading: tuple[str, object] | None) -> str:
    """The first values of a column; how one of them is read where that is not as it is written."""
    found = list(dict.fromkeys(str(row[index]) for row in sheet.sample if row[index]))[:_SAMPLES_SHOWN]
    if reading and (value := _value(*reading)):
        cell, rest = reading[0], [each for each in found if each != reading[0]]
        found = [f"{cell} → {value}", *rest[: _SAMPLES_SHOWN - 1]]
    return "  ·  ".join(each[:40] for each in found)


def _value(cell: str, read: object) -> str | None:
    """How a cell is read, where that needs saying: a date not written as 2024-03-05, an amount with more than digits."""
    if isinstance(read, dt.datetime):
        day = f"{read:%Y-%m-%d}"
        clock = "" if (read.hour, read.minute) == (0, 0) else f" {read:%H:%M}"
        return None if cell.strip().startswith(day) else day + clock
    if re.fullmatch(r"[-+]?[0-9]*[.]?[0-9]*", cell.strip()):
        return None
    return formats.exact(Decimal(str(read)))


def since_1904_key(key: str, table: str) -> str:
    """The key of the choice whether numbers of days count from 1904."""
    return f"since-1904:{key}:{table}"


def day_first_key(key: str, table: str) -> str:
    """The key of the choice whether the day stands before the month."""
    return f"day-first:{key}:{table}"
