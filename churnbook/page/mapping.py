"""The mapping step of an upload: what each sheet is, why, and what its columns mean, as the user confirms it."""

from __future__ import annotations

import datetime as dt
import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

import pandas as pd
import streamlit as st

from churnbook import schema, wording
from churnbook.intake import Refused, columns, companion, headers, remembered, unpivot, values
from churnbook.intake import map as mapping
from churnbook.intake.dates import Choice
from churnbook.intake.map import Mapped, Plan, Proposal
from churnbook.intake.sheet import Sheet
from churnbook.intake.unpivot import Reading
from churnbook.page import address
from churnbook.wording import N_, _, ngettext

_REST = "-"
_LEFT_OUT = "x"
_SAMPLES_SHOWN = 4
_REASONS_SHOWN = 3

_KNOWN = {
    "header": N_("header"),
    "roughly": N_("header, roughly"),
    "values": N_("values"),
    "made": N_("from columns"),
}


@dataclass(frozen=True)
class _Start:
    """Where the mapping of a sheet starts: a plan for each table it feeds, as loaded, remembered from a day or guessed.

    `months` is how columns of months would become rows, where the sheet has any. A sheet `is_loaded` as its plans
    say, or left out.
    """

    key: str
    sheet: Sheet
    plans: tuple[Plan, ...]
    months: Reading | None
    day: dt.date | None = None
    is_loaded: bool = False
    is_left_out: bool = False

    @property
    def first(self) -> Plan:
        return self.plans[0]

    def beside(self, table: str) -> Plan | None:
        """The plan of a second table that is remembered."""
        return next((plan for plan in self.plans[1:] if plan.table == table), None)


def confirm(place: str, sheets: Sequence[Sheet], loaded: Sequence[Plan] | None = None) -> list[Mapped]:
    """The mappings of sheets as the user confirms them; none of those left out. `place` keys their controls.

    They start from the plans by which the sheets are `loaded`, where these are given.
    """
    starts = [_start(f"{place}:{number}", sheet, loaded) for number, sheet in enumerate(sheets)]
    found: list[Mapped] = []
    for number, start in enumerate(starts):
        others = [each for each in starts if each is not start]
        if number:
            st.divider()
        found += _confirm(start, any(_table_now(each) == "customers" for each in others))
    return found


def is_ready(mapped: Sequence[Mapped]) -> bool:
    """Whether sheets can be loaded: there are some, and none lacks a required column."""
    return bool(mapped) and not any(each.missing for each in mapped)


def remember(mapped: Sequence[Mapped]) -> None:
    """Start the next mapping of sheets with these headers from how they were mapped now."""
    remembered.keep(_folder(), mapped, dt.date.today())


def _folder() -> Path:
    return address.view().library.folder / "mappings"


# Where a mapping starts


def _start(place: str, sheet: Sheet, loaded: Sequence[Plan] | None) -> _Start:
    key = f"{place}:{sheet.sha256[:12]}"
    made: dict[str, _Start] = st.session_state.setdefault("mapping-starts", {})
    if key not in made:
        found = _loaded(key, sheet, loaded) if loaded is not None else _remembered(key, sheet)
        made[key] = found or _guess(key, sheet)
    return made[key]


def _loaded(key: str, sheet: Sheet, loaded: Sequence[Plan]) -> _Start:
    plans = tuple(plan for plan in loaded if plan.sheet == sheet.name)
    if not plans:
        return replace(_guess(key, sheet), key=key, is_loaded=True, is_left_out=True)
    months = plans[0].reading or _that_turns(sheet, unpivot.months(sheet))
    return _Start(key, sheet, plans, months, is_loaded=True)


def _remembered(key: str, sheet: Sheet) -> _Start | None:
    known = remembered.recall(_folder(), sheet)
    if known is None:
        return None
    months = _that_turns(sheet, known.plans[0].reading or unpivot.months(sheet))
    return _Start(key, sheet, known.plans, months, known.day) if months or not known.plans[0].reading else None


def _guess(key: str, sheet: Sheet) -> _Start:
    months = _that_turns(sheet, unpivot.months(sheet))
    read = _turned(sheet, months) if months else sheet
    return _Start(f"{key}:guess", sheet, (_proposal(read, None).mapped.plan,), months)


def _that_turns(sheet: Sheet, reading: Reading | None) -> Reading | None:
    """A reading, unless no cell of its columns says anything."""
    try:
        return reading if reading and _turned(sheet, reading) else None
    except Refused:
        return None


def _start_from_the_guess(start: _Start) -> None:
    st.session_state["mapping-starts"][start.key] = _guess(start.key, start.sheet)


def _rows_key(start: _Start) -> str:
    return f"rows:{start.key}"


def _table_key(start: _Start, read: Sheet) -> str:
    return f"table:{start.key}:{read.reading is not None}"


def _reading_now(start: _Start) -> Reading | None:
    return start.months if st.session_state.get(_rows_key(start), start.first.reading is not None) else None


def _table_now(start: _Start) -> str | None:
    """The table of a sheet as its controls stand, be they drawn already or not."""
    reading = _reading_now(start)
    read = _turned(start.sheet, reading) if reading else start.sheet
    table: str | None = st.session_state.get(_table_key(start, read), _table_first(start, read))
    return table


def _table_first(start: _Start, read: Sheet) -> str | None:
    return None if start.is_left_out else _plan(start, read).table


def _plan(start: _Start, read: Sheet, table: str | None = None) -> Plan:
    """The plan to start from for a sheet as it is read, and for the table chosen."""
    if start.first.reading == read.reading and table in (None, start.first.table):
        return start.first
    return _proposal(read, table).mapped.plan


def _proposal(sheet: Sheet, table: str | None) -> Proposal:
    made: dict[tuple[str, str, Reading | None, str | None], Proposal] = st.session_state.setdefault("proposals", {})
    key = (sheet.sha256, sheet.name, sheet.reading, table)
    if key not in made:
        made[key] = mapping.explain(sheet, table)
    return made[key]


def _turned(sheet: Sheet, reading: Reading) -> Sheet:
    made: dict[tuple[str, str, Reading], Sheet] = st.session_state.setdefault("turned-sheets", {})
    key = (sheet.sha256, sheet.name, reading)
    if key not in made:
        made[key] = unpivot.apply(sheet, reading, _work())
    return made[key]


def _work() -> Path:
    """A folder of this session for the copies of sheets whose columns became rows."""
    if "mapping-work" not in st.session_state:
        st.session_state["mapping-work"] = tempfile.TemporaryDirectory(prefix="churnbook-mapping-")
    return Path(st.session_state["mapping-work"].name)


# One sheet


def _confirm(start: _Start, has_customers: bool) -> list[Mapped]:
    sheet, key = start.sheet, start.key
    st.markdown(f"**{wording.escape(sheet.name)}** &ensp;:gray[{_read_as(sheet)}]")
    said = st.container()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        read = _read(start)
        tables = [*schema.LOADABLE, None]
        table = st.selectbox(
            _("This file holds"),
            tables,
            index=tables.index(_table_first(start, read)),
            format_func=lambda name: _(schema.LOADABLE[name].label) if name else _("nothing to load (leave it out)"),
            key=_table_key(start, read),
            width=260,
        )
    with said:
        _say_why(start, read, table)
    if table is None:
        return []
    plan = _plan(start, read, table)
    first = _roles(start, read, plan)
    if first.missing:
        st.warning(
            _(
                "Still missing: {roles}. Choose it under “Means” beside the column that holds it, or change what the file holds."
            ).format(roles=", ".join(f"**{_(role.label)}**" for role in first.missing)),
            icon=":material/error:",
        )
        return [first]
    first = _with_cancelled_ids(start, first)
    first = replace(first, choice=_date_choice(first, plan, key))
    return [first, *_customers_beside(start, first, has_customers), *_events_beside(start, first)]


def _read(start: _Start) -> Sheet:
    """The sheet as its rows are read: as it stands, or with its columns of months as rows."""
    if start.months is None:
        return start.sheet
    by_month = st.segmented_control(
        _("Columns for months"),
        [True, False],
        default=start.first.reading is not None,
        required=True,
        format_func=lambda rows: _("As rows") if rows else _("As they stand"),
        key=_rows_key(start),
        help=_("As rows, each cell says how much a customer paid in that month. Blank and zero cells give no row."),
    )
    return _turned(start.sheet, start.months) if by_month else start.sheet


def _say_why(start: _Start, read: Sheet, table: str | None) -> None:
    if start.day:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(
                _("Mapped as on {day}, when a file with the same headers was loaded.").format(day=start.day),
                width="content",
            )
            st.button(
                _("Start from the guess"),
                type="tertiary",
                key=f"guess:{start.key}",
                on_click=_start_from_the_guess,
                args=(start,),
            )
    elif table == (proposal := _proposal(read, None)).mapped.table:
        st.caption(_why(proposal))


def _why(proposal: Proposal) -> str:
    """In a sentence or two, why a sheet looks like what it is proposed to be."""
    mapped = proposal.mapped
    canonical = schema.LOADABLE[mapped.table]
    table = _(canonical.label).lower()
    if mapped.sheet.reading:
        first, *_between, last = mapped.sheet.reading.columns
        return _(
            "This looks like **{table}** by month: the columns {first} … {last} are months. "
            "Each of their cells becomes a row; blank and zero cells give none."
        ).format(table=table, first=wording.escape(first), last=wording.escape(last))
    if mapped.missing:
        return _("No kind of file fits this one well; {table} come nearest.").format(table=table)
    if set(mapped.roles) == {"customer_id"} and not proposal.is_once:
        return _("Only {column} was recognised, so this is read as a list of **{table}**.").format(
            column=_named(mapped.roles["customer_id"], _(canonical.role("customer_id").label)), table=table
        )
    shown = [
        _named(mapped.roles[role.name], _(role.label))
        for role in canonical.roles
        if proposal.known.get(role.name) == "header" and (role.name != "customer_id" or mapped.table == "customers")
    ]
    reasons = []
    if shown:
        reasons.append(_("it has columns for {columns}").format(columns=_(", ").join(shown[:_REASONS_SHOWN])))
    if proposal.is_once and mapped.table == "customers":
        reasons.append(_("each customer has one row"))
    if proposal.is_named:
        reasons.append(_("its name says so"))
    said = [
        _("This looks like **{table}**: {reasons}.").format(table=table, reasons=_("; ").join(reasons))
        if reasons
        else _("This may be **{table}**; nothing but the values says so.").format(table=table)
    ]
    if proposal.rival:
        said.append(_("It could also be {table}.").format(table=_(schema.LOADABLE[proposal.rival].label).lower()))
    return wording.sentences(said)


def _named(header: str, label: str) -> str:
    if headers.normal(header) == headers.normal(label):
        return wording.escape(header)
    return _("{role} ({column})").format(role=label.lower(), column=wording.escape(header))


def _roles(start: _Start, read: Sheet, plan: Plan) -> Mapped:
    """What each column means, in a table with a choice in every row."""
    canonical = schema.LOADABLE[plan.table]
    labels = {role.name: _(role.label) + (" *" if role.required else "") for role in canonical.roles}
    labels[_REST] = {
        "customer attributes": _("kept as an attribute"),
        "event attributes": _("kept with the event"),
        "left": _("left out"),
    }[canonical.rest]
    if canonical.rest != "left":
        labels[_LEFT_OUT] = _("left out")
    before = dict.fromkeys(read.headers, _REST) | dict.fromkeys(plan.left_out, _LEFT_OUT)
    for role, header in reversed(list(plan.roles.items())):  # of an id that also marks cancellations, the id is shown
        before[header] = role
    key = f"roles:{start.key}:{plan.table}:{read.reading is not None}"
    edits = st.session_state.get(key, {}).get("edited_rows", {})
    now = {header: edits.get(place, {}).get("role", before[header]) for place, header in enumerate(read.headers)}
    day_first = st.session_state.get(_day_first_key(start.key, plan.table), plan.choice.day_first)
    readings = columns.readings(Mapped(read, plan.table, _by_role(now), replace(plan.choice, day_first=day_first)))
    edited: pd.DataFrame = st.data_editor(
        pd.DataFrame(
            {
                "column": read.headers,
                "role": [before[header] for header in read.headers],
                "known": [_known(start, read, plan.table, header, before[header], now[header]) for header in read.headers],
                "samples": [_samples(read, place, readings.get(now[header])) for place, header in enumerate(read.headers)],
            }
        ),
        column_order=("column", "role", "known", "samples"),  # the choice in sight on a telephone too
        column_config={
            "column": st.column_config.TextColumn(_("Column in the file"), disabled=True, width=150),
            "role": st.column_config.SelectboxColumn(
                _("Means"), options=list(labels), format_func=lambda role: labels[str(role)], required=True, width=165,
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
    _say_repeated(chosen, canonical)
    left_out = tuple(header for header, role in chosen.items() if role == _LEFT_OUT)
    return Mapped(read, plan.table, _by_role(chosen), left_out=left_out)


def _by_role(chosen: Mapping[str, str]) -> dict[str, str]:
    """For each role the first column that carries it."""
    found: dict[str, str] = {}
    for header, role in chosen.items():
        if role not in (_REST, _LEFT_OUT):
            found.setdefault(role, header)
    return found


def _say_repeated(chosen: Mapping[str, str], canonical: schema.Table) -> None:
    for role in canonical.roles:
        carriers = [header for header, each in chosen.items() if each == role.name]
        if len(carriers) > 1:
            st.error(
                _("{columns} are both mapped to {role}; choose one.").format(
                    columns=wording.escape(", ".join(carriers)), role=_(role.label)
                )
            )


def _known(start: _Start, read: Sheet, table: str, header: str, before: str, now: str) -> str:
    """In a word or two, what tells the meaning of a column."""
    if now != before:
        return _("your choice")
    if now == _REST:
        return ""
    if start.day and table == start.first.table:
        return _("last time")
    known = _proposal(read, table).known.get(now)
    return _(_KNOWN[known]) if known else ""


def _samples(sheet: Sheet, place: int, reading: tuple[str, object] | None) -> str:
    """The first values of a column; how one of them is read where that is not as it is written."""
    found = list(dict.fromkeys(str(row[place]) for row in sheet.sample if row[place]))[:_SAMPLES_SHOWN]
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
    return wording.exact(Decimal(str(read)))


# What is asked where it applies


def _with_cancelled_ids(start: _Start, mapped: Mapped) -> Mapped:
    order_id = mapped.roles.get("order_id")
    if order_id is None or "is_cancelled" in mapped.roles or not _has_cancelled_ids(mapped.sheet, order_id):
        return mapped
    marked = st.checkbox(
        _("Order ids like C536379 are cancellations; do not count them as orders"),
        value=start.first.roles.get("is_cancelled") == order_id,
        key=f"cancelled:{start.key}",
    )
    return replace(mapped, roles={**mapped.roles, "is_cancelled": order_id}) if marked else mapped


def _has_cancelled_ids(sheet: Sheet, header: str) -> bool:
    column = sheet.headers.index(header)
    return any(re.fullmatch(values.CANCELLED_ID, row[column] or "") for row in sheet.sample)


def _date_choice(mapped: Mapped, plan: Plan, key: str) -> Choice:
    """The order of day and month, asked where the columns do not say it."""
    asked = columns.open_dates(mapped)
    if asked is None:
        return replace(plan.choice, day_first=None)
    header, written, month_first, day_first = asked
    read_as = {
        False: _("{day} (month first)").format(day=month_first),
        True: _("{day} (day first)").format(day=day_first),
    }
    chosen = st.radio(
        _("In {column}, what day is {written}?").format(column=wording.escape(header), written=wording.escape(written)),
        [False, True],
        index=int(plan.choice.day_first or False),
        format_func=lambda day: read_as[day],
        horizontal=True,
        key=_day_first_key(key, mapped.table),
    )
    return replace(plan.choice, day_first=chosen)


def _day_first_key(key: str, table: str) -> str:
    return f"day-first:{key}:{table}"


def _customers_beside(start: _Start, first: Mapped, has_customers: bool) -> list[Mapped]:
    """The customers a file of orders or the like tells of, where no other file does."""
    if first.table not in companion.FEEDING or has_customers:
        return []
    sheet, customer = start.sheet, first.roles["customer_id"]
    turned = first.sheet.reading.columns if first.sheet.reading else ()
    taken = {*first.roles.values(), *first.left_out, *turned}
    columns = tuple(header for header in sheet.headers if header not in taken)
    if not columns:
        return []
    before = start.beside("customers")
    kept = (
        [header for header in columns if header not in before.left_out]
        if before
        else list(companion.steady(sheet, customer, columns, first.sheet.reading is not None))
    )
    wanted = st.checkbox(
        _("Also take customer attributes from this file"),
        value=bool(kept) and (before is not None or not (start.day or start.is_loaded)),
        key=f"customers:{start.key}:{first.table}",
        help=_(
            "Attributes such as a country or a tier split every analysis and filter the customers. "
            "Of a customer with several rows the last value that is not blank counts."
        ),
    )
    if not wanted:
        return []
    chosen = st.multiselect(
        _("Columns that say something about the customer"),
        columns,
        default=kept,
        key=f"attributes:{start.key}:{first.table}",
        placeholder=_("Choose columns"),
    )
    return [companion.customers(sheet, customer, chosen)] if chosen else []


def _events_beside(start: _Start, first: Mapped) -> list[Mapped]:
    """The dates of customers as events, where a customer file has several columns of them."""
    if first.table != "customers":
        return []
    sheet, customer = start.sheet, first.roles["customer_id"]
    columns = [header for header in companion.dated(sheet) if header != customer]
    if len(columns) < 2:
        return []
    before = start.beside("events")
    wanted = st.checkbox(
        _("Also load the date columns as events: {columns}").format(columns=wording.escape(_(", ").join(columns))),
        value=before is not None,
        key=f"dates:{start.key}",
        help=_(
            "Each date becomes an event of the column's name, so that funnels and cohorts work without an event log."
        ),
    )
    if not wanted:
        return []
    chosen = st.multiselect(
        _("Date columns that become events"),
        columns,
        default=[header for header in before.reading.columns if header in columns]
        if before and before.reading
        else columns,
        key=f"dates-chosen:{start.key}",
        placeholder=_("Choose columns"),
    )
    if not chosen:
        return []
    try:
        turned = _turned(sheet, Reading("dates", (customer,), tuple(chosen)))
    except Refused as refused:
        st.error(wording.escape(wording.translated(refused.sentence, refused.fields)), icon=":material/error:")
        return []
    events = companion.events(turned, customer)
    choice = first.choice
    if choice.day_first is None:
        choice = _date_choice(events, before or events.plan, start.key)
    return [replace(events, choice=choice)]


def _read_as(sheet: Sheet) -> str:
    parts = [wording.file_format(sheet.format, sheet.encoding)]
    if sheet.header_row > 1:
        parts.append(_("header in line {line}").format(line=sheet.header_row))
    if sheet.header_row == 0 and sheet.format != "parquet":
        parts.append(_("no header found"))
    parts.append(ngettext("{n} column", "{n} columns", len(sheet.headers)).format(n=len(sheet.headers)))
    return " · ".join(parts)
