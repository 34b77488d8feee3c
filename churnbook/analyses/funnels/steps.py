"""What the steps of a funnel are called: a step that repeats an earlier one says so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from churnbook.catalogue import labels
from churnbook.words.language import _


def titles_of(steps: Sequence[str], among: Iterable[str] = ()) -> list[str]:
    """The steps in words: “Order”, “Order, again”, “Order, 3rd time”.

    Steps that read alike, or like one of the events `among` which they were chosen, are told apart by their table.
    """
    tables = labels.tables_to_name((*among, *steps))
    seen: Counter[str] = Counter()
    found = []
    for step in steps:
        seen[step] += 1
        words = _in_table(seen[step]) if step in tables else _alone(seen[step])
        found.append(words.format(event=labels.event(step), table=tables.get(step), n=seen[step]))
    return found


def _alone(times: int) -> str:
    return {1: "{event}", 2: _("{event}, again"), 3: _("{event}, 3rd time")}.get(times, _("{event}, {n}th time"))


def _in_table(times: int) -> str:
    return {
        1: _("{event} ({table} table)"),
        2: _("{event} ({table} table), again"),
        3: _("{event} ({table} table), 3rd time"),
    }.get(times, _("{event} ({table} table), {n}th time"))


def numbered(titles: Sequence[str]) -> list[str]:
    """Steps with their numbers, as charts name them: “1 Visit”."""
    return [f"{number} {title}" for number, title in enumerate(titles, 1)]
