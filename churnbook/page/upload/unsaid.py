"""What of a sheet will not be loaded or says nothing, in a line before it is."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from churnbook.intake.loading import blanks
from churnbook.intake.loading.report import Blank
from churnbook.intake.mapping.plan import MappedSheet
from churnbook.words import formats
from churnbook.words.language import N_, _, ngettext

_SHOWN = 6
_HOLDS = {blanks.DATES: N_("dates"), blanks.MONEY: N_("amounts"), blanks.LISTS: N_("lists")}


def tell(mapped: MappedSheet, attributes: Sequence[str]) -> None:
    """Say which used columns have blank cells, by the first rows, and which columns are not used."""
    said = []
    if blank := blanks.of_sample(mapped):
        rows = ngettext(
            "Blank in the first {n} row: {columns}", "Blank in the first {n} rows: {columns}", blank[0].rows
        )
        parts = formats.listed([_blank(each) for each in blank[:_SHOWN]])
        said.append(rows.format(n=formats.number(blank[0].rows), columns=parts))
    free = [each for each in blanks.unused(mapped) if each.column not in attributes]
    loud = blanks.forgotten(mapped, free)
    if loud:
        named = [f"**{formats.escape(each.column)}** ({_(_HOLDS[each.holds])})" for each in loud[:_SHOWN]]
        said.append(_("Not used, though it may matter: {columns}").format(columns=formats.listed(named)))
    if quiet := [each.column for each in free if each not in loud]:
        words = ngettext("{n} column not used: {columns}", "{n} columns not used: {columns}", len(quiet))
        names = formats.escape(formats.listed(quiet[:_SHOWN])) + (" …" if len(quiet) > _SHOWN else "")
        said.append(words.format(n=formats.number(len(quiet)), columns=names))
    if mapped.rules.dropped:
        rules = [f"{header} = {formats.listed(list(values[:2]))}" for header, values in mapped.rules.dropped.items()]
        said.append(_("Rows left out: {rules}").format(rules=formats.escape(formats.listed(rules))))
    if said:
        st.caption(" · ".join(said))


def _blank(each: Blank) -> str:
    words = formats.listed(list(each.words)[:2])
    read = f" ({words})" if words else ""
    return formats.escape(f"{each.column} {formats.number(each.blank)}{read}")
