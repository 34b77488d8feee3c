"""What tests of several analyses share: files written out, a plain reference of funnels, whole periods."""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from churnbook.catalogue.request import Scope
from tests.builders import columns


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def contracts(*rows: str) -> str:
    """A file of subscriptions from lines `customer,start,end`."""
    return "\n".join(["customer_id,started_at,ended_at", *rows]) + "\n"


def hundred(returning: int = 0) -> str:
    """100 customers in January of whom 10 leave in February; 20 join of whom 5 leave; some return from before."""
    stay = [f"S{i},2024-01-01," for i in range(90)]
    leave = [f"L{i},2024-01-01,2024-02-15" for i in range(10)]
    join = [f"N{i},2024-02-05," for i in range(15)]
    pass_by = [f"P{i},2024-02-05,2024-02-20" for i in range(5)]
    back = [line for i in range(returning) for line in (f"R{i},2023-11-01,2023-12-10", f"R{i},2024-02-10,")]
    return contracts(*stay, *leave, *join, *pass_by, *back)


def in_february(path: Path, query: str, *names: str) -> tuple[Any, ...]:
    (row,) = columns(path, query, *names, scope=Scope(day("2024-02-01"), day("2024-02-29")))
    return row


def orders(*rows: str) -> str:
    return "\n".join(["customer_id,ordered_at", *rows]) + "\n"


def whole(grain: str, start: dt.datetime, moment: dt.datetime) -> int:
    """Whole days, weeks or months from one moment to another, months clamped at their end."""
    if grain in ("day", "week"):
        return (moment - start) // dt.timedelta(days=7 if grain == "week" else 1)
    months = (moment.year - start.year) * 12 + moment.month - start.month
    year, month = divmod(start.month - 1 + months, 12)
    last = (
        (dt.date(start.year + year, month + 1, 28) + dt.timedelta(days=4)).replace(day=1) - dt.timedelta(days=1)
    ).day
    reached = start.replace(year=start.year + year, month=month + 1, day=min(start.day, last))
    return months - (reached > moment)


Log = Sequence[tuple[int, str]]


def reference(
    log: Log, steps: str, mode: str, attempt: str, window: int, ties: str, exclude: str | None, span: tuple[int, int],
    excluded: str,
) -> list[int] | None:  # fmt: skip
    """Minutes at which the steps were reached by the attempt that counts; None who is in no funnel."""
    rows = sorted(log, key=lambda row: (row[0], steps.find(row[1]) % 99))
    low, high = span
    found: list[list[int]] = []
    for i, (entered, event) in enumerate(rows):
        reached, at, barred = [entered], i, math.inf
        if mode == "any" and event in steps:
            barred = next((minute for minute, each in rows[i:] if each == exclude), math.inf)
            open_steps, reached = Counter(steps), []
            for minute, each in rows[i:]:
                if open_steps[each] > 0 and minute <= min(entered + window, barred):
                    open_steps[each] -= 1
                    reached.append(minute)
        elif event != steps[0]:
            continue
        for k in range(2, len(steps) + 1) if mode != "any" else ():
            if exclude and k - 1 == low < high:
                barred = next((minute for minute, each in rows[at + 1 :] if each == exclude), math.inf)
            if k - 1 >= high:
                barred = math.inf
            later = [
                j
                for j in range(at + 1, len(rows))
                if rows[j][1] == steps[k - 1] and (ties == "together" or rows[j][0] > rows[at][0])
            ]
            if (
                not later
                or rows[later[0]][0] > min(entered + window, barred)
                or (mode == "strict" and later[0] > at + 1)
            ):
                break
            at = later[0]
            reached.append(rows[at][0])
        if excluded == "dropped" or len(reached) == len(steps) or barred > entered + window:
            found.append(reached)
    furthest = max(map(len, found), default=0)
    if attempt == "best":
        found = [reached for reached in found if len(reached) == furthest]
    takes_the_first = attempt == "first" or (attempt == "best" and furthest < len(steps))
    return found[0 if takes_the_first else -1] if found else None
