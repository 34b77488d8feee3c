"""What lists of customers behind the marks of a funnel are called: their headings, and their names when kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from churnbook.analyses.funnels.findings import NOTHING, next_name
from churnbook.catalogue.labels import segment
from churnbook.words.formats import duration, escape, number, period_label
from churnbook.words.language import _, ngettext

Listed = tuple[Callable[[int, Any], str], str]
"""The heading of a list of customers, made from their number and the state listed, and a name to keep them under."""


def customers_of_a_step(titles: Sequence[str], picked: Mapping[str, Any], grain: str = "day") -> Listed:
    """The heading of the list of customers of a step, and what they are called when kept.

    `grain` is that of the period of entry, where one was `picked`.
    """
    name = escape(_picked_step(titles, picked))
    among = _among(picked)
    if picked.get("in_period") is not None:
        among.append(_("First attempts"))
        among.append(_("Entered in {period}").format(period=period_label(picked["in_period"], grain)))

    def heading(n: int, state: Any) -> str:
        words = {
            "converted": ngettext("{n} customer reached “{event}”", "{n} customers reached “{event}”", n),
            "dropped": ngettext(
                "{n} customer dropped off before “{event}”", "{n} customers dropped off before “{event}”", n
            ),
            "in_progress": ngettext(
                "{n} customer still has time for “{event}”", "{n} customers still have time for “{event}”", n
            ),
        }[state]
        return " · ".join([*among, words.format(n=number(n), event=name)])

    return heading, _("At the step “{event}”").format(event=_picked_step(titles, picked))


def _among(picked: Mapping[str, Any]) -> list[str]:
    """The segment a list of customers is of, where one was picked."""
    return [escape(segment(picked["segment"]))] if picked.get("segment") is not None else []


def _picked_step(titles: Sequence[str], picked: Mapping[str, Any]) -> str:
    step = int(picked["step"])
    return titles[step - 1] if 0 < step <= len(titles) else str(step)


def customers_of_a_period(picked: Mapping[str, Any], grain: str) -> Listed:
    """The heading of the list of customers who entered in a period, and what they are called when kept."""
    period = period_label(picked["in_period"], grain)
    among = [_("First attempts"), *_among(picked)]

    def heading(n: int, state: Any) -> str:
        words = {
            "converted": ngettext(
                "{n} customer who entered in {period} came through",
                "{n} customers who entered in {period} came through",
                n,
            ),
            "dropped": ngettext(
                "{n} customer who entered in {period} dropped off on the way",
                "{n} customers who entered in {period} dropped off on the way",
                n,
            ),
            "in_progress": ngettext(
                "{n} customer who entered in {period} still has time",
                "{n} customers who entered in {period} still have time",
                n,
            ),
        }[state]
        return " · ".join([*among, words.format(n=number(n), period=period)])

    return heading, _("Funnel")


def customers_of_a_time(titles: Sequence[str], values: Mapping[str, Any], picked: Mapping[str, Any]) -> Listed:
    """The heading of the list of customers who took so long between the steps of `values`, and what they are called."""
    first, last = (escape(titles[int(values[name]) - 1]) for name in ("from_step", "to_step"))
    among = _among(picked)
    time = _picked_time(picked)

    def heading(n: int, _state: Any) -> str:
        words = ngettext(
            "{n} customer took {time} from “{first}” to “{last}”",
            "{n} customers took {time} from “{first}” to “{last}”",
            n,
        )
        return " · ".join([*among, words.format(n=number(n), time=time, first=first, last=last)])

    return heading, _("To “{event}”: {time}").format(event=titles[int(values["to_step"]) - 1], time=time)


def _picked_time(picked: Mapping[str, Any]) -> str:
    low, high = max(int(picked["over_seconds"]), 0), picked.get("up_to_seconds")
    if high is None:
        return _("over {time}").format(time=duration(low)) if low else _("any time")
    if not low:
        return _("up to {time}").format(time=duration(int(high)))
    return _("over {low}, up to {high}").format(low=duration(low), high=duration(int(high)))


def customers_of_what_came_next(step: str, titles: Mapping[str, str], picked: Mapping[str, Any]) -> Listed:
    """The heading of the list of customers who dropped off after a step and did something next, and what they are called.

    `titles` are what events are called, those of the whole dataset told apart.
    """
    did, after = picked["next_event"], escape(step)
    name = next_name(None if did == NOTHING else did, titles)

    def heading(n: int, _state: Any) -> str:
        words = (
            ngettext(
                "{n} customer did nothing any more after “{step}”",
                "{n} customers did nothing any more after “{step}”",
                n,
            )
            if did == NOTHING
            else ngettext(
                "{n} customer dropped off after “{step}” and did “{event}” next",
                "{n} customers dropped off after “{step}” and did “{event}” next",
                n,
            )
        )
        return " · ".join([_("First attempts"), words.format(n=number(n), step=after, event=escape(name))])

    return heading, _("After “{step}”: {event}").format(step=step, event=name)
