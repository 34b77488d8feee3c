"""The mapping step of an upload: what each sheet is, and what its columns mean, as the user confirms it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice

import streamlit as st

from churnbook.catalogue import schema
from churnbook.intake.cells import values
from churnbook.intake.cells.dates import Choice
from churnbook.intake.files.sheet import Sheet
from churnbook.intake.files.unpivoted import Unpivot
from churnbook.intake.loading import columns
from churnbook.intake.mapping import companion, remembered
from churnbook.intake.mapping.plan import MappedSheet, Plan
from churnbook.page import say
from churnbook.page.upload import by_order, exports, meanings, states, unsaid
from churnbook.page.upload.meanings import day_first_key, since_1904_key
from churnbook.page.upload.reasons import why
from churnbook.page.upload.start import (
    MappingDraft,
    guess_again,
    memory,
    plan_of,
    proposal,
    rows_key,
    starts,
    table_first,
    table_key,
    table_now,
    unpivoted,
)
from churnbook.words import formats
from churnbook.words.language import _, ngettext
from churnbook.words.message import Refused


def confirm(
    key_prefix: str,
    files: Sequence[Sequence[Sheet]],
    loaded: Sequence[Sequence[Plan]] | None = None,
    has_list: bool = False,
) -> list[list[MappedSheet]]:
    """What the sheets of each file are mapped to as the user confirms it; nothing for one left out.

    `key_prefix` keys the controls. Each sheet starts from the plans by which it is `loaded`, where these are given. Where customers are listed already
    (`has_list`), they are not taken from orders too.
    """
    each_start = starts(key_prefix, [sheet for sheets in files for sheet in sheets], loaded)
    found: list[list[MappedSheet]] = []
    for number, start in enumerate(each_start):
        if number:
            st.divider()
        others = (table_now(other) for other in each_start if other is not start)
        found.append(_confirm(start, has_list or schema.CUSTOMERS.name in others))
    found = by_order.offer(found, key_prefix)
    of_sheet = iter(found)
    return [[each for mapped in islice(of_sheet, len(sheets)) for each in mapped] for sheets in files]


def is_ready(mapped: Sequence[MappedSheet]) -> bool:
    """Whether sheets can be loaded: there are some, and none lacks a required column."""
    return bool(mapped) and not any(each.missing for each in mapped)


def remember(mapped: Sequence[MappedSheet]) -> None:
    """Start the next mapping of sheets with these headers from how they were mapped now."""
    remembered.keep(memory(), mapped, dt.date.today())


def _confirm(start: MappingDraft, has_customers: bool) -> list[MappedSheet]:
    sheet, key = start.sheet, start.key
    st.markdown(f"**{formats.escape(sheet.name)}** &ensp;:gray[{_read_as(sheet)}]")
    said = st.container()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        read = _read(start)
        tables = [*schema.LOADABLE, None]
        table = st.selectbox(
            _("This file holds"),
            tables,
            index=tables.index(table_first(start, read)),
            format_func=lambda name: _(schema.LOADABLE[name].label) if name else _("nothing to load (leave it out)"),
            key=table_key(start, read),
            persist_state="session",
            width=260,
        )
    with said:
        _say_why(start, read, table)
    if table is None:
        return []
    plan = plan_of(start, read, table)
    first, attributes = meanings.choose(start, read, plan, has_customers)
    first = _without_customers(start, first)
    if first.missing:
        st.warning(
            _(
                "Still missing: {roles}. Choose it under “Means” beside the column that holds it, or change what the file holds."
            ).format(roles=formats.listed([f"**{_(role.label)}**" for role in first.missing])),
            icon=":material/error:",
        )
        return [first]
    first = states.ask(first, f"states:{key}")
    first = _with_cancelled_ids(start, first)
    first = replace(first, choice=_date_choice(first, plan, key))
    unsaid.tell(first, attributes)
    beside = [companion.customers(sheet, first, attributes)] if attributes else []
    return [first, *beside, *_events_beside(start, first)]


def _read(start: MappingDraft) -> Sheet:
    """The sheet as its rows are read: as it stands, or with its columns of months or questions as rows."""
    if start.wide is None:
        return start.sheet
    is_asked = start.wide.kind == "questions"
    as_rows = st.segmented_control(
        _("Columns for questions") if is_asked else _("Columns for months"),
        [True, False],
        default=start.first.unpivot is not None,
        required=True,
        format_func=lambda rows: _("As rows") if rows else _("As they stand"),
        key=rows_key(start),
        persist_state="session",
        help=_("As rows, each cell is the answer to one question: a score or a comment. Blank cells give no row.")
        if is_asked
        else _("As rows, each cell says how much a customer paid in that month. Blank and zero cells give no row."),
    )
    return unpivoted(start.sheet, start.wide) if as_rows else start.sheet


def _say_why(start: MappingDraft, read: Sheet, table: str | None) -> None:
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
                on_click=guess_again,
                args=(start,),
            )
    elif (known := proposal(start.sheet).recipe) and (table == known.table or not start.by_recipe):
        exports.say_known(start, known)
    elif table == (proposed := proposal(read, None, start.by_recipe)).mapped.table:
        st.caption(why(proposed))
        if proposed.unread:
            would_be, column, value = proposed.unread
            st.warning(
                _(
                    "It would be **{table}**, but {column} cannot be read as dates (for example “{value}”). Correct them in the "
                    "file, or export it again with dates like 2024-03-05."
                ).format(
                    table=_(schema.LOADABLE[would_be].label).lower(),
                    column=formats.escape(column),
                    value=formats.escape(value[:40]),
                ),
                icon=":material/event_busy:",
            )


def _without_customers(start: MappingDraft, mapped: MappedSheet) -> MappedSheet:
    """Orders of which no column tells whose they are: loaded for what can be asked of them, where that is wanted."""
    if "customer_id" in mapped.roles or not schema.LOADABLE[mapped.table].may_lack_customer:
        return mapped
    if not mapped.rules.without_customers:
        wanted = st.checkbox(
            _("No column tells the customers; load the orders all the same"),
            key=f"nobody:{start.key}",
            persist_state="session",
        )
        if not wanted:
            return mapped
    st.info(
        _(
            "**No column tells the customers apart.** Orders, revenue, order value and days of the week can be shown; "
            "cohorts, churn, repeat purchase and funnels cannot."
        ),
        icon=":material/person_off:",
    )
    return replace(mapped, rules=replace(mapped.rules, without_customers=True))


def _with_cancelled_ids(start: MappingDraft, mapped: MappedSheet) -> MappedSheet:
    order_id = mapped.roles.get("order_id")
    if order_id is None or "is_cancelled" in mapped.roles or not _has_cancelled_ids(mapped.sheet, order_id):
        return mapped
    marked = st.checkbox(
        _("Order ids like C536379 are cancellations; do not count them as orders"),
        value=start.first.roles.get("is_cancelled") == order_id,
        key=f"cancelled:{start.key}",
        persist_state="session",
    )
    return replace(mapped, roles={**mapped.roles, "is_cancelled": order_id}) if marked else mapped


def _has_cancelled_ids(sheet: Sheet, header: str) -> bool:
    column = sheet.headers.index(header)
    return any(re.fullmatch(values.CANCELLED_ID, row[column] or "") for row in sheet.sample)


def _date_choice(mapped: MappedSheet, plan: Plan, key: str) -> Choice:
    """How dates are read where the columns do not say it: the order of day and month, where numbers of days begin."""
    return Choice(_day_first(mapped, plan, key), _since_1904(mapped, plan, key))


def _since_1904(mapped: MappedSheet, plan: Plan, key: str) -> bool:
    asked = columns.counted_days(mapped)
    if asked is None:
        return plan.choice.since_1904
    words = _("{day} (days since 1900, as usual)"), _("{day} (days since 1904, workbooks of old Macs)")
    return _asked(asked, words, plan.choice.since_1904, since_1904_key(key, mapped.table))


def _day_first(mapped: MappedSheet, plan: Plan, key: str) -> bool | None:
    asked = columns.open_dates(mapped)
    if asked is None:
        return None
    words = _("{day} (month first)"), _("{day} (day first)")
    return _asked(asked, words, bool(plan.choice.day_first), day_first_key(key, mapped.table))


def _asked(asked: tuple[str, str, str, str], words: tuple[str, str], chosen: bool, key: str) -> bool:
    """Which of two days a cell of a column means: the first, or, where it is true, the second."""
    header, written, *days = asked
    read_as = [each.format(day=day) for each, day in zip(words, days, strict=True)]
    return st.radio(
        _("In {column}, what day is {written}?").format(column=formats.escape(header), written=formats.escape(written)),
        [False, True],
        index=int(chosen),
        format_func=read_as.__getitem__,
        horizontal=True,
        key=key,
        persist_state="session",
    )


def _events_beside(start: MappingDraft, first: MappedSheet) -> list[MappedSheet]:
    """The dates of customers as events, where a customer file has several columns of them."""
    if first.table != "customers":
        return []
    sheet, customer = start.sheet, first.roles["customer_id"]
    dated = [header for header in companion.dated(sheet) if header != customer]
    if len(dated) < 2:
        return []
    before = start.beside("events")
    wanted = st.checkbox(
        _("Also load the date columns as events: {columns}").format(columns=formats.escape(formats.listed(dated))),
        value=before is not None,
        key=f"dates:{start.key}",
        persist_state="session",
        help=_(
            "Each date becomes an event of the column's name, so that funnels and cohorts work without an event log."
        ),
    )
    if not wanted:
        return []
    chosen = st.multiselect(
        _("Date columns that become events"),
        dated,
        default=[header for header in before.unpivot.columns if header in dated]
        if before and before.unpivot
        else dated,
        key=f"dates-chosen:{start.key}",
        persist_state="session",
        placeholder=_("Choose columns"),
    )
    if not chosen:
        return []
    try:
        by_date = unpivoted(sheet, Unpivot("dates", (customer,), tuple(chosen)))
    except Refused as refused:
        say.refuse(refused)
        return []
    events = companion.events(by_date, customer)
    # what was asked about the customers' own dates is not asked again
    plan, choice = before or events.plan, first.choice
    if choice.day_first is None:
        choice = replace(choice, day_first=_day_first(events, plan, start.key))
    if columns.counted_days(first) is None:
        choice = replace(choice, since_1904=_since_1904(events, plan, start.key))
    return [replace(events, choice=choice)]


def _read_as(sheet: Sheet) -> str:
    parts = [formats.file_format(sheet.format, sheet.encoding)]
    if sheet.header_row > 1:
        parts.append(_("header in line {line}").format(line=sheet.header_row))
    if sheet.header_row == 0 and sheet.format != "parquet":
        parts.append(_("no header found"))
    parts.append(ngettext("{n} column", "{n} columns", len(sheet.headers)).format(n=len(sheet.headers)))
    return " · ".join(parts)
