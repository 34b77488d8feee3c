"""Events put together from others on a page: those the dataset has, and a form for another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import streamlit as st

from churnbook.catalogue import labels
from churnbook.catalogue.query import Value
from churnbook.datasets.library import Library
from churnbook.generations import derived_events as events
from churnbook.generations.derived_events import Conditions, DerivedEvent
from churnbook.page import address, saving, say
from churnbook.page.cell import results
from churnbook.page.cell.cell import numbered
from churnbook.words import formats
from churnbook.words.language import _, ngettext
from churnbook.words.message import Refused

_ICON = ":material/join_inner:"
_SHOWN_IN_NAME = 3
_MOST_EVENTS = 10


def derived_events() -> None:
    """The derived events of the dataset, each with a way to remove it, and a form to put another together."""
    view = address.view()
    with numbered("derived_events", _("Which events are put together?")):
        st.caption(
            _(
                "An event narrowed by its attributes, or several events as one. Saved with the dataset, it can be chosen "
                "wherever events are: as a step of a funnel, as what customers start with or come back with."
            )
        )
        for event in events.defined(view.facts):
            _line(event, view.facts.derived.get(event.name, 0))
        if view.generation != view.listed.generation:
            st.caption(_("An earlier state of the dataset is shown; only the current one can be changed."))
            return
        with results.explained():
            _form()


def _line(event: DerivedEvent, times: int) -> None:
    view = address.view()
    happened = ngettext("{n} time", "{n} times", times).format(n=formats.number(times))
    with st.container(horizontal=True, vertical_alignment="center"):
        say.write(f"**{formats.escape(event.name)}** · {formats.escape(_words(event))} · {happened}", width="content")
        if view.generation == view.listed.generation:
            st.button(
                _("Remove"),
                icon=":material/delete:",
                type="tertiary",
                key=f"remove-event-{event.name}",
                on_click=_remove,
                args=(view.library, view.listed.id, event.name),
            )


def _words(event: DerivedEvent) -> str:
    """What a derived event is made of, in words."""
    return _(" or ").join(_base_words(base, conditions) for base, conditions in event.events)


def _base_words(base: str, conditions: Conditions) -> str:
    if not conditions:
        return labels.event(base)
    asked = [
        _("{attribute} is {values}").format(attribute=_attribute(attribute), values=_(" or ").join(values))
        for attribute, values in conditions
    ]
    return _("{event} ({conditions})").format(event=labels.event(base), conditions=_("; ").join(asked))


def _attribute(name: str) -> str:
    """An attribute as people read it: those of orders have names of ours, those of the log stay as they are."""
    return {"product": _("Product"), "category": _("Category"), "channel": _("Channel")}.get(name, name)


# The form


def _form() -> None:
    view = address.view()
    key_prefix = f"{view.listed.id}-{view.generation}"
    with st.expander(_("Put an event together"), icon=_ICON):
        offered = _counted(events.bases(view.facts), view.facts.events)
        chosen = st.multiselect(
            _("Events, any of which counts"),
            list(offered),
            format_func=offered.__getitem__,
            placeholder=_("choose one or more"),
            max_selections=_MOST_EVENTS,
            key=f"event-of-{key_prefix}",
        )
        attribute, values = _narrow(chosen, key_prefix) if chosen else (None, [])
        suggested = _suggested(chosen, values)
        name = st.text_input(
            _("Name"),
            value=suggested,
            max_chars=events.LONGEST_NAME,
            key=f"event-name-{key_prefix}-{suggested}",
            width=360,
        )
        is_ready = bool(chosen) and (attribute is None or bool(values))
        if st.button(_("Save"), type="primary", key="save-event", disabled=not is_ready):
            conditions = ((attribute, tuple(values)),) if attribute else ()
            _save(DerivedEvent(name, tuple((base, conditions) for base in chosen)))


def _counted(names: Sequence[str], times: Mapping[str, int]) -> dict[str, str]:
    """Events by name, with how often they happen where that is known; two that read alike are told apart."""
    shown = [labels.event(name) for name in names]
    titles = {}
    for name, label in zip(names, shown, strict=True):
        if label != name and shown.count(label) > 1:
            label = _("{event} ({conditions})").format(event=label, conditions=name)
        titles[name] = f"{label} · {formats.number(times[name])}" if name in times else label
    return formats.distinct(titles)


def _narrow(chosen: Sequence[str], key_prefix: str) -> tuple[str | None, list[str]]:
    """Controls for an attribute that all events chosen have, and for the values of it that count."""
    facts = address.view().facts
    if any(name not in facts.events for name in chosen):
        return None, []  # what other tables tell has no attributes
    attributes = [str(row["attribute"]) for row in _asked("event_attributes", events=tuple(chosen))]
    if not attributes:
        return None, []
    titles = formats.distinct({name: _attribute(name) for name in attributes})
    of_events = f"{key_prefix}-{'+'.join(chosen)}"
    with st.container(horizontal=True, vertical_alignment="bottom"):
        attribute = st.selectbox(
            _("Narrowed by"),
            attributes,
            index=None,
            format_func=titles.__getitem__,
            placeholder=_("nothing"),
            key=f"event-attribute-{of_events}",
            width=220,
        )
        if attribute is None:
            return None, []
        found = _asked("event_values", events=tuple(chosen), attribute=attribute)
        counted = {str(row["value"]): int(str(row["times"])) for row in found}
        values = st.multiselect(
            _("Values, any of which counts"),
            list(counted),
            format_func=lambda value: f"{value} · {formats.number(counted[value])}",
            placeholder=_("choose values"),
            key=f"event-values-{of_events}-{attribute}",
            width=420,
        )
    return attribute, values


def _asked(query: str, **given: Value) -> list[dict[str, object]]:
    """The rows of a query on the scope of the page."""
    rows: list[dict[str, object]] = results.ask(query, **given).table.to_pylist()
    return rows


def _suggested(chosen: Sequence[str], values: Sequence[str]) -> str:
    """A name for a choice: “Order: 护肤”; empty for one event as it is."""
    if not chosen or (len(chosen) == 1 and not values):
        return ""
    name = _(" or ").join(labels.event(each) for each in chosen[:_SHOWN_IN_NAME])
    if values:
        name = _("{event}: {values}").format(event=name, values=formats.listed(values[:_SHOWN_IN_NAME]))
    return name[: events.LONGEST_NAME]


def _save(event: DerivedEvent) -> None:
    view = address.view()
    words = _("Saved “{name}”. Choose it wherever an event is chosen.").format(name=" ".join(event.name.split()))
    saving.save(partial(events.save, view.library, view.listed.id, event), words, _ICON, _("Counting…"))


def _remove(library: Library, id: str, name: str) -> None:
    try:
        events.remove(library, id, name)
    except Refused as refused:
        say.tell_next(refused.notice.words, ":material/error:")
    address.put("generation", ())
