"""The cards of the monitor: a small cell for each figure the dataset can give, drawn one by one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from churnbook.analyses.draw.theme import Chart
from churnbook.analyses.overview import charts, findings
from churnbook.catalogue import queries
from churnbook.page import address, contents, say
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
    last: pd.Series
    draw: Callable[..., Chart]
    movers: DeltaGenerator
    why: PopoverContainer


def cards(monitor: Cell, headlines: DeltaGenerator) -> int:
    """Draw a card for every figure the dataset can give, and what they say together; how many there are.

    Each figure is asked for when its turn comes, and what moved it once all of them stand.
    """
    catalogue, facts = queries.catalogue(), address.view().facts
    drawn: list[_Card] = []
    # what tells of progress would be a place of its own in the grid
    waiting = st.container(gap=None)
    with st.grid(_IN_A_ROW, min_column_width=_NARROWEST, gap="medium"):
        for name in catalogue.parameters(monitor.query)["figure"].choices:
            if name in findings.NOT_WATCHED:
                continue
            values = catalogue.bind(monitor.query, {**monitor.values, "figure": name})
            if not catalogue.missing(monitor.query, facts.filled, values):
                shown = address.version(f"{name}.version", monitor.query.name)
                made = Cell(name, shown, question=findings.name(name))
                made.follow(monitor)
                made.set(figure=name)
                with waiting:
                    (watched,) = made.run()
                if card := _card(made, name, watched):
                    drawn.append(card)
    with headlines:
        _headlines(monitor, drawn)
    for card in drawn:
        with card.movers:
            _movers(card.cell)
        if card.why.open:
            with card.why:
                st.caption(findings.what_it_is(card.cell.name, card.last["basis"]))
                card.cell.evidence(card.draw)
    return len(drawn)


def _card(made: Cell, figure: str, watched: pd.DataFrame) -> _Card | None:
    """The card of one figure, of the rows of monitor; None where no complete period has a value of it."""
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
            findings.change_against(last, grain) if has_change else None,
            delta_color=findings.colour(last, figure),
            delta_arrow="off" if not has_change or not last["change"] else "up" if last["change"] > 0 else "down",
            help=findings.what_it_is(figure, last["basis"]),
        )
        st.caption(findings.under(watched, last, figure, grain))
        made.chart(partial(draw, on_dark=address.is_dark()), made.question)
        if said := findings.outside(last, figure, currency):
            made.finding(f"{findings.mark(last, figure)} {said}")
        elif said := findings.unjudged(last, grain):
            say.write_small(said)
        movers = st.container()
        with st.container(horizontal=True, vertical_alignment="center", gap=None):
            why = st.popover(_("How it is computed"), type="tertiary", key=f"why-{figure}", on_change="rerun")
            _onward(figure)
    return _Card(made, last, draw, movers, why)


def _headlines(monitor: Cell, drawn: Sequence[_Card]) -> None:
    """The most important things the figures say, one a line."""
    said = findings.headlines(
        [(card.cell.name, card.last) for card in drawn],
        str(monitor.values["grain"]),
        address.view().facts.currency,
    )
    for judged, sentence in said:
        say.write(f"{findings.icon(judged)} {sentence}")


def _movers(made: Cell) -> None:
    said = findings.movers(made.ask_too("movers"), address.view().facts.currency)
    if said:
        say.write_small(said)


def _onward(figure: str) -> None:
    """A link to the page that goes deeper, where there is one that these data can answer."""
    for page in contents.pages():
        if figure in page.explains and not page.missing(address.view().facts):
            contents.link(page.name, _(page.title), page.icon)
