"""The cards of the monitor: a small cell for each figure the dataset can give, drawn one by one."""

from __future__ import annotations

from functools import partial

import streamlit as st

from churnbook import contents, monitor_charts, monitor_findings, queries
from churnbook.page import address
from churnbook.page.cells import Cell
from churnbook.wording import _

_IN_A_ROW = 3
_NARROWEST = 230
EXPLAINED_BY = {
    "customers": "cohort_retention",
    "active_customers": "daily_activity",
    "churn_rate": "churn_rate",
    "retention_rate": "cohort_retention",
    "repeat_rate": "purchases",
    "average_order_value": "purchases",
    "purchase_frequency": "purchases",
    "revenue": "cohort_retention",
}
"""The query whose page goes deeper into a figure; the link stands where a page answers it."""


def cards(monitor: Cell) -> int:
    """Draw a card for every figure the dataset can give; how many there are. Each is asked for when its turn comes."""
    catalogue, facts = queries.catalogue(), address.view().facts
    figure = catalogue.parameters(monitor.query)["figure"]
    drawn = 0
    with st.grid(_IN_A_ROW, min_column_width=_NARROWEST, gap="medium"):
        for name in figure.choices:
            values = catalogue.bind(monitor.query, {**monitor.values, "figure": name})
            if catalogue.missing(monitor.query, facts.filled, values):
                continue
            made = Cell(
                name, address.version(f"{name}.version", monitor.query.name), question=monitor_findings.name(name)
            )
            made.follow(monitor)
            made.values["figure"] = name
            drawn += _card(made, name)
    return drawn


def _card(made: Cell, figure: str) -> bool:
    """One card; nothing where the dataset has no value of the figure in a complete period."""
    (watched,) = made.run()
    last = monitor_findings.latest(watched)
    if last is None:
        return False
    grain, currency = str(made.values["grain"]), address.view().facts.currency
    with st.container(border=True, height="stretch", key=f"card-{figure}"):
        has_change = last["change"] == last["change"]
        st.metric(
            monitor_findings.name(figure),
            monitor_findings.value(last["value"], last["kind"], currency),
            monitor_findings.change(last["change"], last["kind"]) if has_change else None,
            delta_color=monitor_findings.colour(last, figure),
            delta_description=monitor_findings.against(grain) if has_change else None,
            help=monitor_findings.what_it_is(figure, last["basis"]),
        )
        st.caption(monitor_findings.under(last, grain))
        draw = partial(monitor_charts.trend, watched, figure, grain, currency)
        made.chart(draw(on_dark=address.is_dark()), monitor_findings.name(figure))
        said = monitor_findings.outside(last, figure, currency)
        if said:
            made.finding(f":orange[:material/error:] {said}")
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            _onward(figure)
            why = st.popover(_("Why this number"), type="tertiary", key=f"why-{figure}", on_change="rerun")
        if why.open:
            with why:
                made.evidence(draw)
    return True


def _onward(figure: str) -> None:
    """A link to the page that goes deeper, where there is one that these data can answer."""
    for page in contents.pages():
        if EXPLAINED_BY.get(figure) in page.answers and not page.missing(address.view().facts):
            st.page_link(page.path, label=_(page.title), icon=f":material/{page.icon}:")
            return
