"""Funnels: every rule typed out, and random logs against a plain reference."""

from __future__ import annotations

import datetime as dt
import math
import random
from collections import Counter
from collections.abc import Mapping
from itertools import product
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from churnbook.analyses.funnels import charts
from churnbook.catalogue import queries
from churnbook.catalogue.query import NotAllowed
from churnbook.catalogue.request import Scope
from churnbook.datasets.facts import facts_of
from churnbook.datasets.scope import prepare_scope
from churnbook.engine.duckdb import Session, open_cursor
from churnbook.intake.files import read
from churnbook.intake.loading import load
from churnbook.intake.loading.report import Settings
from churnbook.intake.mapping import map
from churnbook.words.language import speak
from tests.analyses.built import Log, reference
from tests.builders import UPLOADED_ON, Make, Open, ask, columns, texts

NOON = dt.datetime(2024, 1, 1, 12)


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
    # the attempt that counts: the example of docs/metrics.md, Funnel attempts
    pytest.param("60A 90A 105B 135C", "ABC", FIRST, (60, 105), id="first entry stops at B"),
    pytest.param("60A 90A 105B 135C", "ABC", LATEST, (90, 105, 135), id="latest entry converts"),
    pytest.param("60A 90A 105B 135C", "ABC", {}, (90, 105, 135), id="best entry converts"),
    pytest.param("0A 10B 20A", "AB", {}, (0, 10), id="best goes further before it goes later"),
    pytest.param("0A 10B 20A", "AB", LATEST, (20,), id="latest is latest, however far"),
    pytest.param("0A 10A 20B", "AB", {}, (10, 20), id="of those that come through the latest, the shortest time"),
    pytest.param("0A 10A 20B", "ABC", {}, (0, 20), id="of those that do not, the first to come so far"),
    pytest.param("0A 90A 100B 200A 210B", "ABC", {}, (90, 100), id="the first to come so far, not the very first"),
    pytest.param("0A 90A 200A", "AB", {}, (0,), id="who never goes on is booked where they entered first"),
    pytest.param("0A 90A 200A", "AB", OUT_X | REMOVED, (0,), id="so too where an excluded event takes out"),
    pytest.param("0A 5X 90A 200A", "AB", REMOVED, (90,), id="the first clean one of them"),
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
    pytest.param("0C 50A 70B", "ABC", ANY, (0, 50), id="any order: all within one window, the first of equals"),
    pytest.param("0C 10A 20B 30C", "ABC", ANY, (10, 20, 30), id="any order: the latest of those that come through"),
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


SETTINGS = list(
    product(("ordered", "strict", "any"), ("best", "first", "latest"), ("together", "strictly_later"), (None, "X"))
)


@given(seed=st.integers(0, 10**6), steps=st.sampled_from(["ABC", "AAB", "ABA", "ABBC", "AB", "AAA"]), data=st.data())
@settings(
    max_examples=2,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # a smaller log would be found one import at a time
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_random_logs_agree_with_a_plain_reference(make: Make, seed: int, steps: str, data: st.DataObject) -> None:
    numbers = random.Random(seed)
    logs = {
        f"c{i:04}": [(numbers.randrange(9), numbers.choice("AABBCX")) for _ in range(numbers.randrange(1, 9))]
        for i in range(1200)
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


# What reads the attempts

LOGS = """customer_id,event,occurred_at,channel
a,visit,2024-01-01 09:00:00,ads
a,pay,2024-01-03 09:00:00,
b,visit,2024-01-02 09:00:00,ads
b,help,2024-01-02 10:00:00,
c,visit,2024-01-08 09:00:00,shop
c,cart,2024-01-08 09:00:00,
c,pay,2024-01-08 12:00:00,
d,visit,2024-01-29 09:00:00,
e,visit,2024-01-30 09:00:00,shop
e,cart,2024-01-31 09:00:00,
f,cart,2024-01-05 09:00:00,
"""
STEPS: dict[str, Any] = {"steps": ["visit", "cart", "pay"], "window": 3}


@pytest.fixture
def logged(make: Make) -> Path:
    """Six customers: b drops off before the cart, a skips it, c converts, d and e still have time, f never enters."""
    return make({"events.csv": LOGS})


def test_open_entries_stand_beside_the_rates(logged: Path) -> None:
    names = ("step", "customers", "conversion_from_start", "conversion_from_previous", "dropped", "in_progress")
    assert columns(logged, "funnel", *names, **STEPS) == [
        (1, 5, 1.0, None, 0, 0),
        (2, 2, 2 / 4, 2 / 4, 2, 1),  # d is in no rate; e counts, since it has reached the cart
        (3, 1, 1 / 3, 1 / 1, 0, 1),  # neither is e here
    ]
    lists = {
        (step, state): [
            row[0] for row in columns(logged, "funnel_customers", "customer_id", step=step, state=state, **STEPS)
        ]
        for step in (2, 3)
        for state in ("converted", "dropped", "in_progress")
    }
    assert lists == {
        (2, "converted"): ["c", "e"], (2, "dropped"): ["a", "b"], (2, "in_progress"): ["d"],
        (3, "converted"): ["c"], (3, "dropped"): [], (3, "in_progress"): ["e"],
    }  # fmt: skip


def test_an_earlier_as_of_day_opens_windows_and_the_days_chosen_limit_entries_only(logged: Path) -> None:
    names = ("step", "customers", "dropped", "in_progress")
    early = Scope(as_of=dt.date(2024, 1, 4))
    assert columns(logged, "funnel", *names, scope=early, **STEPS) == [(1, 2, 0, 0), (2, 0, 1, 1), (3, 0, 0, 0)]
    first_week = Scope(report_to=dt.date(2024, 1, 8))
    assert columns(logged, "funnel", *names, scope=first_week, **STEPS) == [(1, 3, 0, 0), (2, 1, 2, 0), (3, 1, 0, 0)]


def test_times_are_over_those_who_reached_the_step(logged: Path) -> None:
    assert columns(logged, "funnel", "average_seconds", "median_seconds", "at_once", **STEPS) == [
        (None, None, None),
        (86400 / 2, 86400 / 2, 1),
        (3 * 3600, 3 * 3600, 0),
    ]
    summary = columns(logged, "funnel_times_summary", "customers", "median_seconds", "average_seconds", **STEPS)
    assert summary == [(1, 10800, 10800)]
    assert columns(logged, "funnel_times", "from_seconds", "to_seconds", "customers", to_step=2, **STEPS)[0] == (
        0,
        60,
        1,
    )
    assert sum(share for (share,) in columns(logged, "funnel_times", "share", to_step=2, **STEPS)) == 1
    assert ask(logged, "funnel_times", from_step=3, to_step=2, **STEPS) == []


def test_an_attribute_of_the_entry_splits_and_its_parts_add_up(logged: Path) -> None:
    names = ("segment", "step", "customers", "in_progress")
    rows = columns(logged, "funnel", *names, entry_attribute="channel", **STEPS)
    assert [row for row in rows if row[1] == 1] == [("", 1, 1, 0), ("ads", 1, 2, 0), ("shop", 1, 2, 0)]
    for step, total in enumerate(columns(logged, "funnel", "customers", "in_progress", **STEPS), 1):
        assert tuple(sum(row[i] for row in rows if row[1] == step) for i in (2, 3)) == total
    few = columns(logged, "funnel", "segment", "customers", entry_attribute="channel", top=1, **STEPS)
    assert few[::3] == [("", 1), ("(other)", 2), ("ads", 2)]


def test_the_trend_says_where_customers_still_have_time(logged: Path) -> None:
    names = ("period", "entered", "converted", "in_progress", "conversion_from_start", "complete")
    assert columns(logged, "funnel_trend", *names, **STEPS) == [
        (dt.date(2024, 1, 1), 2, 0, 0, 0.0, True),
        (dt.date(2024, 1, 8), 1, 1, 0, 1.0, True),
        (dt.date(2024, 1, 29), 2, 0, 2, None, False),
    ]


def test_two_sides_are_compared_with_newcombes_interval(make: Make) -> None:
    rows = [
        f"{side}{i},{event},{day}"
        for side, day, paying in (("a", "2024-01-01", 150), ("b", "2024-02-01", 120))
        for i in range(1000)
        for event in ("visit", "pay")[: 1 + (i < paying)]
    ]
    path = make({"events.csv": "customer_id,event,occurred_at\n" + "\n".join([*rows, "z,x,2024-06-01"])})
    given: dict[str, Any] = {"steps": ["visit", "pay"], "compare": "periods", "grain": "month"}
    given |= {"period_a": "2024-01-01", "period_b": "2024-02-01"}
    names = ("converted_a", "converted_b", "difference", "ci_low", "ci_high")
    assert columns(path, "funnel_comparison", *names, **given)[1] == pytest.approx(
        (150, 120, 0.03, 0.00001, 0.0600), abs=5e-5
    )
    assert columns(path, "funnel_comparison", "difference", smallest=1001, **given)[1] == (None,)


def test_what_comes_next_is_told_of_those_who_dropped_off(logged: Path) -> None:
    assert ask(logged, "funnel_next", **STEPS) == [("help", 1, 0.5, 3600.0), ("pay", 1, 0.5, 172800.0)]
    assert ask(logged, "funnel_next", after_step=2, **STEPS) == []


def test_tickets_and_subscriptions_come_next_too(make: Make) -> None:
    path = make(
        {
            "events.csv": "customer_id,event,occurred_at\na,visit,2024-01-01\nb,visit,2024-01-01\nc,pay,2024-03-01\n",
            "tickets.csv": "customer_id,opened_at,category\na,2024-01-03,refund\n",
            "subscriptions.csv": "customer_id,started_at,ended_at,plan,price\nb,2024-01-02,2024-02-01,basic,9\n",
        }
    )
    given: dict[str, Any] = {"steps": ["visit", "pay"]}
    assert columns(path, "funnel_next", "event", "customers", **given) == [("subscription", 1), ("ticket", 1)]
    assert columns(path, "funnel_next_customers", "customer_id", next_event="ticket", **given) == [("a",)]


@pytest.mark.parametrize("split", [{}, {"breakdown": "channel"}])
def test_the_lists_behind_the_bars_are_as_long_as_the_bars(subscription: Path, split: dict[str, Any]) -> None:
    given: dict[str, Any] = {"steps": ["signup", "login", "export"], "window": 60, **split}
    bars = columns(subscription, "funnel_times", "segment", "from_seconds", "to_seconds", "customers", **given)
    everyone = columns(subscription, "funnel_times_customers", "segment", "seconds", **given)
    for segment, low, high, customers in bars:
        inside = [took for found, took in everyone if found == segment and low < took + (not low) <= (high or math.inf)]
        assert len(inside) == customers
    segment, low, high, customers = max(bars, key=lambda bar: bar[3])
    chosen = {"over_seconds": low, "up_to_seconds": high, "segment": segment}
    assert len(ask(subscription, "funnel_times_customers", **chosen, **given)) == customers > 30


def test_the_lists_of_what_came_next_are_as_long_as_the_bars(subscription: Path) -> None:
    given: dict[str, Any] = {"steps": ["signup", "login", "export"], "after_step": 2}
    for top in (1, 20):
        nexts = columns(subscription, "funnel_next", "event", "customers", top=top, **given)
        events = columns(subscription, "funnel_next_customers", "event", top=top, **given)
        assert len(nexts) > 1 and Counter(event for (event,) in events) == Counter(dict(nexts))
    chosen = columns(subscription, "funnel_next_customers", "event", next_event="(nothing)", **given)
    assert set(chosen) == {(None,)} and len(chosen) == dict(nexts)[None]


def test_other_tables_are_steps_too(make: Make) -> None:
    path = make(
        {
            "customers.csv": "customer_id,signed_up_at\na,2024-01-01\nb,2024-01-02\nc,\n",
            "orders.csv": "customer_id,ordered_at,amount,order_id,category\n"
            "a,2024-01-05 10:00,5,o1,soap\na,2024-01-05 10:00,7,o1,tea\nb,2024-01-09 11:00,3,o2,tea\nc,2024-01-09,1,o3,tea\n",
            "surveys.csv": "customer_id,answered_at,question,score\na,2024-01-07,csat,4\nb,2024-01-10,csat,3\n",
        }
    )
    assert ask(path, "funnel_events") == [
        ("order", 3, "orders"),
        ("signup", 2, "customers"),
        ("satisfied", 1, "surveys"),
    ]
    steps = ["signup", "order", "satisfied"]
    assert columns(path, "funnel", "step", "customers", steps=steps) == [(1, 2), (2, 2), (3, 1)]
    # the two lines of an order are one order
    assert columns(path, "funnel", "customers", steps=["order", "order"]) == [(3,), (0,)]


@pytest.mark.parametrize("mode", ["ordered", "strict", "any"])
def test_bad_and_odd_input_gives_rows_or_none(logged: Path, mode: str) -> None:
    ten = ["visit", "cart", "pay", "help", "visit", "cart", "pay", "help", "visit", "nothing"]
    assert len(ask(logged, "funnel", steps=ten, mode=mode)) == 10
    assert ask(logged, "funnel", steps=[], mode=mode) == []
    assert columns(logged, "funnel", "customers", steps=["visit"], mode=mode) == [(5,)]
    longer = columns(logged, "funnel", "dropped", "in_progress", steps=["visit", "pay"], mode=mode, window=999)
    assert sum(sum(row) for row in longer) == longer[1][1]  # nobody has dropped off while every window is open


def test_eleven_steps_are_refused(logged: Path) -> None:
    with pytest.raises(NotAllowed, match="steps"):
        ask(logged, "funnel", steps=["visit"] * 11)


def test_dates_only_and_events_in_the_future(make: Make) -> None:
    rows = "a,visit,2024-01-01\na,pay,2024-01-01\nb,visit,2024-01-01\nb,pay,2024-01-15\nc,visit,2024-01-01\nc,pay,2099-01-01\n"
    path = make({"events.csv": "customer_id,event,occurred_at\n" + rows})
    assert columns(path, "funnel", "customers", "at_once", steps=["visit", "pay"]) == [(3, None), (2, 1)]
    later = columns(path, "funnel", "customers", steps=["visit", "pay"], ties="strictly_later")
    assert later == [(3,), (1,)]


def test_segments_add_up_on_the_samples(shop: Path, subscription: Path) -> None:
    for path, steps, attribute in (
        (shop, ["signup", "order", "satisfied"], "渠道"),
        (subscription, ["signup", "login", "export"], "channel"),
    ):
        given: dict[str, Any] = {"steps": steps, "window": 60}
        counts = ("customers", "dropped", "in_progress")
        rows = columns(path, "funnel", "step", *counts, breakdown=attribute, top=2, **given)
        for step, total in enumerate(columns(path, "funnel", *counts, **given), 1):
            assert tuple(sum(row[i] for row in rows if row[0] == step) for i in (1, 2, 3)) == total
        for before, row in zip(
            columns(path, "funnel", *counts, **given), columns(path, "funnel", *counts, **given)[1:], strict=False
        ):
            assert before[0] == sum(row)


def test_who_did_not_come_through_adds_up_over_all_steps(subscription: Path) -> None:
    given: dict[str, Any] = {"steps": ["signup", "integration_connected", "export"], "window": 60, "grain": "month"}
    names = ("period", "entered", "converted", "in_progress")
    for period, entered, converted, in_progress in columns(subscription, "funnel_trend", *names, **given)[-3:]:
        chosen = {"step": 3, "anywhere": True, "in_period": period}
        n = {
            state: len(ask(subscription, "funnel_customers", state=state, **chosen, **given))
            for state in ("converted", "in_progress", "dropped")
        }
        assert n == {"converted": converted, "in_progress": in_progress, "dropped": entered - converted - in_progress}


# Charts


def test_the_bar_picked_is_outlined_also_where_it_has_no_end_and_no_name() -> None:
    bins = {"from_seconds": [0, 60], "to_seconds": [60.0, None], "customers": [1, 2], "share": [0.3, 0.7]}
    spread = pd.DataFrame({"segment": [None, None], **bins})
    drawn = charts.times(spread, picked={"over_seconds": 60, "up_to_seconds": None}).to_dict()
    assert [row["is_picked"] for row in _drawn(drawn)] == [False, True]
    split = pd.DataFrame({"segment": ["", "(other)"], **bins})
    speak("zh_CN")
    drawn = charts.times(split, ["", "(other)"], {"over_seconds": 0, "up_to_seconds": 60, "segment": ""}).to_dict()
    speak("en")
    rows = _drawn(drawn)
    assert [(row["segment"], row["segment_value"], row["is_picked"]) for row in rows] == [
        ("(空)", "", True),
        ("(其他)", "(other)", False),
    ]


@pytest.mark.parametrize("segment", [None, "", "ads"])
def test_the_step_picked_is_outlined_in_its_own_segment_only(logged: Path, segment: str | None) -> None:
    with open_cursor(logged) as cursor:
        prepare_scope(cursor, facts_of(logged), Scope())
        found = queries.catalogue().find("funnel")
        given = {**STEPS, **({} if segment is None else {"entry_attribute": "channel"})}
        reached = Session(cursor).run(found, given).table.to_pandas()
    picked = {"step": 1, "state": "converted", "segment": segment}
    for name, rows in reached.groupby("segment", dropna=False):
        drawn = _drawn(charts.bars(rows, picked).to_dict())
        outlined = [(row["step"], row["state"]) for row in drawn if row["is_picked"]]
        assert outlined == ([(1, "converted")] if segment is None or name == segment else [])


def _drawn(chart: dict[str, Any]) -> list[dict[str, Any]]:
    (rows,) = [rows for rows in chart["datasets"].values() if "is_picked" in rows[0]]
    return list(rows)


# The page


STEPS_ASKED = '["signup","login","export"]'


def _number(app: Any, words: str) -> int:
    (heading,) = [each for each in texts(app).splitlines() if words in each and each.startswith("**")]
    return int(heading.strip("*").split(" · ")[-1].split(" ")[0].replace(",", ""))


def test_bars_of_times_are_clicked_for_their_customers(opened: Open, subscription: Path) -> None:
    asked = {"funnel__steps": STEPS_ASKED, "times__over_seconds": "86400", "times__up_to_seconds": "172800"}
    app = opened("funnels", dataset="sample-subscription", **asked)
    assert not app.exception and not app.error
    bars = columns(subscription, "funnel_times", "from_seconds", "customers", steps=["signup", "login", "export"])
    assert _number(app, "over 24 h, up to 2 days from “Sign-up” to “export”") == dict(bars)[86400]
    app.button(key="close-times").click().run()
    assert "times.over_seconds" not in app.query_params and "times.up_to_seconds" not in app.query_params


def test_what_came_next_is_clicked_for_its_customers(opened: Open, subscription: Path) -> None:
    asked = {"funnel__steps": STEPS_ASKED, "next__after_step": "2", "next__next_event": "(nothing)"}
    app = opened("funnels", dataset="sample-subscription", **asked)
    assert not app.exception and not app.error
    given: dict[str, Any] = {"steps": ["signup", "login", "export"], "after_step": 2, "attempt": "first"}
    nexts = dict(columns(subscription, "funnel_next", "event", "customers", **given))
    assert _number(app, "did nothing any more after “login”") == nexts[None]


def test_a_side_is_clicked_for_its_customers(opened: Open, subscription: Path) -> None:
    steps = ["signup", "login", "export"]
    asked = {"funnel__steps": STEPS_ASKED, "funnel__breakdown": "channel", "comparison__step": "3"}
    asked |= {"comparison__state": "converted", "comparison__segment": "organic"}
    app = opened("funnels", dataset="sample-subscription", **asked)
    assert not app.exception and not app.error
    reached = columns(subscription, "funnel", "segment", "step", "customers", steps=steps, breakdown="channel")
    (expected,) = [customers for segment, step, customers in reached if (segment, step) == ("organic", 3)]
    assert _number(app, "reached “export”") == expected


def test_what_was_picked_is_void_with_another_result(opened: Open) -> None:
    asked = {"funnel__steps": STEPS_ASKED, "funnel__breakdown": "channel", "comparison__step": "3"}
    asked |= {"comparison__state": "converted", "comparison__segment": "organic", "next__next_event": "(nothing)"}
    app = opened("funnels", dataset="sample-subscription", **asked)
    app.selectbox(key="widget:funnel.breakdown").select("null").run()
    assert not app.exception
    assert not {"comparison.step", "comparison.segment", "next.next_event"} & set(app.query_params)


@pytest.mark.parametrize(
    "picked",
    [
        {"times__over_seconds": "abc", "comparison__step": "2", "comparison__in_period": "9999-12-31"},
        {"times__over_seconds": "-5", "comparison__step": "-2147483648", "next__next_event": "never seen"},
    ],
)
def test_odd_picks_in_the_address_are_no_fault(opened: Open, picked: dict[str, str]) -> None:
    app = opened("funnels", dataset="sample-subscription", funnel__steps=STEPS_ASKED, next__after_step="2", **picked)
    assert not app.exception and not app.error
    assert "over 0 s" not in texts(app) and "over -" not in texts(app)


def test_without_entries_the_page_still_puts_events_together(opened: Open) -> None:
    asked = {"dataset": "sample-shop", "from": "1999-01-01", "to": "1999-01-02"}
    app = opened("funnels", funnel__steps='["访问","order"]', **asked)
    assert not app.exception and "Which events are put together?" in texts(app)


def test_steps_are_added_moved_and_taken_out(opened: Open) -> None:
    app = opened("funnels", dataset="sample-shop", funnel__steps='["访问","order"]')
    app.button(key="add-step-funnel").click().run()
    assert app.query_params["funnel.steps"] == '["访问","order","加购"]'
    app.button(key="earlier-funnel-2").click().run()
    assert app.query_params["funnel.steps"] == '["访问","加购","order"]'
    app.button(key="without-funnel-0").click().run()
    assert app.query_params["funnel.steps"] == '["加购","order"]'
    assert not app.exception


def test_the_rules_of_another_tool_are_set_together(opened: Open) -> None:
    app = opened("funnels", dataset="sample-shop", funnel__steps='["访问","order"]')
    app.button_group(key="widget:funnel.rules").set_value("posthog").run()
    assert app.query_params["funnel.attempt"] == "latest" and app.query_params["funnel.excluded"] == "removed"
    app.button_group(key="widget:funnel.rules").set_value("mixpanel").run()
    assert app.query_params["funnel.window"] == "30" and "funnel.excluded" not in app.query_params
    assert "a customer's first attempt; 30 days from the entry on" in texts(app)


def test_a_step_that_does_not_occur_is_told_and_counts_0(opened: Open) -> None:
    app = opened("funnels", dataset="sample-shop", funnel__steps='["访问","加购物车","飞行"]')
    assert not app.exception
    assert len(app.warning) == 2
    for said in (
        "These data have no event “加购物车” (any more), so that it counts 0; the nearest is “加购”.",
        "These data have no event “飞行” (any more), so that it counts 0.",
    ):
        assert said in texts(app)
    assert [each.value for each in app.selectbox if each.label.startswith("Step ")] == ["访问", "加购物车", "飞行"]
    assert "0.0% of those who entered reached “飞行” in one of their attempts" in texts(app), "the rest is shown"
    app = opened("funnels", dataset="sample-shop", funnel__steps='["飞行","访问"]', lang="zh_CN")
    assert not app.exception and "飞行" in texts(app)
    app = opened("funnels", dataset="sample-shop", funnel__steps='["访问"', lang="zh_CN")
    assert not app.exception
