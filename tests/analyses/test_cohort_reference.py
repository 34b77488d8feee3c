"""Calendar cohorts against a plain reference: short and long calendars, spans, minimum returns, entries, measures."""

import datetime as dt
import itertools
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from tests.builders import Make, columns

EPOCH = dt.date(1970, 1, 5)
NUMBER: dict[str, Callable[[dt.date], int]] = {
    "day": lambda day: (day - EPOCH).days,
    "week": lambda day: (day - EPOCH).days // 7,
    "month": lambda day: day.year * 12 + day.month,
}

Spans = list[tuple[str, dt.date, dt.date]]
"""Customer, first and last day of being active, the same for an event."""


def made_up(seed: int, days: int) -> Spans:
    """Some customers' events over so many days, and for a few of them subscriptions of up to 100 days."""
    chance = random.Random(seed)
    opening = dt.date(2022, 1, 1)
    found: Spans = []
    for number in range(30):
        for _ in range(chance.randint(1, 8)):
            day = opening + dt.timedelta(chance.randrange(days))
            found.append((f"C{number}", day, day))
        if number % 3 == 0:
            first = chance.randrange(days - 1)
            last = min(first + chance.randrange(100), days - 1)
            found.append((f"C{number}", opening + dt.timedelta(first), opening + dt.timedelta(last)))
    ending = opening + dt.timedelta(days - 1)
    return [*found, ("C0", opening, opening), ("C0", ending, ending)]


def retained(spans: Spans, grain: str, measure: str, minimum: int, entry: str, periods: int) -> dict[Any, int]:
    """Customers back by (cohort number, period), without zeros: each customer's periods one after the other."""
    times: dict[str, Counter[int]] = defaultdict(Counter)
    starts: dict[str, set[int]] = defaultdict(set)
    for customer, first, last in spans:
        numbers = {NUMBER[grain](first + dt.timedelta(k)) for k in range((last - first).days + 1)}
        begin = NUMBER[grain](first)
        starts[customer].add(begin)
        times[customer].update([begin] if minimum > 1 else numbers)
    end = max(NUMBER[grain](last) for _customer, _first, last in spans)
    found: Counter[tuple[int, int]] = Counter()
    for customer, started in starts.items():
        back = {number for number, often in times[customer].items() if often >= minimum}
        for start in [min(started)] if entry == "first_time" else started:
            for k in range(min(periods, end - start) + 1):
                among: Iterable[int] = {
                    "on": {start + k},
                    "on_or_after": range(start + k, end + 1),
                    "up_to": range(start, start + k + 1),
                }[measure]
                found[start, k] += any(number in back for number in among)
    return {cell: customers for cell, customers in found.items() if customers}


@pytest.mark.parametrize(("grain", "days"), [("month", 700), ("month", 59 * 31), ("month", 2000), ("week", 800)])
def test_cohorts_agree_with_a_plain_reference(make: Make, grain: str, days: int) -> None:
    spans = made_up(days, days)
    events = "".join(f"{c},visit,{first}\n" for c, first, last in spans if first == last)
    paid = "".join(f"{c},{first},{last + dt.timedelta(1)},9\n" for c, first, last in spans if first < last)
    made = make(
        {
            "events.csv": "customer_id,event,occurred_at\n" + events,
            "subscriptions.csv": "customer_id,started_at,ended_at,mrr\n" + paid,
        },
        activity=("events", "subscriptions"),
        watermark=max(last for _c, _first, last in spans),
    )
    choices = itertools.product(("on", "on_or_after", "up_to"), (1, 2), ("first_time", "recurring"), (12, 70))
    for measure, minimum, entry, periods in choices:
        cells = columns(
            made, "cohort_retention", "cohort", "period", "retained",
            grain=grain, measure=measure, minimum=minimum, entry=entry, periods=periods,
        )  # fmt: skip
        found = {(NUMBER[grain](cohort), k): n for cohort, k, n in cells if n}
        assert found == retained(spans, grain, measure, minimum, entry, periods), (measure, minimum, entry, periods)
