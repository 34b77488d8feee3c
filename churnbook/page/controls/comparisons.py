"""What the cells of comparisons need of their own: which figure, which periods, which marked day, and whom it concerns."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import partial

import pandas as pd
import streamlit as st

from churnbook.analyses.comparisons import charts, findings
from churnbook.analyses.overview import findings as figures
from churnbook.catalogue import labels, queries
from churnbook.catalogue.query import Value
from churnbook.datasets.written import LONGEST_NAME, Mark, marks
from churnbook.generations import written
from churnbook.page import address, saving, say
from churnbook.page.cell.cell import Cell
from churnbook.page.cell.controls import ranked, select
from churnbook.words import formats
from churnbook.words.language import N_, _
from churnbook.words.message import Notice

_FIRST = ("churn_rate", "repeat_rate", "revenue", "satisfaction", "nps", "customers")


def choose_figure(cell: Cell) -> str | None:
    """Draw the choice of a figure among those these data give; None, and a sentence, where they give none."""
    facts, known = address.view().facts, cell.parameters()["figure"]
    offered = {}
    for name in known.choices:
        values = {**queries.catalogue().bind(cell.query, {}), "figure": name}
        lacks = queries.catalogue().missing(cell.query, facts.filled, values)
        has_churn = facts.churn is not None or not queries.catalogue().counts_churn(cell.query, values)
        if not lacks and has_churn and facts.watermark:
            offered[name] = figures.name(name)
    if not offered:
        st.info(_("These data have no days, so that there is no period to compare."), icon=":material/info:")
        return None
    usual = next((name for name in _FIRST if name in offered), next(iter(offered)))
    cell.propose(figure=usual)
    chosen = str(address.value_of(cell.name, cell.parameters()["figure"], tuple(offered)))
    select(cell.name, cell.parameters()["figure"], chosen, offered, 240)
    cell.set(figure=chosen)
    return chosen


def history(cell: Cell) -> None:
    """A figure against its own past: this period, and the one before, a year before, or any other."""
    cell.choose("grain", "against", more=("week_start",))
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        figure = choose_figure(cell)
        if figure is None:
            return
        grain, currency = str(cell.values["grain"]), address.view().facts.currency
        periods = cell.ask_otherwise({"in_period": None, "against": "previous"})
        known = periods[periods["complete"] & periods["value"].notna()]["period"]
        whole = [pd.Timestamp(day).date() for day in known][::-1]
        if whole:
            _period(cell, "in_period", whole, whole[0], grain)
        if whole and cell.values["against"] == "other":
            _period(cell, "other_period", whole, whole[-1], grain)
    (rows,) = cell.run()
    if not whole:
        st.info(findings.history_finding(rows, figure, grain, currency), icon=":material/info:")
        return
    told = partial(findings.history_finding, rows, figure, grain, currency)
    drawn = rows[rows["value"].notna()]
    draw = partial(charts.history, drawn, figure, grain, currency) if len(drawn) else None
    cell.answer(draw, _("A figure over time"), told, figures.what_it_is(figure, None))


def _period(cell: Cell, name: str, whole: Sequence[dt.date], usual: dt.date, grain: str) -> None:
    parameter = cell.parameters()[name]
    chosen = address.value_of(cell.name, parameter, (None, *whole)) or usual
    select(cell.name, parameter, chosen, {day: formats.period_label(day, grain) for day in whole})
    # without a choice the query takes the last whole one, which it was asked for already
    cell.set(**{name: None if chosen == usual and name == "in_period" else chosen})


def segments(cell: Cell, other: Cell) -> None:
    """Every segment of a split against the rest, with what closing its gap would be worth."""
    if "figure" not in other.values:
        return
    cell.follow(other)
    cell.override(in_period=other.values.get("in_period"))
    facts = address.view().facts
    splits = [name for name, n in facts.attributes.items() if 1 < n <= 12]
    if splits:
        cell.propose(breakdown=splits[0])
    cell.choose("breakdown", more=("top",))
    if cell.values.get("breakdown") is None:
        cell.unsplit(_("Split by an attribute to see which of its segments lie off the rest."))
        return
    cell.set(money="shown" if _has_money(cell) else "left_out")
    (found,) = cell.run()
    cell.order = ranked(found, "n")
    figure = str(cell.values["figure"])
    attribute = labels.attribute(str(cell.values["breakdown"]), facts.attributes)
    told = partial(findings.gaps_finding, found, figure, attribute, facts.currency)
    draw = partial(charts.gaps, found, figure, facts.currency)
    cell.answer(draw, _("Segments against the rest"), told, findings.gaps_caption())


def _has_money(cell: Cell) -> bool:
    """Whether the data say what customers bring, so that a gap can be told in money."""
    values = {**queries.catalogue().bind(cell.query, {}), **cell.values, "money": "shown"}
    return not queries.catalogue().missing(cell.query, address.view().facts.filled, values)


def change(cell: Cell, split: Cell, other: Cell) -> None:
    """Before and after a marked day: the trend continued, and those it concerns against those it does not."""
    if "figure" not in other.values:
        return
    cell.follow(split if split.values else other)
    view = address.view()
    known = marks(view.facts)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        day = _choose_mark(cell, known)
        _edit_marks(known)
        if day and cell.values.get("breakdown") is not None and cell.order:
            _choose_sides(cell)
        if cell.values.get("affected") is None:
            # of everybody there is one series: a split would take it apart
            cell.override(breakdown=None)
    if day is None:
        st.caption(
            _(
                "Mark the day of a price rise, a release or a campaign to see the figure before and after it. Marked days stand on every chart over time."
            )
        )
        return
    cell.set(changed_on=day)
    cell.choose(more=("before", "after"))
    figure, grain, currency = str(cell.values["figure"]), str(cell.values["grain"]), view.facts.currency
    rows, effects = cell.run()
    begins = min((each.first_day for each in view.facts.tables.values() if each.first_day), default=None)
    if missing := findings.phases_missing(rows, day, begins, view.facts.watermark):
        st.info(missing, icon=":material/info:")
        cell.evidence()
        return
    names = {
        name: labels.segment(str(cell.values[name])) if cell.values.get(name) is not None else everybody
        for name, everybody in (("affected", _("All customers")), ("unaffected", ""))
    }
    draw = partial(charts.before_after, rows, figure, grain, names, currency)
    escaped = {name: formats.escape(words) for name, words in names.items()}
    told = partial(findings.effect_finding, effects.iloc[0], figure, escaped, currency)
    cell.answer(draw, _("Before and after the change"), told, findings.effect_caption(figure, view.facts.churn))


def _choose_mark(cell: Cell, known: Sequence[Mark]) -> dt.date | None:
    """The marked day looked at, the last one without a choice; None where none is marked."""
    parameter = cell.parameters()["changed_on"]
    days: dict[Value, str] = {}
    for mark in known:
        days[mark.day] = (
            f"{days[mark.day]}, {mark.name}" if mark.day in days else f"{formats.date(mark.day)} · {mark.name}"
        )
    given = address.value_of(cell.name, parameter)
    if isinstance(given, dt.date) and given not in days:
        days[given] = formats.date(given)
    # without a choice the last one that lies in the data
    last = address.view().facts.watermark or dt.date.max
    within = [mark.day for mark in known if mark.day <= last]
    chosen = given if given is not None else max(within or [mark.day for mark in known], default=None)
    if chosen is None:
        return None
    select(cell.name, parameter, chosen, days, 280)
    return chosen if isinstance(chosen, dt.date) else None


def _choose_sides(cell: Cell) -> None:
    known = cell.parameters()
    everybody: dict[Value, str] = {None: _("Everybody"), **{name: labels.segment(name) for name in cell.order}}
    chosen = address.value_of(cell.name, known["affected"], tuple(everybody))
    select(cell.name, known["affected"], chosen, everybody)
    cell.set(affected=chosen)
    if chosen is not None:
        others: dict[Value, str] = {
            None: _("Nobody"),
            **{name: labels.segment(name) for name in cell.order if name != chosen},
        }
        compared = address.value_of(cell.name, known["unaffected"], tuple(others))
        select(cell.name, known["unaffected"], compared, others)
        cell.set(unaffected=compared)


def _edit_marks(known: Sequence[Mark]) -> None:
    """The marked days of the dataset: a new one, and those there are to be taken away."""
    view = address.view()
    if view.generation != view.listed.generation:
        return
    with st.popover(_("Mark a day"), icon=":material/flag:", key="edit-marks"):
        last = view.facts.watermark or dt.date.today()
        with st.form("new-mark", border=False):
            day = st.date_input(_("Day"), value=last, min_value=dt.date(1900, 1, 1), max_value=dt.date(2200, 1, 1))
            name = st.text_input(_("What changed"), max_chars=LONGEST_NAME, placeholder=_("Price rise"))
            if st.form_submit_button(_("Mark it"), type="primary") and isinstance(day, dt.date):
                added = Notice.of(N_("Marked {day}: {name}."), day=day.isoformat(), name=name.strip())
                _save([*known, Mark(day, name)], added)
        for mark in known:
            with st.container(horizontal=True, vertical_alignment="center"):
                say.write(f"{formats.date(mark.day)} · {formats.escape(mark.name)}", width="content")
                if st.button(
                    _("Remove"), icon=":material/delete:", type="tertiary", key=f"unmark-{mark.day}-{mark.name}"
                ):
                    gone = Notice.of(N_("Took away the mark {name}."), name=mark.name)
                    _save([each for each in known if each != mark], gone)


def _save(wanted: Sequence[Mark], what: Notice) -> None:
    view = address.view()
    saving.save(partial(written.save_marks, view.library, view.listed.id, wanted, what), what.words, ":material/flag:")
