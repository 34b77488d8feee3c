"""What the states of orders and subscriptions mean: each value with its rows, and whether they count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd
import streamlit as st

from churnbook.intake.loading.report import State
from churnbook.intake.loading.states import counted
from churnbook.intake.mapping.plan import MappedSheet
from churnbook.intake.mapping.rules import MEANINGS
from churnbook.page import state
from churnbook.words import formats
from churnbook.words.language import _

_SHOWN = 6


def ask(mapped: MappedSheet, key: str) -> MappedSheet:
    """A sheet with what the values of its status column mean, as the user confirms it."""
    found = counted(mapped)
    if not found:
        return mapped
    shown = [*(each for each in found if not each.is_known), *(each for each in found if each.is_known)]
    edits = state.get(key, {}).get("edited_rows", {})
    now = [
        replace(each, meaning=edits.get(index, {}).get("means", each.meaning), is_known=each.is_known or index in edits)
        for index, each in enumerate(shown)
    ]
    _say(mapped.table, now)
    with st.expander(
        _("What the states mean"), icon=":material/rule:", expanded=any(not each.is_known for each in found)
    ):
        edited = _table(mapped, shown, key)
    chosen = {str(value): str(means) for value, means in zip(edited["value"], edited["means"], strict=True)}
    given = {
        each.value: chosen[each.value]
        for index, each in enumerate(shown)
        if chosen[each.value] != each.meaning or index in edits
    }
    return replace(mapped, rules=replace(mapped.rules, states={**mapped.rules.states, **given})) if given else mapped


def _say(table: str, states: Sequence[State]) -> None:
    """What becomes of the rows of each state, in a line, and which states nobody knows."""
    meanings = MEANINGS[table]
    commonest = sorted(states, key=lambda each: -each.rows)[:_SHOWN]
    st.caption(
        " · ".join(
            _("{value} {rows} {meaning}").format(
                value=formats.escape(each.value), rows=formats.number(each.rows), meaning=_(meanings[each.meaning])
            )
            for each in commonest
        )
    )
    if unknown := [each.value for each in states if not each.is_known]:
        st.warning(
            _("Nobody knows what {values} mean; their rows count unless you say otherwise below.").format(
                values=formats.escape(formats.listed(unknown[:_SHOWN]))
            ),
            icon=":material/help:",
        )


def _table(mapped: MappedSheet, shown: Sequence[State], key: str) -> pd.DataFrame:
    meanings = MEANINGS[mapped.table]
    edited: pd.DataFrame = st.data_editor(
        pd.DataFrame(
            {
                "value": [each.value for each in shown],
                "rows": [each.rows for each in shown],
                "means": [each.meaning for each in shown],
                "known": ["" if each.is_known else _("not known") for each in shown],
            }
        ),
        column_order=("value", "rows", "means", "known"),
        column_config={
            "value": st.column_config.TextColumn(mapped.roles["status"], disabled=True),
            "rows": st.column_config.NumberColumn(_("Rows"), disabled=True, format="localized"),
            "means": st.column_config.SelectboxColumn(
                _("Means"), options=list(meanings), format_func=lambda each: _(meanings[str(each)]), required=True
            ),
            "known": st.column_config.TextColumn(_("Known by"), disabled=True),
        },
        hide_index=True,
        key=key,
        alt=_("What each state means"),
    )
    return edited
