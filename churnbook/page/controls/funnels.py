"""Choosing the steps of a funnel and how attempts are counted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

import pandas as pd
import streamlit as st

from churnbook.analyses.funnels import findings, lists, proposals
from churnbook.analyses.funnels.proposals import Proposal
from churnbook.analyses.funnels.steps import numbered, titles_of
from churnbook.catalogue import labels, queries
from churnbook.catalogue.query import Value
from churnbook.catalogue.schema import TABLE_EVENTS
from churnbook.datasets.facts import absent_events
from churnbook.page import address, state
from churnbook.page.cell import controls
from churnbook.page.cell.cell import Cell, DrillDown, ask
from churnbook.words import formats
from churnbook.words.language import _

MOST = 10
"""As many steps as a query takes."""


def choose_steps(cell: Cell) -> tuple[dict[str, str], list[str]]:
    """Let the reader choose and order the steps, each with how often it happens.

    Returns what all events are called, by name, and what the steps are. A step that does not occur is told, and counts 0.
    Without steps in the address those that suit the data are proposed; where nothing happened the page ends.
    """
    happened = ask("funnel_events")
    if happened.empty:
        st.info(_("These data say nothing of when customers did what, so there is no funnel."), icon=":material/info:")
        st.stop()
    times = dict(zip(happened["event"], happened["times"], strict=True))
    parameter = cell.parameters()["steps"]
    given = address.value_of(cell.name, parameter)
    assert isinstance(given, tuple)
    steps = [str(step) for step in given]
    for absent in absent_events(address.view().facts, {"steps": parameter}, {"steps": given}):
        address.tell(_(absent.sentence), **absent.fields)
    times |= {step: 0 for step in steps if step not in times}
    proposed = proposals.proposals(happened, ask("funnel_order"), ask("funnel_windows"))
    steps = steps or list(proposed[0].steps)
    cell.propose(steps=proposed[0].steps)
    current = proposals.same(proposed, steps)
    if current:
        cell.propose(window=current.window, window_unit=current.window_unit)
    cell.set(steps=tuple(steps))
    _choose_proposal(cell, proposed, current)
    named = labels.events(times)
    titles = formats.distinct({event: f"{named[event]} · {formats.number(int(n))}" for event, n in times.items()})
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key=f"steps-{cell.name}"):
        for index, step in enumerate(steps):
            _step(cell, steps, index, step, titles)
        st.button(
            _("Add a step"),
            icon=":material/add:",
            key=f"add-step-{cell.name}",
            disabled=len(steps) >= MOST,
            help=_("At most {n} steps.").format(n=MOST),
            on_click=_write,
            args=(cell, [*steps, _another(steps, times)]),
        )
    if "satisfied" in steps:
        st.caption(findings.asked_words(ask("customers_asked")))
    return named, titles_of(steps, times)


def _choose_proposal(cell: Cell, proposed: Sequence[Proposal], current: Proposal | None) -> None:
    """Let the reader begin with another of the funnels that suit the data, where there are several."""
    if len(proposed) < 2:
        return
    by_name = {each.name: each for each in proposed}
    key = address.widget_key(f"{cell.name}.proposal", current.name if current else None)

    def chosen() -> None:
        steps, parameters = by_name[state.get(key)].steps, cell.parameters()
        is_first = steps == parameters["steps"].default
        address.put(f"{cell.name}.steps", () if is_first else [parameters["steps"].text(steps)])
        for name in ("window", "window_unit"):
            address.put(f"{cell.name}.{name}", ())
        address.void_picks(cell.name)

    st.segmented_control(
        _("Begin with"),
        list(by_name),
        format_func=lambda name: _(by_name[name].title),
        key=key,
        on_change=chosen,
        required=current is not None,
        wrap=True,
        help=_("Funnels that suit these data, with the time such steps usually take."),
    )


def _step(cell: Cell, steps: Sequence[str], index: int, step: str, titles: Mapping[str, str]) -> None:
    key = address.widget_key(f"{cell.name}.step.{index}", step)

    def chosen() -> None:
        _write(cell, [*steps[:index], state.get(key), *steps[index + 1 :]])

    with st.container(horizontal=True, vertical_alignment="bottom", gap=None, width="content"):
        st.selectbox(
            _("Step {n}").format(n=index + 1),
            list(titles),
            format_func=titles.__getitem__,
            key=key,
            on_change=chosen,
            width=210,
        )
        if index:
            st.button(
                "",
                icon=":material/arrow_back:",
                type="tertiary",
                key=f"earlier-{cell.name}-{index}",
                help=_("One step earlier"),
                on_click=_write,
                args=(cell, [*steps[: index - 1], step, steps[index - 1], *steps[index + 1 :]]),
            )
        if len(steps) > 1:
            st.button(
                "",
                icon=":material/close:",
                type="tertiary",
                key=f"without-{cell.name}-{index}",
                help=_("Take this step out"),
                on_click=_write,
                args=(cell, [*steps[:index], *steps[index + 1 :]]),
            )


def _another(steps: Sequence[str], times: Mapping[str, int]) -> str:
    return next((event for event in times if event not in steps), next(iter(times), ""))


def _write(cell: Cell, steps: Sequence[str]) -> None:
    """Write steps into the address, with the time that was proposed for those before, so that it stays."""
    held = {
        address.name_of(cell.name, name): [str(cell.proposed[name])]
        for name in ("window", "window_unit")
        if name in cell.proposed and not address.get(address.name_of(cell.name, name))
    }
    address.put_all({address.name_of(cell.name, "steps"): [cell.parameters()["steps"].text(tuple(steps))], **held})
    address.void_picks(cell.name)


def choose_funnel(cell: Cell) -> None:
    """Let the reader choose how attempts are counted and what the funnel is split by."""
    steps = cell.values["steps"]
    assert isinstance(steps, tuple)
    _choose_rules(cell)
    rarer = ("mode", "attempt", "ties", "exclude", "exclude_from", "exclude_to", "excluded", "top")
    cell.choose("window", "window_unit", "breakdown", more=rarer)
    _choose_entry_attribute(cell, str(steps[0]))
    if cell.values["mode"] == "any" and (words := findings.overlap_words(ask("funnel_steps", steps=steps))):
        st.caption(words)


def _choose_rules(cell: Cell) -> None:
    """Let the reader count attempts as a tool they know does."""
    known = cell.parameters()
    held = {name: address.value_of(cell.name, known[name]) for name in findings.RULES["churnbook"]}
    # ours are the usual ones, with the time that was proposed
    every = {**findings.RULES, "churnbook": {name: known[name].default for name in held}}
    current = next((tool for tool, rules in every.items() if held == {**held, **rules}), None)
    key = address.widget_key(f"{cell.name}.rules", current)

    def chosen() -> None:
        for name, value in every[state.get(key)].items():
            address.put_value(cell.name, known[name], value)
        address.void_picks(cell.name)

    st.segmented_control(
        _("Count as"),
        list(findings.RULES),
        format_func=findings.TOOLS.__getitem__,
        key=key,
        on_change=chosen,
        required=current is not None,
        wrap=True,
        help=_("Sets window, attempt, moments and exclusion as these tools do when left alone."),
    )


def _choose_entry_attribute(cell: Cell, entry: str) -> None:
    """Let the reader split by an attribute of the event customers enter with, where it has any in the log."""
    is_logged = entry in address.view().facts.events and entry not in TABLE_EVENTS
    offered = ask("event_attributes", events=(entry,))["attribute"] if is_logged else ()
    options: list[str | None] = [None, *offered]
    parameter = queries.catalogue().parameters(cell.query)["entry_attribute"]
    value = address.value_of(cell.name, parameter, options)
    cell.set(**{parameter.name: value})
    if len(options) > 1:
        titles = {name: _("Nothing") if name is None else name for name in options}
        controls.select(cell.name, parameter, value, titles, 220)


def choose_step(cell: Cell, name: str, titles: Sequence[str], reached: pd.DataFrame) -> str:
    """Let the reader choose a step other than the last for a parameter; returns what it is called.

    At first it is the one after which most dropped off; `reached` has the columns of funnel.
    """
    usual = max(int(reached.loc[reached["dropped"].idxmax(), "step"]) - 1, 1)
    return titles[_choose_number(cell, name, titles, range(1, len(titles)), usual) - 1]


def choose_span(cell: Cell, titles: Sequence[str]) -> None:
    """Let the reader choose from which step to which later one."""
    with st.container(horizontal=True):
        start = _choose_number(cell, "from_step", titles, range(1, len(titles)), 1)
        _choose_number(cell, "to_step", titles, range(start + 1, len(titles) + 1), len(titles))


def choose_grain(cell: Cell) -> str:
    """Let the reader choose the period of entries, at first the shortest of which most hold enough of them."""
    cell.propose(grain=str(cell.ask_otherwise({}, "funnel_grain")["grain"].iloc[0]))
    cell.choose("grain", more=("week_start",))
    return str(cell.values["grain"])


def by_first_attempts(cell: Cell, other: Cell) -> None:
    """Let a cell follow another, but count first attempts.

    Who does not come through would else stand where they came furthest, with what happened since behind them.
    """
    cell.follow(other)
    cell.override(attempt="first")


def tell_funnel(cell: Cell, reached: pd.DataFrame, titles: Sequence[str]) -> None:
    """Say how many came through, also by first attempts where these say something else, and what hangs on ties."""
    attempt = str(cell.values["attempt"])
    first = None if attempt == "first" else cell.ask_otherwise({"attempt": "first"})
    cell.finding(findings.funnel_finding(reached, attempt, first, titles), findings.rules_words(cell.values))
    if findings.may_hang_on_ties(reached, cell.values):
        words = findings.ties_finding(reached, cell.ask_otherwise({"ties": "strictly_later"}))
        if words:
            st.caption(words)


def _choose_number(cell: Cell, name: str, titles: Sequence[str], offered: range, usual: int) -> int:
    words = dict(enumerate(numbered(titles), 1))
    words = {number: words[number] for number in offered}
    parameter = replace(queries.catalogue().parameters(cell.query)[name], default=usual)
    value = address.value_of(cell.name, parameter, list(words))
    assert isinstance(value, int)
    controls.select(cell.name, parameter, value, words, 220)
    cell.set(**{name: value})
    return value


def to_the_end(titles: Sequence[str], picked: Mapping[str, Value]) -> dict[str, Value]:
    """What was picked, with the parameters of funnel_customers for all steps together: who came through, and who not."""
    return {**picked, "step": len(titles), "anywhere": True}


def customers_of_a_time(cell: Cell, titles: Sequence[str]) -> DrillDown:
    """The customers behind the bars of a cell about the time between two steps."""
    return DrillDown(
        "funnel_times_customers",
        ("over_seconds", "up_to_seconds", "segment"),
        partial(lists.customers_of_a_time, titles, cell.values),
    )


def drill_into_what_came_next(step: str, titles: Mapping[str, str]) -> DrillDown:
    """The customers behind the bars of a cell about what those who dropped off after a step did next."""
    words = partial(lists.customers_of_what_came_next, step, titles)
    return DrillDown("funnel_next_customers", ("next_event",), words)


def choose_sides(cell: Cell, trend: pd.DataFrame, grain: str) -> tuple[str, str] | None:
    """Let the reader choose two segments, or two periods of entry, to compare; their names, None where there are not two.

    `trend` has the columns of funnel_trend; without a choice the last two periods without open entries are compared.
    """
    if cell.order:
        cell.choose("compare", more=("smallest",))
    else:
        cell.set(compare="periods")
    if cell.values["compare"] == "segments":
        pair = cell.choose_pair()
        if pair is None:
            st.caption(_("This split has one segment only, so there are not two to compare."))
            return None
        return labels.segment(pair[0]), labels.segment(pair[1])
    cell.override(attempt="first")
    periods, whole = (
        [pd.Timestamp(period).date() for period in sorted(set(rows["period"]))]
        for rows in (trend, trend[trend["complete"]])
    )
    if len(periods) < 2:
        st.caption(_("Customers entered in one period only, so there are not two to compare."))
        return None
    last = whole if len(whole) > 1 else periods
    with st.container(horizontal=True):
        first, second = (
            _choose_period(cell, name, periods, usual, grain)
            for name, usual in (("period_a", last[-1]), ("period_b", last[-2]))
        )
    return first, second


def _choose_period(cell: Cell, name: str, periods: Sequence[dt.date], usual: dt.date, grain: str) -> str:
    """Let the reader choose a period of entry for a parameter; returns what it is called."""
    parameter = replace(queries.catalogue().parameters(cell.query)[name], default=usual)
    value = address.value_of(cell.name, parameter, periods)
    titles = {period: formats.period_label(period, grain) for period in periods}
    controls.select(cell.name, parameter, value, titles, 200)
    cell.set(**{name: value})
    assert isinstance(value, dt.date)
    return titles[value]
