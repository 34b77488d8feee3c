"""The cards of the monitor: a small cell for each figure the dataset can give, drawn one by one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from churnbook.analyses.draw.theme import Chart
from churnbook.analyses.overview import charts, findings
from churnbook.catalogue import queries
from churnbook.page import address, contents
from churnbook.page.cell.cell import Cell
from churnbook.words.language import _

if TYPE_CHECKING:
    from streamlit.elements.lib.mutable_popover_container import PopoverContainer

_IN_A_ROW = 3
_NARROWEST = 230


@dataclass(frozen=True)
class _Card:
    """A card drawn so far: what is known once all figures stand is added to it."""

    cell: Cell
    draw: Callable[..., Chart]
    movers: DeltaGenerator
    why: PopoverContainer


def cards(monitor: Cell) -> int:
    """Draw a card for every figure the dataset can give; how many there are.

    Each figure is asked for when its turn comes, and what moved it once all of them stand.
    """
    catalogue, facts = queries.catalogue(), address.view().facts
    drawn: list[_Card] = []
    with st.grid(_IN_A_ROW, min_column_width=_NARROWEST, gap="medium"):
        for name in catalogue.parameters(monitor.query)["figure"].choices:
            values = catalogue.bind(monitor.query, {**monitor.values, "figure": name})
            if not catalogue.missing(monitor.query, facts.filled, values):
                shown = address.version(f"{name}.version", monitor.query.name)
                made = Cell(name, shown, question=findings.name(name))
                made.follow(monitor)
                made.set(figure=name)
                if card := _card(made, name):
                    drawn.append(card)
    for card in drawn:
        with card.movers:
            _movers(card.cell)
        if card.why.open:
            with card.why:
                card.cell.evidence(card.draw)
    return len(drawn)


def _card(made: Cell, figure: str) -> _Card | None:
    """The card of one figure; None where no complete period has a value of it."""
    (watched,) = made.run()
    last = findings.latest(watched)
    if last is None:
        return None
    grain, currency = str(made.values["grain"]), address.view().facts.currency
    draw = partial(charts.trend, watched, figure, grain, currency)
    with st.container(border=True, height="stretch", gap="small", key=f"card-{figure}"):
        has_change = bool(last["change"] == last["change"])
        st.metric(
            made.question,
            findings.value(last["value"], last["kind"], currency),
            findings.change(last["change"], last["kind"]) if has_change else None,
            delta_color=findings.colour(last, figure),
            delta_description=findings.against(grain) if has_change else None,
            help=findings.what_it_is(figure, last["basis"]),
        )
        st.caption(findings.under(last, grain))
        made.chart(partial(draw, on_dark=address.is_dark()), made.question)
        if said := findings.outside(last, currency):
            made.finding(f":orange[:material/error:] {said}")
        movers = st.container()
        with st.container(horizontal=True, vertical_alignment="center", gap=None):
            why = st.popover(_("Why this number"), type="tertiary", key=f"why-{figure}", on_change="rerun")
            _onward(figure)
    return _Card(made, draw, movers, why)


def _movers(made: Cell) -> None:
    said = findings.movers(made.ask_too("movers"), address.view().facts.currency)
    if said:
        st.caption(said)


def _onward(figure: str) -> None:
    """A link to the page that goes deeper, where there is one that these data can answer."""
    for page in contents.pages():
        if figure in page.explains and not page.missing(address.view().facts):
            contents.link(page.name, _(page.title), page.icon)
