"""What the page of benchmarks needs of its own: what a company is compared as, and a row for each figure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial

import pandas as pd
import streamlit as st

from churnbook.analyses.benchmarks import charts, findings, named, ours, profile, sources
from churnbook.analyses.benchmarks.ours import Figure, Ours
from churnbook.catalogue import labels, queries, schema
from churnbook.catalogue.query import MOST, Parameter, Value
from churnbook.datasets import benchmarks
from churnbook.datasets.benchmarks import INDUSTRY_NAMES, KIND_NAMES, METRIC_NAMES
from churnbook.engine.session import Result
from churnbook.page import address, contents, say
from churnbook.page.cell import results
from churnbook.page.cell.cell import Cell, ask
from churnbook.page.cell.controls import control, select
from churnbook.words import formats
from churnbook.words.language import _

_QUERY = "benchmark_position"
_WIDE = 720
"""What a popover takes to show a list of sources; on a narrow screen it takes all there is."""
_MOST_LISTED = 30
_ABOUT_CHURN = ("churn", "retention", "renewal", "winback")


@dataclass(frozen=True)
class Months:
    """The first day of the data, the whole months they cover, and those of which is settled who was lost."""

    first_day: dt.date | None
    whole: int
    settled: int


@dataclass
class Rows:
    """What came of the figures: those drawn with where they stand, those nothing can be compared with, those not had."""

    drawn: list[tuple[str, str]] = field(default_factory=list)
    alone: list[tuple[str, str]] = field(default_factory=list)
    lacking: list[tuple[str, str]] = field(default_factory=list)


def choose(cell: Cell) -> dict[str, Value]:
    """Draw what the company is compared as, guessed from its data; the values of the parameters of every row."""
    facts, known = address.view().facts, cell.parameters()
    guessed = profile.guess(facts, _paid())
    values: dict[str, Value] = {"bound": guessed.bound}
    published = ask("published_kinds")
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        industries = sorted(set(published["industry"]) & set(INDUSTRY_NAMES), key=list(INDUSTRY_NAMES).index)
        values["industry"] = _one_of(
            cell, known["industry"], guessed.industry, {each: _(INDUSTRY_NAMES[each]) for each in industries}, 240
        )
        beside = published[published["asked_of"] == values["industry"]]
        kinds = {"": _("All"), **{kind: _(KIND_NAMES[kind]) for kind in KIND_NAMES if kind in set(beside["kind"])}}
        if len(kinds) > 1:
            values["kind"] = _one_of(cell, known["kind"], guessed.kind, kinds, 200)
        regions = {region: named.region_name(region) for region in profile.REGIONS}
        values["region"] = _one_of(cell, known["region"], guessed.region, regions, 170)
        cell.propose(business_model=guessed.business_model)
        with st.popover(_("More choices"), icon=":material/tune:", key=f"more-{cell.name}"):
            values["business_model"] = control(cell.name, cell.parameters()["business_model"])
            values["arpa"] = _price(cell, known["arpa"], guessed.arpa)
            # of the customers filtered for, what they bring is not what the company brings
            filtered = bool(address.view().scope.where)
            values["mrr"] = _price(cell, known["mrr"], None if filtered else guessed.mrr)
            values |= _steps(cell)
    values["sources"] = control(cell.name, cell.parameters()["sources"])
    scope = address.view().scope
    if scope.report_from or scope.report_to:
        st.caption(
            _("Days are chosen above: figures by period are of the last whole period within them, others of all days.")
        )
    return values


def _paid() -> Mapping[str, float] | None:
    query = queries.catalogue().find("price_band")
    if queries.catalogue().missing(query, address.view().facts.filled):
        return None
    rows = ask("price_band").to_dict("records")
    return {str(name): value for name, value in rows[0].items()} if rows else None


def _one_of(cell: Cell, parameter: Parameter, guessed: str, titles: Mapping[str, str], width: int) -> Value:
    asked = replace(parameter, default=guessed)
    chosen = address.value_of(cell.name, asked, tuple(titles))
    select(cell.name, asked, chosen if chosen in titles else next(iter(titles)), titles, width)
    return chosen


def _price(cell: Cell, parameter: Parameter, guessed: float | None) -> Value:
    """A number of dollars, for figures that hold for a price band alone."""
    asked = replace(parameter, default=None if guessed is None else round(guessed, 2))
    value = address.value_of(cell.name, asked)
    st.number_input(
        _("{what}, US dollars").format(what=labels.parameter(parameter)),
        min_value=0.0,
        key=address.widget_key(address.name_of(cell.name, parameter.name), value),
        on_change=address.choose_value(cell.name, asked),
        help=_("Some figures hold for a price band alone; money in other currencies is never converted."),
    )
    return value


def _steps(cell: Cell) -> dict[str, Value]:
    """The events of a shop that the rates of sessions are counted by."""
    facts = address.view().facts
    known = queries.catalogue().parameters(queries.catalogue().find("session_rates"))
    # a table that has rows tells of an event by that name, else it is one of the log
    told = {name for name, table in schema.TOLD_BY.items() if table in facts.filled}
    logged = [name for name in facts.events if name not in told]
    if "events" not in facts.filled or not logged:
        return {}
    guessed, chosen = profile.steps(logged), {}
    for name in profile.STEPS:
        asked = replace(known[name], default=guessed[name])
        offered: dict[Value, str] = {None: _("Not in the data"), **{event: event for event in logged}}
        value = address.value_of(cell.name, asked, tuple(offered))
        select(cell.name, asked, value, offered, 220)
        chosen[name] = value
    return chosen


def rows(cell: Cell, values: Mapping[str, Value]) -> Rows:
    """A row for every figure these data give, drawn one by one: ours beside what is published."""
    facts, found = address.view().facts, Rows()
    for figure in ours.figures(facts.filled, facts.activity):
        _row(cell, figure, values, found)
    return found


def _months(figure: Figure, bound: Mapping[str, Value]) -> Months:
    """The months the tables of a figure cover, all of them."""
    covered = address.view().facts.tables
    named = {table for need in queries.catalogue().tables(figure.query, bound) for table in schema.tables_named(need)}
    days = [covered[table].first_day for table in named if table in schema.LOADABLE and table != schema.CUSTOMERS.name]
    since = max((day for day in days if day is not None), default=None)
    found = results.ask("data_months", since=since).table.to_pylist()
    if not found:
        return Months(None, 0, 0)
    (row,) = found
    return Months(row["first_day"], row["months"] or 0, row["settled_months"] or 0)


def _row(cell: Cell, figure: Figure, values: Mapping[str, Value], found: Rows) -> None:
    title = named.title(figure)
    given = {**figure.given, **{name: values[name] for name in profile.STEPS if name in values}}
    known = queries.catalogue().parameters(figure.query)
    asked = {name: value for name, value in given.items() if name in known}
    bound = queries.catalogue().bind(figure.query, asked)
    facts = address.view().facts
    if missing := ours.missing(figure, facts.filled, bound):
        found.lacking.append((title, contents.needs_words(missing, facts)))
        return
    if facts.churn is None and queries.catalogue().counts_churn(figure.query, bound):
        found.lacking.append((title, contents.needs_words(("churns",), facts)))
        return
    with results.explained():
        (owned,) = results.answer([results.request(figure.query, asked)], facts)
        months = _months(figure, bound)
        read = ours.read(figure, owned.table.to_pylist(), months.first_day)
        if read is None:
            found.lacking.append((title, _lacking(figure, bound, months)))
            return
        if not read.has_clock:
            found.lacking.append((title, _("events have days only, so that a session cannot be told from a day")))
            return
        _drawn(cell, figure, title, read, owned, values, months, found)


def _lacking(figure: Figure, bound: Mapping[str, Value], months: Months) -> str:
    """Why there is no figure although its tables are there: too few months, or nothing of it in the data."""
    covered = months.settled if bound.get("years") == "settled" else months.whole
    if bound.get("grain") == "year" and covered < 12:
        return findings.needs_months(covered)
    churn = address.view().facts.churn
    if queries.catalogue().counts_churn(figure.query, bound) and churn is not None and churn.days and covered < 12:
        return _("nobody can be counted as lost yet, or no whole month is covered")
    if steps := [name for name in profile.STEPS if name in bound and bound[name] is None]:
        known = queries.catalogue().parameters(figure.query)
        absent = formats.listed([labels.parameter(known[name]) for name in steps])
        return _("no event in the data is known as: {names}; choose them under More choices").format(names=absent)
    scope = address.view().scope
    if scope.report_from or scope.report_to:
        return _("the days chosen above leave no whole period of it")
    return _("the data hold nothing to make it of, or cover no whole period")


def _drawn(
    cell: Cell,
    figure: Figure,
    title: str,
    read: Ours,
    owned: Result,
    values: Mapping[str, Value],
    months: Months,
    found: Rows,
) -> None:
    """One figure: ours at the left, the published ones as a chart, what can be said of it below."""
    facts, metric = address.view().facts, benchmarks.metrics()[figure.metric.name]
    unit = named.unit_of(metric.unit)
    shown = address.version(f"{figure.name}.version", _QUERY)
    made = Cell(figure.name, shown, question=title)
    made.set(
        metric=figure.metric.name,
        variant=figure.metric.variant,
        period=figure.metric.period,
        ours=_within(read.value),
        ci_low=_within(read.low),
        ci_high=_within(read.high),
        n=min(read.n, int(MOST)),
        months=months.settled,
        **{name: value for name, value in values.items() if name not in profile.STEPS},
    )
    # what the company is compared as was chosen above, and is cited from there
    made.owners |= dict.fromkeys(values, cell.name)
    if figure.counts_activity:
        made.set(business_model=profile.NO_CONTRACT)
    (asked,) = results.answer([results.request(shown, made.values)], facts)
    whys, estimates = (asked.table.column(name).to_pylist() for name in ("why", "estimate"))
    if not any(map(charts.is_drawn, whys, estimates)):
        reasons = sources.not_compared(whys)
        told = formats.listed(reasons) if reasons else _("nothing is published for this industry")
        shown_value = named.value(read.value, unit, facts.currency)
        found.alone.append((f"{title} **{shown_value}**", told))
        return
    (position,) = made.run()
    made.results.append(owned)
    draw = partial(charts.position, position, read, unit, facts.currency)
    with st.container(border=True, gap="small", key=f"benchmark-{figure.name}"):
        left, right = st.columns([3, 5], gap="medium")
        with left:
            st.metric(title, named.value(read.value, unit, facts.currency), help=named.base(figure) or None)
            say.write_small(findings.under(figure, read, unit, facts.currency))
        with right:
            made.chart(partial(draw, on_dark=address.is_dark()), title)
            if (of := len(charts.drawable(position))) > charts.MOST:
                say.write_small(_("The first {n} of {of} are drawn.").format(n=charts.MOST, of=formats.number(of)))
            say.write(findings.verdict(position, read))
        with st.container(horizontal=True, gap="small"):
            _sources(figure, position)
            why = st.popover(_("How it is computed"), type="tertiary", key=f"why-{figure.name}", on_change="rerun")
        if why.open:
            with why:
                made.evidence(draw)
    # one that is probably counted otherwise is no good or bad news
    far = findings.is_far(position[position["why"].isna()], read)
    found.drawn.append((title, "" if far else findings.standing(position)))


def _sources(figure: Figure, position: pd.DataFrame) -> None:
    """Who published what, of whom, and how it differs from ours; and why the others are not compared."""
    facts = address.view().facts
    about_churn = any(word in figure.metric.name for word in _ABOUT_CHURN)
    shown = charts.drawable(position)
    left_out = position[~position.index.isin(shown.index)]
    n, rest = sources.counts(position)
    label = _("{n} compared, {rest} not: sources and how theirs differ").format(n=n, rest=rest)
    with (
        st.popover(label, icon=":material/menu_book:", type="tertiary", key=f"sources-{figure.name}"),
        st.container(width=_WIDE),
    ):
        for _index, row in shown.head(_MOST_LISTED).iterrows():
            say.write(f"- {sources.source_line(row, facts, about_churn)}")
        _and_more(shown)
        if rest:
            say.write_small(
                _("Not compared: {reasons}.").format(
                    reasons=formats.listed(
                        sources.not_compared(None if pd.isna(why) else why for why in position["why"])
                    )
                )
            )
            listed = left_out.head(_MOST_LISTED)
            for why in dict.fromkeys(listed["why"]):
                say.write_small(f"**{_(sources.WHY[why])}**")
                for _index, row in listed[listed["why"] == why].iterrows():
                    say.write_small(f"- {sources.source_line(row, facts, about_churn, is_short=True)}")
            _and_more(left_out)


def _and_more(rows: pd.DataFrame) -> None:
    """That a list of sources goes on, where it does."""
    if len(rows) > _MOST_LISTED:
        n = formats.number(len(rows) - _MOST_LISTED)
        say.write_small(_("… and {n} more: “How it is computed” has all.").format(n=n))


def _within(value: float | None) -> float | None:
    """A number that a parameter can hold; None for larger ones, which are then not compared."""
    return value if value is not None and abs(value) < MOST else None


def others(found: Rows) -> None:
    """The figures that stand alone, and those these data do not give, each with the reason."""
    if found.alone:
        with st.expander(_("Nothing to compare with ({n})").format(n=len(found.alone)), icon=":material/link_off:"):
            for title, why in found.alone:
                say.write(f"- {title} — {why}")
    facts = address.view().facts
    published = {figure.metric.name for figure in ours.figures(facts.filled, facts.activity)}
    lacking = [*found.lacking]
    lacking += [
        (_(METRIC_NAMES[name]), findings.not_computed(name)) for name in benchmarks.metrics() if name not in published
    ]
    with st.expander(_("What these data cannot compare ({n})").format(n=len(lacking)), icon=":material/block:"):
        for title, why in lacking:
            say.write(f"- {title} — {why}")


def published(cell: Cell, values: Mapping[str, Value]) -> None:
    """Everything that is published of the industry, as a table."""
    cell.set(industry=values.get("industry"))
    (found,) = cell.run()
    cell.finding(sources.published_finding(found, cell.values["industry"]), sources.provenance())
    st.dataframe(
        sources.published_table(found),
        column_config={"url": st.column_config.LinkColumn(_("Address"), display_text=_("open"), width="small")},
        hide_index=True,
        height=380,
        key="published-table",
    )
    cell.evidence()
