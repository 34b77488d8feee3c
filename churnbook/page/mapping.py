"""The mapping step of an upload: what one sheet is, and what its columns mean, as the user confirms it."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pandas as pd
import streamlit as st

from churnbook import schema, wording
from churnbook.intake import Refused, columns, values
from churnbook.intake import map as mapping
from churnbook.intake.dates import AS_WRITTEN, Choice
from churnbook.intake.map import Mapped, Plan
from churnbook.intake.sheet import Sheet
from churnbook.wording import _, ngettext

_NO_ROLE = "-"
_SAMPLES_SHOWN = 4


def confirm(place: str, sheet: Sheet, plan: Plan | None = None) -> list[Mapped]:
    """The mapping of one sheet as the user confirms it; none where they leave it out.

    `place` keys its controls; a `plan` is what it starts from instead of a proposal.
    """
    proposed = Mapped(sheet, plan.table, plan.roles, plan.choice, plan.left_out) if plan else _proposal(sheet, None)
    key = f"{place}:{sheet.sha256[:12]}"
    st.markdown(f"**{wording.escape(sheet.name)}** &ensp;:gray[{_read_as(sheet)}]")
    tables = [*schema.LOADABLE, None]
    table = st.selectbox(
        _("This file holds"),
        tables,
        index=tables.index(proposed.table),
        format_func=lambda name: _(schema.LOADABLE[name].label) if name else _("nothing to load (leave it out)"),
        key=f"table:{key}",
        width=260,
    )
    if table is None:
        return []
    if table != proposed.table:
        proposed = _proposal(sheet, table)
    role_of = {header: role for role, header in proposed.roles.items()}
    canonical = schema.LOADABLE[table]
    labels = {role.name: _(role.label) + (" *" if role.required else "") for role in canonical.roles}
    rest = {
        "customer attributes": _("kept as an attribute"),
        "event attributes": _("kept with the event"),
        "left": _("left out"),
    }[canonical.rest]
    edited: pd.DataFrame = st.data_editor(
        pd.DataFrame(
            {
                "column": sheet.headers,
                "samples": [_samples(sheet, i) for i in range(len(sheet.headers))],
                "role": [role_of.get(header, _NO_ROLE) for header in sheet.headers],
            }
        ),
        column_order=("column", "role", "samples"),  # the choice in sight on a telephone too
        column_config={
            "column": st.column_config.TextColumn(_("Column in the file"), disabled=True),
            "samples": st.column_config.TextColumn(_("First values"), disabled=True, width="large"),
            "role": st.column_config.SelectboxColumn(
                _("Means"),
                options=[*labels, _NO_ROLE],
                format_func=lambda role: labels.get(str(role), rest),
                help=_("* is required"),
            ),
        },
        hide_index=True,
        key=f"roles:{key}:{table}",
    )
    roles = {role.name: list(edited.loc[edited["role"] == role.name, "column"]) for role in canonical.roles}
    chosen = {role: headers[0] for role, headers in roles.items() if headers}
    for role, headers in roles.items():
        if len(headers) > 1:
            st.error(
                _("{columns} are both mapped to {role}; choose one.").format(
                    columns=wording.escape(", ".join(headers)), role=_(canonical.role(role).label)
                )
            )
    marked = "order_id" in chosen and "is_cancelled" not in chosen and _has_cancelled_ids(sheet, chosen["order_id"])
    if marked and st.checkbox(
        _("Order ids like C536379 are cancellations; do not count them as orders"), key=f"cancelled:{key}"
    ):
        chosen["is_cancelled"] = chosen["order_id"]
    return [Mapped(sheet, table, chosen, _date_choice(Mapped(sheet, table, chosen), key))]


def problems(mapped: Sequence[Mapped]) -> list[str]:
    """What keeps sheets from being loaded, in words."""
    found = []
    for each in mapped:
        try:
            each.check()
        except Refused as refused:
            fields = dict(refused.fields)
            fields["roles"] = ", ".join(_(role.label) for role in each.missing)
            found.append(wording.translated(refused.sentence, fields))
    return found


def _date_choice(mapped: Mapped, key: str) -> Choice:
    """The order of day and month, asked where the columns do not say it."""
    asked = columns.open_dates(mapped)
    if asked is None:
        return AS_WRITTEN
    header, written, month_first, day_first = asked
    read_as = {
        False: _("{day} (month first)").format(day=month_first),
        True: _("{day} (day first)").format(day=day_first),
    }
    chosen = st.radio(
        _("In {column}, what day is {written}?").format(column=wording.escape(header), written=wording.escape(written)),
        [False, True],
        format_func=lambda day: read_as[day],
        horizontal=True,
        key=f"day-first:{key}",
    )
    return Choice(day_first=chosen)


def _read_as(sheet: Sheet) -> str:
    parts = [wording.file_format(sheet.format, sheet.encoding)]
    if sheet.header_row > 1:
        parts.append(_("header in line {line}").format(line=sheet.header_row))
    if sheet.header_row == 0 and sheet.format != "parquet":
        parts.append(_("no header found"))
    parts.append(ngettext("{n} column", "{n} columns", len(sheet.headers)).format(n=len(sheet.headers)))
    return " · ".join(parts)


def _samples(sheet: Sheet, column: int) -> str:
    found = dict.fromkeys(row[column] for row in sheet.sample if row[column])
    return "  ·  ".join(str(cell)[:40] for cell in list(found)[:_SAMPLES_SHOWN])


def _has_cancelled_ids(sheet: Sheet, header: str) -> bool:
    column = sheet.headers.index(header)
    return any(re.fullmatch(values.CANCELLED_ID, row[column] or "") for row in sheet.sample)


def _proposal(sheet: Sheet, table: str | None) -> Mapped:
    made: dict[tuple[str, str, str | None], Mapped] = st.session_state.setdefault("proposals", {})
    key = (sheet.sha256, sheet.name, table)
    if key not in made:
        made[key] = mapping.propose(sheet, table)
    return made[key]
