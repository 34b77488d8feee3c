"""The sample companies: what each is made of, and the draws they share."""

from __future__ import annotations

import datetime as dt
import itertools
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

Row = tuple[str, ...]
Rows = dict[str, list[Row]]
"""The rows of every sheet, by the sheet's name."""

Text = Sequence[Sequence[str]]
"""A sentence in parts, each with the ways to say it."""

_HOURS = tuple(
    itertools.chain.from_iterable(
        [hour] * weight
        for hour, weight in enumerate((1, 1, 1, 1, 1, 1, 2, 3, 5, 8, 9, 8, 9, 8, 7, 7, 7, 8, 9, 11, 13, 12, 8, 4))
    )
)


@dataclass(frozen=True)
class Sheet:
    """A file of a company: its header, and the column the rows of a small file are sorted by."""

    file: str
    header: Row
    dated: int


@dataclass(frozen=True)
class Company:
    """A company: its files, and what writes the rows of a run of customers.

    `customers(draw, first, count)` gives the rows of `count` customers numbered from `first`,
    `fixed(draw, count)` the rows that belong to none of `count` customers in particular.
    `plain_event` is the event a scaled run leaves out first to come to the number of events asked for.
    """

    name: str
    encoding: str
    seed: int
    size: int
    sheets: Mapping[str, Sheet]
    plain_event: str
    customers: Callable[[random.Random, int, int], Rows]
    fixed: Callable[[random.Random, int], Rows]


def days(first: dt.date, last: dt.date) -> list[dt.date]:
    """Every day from first to last."""
    return [first + dt.timedelta(days=number) for number in range((last - first).days + 1)]


def moment(draw: random.Random, day: dt.date) -> dt.datetime:
    """A time on that day, likelier in the evening than at night."""
    hour = _HOURS[int(draw.random() * len(_HOURS))]
    return dt.datetime(day.year, day.month, day.day, hour, int(draw.random() * 60), int(draw.random() * 60))


def later(draw: random.Random, before: dt.datetime) -> dt.datetime:
    """A time on the same day some minutes after, or the day's last second."""
    after = before + dt.timedelta(seconds=20 + int(draw.random() * 900))
    return after if after.date() == before.date() else before.replace(hour=23, minute=59, second=59)


def rate(draw: random.Random, mean: float, spread: float, highest: int, lowest: int = 1) -> int:
    """A whole number on a scale, around the mean."""
    return max(lowest, min(highest, round(draw.gauss(mean, spread))))


def say(draw: random.Random, text: Text) -> str:
    """One way to say a text."""
    return "".join(part[int(draw.random() * len(part))] for part in text)


def fit(draw: random.Random, events: list[Row], plain_event: str, wanted: int) -> list[Row]:
    """As many events as wanted: the plain ones are left out first, and repeated on their own days where too few."""
    if not events:
        return events
    surplus = len(events) - wanted
    if surplus <= 0:
        again = [events[int(draw.random() * len(events))] for _ in range(-surplus)]
        return events + [(event[0], event[1], _another_time(draw, event[2]), *event[3:]) for event in again]
    places = list(range(len(events)))
    draw.shuffle(places)
    places.sort(key=lambda place: events[place][1] != plain_event)
    dropped = set(places[:surplus])
    return [event for place, event in enumerate(events) if place not in dropped]


def _another_time(draw: random.Random, written: str) -> str:
    minute, second = int(draw.random() * 60), int(draw.random() * 60)
    return f"{written[:14]}{minute:02d}:{second:02d}"
