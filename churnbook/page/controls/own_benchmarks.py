"""The user's own benchmarks as a table to write in, and what has to be settled of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import partial

import pandas as pd
import streamlit as st

from churnbook.analyses.benchmarks import settling
from churnbook.catalogue import queries
from churnbook.datasets import benchmarks
from churnbook.datasets.benchmarks import METRIC_NAMES
from churnbook.datasets.written import OwnBenchmark, own_benchmarks
from churnbook.generations import written
from churnbook.page import address, saving, say
from churnbook.page.cell import results
from churnbook.page.cell.cell import ask
from churnbook.words.language import _

_UNITS = ("%", "share", "hours")
_CURRENCIES = ("CNY", "EUR", "GBP", "USD")


def edit() -> None:
    """Draw the user's own benchmarks as a table to write in: targets, a competitor's figure, a bought report."""
    with results.explained():
        _edit()


def _edit() -> None:
    view = address.view()
    say.write(_("Targets, a competitor’s figure, a bought report: they stand beside the published ones above."))
    held, questions = own_benchmarks(view.facts), ask("own_benchmarks")
    for sentence in settling.unsettled(questions):
        st.warning(sentence, icon=":material/help:")
    is_open = view.generation == view.listed.generation
    titles = {name: _(METRIC_NAMES[name]) for name in benchmarks.metrics()}
    settled = dict(zip(questions["given"], questions["metric"], strict=True))
    rows = [
        {**asdict(each), "given": each.metric, "metric": titles.get(str(settled.get(each.metric)))} for each in held
    ]
    number = st.column_config.NumberColumn
    columns = {
        # only where a name is not known it says more than the metric
        "given": st.column_config.TextColumn(_("As written"), disabled=True)
        if (questions["unsettled"] == "metric").any()
        else None,
        "metric": st.column_config.SelectboxColumn(_("Metric"), options=sorted(titles.values()), width="medium"),
        "period": st.column_config.SelectboxColumn(_("Period"), options=_periods(held)),
        "typical": number(_("Typical")),
        "low": number(_("Low")),
        "high": number(_("High")),
        "unit": st.column_config.SelectboxColumn(
            _("Unit"), options=_units(held), help=_("%: 5 means 5 %. share: 0.05 means 5 %.")
        ),
        "industry": None,
        "segment": st.column_config.TextColumn(_("Holds for")),
        "source": st.column_config.TextColumn(_("Source"), width="medium"),
        "year": number(_("Year"), format="%d", min_value=1900, max_value=2200),
    }
    edited = st.data_editor(
        pd.DataFrame(rows, columns=list(columns)).astype(dict.fromkeys(("typical", "low", "high", "year"), "float64")),
        column_config=columns,
        hide_index=True,
        num_rows="dynamic" if is_open else "fixed",
        disabled=not is_open,
        placeholder="",
        key=f"own-{view.listed.id}-{view.generation}",
    )
    if is_open and st.button(_("Save my benchmarks"), type="primary"):
        by_title = {title: name for name, title in titles.items()}
        wanted = [_written(row, by_title, settled) for row in edited.to_dict("records")]
        change = partial(
            written.save_benchmarks, view.library, view.listed.id, [each for each in wanted if each != OwnBenchmark("")]
        )
        saving.save(change, _("Saved your benchmarks."), ":material/check:")


def _periods(held: Sequence[OwnBenchmark]) -> list[str]:
    """What a benchmark can be measured over: what our figures are, and what is written already."""
    ours_ = {metric.period for query in queries.catalogue().newest() for metric in query.metrics}
    return sorted({*ours_, *(each.period for each in held if each.period)})


def _units(held: Sequence[OwnBenchmark]) -> list[str]:
    """The units a benchmark can be written in: that of the dataset's money among them."""
    others = {*_CURRENCIES, address.view().facts.currency, *(each.unit for each in held)}
    return [*_UNITS, *sorted(each for each in others if each and each not in _UNITS)]


def _written(row: Mapping[str, object], by_title: Mapping[str, str], settled: Mapping[str, object]) -> OwnBenchmark:
    """A row of the table as a benchmark; a name that means the metric chosen stays as it was written."""

    def text(name: str) -> str | None:
        value = row[name]
        return value.strip() or None if isinstance(value, str) else None

    def amount(name: str) -> float | None:
        value = row[name]
        return None if value is None or pd.isna(value) else float(str(value))

    given, metric = text("given"), by_title.get(text("metric") or "", "")
    return OwnBenchmark(
        given if given and (not metric or settled.get(given) == metric) else metric,
        amount("typical"),
        amount("low"),
        amount("high"),
        text("period"),
        text("industry"),
        text("segment"),
        text("source"),
        amount("year"),
        text("unit"),
    )
