"""The passport of the current dataset: what was loaded, which days it covers, whether it fits, what is odd."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import pandas as pd
import streamlit as st

from churnbook.analyses import export, passport
from churnbook.analyses.draw.calendar import calendar_strip
from churnbook.analyses.passport import Account
from churnbook.catalogue import schema
from churnbook.datasets.facts import Facts, rejected_of
from churnbook.datasets.passport import REASONS
from churnbook.generations import make
from churnbook.generations.made_of import MadeOf, made_of_dataset
from churnbook.intake.mapping.recipe import all_recipes
from churnbook.intake.mapping.rules import MEANINGS
from churnbook.page import address, contents, loading, say
from churnbook.page.cell import charts
from churnbook.page.controls import states
from churnbook.words import formats
from churnbook.words.language import N_, _, ngettext, speak, spoken
from churnbook.words.message import LOOK, NOTE, WRONG, Notice


def summary() -> None:
    """What the current dataset is made of, in a line, and the way to its passport."""
    view = address.view()
    st.subheader(
        _("What “{name}” is made of").format(name=formats.escape(address.dataset_name(view.listed))), anchor=False
    )
    found = passport.first_accounts(passport.accounts(view.facts))
    files = len({(each.source.name.partition(" · ")[0], each.source.sha256) for each in found})
    loaded, set_aside = sum(each.loaded for each in found), sum(each.set_aside for each in found)
    odd = sum(each.weight != NOTE for each in passport.warnings(view.facts))
    parts = [
        ngettext("{n} file", "{n} files", files).format(n=formats.number(files)),
        ngettext("{n} row loaded", "{n} rows loaded", loaded).format(n=formats.number(loaded)),
        ngettext("{n} row set aside", "{n} rows set aside", set_aside).format(n=formats.number(set_aside)),
    ]
    if by_rule := sum(each.by_rule for each in found):
        words = ngettext("{n} row left out by its state", "{n} rows left out by their state", by_rule)
        parts.append(words.format(n=formats.number(by_rule)))
    if odd:
        words = ngettext("**{n} thing to look at**", "**{n} things to look at**", odd)
        parts.append(words.format(n=formats.number(odd)))
    say.write(" · ".join(parts))
    contents.link("passport", _("Open the dataset passport"), "fact_check")


# What was loaded


def loaded() -> None:
    """A line for each source: what it holds and what became of its rows; the columns; the rows set aside."""
    states.offer_reset("passport")
    facts = address.view().facts
    found = passport.accounts(facts)
    became = {
        _("Loaded"): [each.loaded for each in found],
        _("Rows set aside"): [each.set_aside for each in found],
        _("No data"): [each.not_data for each in found],
        _("Left out by a rule"): [each.by_rule for each in found],
        _("Copies left out"): [each.repeated for each in found],
        _("Left out for another file"): [each.replaced for each in found],
    }
    st.dataframe(
        pd.DataFrame(
            {
                _("File"): [each.source.name for each in found],
                _("Holds"): [_holds(each) for each in found],
                _("Rows read"): [each.read for each in found],
                **{heading: rows for heading, rows in became.items() if any(rows) or heading == _("Loaded")},
                _("Read as"): [formats.file_format(each.source.format, each.source.encoding) for each in found],
            }
        ),
        column_config={
            heading: st.column_config.NumberColumn(format="localized") for heading in (_("Rows read"), *became)
        },
        hide_index=True,
        height="content",
        alt=_("What became of the rows of every file"),
    )
    say.write(passport.accounts_finding(found))
    if why := passport.reasons(found):
        st.caption(why)
    with st.container(horizontal=True, gap="small"):
        with st.popover(_("Columns"), icon=":material/view_column:", type="tertiary"):
            _columns(found)
        if known := passport.states(facts):
            with st.popover(_("States"), icon=":material/rule:", type="tertiary"):
                _states(known)
        if facts.set_aside:
            language = spoken()
            st.download_button(
                _("Download the rows set aside"),
                lambda: _set_aside_csv(facts, language),
                file_name="rows-set-aside.csv",
                mime="text/csv",
                icon=":material/download:",
                type="tertiary",
                on_click="ignore",
            )


def _holds(account: Account) -> str:
    """What a source was read as: its table, and the known export it was."""
    table = _(schema.LOADABLE[account.source.table].label)
    known = all_recipes().get(account.source.recipe or "")
    return f"{table} · {_(known.title)}" if known else table


def _states(known: Sequence[tuple[str, str, int, str, str, bool]]) -> None:
    """What the values of status columns were taken to mean."""
    with st.container(width=560):
        st.dataframe(
            pd.DataFrame(
                [
                    {_("State"): value, _("Rows"): rows, _("Means"): _(MEANINGS[table][meaning]), _("File"): file}
                    for file, value, rows, table, meaning, _known in known
                ]
            ),
            column_config={_("Rows"): st.column_config.NumberColumn(format="localized")},
            hide_index=True,
            alt=_("What each state means"),
        )


def _columns(found: Sequence[Account]) -> None:
    """What every column was taken to mean, what was blank in it, and which columns are not used."""
    facts = address.view().facts
    blank = {(each.file, each.column): each for each in passport.blanks(facts)}
    with st.container(width=560):
        st.dataframe(
            pd.DataFrame(
                [
                    {
                        _("Column in the file"): header,
                        _("Means"): _(schema.LOADABLE[each.source.table].role(role).label),
                        _("Blank"): blank[each.source.name, header].blank if (each.source.name, header) in blank else 0,
                        _("Read as blank"): blank[each.source.name, header].words
                        if (each.source.name, header) in blank
                        else "",
                        _("File"): each.source.name,
                    }
                    for each in found
                    for role, header in each.source.roles
                ]
            ),
            column_config={_("Blank"): st.column_config.NumberColumn(format="localized")},
            hide_index=True,
            alt=_("What the columns mean"),
        )
        by_file: dict[str, list[str]] = {}
        for file, header in passport.unused(facts):
            by_file.setdefault(file, []).append(header)
        for file, headers in by_file.items():
            st.caption(
                _("{file}, not used: {columns}").format(
                    file=formats.escape(file), columns=formats.escape(formats.listed(headers))
                )
            )
        st.caption(
            _(
                "Other columns of customers and events are kept as attributes, those of other files are left out. "
                "To change a meaning, change the mapping under “Your data”."
            )
        )


def _set_aside_csv(facts: Facts, language: str) -> bytes:
    """The rows set aside, word for word, with headings in the reader's language."""
    speak(language)
    heading = [_("File"), _("Line"), _("Column"), _("Value"), _("Reason")]
    rows = rejected_of(facts)
    widest = max((len(row.cells) for row in rows), default=0)
    return export.rows_csv(
        [*heading, *(f"{i}" for i in range(1, widest + 1))],
        [[row.file, row.line, row.column, row.value, _(REASONS[row.reason]), *row.cells] for row in rows],
    )


# Which days it covers


def days() -> None:
    """A calendar strip for each dated table, with gaps, ends and the day the numbers count up to."""
    facts = address.view().facts
    strip = passport.strip(facts)
    if strip.bins.empty:
        st.info(_("No table has dates, so there is no calendar to show."), icon=":material/info:")
        return
    charts.show(
        "days",
        charts.marked(partial(calendar_strip, strip.bins, strip.gaps, facts.watermark, strip.grain, address.is_dark())),
        _("Rows of every table over time"),
    )
    say.write(passport.coverage_finding(facts, strip))
    st.caption(passport.coverage_caption(strip, facts.watermark, address.is_dark()))


# Whether the tables fit together


def fit() -> None:
    """For each table with customers, how they and those of the customer file meet."""
    facts = address.view().facts
    found = passport.match(facts)
    if not found:
        st.info(
            _("There is nothing to compare: that takes a customer file and another file about the same customers."),
            icon=":material/info:",
        )
        return
    columns = {
        _("Table"): [_(schema.LOADABLE[each.table].label) for each in found],
        _("Rows"): [each.rows for each in found],
        _("Rows unmatched"): [each.unlisted_rows / each.rows if each.rows else None for each in found],
        _("Customers"): [each.customers for each in found],
        _("Unmatched"): [each.unlisted for each in found],
        _("Listed, never here"): [each.absent for each in found],
    }
    if any(each.unlisted for each in found):
        columns |= {
            _("For example"): [", ".join(each.examples) for each in found],
            _("Differ in spelling"): [each.alike for each in found],
        }
    helped = {
        _("Rows unmatched"): _("Rows that name a customer who is not in the customer file."),
        _("Unmatched"): _("Customers of this table who are not in the customer file."),
        _("Listed, never here"): _("Customers of the customer file without a row in this table."),
        _("Differ in spelling"): _(
            "Unmatched customers whose id is listed with other capitals, spaces or leading zeros."
        ),
    }
    st.dataframe(
        pd.DataFrame(columns),
        column_config={
            heading: st.column_config.NumberColumn(
                help=helped.get(heading), format="percent" if heading == _("Rows unmatched") else "localized"
            )
            for heading in columns
            if heading not in (_("Table"), _("For example"))
        },
        hide_index=True,
        height="content",
        alt=_("Customers of every table against the customer file"),
    )
    say.write(passport.match_finding(facts, found))


# What is odd, and what was assumed


def odd() -> None:
    """Every warning with what to do, the weightiest first, and a way to keep exact copies once."""
    facts = address.view().facts
    found = passport.warnings(facts)
    say.write(passport.warnings_finding(found))
    for weight, icon, heading in (
        (WRONG, ":red[:material/error:]", _("Numbers are probably wrong")),
        (LOOK, ":orange[:material/visibility:]", _("Worth a look")),
        (NOTE, ":gray[:material/info:]", _("Good to know")),
    ):
        lines = [each for each in found if each.weight == weight]
        if lines:
            told = (
                f"{passport.fact(each)}  \n  :primary[→] {todo}"
                if (todo := passport.todo(each))
                else passport.fact(each)
                for each in lines
            )
            say.write(f"{icon} **{heading}**\n\n" + "\n".join(f"- {each}" for each in told))
    view = address.view()
    is_current = view.generation == view.listed.generation
    if is_current and passport.repeated(facts) and (known := made_of_dataset(facts)):
        _offer_to_keep_once(known)


def _offer_to_keep_once(known: MadeOf) -> None:
    view = address.view()
    loading.tell()
    loading.finished()  # it is shown already
    if not st.button(_("Keep each copy once"), icon=":material/filter_1:", key="keep-once"):
        return
    wanted = replace(known, settings=replace(known.settings, repeated="once"))
    what = Notice.of(N_("Kept exact copies of rows once."))
    if loading.watched(partial(make.change, view.library, view.listed, wanted, [], what)):
        address.put("generation", ())
        st.rerun()
