"""Funnels: every rule typed out, and random logs against a plain reference."""

from __future__ import annotations

import datetime as dt
import math
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from churnbook.intake import load, map, read
from churnbook.intake.report import Settings
from tests.conftest import UPLOADED_ON, Make, ask, columns

NOON = dt.datetime(2024, 1, 1, 12)
Log = Sequence[tuple[int, str]]


def minutes(log: str) -> list[tuple[int, str]]:
    """The rows of a log written as “0A 30A 45B”: minutes after noon and event."""
    return [(int(word[:-1]), word[-1]) for word in log.split()]


def since_noon(moment: dt.datetime) -> int:
    return int((moment - NOON).total_seconds() // 60)


def event_log(logs: Mapping[str, Log]) -> str:
    """A file of events from the rows of each customer."""
    rows = [
        f"{customer},{event},{NOON + dt.timedelta(minutes=minute):%Y-%m-%d %H:%M:%S}"
        for customer, log in logs.items()
        for minute, event in log
    ]
    return "customer_id,event,occurred_at\n" + "\n".join(rows)


# Rules, one by one


LATER = {"ties": "strictly_later"}
STRICT = {"mode": "strict"}
ANY = {"mode": "any"}
FIRST = {"attempt": "first"}
LATEST = {"attempt": "latest"}
OUT_X = {"exclude": "X"}
REMOVED = {"exclude": "X", "excluded": "removed"}


RULES = [
    # the attempt that counts: METRICS.md's own example
    pytest.param("60A 90A 105B 135C", "ABC", FIRST, (60, 105), id="first entry stops at B"),
    pytest.param("60A 90A 105B 135C", "ABC", LATEST, (90, 105, 135), id="latest entry converts"),
    pytest.param("60A 90A 105B 135C", "ABC", {}, (90, 105, 135), id="best entry converts"),
    pytest.param("0A 10B 20A", "AB", {}, (0, 10), id="best goes further before it goes later"),
    pytest.param("0A 10B 20A", "AB", LATEST, (20,), id="latest is latest, however far"),
    pytest.param("0A 10A 20B", "AB", {}, (10, 20), id="of equals the latest entry, the shortest time"),
    # window
    pytest.param("0A 60B", "AB", {}, (0, 60), id="the end of the window counts"),
    pytest.param("0A 61B", "AB", {}, (0,), id="after it nothing does"),
    pytest.param("0A 50B 61C", "ABC", {}, (0, 50), id="the window runs from the entry, not from the step before"),
    # order
    pytest.param("0B 10A 20C", "ABC", {}, (10,), id="an earlier B does not count"),
    pytest.param("0A 5X 10B", "AB", {}, (0, 10), id="anything may come between"),
    pytest.param("0A 5X 10B", "AB", STRICT, (0,), id="strict: nothing may"),
    pytest.param("0A 5X 10A 15B", "AB", STRICT, (10, 15), id="strict: from the entry right before it"),
    pytest.param("0A 5A 10B", "AAB", STRICT, (0, 5, 10), id="strict with a repeated step"),
    pytest.param("0C 10A 20B", "ABC", ANY, (0, 10, 20), id="any order: the window starts with the earliest"),
    pytest.param("0C 50A 70B", "ABC", ANY, (50, 70), id="any order: all within one window, the latest of equals"),
    pytest.param("0B 1B 2A", "ABB", ANY, (0, 1, 2), id="any order: a repeated step needs as many rows"),
    pytest.param("0B 2A", "ABB", ANY, (0, 2), id="any order: one row fills one step"),
    # ties
    pytest.param("0B 0A", "AB", {}, (0, 0), id="at one moment rows stand in the order of the steps"),
    pytest.param("0B 0A", "AB", LATER, (0,), id="strictly later: not at one moment"),
    pytest.param("0A 0A 5B", "AAB", {}, (0, 0, 5), id="two rows of one moment fill two steps"),
    pytest.param("0A 0A 5B", "AAB", LATER, (0,), id="strictly later: they do not"),
    pytest.param("0A 0B", "AB", STRICT | LATER, (0,), id="strict and strictly later"),
    pytest.param("0A 0X 5B", "AB", STRICT, (0,), id="strict: another row of the entry's moment comes after it"),
    # repeated steps
    pytest.param("0A 5B", "AAB", {}, (0,), id="one A is not two"),
    pytest.param("0A 5A 9B", "AAB", {}, (0, 5, 9), id="two are"),
    pytest.param("0A 5A 9A", "AAA", {}, (0, 5, 9), id="all steps the same event"),
    # exclusion
    pytest.param("0A 5X 10B", "AB", OUT_X, (0,), id="excluded in between: stops before"),
    pytest.param("0A 5X 6A 10B", "AB", OUT_X, (6, 10), id="another attempt is clean"),
    pytest.param("0A 10B 11X 12C", "ABC", OUT_X | {"exclude_to": 2}, (0, 10, 12), id="only up to the second step"),
    pytest.param("0A 5X 10B 12C", "ABC", OUT_X | {"exclude_from": 2}, (0, 10, 12), id="only from the second on"),
    pytest.param("0A 5B 7X 12C", "ABC", OUT_X | {"exclude_from": 2}, (0, 5), id="from the second on it stops there"),
    pytest.param("0X 5A 10B 15X", "AB", OUT_X, (5, 10), id="before and after does not matter"),
    pytest.param("0A 10X 10B", "AB", OUT_X, (0, 10), id="of one moment the excluded comes last"),
    pytest.param("0A 70X", "AB", OUT_X | {"excluded": "removed"}, (0,), id="removed: not by one after the window"),
    # little to go by
    pytest.param("0A", "A", {}, (0,), id="one step"),
    pytest.param("0A 5B", "AZB", {}, (0,), id="a step that never happens"),
    pytest.param("0B 10C", "ABC", {}, None, id="who never entered is in no funnel"),
    pytest.param("0B 10C", "Z", {}, None, id="nor in one whose only step never happens"),
    pytest.param("0A 5X 10B", "AB", REMOVED, None, id="removed: whom the excluded event meets"),
    pytest.param("0A 5X 6A 10B", "AB", REMOVED, (6, 10), id="removed: unless another attempt is clean"),
    pytest.param("0A 3B 5X", "AB", REMOVED, (0, 3), id="removed: not by one after the last step"),
    pytest.param("0A 5X 10B", "AB", REMOVED | ANY, (10,), id="removed in any order: the later entry is clean"),
]


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dataset with a customer for every log of RULES, named by it."""
    folder = tmp_path_factory.mktemp("rules")
    logs = {str(case.values[0]): minutes(str(case.values[0])) for case in RULES}
    (folder / "events.csv").write_text(event_log(logs))
    (sheet,) = read.inspect(folder / "events.csv", "events.csv", folder)
    load.load([map.propose(sheet)], folder / "rules.duckdb", Settings("rules"), uploaded_on=UPLOADED_ON)
    return folder / "rules.duckdb"


@pytest.mark.parametrize(("log", "steps", "given", "reached"), RULES)
def test_a_rule_of_attempts(
    rules: Path, log: str, steps: str, given: dict[str, Any], reached: tuple[int, ...] | None
) -> None:
    """Minutes at which the steps were reached by the attempt that counts, within an hour unless given."""
    asked: dict[str, Any] = {"window": 60, "window_unit": "minute"} | given
    asked |= {"steps": list(steps), "step": 1, "state": "converted"}
    rows = columns(rules, "funnel_customers", "customer_id", "reached_at", **asked)
    found = [tuple(since_noon(moment) for moment in reached_at) for customer, reached_at in rows if customer == log]
    assert found == ([reached] if reached else [])


# A plain reference, and random logs


def reference(
    log: Log, steps: str, mode: str, attempt: str, window: int, ties: str, exclude: str | None, span: tuple[int, int],
    excluded: str,
) -> list[int] | None:  # fmt: skip
    """Minutes at which the steps were reached by the attempt that counts; None who is in no funnel."""
    rows = sorted(log, key=lambda row: (row[0], steps.find(row[1]) % 99))
    low, high = span
    found = []
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
            found.append((len(reached) if attempt == "best" else 0, i if attempt != "first" else -i, reached))
    return max(found)[2] if found else None


SETTINGS = list(
    product(("ordered", "strict", "any"), ("best", "first", "latest"), ("together", "strictly_later"), (None, "X"))
)


@given(seed=st.integers(0, 10**6), steps=st.sampled_from(["ABC", "AAB", "ABA", "ABBC", "AB", "AAA"]), data=st.data())
@settings(
    max_examples=6,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # a smaller log would be found one import at a time
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_random_logs_agree_with_a_plain_reference(make: Make, seed: int, steps: str, data: st.DataObject) -> None:
    numbers = random.Random(seed)
    logs = {
        f"c{i:04}": [(numbers.randrange(9), numbers.choice("AABBCX")) for _ in range(numbers.randrange(1, 9))]
        for i in range(300)
    }
    path = make({"events.csv": event_log(logs)})
    for mode, attempt, ties, exclude in SETTINGS:
        span = data.draw(st.tuples(st.integers(1, 3), st.integers(2, len(steps)))) if exclude else (1, len(steps))
        excluded = data.draw(st.sampled_from(["dropped", "removed"])) if exclude else "dropped"
        given: dict[str, Any] = {
            "steps": list(steps),
            "mode": mode,
            "attempt": attempt,
            "ties": ties,
            "exclude": exclude,
        }
        given |= {"exclude_from": span[0], "exclude_to": span[1], "excluded": excluded}
        rows = ask(path, "funnel_attempts", **given, window=5, window_unit="minute")
        ours = {f"c{row[0]:04}": [since_noon(moment) for moment in row[4]] for row in rows}
        theirs = {
            customer: reference(log, steps, mode, attempt, 5, ties, exclude, span, excluded)
            for customer, log in logs.items()
        }
        assert ours == {customer: reached for customer, reached in theirs.items() if reached}, (given, logs)
