"""The churn definition on pages: asked at an upload, changed and undone on its page, missed where there is none."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

import streamlit as st

from churnbook.analyses.definition import findings
from churnbook.analyses.say import definition_words
from churnbook.catalogue import labels, queries
from churnbook.catalogue.query import NotAllowed
from churnbook.datasets.definition import (
    AS_RECORDED,
    BY_INACTIVITY,
    BY_SUBSCRIPTION,
    KINDS,
    NEEDS,
    Definition,
    possible,
)
from churnbook.datasets.definition import usual as usual_definition
from churnbook.datasets.facts import Facts, NoDataset, attribute_values
from churnbook.datasets.library import DatasetEntry
from churnbook.generations import definition
from churnbook.generations.definition import Moved
from churnbook.intake.loading.report import LeftOut
from churnbook.intake.mapping.plan import MappedSheet
from churnbook.page import address, contents, say, state
from churnbook.page.cell.cell import ask as asked
from churnbook.page.controls import states
from churnbook.words import formats
from churnbook.words.language import N_, _, ngettext
from churnbook.words.message import Refused

_KIND, _DAYS, _GAP = "definition-kind", "definition-days", "definition-gap"
_SAID = "what became of the definition"
_TRIED = "definition.days"
"""The name under which an address asks to try so many inactivity days."""
_WIDEST = 200
"""Attributes with more values than this are not offered for leaving accounts out."""

_PRESETS = {
    N_("Subscription business"): (BY_SUBSCRIPTION, 0),
    N_("Shop"): (BY_INACTIVITY, 90),
    N_("App"): (BY_INACTIVITY, 30),
}


def needs_definition() -> None:
    """End the page with a sentence and a way on where the dataset does not tell who is lost, or when."""
    facts = address.view().facts
    if facts.churn is not None and facts.watermark is not None:
        return
    words = (
        _("The files mark who has churned but have no dates, so nothing can be said about periods.")
        if facts.churn
        else _("Nothing in the files tells who is lost: this needs orders, events, subscriptions or a mark of churn.")
    )
    st.info(words, icon=":material/info:")
    contents.link("your_data", _("Add your own data"), "upload_file")
    st.stop()


def ask(mapped: Sequence[MappedSheet], proposed: str | None, key: str) -> str | None:
    """The one question of an upload: when is a customer lost? With the usual answer for such files, or `proposed`.

    `key` tells the controls of this upload from those of others; they keep their values while other pages are visited.
    """
    filled = {each.table: 1 for each in mapped}
    is_recorded = any(each.table == "customers" and {"is_churned", "churned_at"} & set(each.roles) for each in mapped)
    usual = usual_definition(filled, is_recorded)
    if usual is None:
        return None
    allowed = possible(filled, is_recorded)
    given = Definition.of(proposed) if proposed else usual
    start = given if given.query in allowed else usual
    with st.container(horizontal=True, vertical_alignment="bottom"):
        return _control(allowed, start, key, "session").text


def _control(
    allowed: Sequence[str], start: Definition, key_prefix: str, kept: Literal["session"] | None = None
) -> Definition:
    """Controls for a definition: its kind, and the days where it has some."""
    kind_key, days_key, gap_key = (f"{name}-{key_prefix}" for name in (_KIND, _DAYS, _GAP))
    if state.get(kind_key) not in allowed:
        state.put(kind_key, start.query)
    state.kept(days_key, lambda: start.days if start.query == BY_INACTIVITY else 90)
    state.kept(gap_key, lambda: start.days if start.query == BY_SUBSCRIPTION else 0)
    names = {query: _(KINDS[query]) for query in allowed}
    kind = st.selectbox(
        _("A customer is lost"),
        allowed,
        format_func=names.__getitem__,
        key=kind_key,
        width=280,
        persist_state=kept,
    )
    if kind == AS_RECORDED:
        return Definition.made(kind, {})
    if kind == BY_INACTIVITY:
        return Definition.made(kind, {"days": _ask_days(kind, "days", _("Inactivity days"), days_key, 150, kept)})
    label = _("Days to the next subscription that are no loss")
    return Definition.made(kind, {"gap_days": _ask_days(kind, "gap_days", label, gap_key, 300, kept)})


def _ask_days(kind: str, name: str, label: str, key: str, width: int, kept: Literal["session"] | None) -> int:
    """A number of days, as many as the definition's parameter allows."""
    low, high = queries.catalogue().parameters(queries.catalogue().find(kind))[name].whole_bounds
    return st.number_input(label, low, high, step=1, key=key, width=width, persist_state=kept)


def is_recorded() -> bool:
    """Whether the files of the dataset record churn, by a mark, a date or an exit."""
    return AS_RECORDED in definition.allowed(address.view().facts)


def suggest_days() -> None:
    """Where other inactivity days are worth a try, why, and a link that tries them; for any page."""
    facts = address.view().facts
    if facts.churn is None or facts.churn.query != BY_INACTIVITY or "activity_days" not in facts.filled:
        return
    better = findings.better_days(asked("inactivity_workbench", days=facts.churn.days), facts.churn.days)
    if better is None:
        return
    days, words = better
    say.write(words)
    label = ngettext("Try {n} day", "Try {n} days", days).format(n=formats.number(days))
    contents.link("definition", label, "tune", {_TRIED: str(days)})


# The page


def _tried(start: Definition) -> Definition:
    """The definition that the address asks to try; else the one in use."""
    given = (address.get(_TRIED) or [""])[0]
    if not given:
        return start
    parameter = queries.catalogue().parameters(queries.catalogue().find(BY_INACTIVITY))["days"]
    try:
        return Definition.made(BY_INACTIVITY, {"days": parameter.read(given)})
    except NotAllowed:
        address.tell(
            _("“{text}” in the address is not a value for {name}; {default} is used."),
            text=given,
            name=labels.parameter(parameter),
            default=start.words,
        )
        return start


def choose() -> Definition:
    """The definition in use, controls to change it and who is left out, and what the last change moved."""
    view = address.view()
    facts = view.facts
    _tell_what_became()
    allowed = definition.allowed(facts)
    if not allowed or facts.churn is None:
        needs_definition()
        st.stop()
    tried, key_prefix = _tried(facts.churn), _key_prefix()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(_("Usual for:"), width="content")
        for label, (kind, days) in _PRESETS.items():
            st.button(
                _(label), type="tertiary", key=f"preset-{label}", disabled=kind not in allowed, on_click=_use, args=(key_prefix, kind, days)
            )  # fmt: skip
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = _control(allowed, tried if tried.query in allowed else facts.churn, key_prefix)
    missing = [query for query in KINDS if query not in allowed]
    for query in missing:
        st.caption(_("“{kind}” needs {needs}; the files have none.").format(kind=_(KINDS[query]), needs=_(NEEDS[query])))  # fmt: skip
    out = _leave_out(facts, key_prefix)
    if view.generation != view.listed.generation:
        st.caption(_("An earlier state of the dataset is shown; only the current one can be changed."))
        return chosen
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button(_("Save the definition"), type="primary", key="save-definition"):
            _save(chosen, out)
        _offer_the_other()
    return chosen


def _use(key_prefix: str, kind: str, days: int) -> None:
    state.put(f"{_KIND}-{key_prefix}", kind)
    state.put(f"{_DAYS if kind == BY_INACTIVITY else _GAP}-{key_prefix}", days)


def _key_prefix() -> str:
    """What tells the controls for a state, and for the days an address tries, from those for others."""
    view = address.view()
    return "-".join([view.listed.id, str(view.generation), *address.get(_TRIED)[:1]])


def use_days(days: int) -> None:
    """A button that puts so many inactivity days into the controls of the page."""
    words = ngettext("Try {n} day", "Try {n} days", days).format(n=formats.number(days))
    args = (_key_prefix(), BY_INACTIVITY, days)
    st.button(words, type="tertiary", icon=":material/tune:", key="use-suggested", on_click=_use, args=args)


def _leave_out(facts: Facts, key_prefix: str) -> LeftOut:
    """Controls for the accounts that no figure counts."""
    held = definition.left_out(facts)
    n = len(held.where) + len(held.ids)
    label = _("Accounts to leave out ({n})").format(n=n) if n else _("Accounts to leave out")
    with st.expander(label, icon=":material/person_remove:"):
        st.caption(_("Internal and test accounts, for example. No figure counts them; the files stay as they are."))
        few = [name for name, distinct in facts.attributes.items() if distinct <= _WIDEST]
        pairs: list[tuple[str, str]] = [*held.where, *state.get(f"out-where-{key_prefix}", [])]
        titles = formats.distinct({name: labels.attribute(name, facts.attributes) for name in facts.attributes})
        if few:
            attribute = st.selectbox(
                _("By attribute"),
                few,
                index=None,
                format_func=titles.__getitem__,
                placeholder=_("choose an attribute"),
                key=f"out-attribute-{key_prefix}",
                width=260,
            )
            if attribute:
                pairs += [(attribute, value) for value in attribute_values(facts, attribute, _WIDEST)]
        where: list[tuple[str, str]] = []
        if pairs:
            where = st.multiselect(
                _("Leave out customers with"),
                list(dict.fromkeys(pairs)),
                default=held.where,
                format_func=lambda pair: f"{titles.get(pair[0], pair[0])} = {labels.segment(pair[1])}",
                placeholder=_("choose values"),
                key=f"out-where-{key_prefix}",
            )
        text = st.text_area(
            _("Customer ids, one a line"), value="\n".join(held.ids), key=f"out-ids-{key_prefix}", height=100
        )
    ids = tuple(dict.fromkeys(line.strip() for line in re.split(r"[\n,;，；]", text) if line.strip()))
    if ids and (unknown := definition.unknown_ids(facts, ids)):
        words = ngettext("{n} id is no customer’s: {ids}", "{n} ids are no customer’s: {ids}", len(unknown))
        st.warning(words.format(n=formats.number(len(unknown)), ids=formats.escape(formats.listed(unknown[:10]))), icon=":material/help:")  # fmt: skip
    return LeftOut(tuple(where), ids)


def _save(chosen: Definition, out: LeftOut) -> None:
    view = address.view()
    try:
        with st.spinner(_("Counting anew…")):
            listed = definition.save(view.library, view.listed.id, chosen, out)
            said = [_("The definition is saved."), *_moved_words(listed)]
    except Refused as refused:
        say.refuse(refused)
        return
    _show(listed, said)


def _show(listed: DatasetEntry, said: list[str]) -> None:
    """Show the state a dataset is in now, and say what became of it."""
    state.put(_SAID, (listed.id, listed.generation, formats.sentences(said)))
    address.put_all({"generation": (), _TRIED: ()})
    st.rerun()


def _offer_the_other() -> None:
    """A button that goes back to the definition before the last change of it, or takes the change again."""
    view = address.view()
    other = definition.other(view.library, view.listed)
    if other is None:
        return
    is_older = int(other.path.stem) < view.generation
    words = _("Go back to the definition before") if is_older else _("Take the newer definition again")
    icon = ":material/undo:" if is_older else ":material/redo:"
    if not st.button(words, icon=icon, key="other-definition", help=definition_words(other)):
        return
    with st.spinner(_("Counting anew…")):
        listed = states.other_state()
        if listed is None:
            return
        said = _("The definition before is in use again.") if is_older else _("The newer definition is in use again.")
        moved = _moved_words(listed)
    _show(listed, [said, *moved])


def _tell_what_became() -> None:
    """What the last change of the definition moved, as long as its generation is shown."""
    view = address.view()
    id, generation, said = state.get(_SAID, (None, None, ""))
    if (id, generation) == (view.listed.id, view.generation):
        st.success(said, icon=":material/check:")


def _moved_words(listed: DatasetEntry) -> list[str]:
    """What the state a dataset is in now moved against the one before; nothing where that one is gone."""
    library = address.view().library
    try:
        before, now = (library.facts(listed.id, each) for each in (listed.before or 0, listed.generation))
    except NoDataset:  # somebody else has changed it since
        return []
    return [_comparison(definition.moved(before, now))]


def _comparison(moved: Moved | None) -> str:
    if moved is None:
        return _("No month is complete in both, so no figure can be compared.")
    rates = ["—" if rate is None else formats.percent(rate) for rate in moved.churn_rate]
    counts = [formats.number(n) for n in (*moved.churned_customers, *moved.closing_customers)]
    return _(
        "In {month} the churn rate goes from {rate} to **{new_rate}**, lost customers from {lost} to **{new_lost}**, "
        "customers at the end from {closing} to **{new_closing}**."
    ).format(
        month=formats.period_label(moved.period, "month"),
        rate=rates[0],
        new_rate=rates[1],
        lost=counts[0],
        new_lost=counts[1],
        closing=counts[2],
        new_closing=counts[3],
    )
