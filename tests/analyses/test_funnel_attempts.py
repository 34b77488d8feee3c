"""Which attempt of a customer counts where: what is said of those who come through late, or not, or have time left."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from churnbook.analyses.funnels import charts, findings
from churnbook.catalogue import queries
from churnbook.catalogue.request import Scope
from churnbook.datasets import ranges
from churnbook.datasets.facts import facts_of
from churnbook.datasets.library import Library
from churnbook.words.language import speak
from tests.builders import Make, Open, add, ask, columns, texts

START = dt.date(2024, 1, 1)


def orders_at(*days_of_each: tuple[int, ...]) -> str:
    """A file of orders: for each customer the days since START on which they ordered."""
    rows = [
        f"c{number:04},{START + dt.timedelta(days=day)}" for number, days in enumerate(days_of_each) for day in days
    ]
    return "customer_id,ordered_at\n" + "\n".join(rows) + "\n"


def result(path: Path, query: str, **given: Any) -> pd.DataFrame:
    """The table of a query as the page has it."""
    with ranges.session(facts_of(path), Scope()) as session:
        return session.run(queries.catalogue().find(query), given).table.to_pandas()


TWICE: dict[str, Any] = {"steps": ["order", "order"], "window": 14}


@pytest.mark.parametrize(("late", "never", "soon"), [(40, 20, 10), (7, 3, 0), (3, 50, 31)])
def test_what_came_after_an_attempt_is_seen(make: Make, late: int, never: int, soon: int) -> None:
    """`late` order again after the window, `never` do not, `soon` do within it; all entered by their first order."""
    each = [(0, 30)] * late + [(1,)] * never + [(2, 5)] * soon + [(200,)]
    path = make({"orders.csv": orders_at(*each)})
    for attempt in ("best", "first"):
        found = dict(columns(path, "funnel_next", "event", "customers", attempt=attempt, **TWICE))
        assert found == {key: n for key, n in (("order", late), (None, never)) if n}
        listed = columns(path, "funnel_next_customers", "customer_id", next_event="order", attempt=attempt, **TWICE)
        assert len(listed) == late
    entered = columns(path, "funnel_trend", "period", "entered", "converted", grain="month", **TWICE)
    assert entered[0] == (START, late + never + soon, soon)


def test_a_funnel_of_people_who_order_for_long_does_not_get_better_by_itself(make: Make) -> None:
    """Everyone orders every 20 days, and once, at random in their life, ten days after an order."""
    each = [tuple(sorted({*range(born % 50, 360, 20), born % 50 + 20 * (born % 11) + 10})) for born in range(330)]
    path = make({"orders.csv": orders_at(*each, (400,))})
    rates = columns(path, "funnel_trend", "conversion_from_start", grain="month", attempt="first", **TWICE)[:2]
    assert all(0 < rate < 0.2 for (rate,) in rates)
    assert columns(path, "funnel", "conversion_from_start", **TWICE)[1][0] > 0.9


# What the headline says


@pytest.mark.parametrize(
    ("at_first", "later", "never", "is_told"), [(10, 15, 75, True), (50, 2, 48, False), (0, 4, 96, True)]
)
@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_the_headline_names_its_rule_and_tells_first_attempts_where_they_differ(
    make: Make, at_first: int, later: int, never: int, is_told: bool, language: str
) -> None:
    each = [(0, 3)] * at_first + [(0, 40, 44)] * later + [(0,)] * never + [(0, 200)]
    path = make({"orders.csv": orders_at(*each)})
    reached, first = result(path, "funnel", **TWICE), result(path, "funnel", attempt="first", **TWICE)
    speak(language)
    said = findings.funnel_finding(reached, "best", first)
    alone = findings.funnel_finding(first, "first")
    speak("en")
    all_of_them = at_first + later + never + 1
    share, share_at_first = (f"{n / all_of_them:.1%}" for n in (at_first + later, at_first))
    rule, other, at_once = {
        "en": ("in one of their attempts", f"Of first attempts, {share_at_first} did.", "in their first attempt"),
        "zh_CN": ("在某一次尝试中到达“下单（再次）”", f"只看首次尝试，为{share_at_first}。", "在首次尝试中到达"),
    }[language]
    assert share in said and rule in said and (other in said) == is_told
    assert share_at_first in alone and at_once in alone and rule not in alone


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_segments_are_told_by_first_attempts_too(make: Make, language: str) -> None:
    rows = [
        f"{side}{i},{START + dt.timedelta(days=day)},{side}"
        for side, soon in (("a", 30), ("b", 5))
        for i in range(40)
        for day in ((0, 3) if i < soon else (0, 50, 52) if side == "b" and i < 20 else (0, 100))
    ]
    path = make({"events.csv": "customer_id,occurred_at,shop,event\n" + ",x\n".join(rows) + ",x\nz,2024-12-01,,x\n"})
    given = {"steps": ["x", "x"], "entry_attribute": "shop"}
    reached, first = (result(path, "funnel", attempt=attempt, **given) for attempt in ("best", "first"))
    speak(language)
    said = findings.funnel_finding(reached, "best", first)
    speak("en")
    assert "75.0%" in said and "50.0%" in said
    assert {"en": "Of first attempts: a 75.0%, b 12.5%.", "zh_CN": "只看首次尝试：a为75.0%，b为12.5%。"}[
        language
    ] in said


@pytest.mark.parametrize(("through", "waiting"), [(1, 9), (40, 3)])
@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_where_all_others_have_time_there_is_no_rate_of_100_percent(
    make: Make, through: int, waiting: int, language: str
) -> None:
    path = make({"orders.csv": orders_at(*[(96, 99)] * through, *[(98,)] * waiting, (100,))})
    reached = result(path, "funnel", **TWICE)
    speak(language)
    said = findings.funnel_finding(reached, "best", reached)
    drawn = charts.bars(reached).to_dict()
    speak("en")
    assert "100" not in said and "%" not in said
    assert {"en": f"So far {through} of the {through + waiting + 1}", "zh_CN": f"目前有{through}位到达"}[
        language
    ] in said
    labels = [row["text"] for rows in drawn["datasets"].values() for row in rows if "text" in row]
    assert labels == [
        str(through + waiting + 1),
        f"{through} · " + {"en": "all others still have time", "zh_CN": "其余仍在窗口内"}[language],
    ]


# Open periods


@pytest.mark.parametrize(("through", "waiting"), [(3, 5), (60, 40), (2, 0)])
def test_an_open_period_is_drawn_as_came_through_so_far_of_all_who_entered(
    make: Make, through: int, waiting: int
) -> None:
    closed = [(0, 5)] * 30 + [(1,)] * 30
    path = make({"orders.csv": orders_at(*closed, *[(95, 98)] * through, *[(99,)] * waiting, (0, 100))})
    trend = result(path, "funnel_trend", grain="month", attempt="first", **TWICE)
    last = trend.iloc[-1]
    assert not last["complete"] and last["converted_so_far"] == through / (through + waiting)
    chart = charts.trend(trend, "month").to_dict()
    (points,) = [rows for rows in chart["datasets"].values() if rows and "value" in rows[0]]
    drawn = {row["period"]: row for row in points}
    assert drawn["2024-01-01"]["value"] == pytest.approx(30 / 61) and drawn["2024-01-01"]["complete"]
    if waiting:
        assert drawn["2024-04-01"]["value"] == through / (through + waiting) < 1
        assert drawn["2024-04-01"]["ci_low"] is None and not drawn["2024-04-01"]["complete"]
    else:
        assert "2024-04-01" not in drawn
    lines = [layer for layer in chart["layer"] if layer["mark"]["type"] in ("line", "area")]
    assert lines and all({"filter": "datum.complete"} in layer["transform"] for layer in lines)


# The page


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_trend_and_what_came_next_count_first_attempts_and_say_so(
    opened: Open, library: Library, language: str
) -> None:
    each = [(0, 30, 60)] * 35 + [(1,)] * 12 + [(2, 40, 43)] * 20 + [(2, 200)]
    id = add(library, {"orders.csv": orders_at(*each)})
    steps = {"funnel__steps": '["order","order"]', "funnel__window": "14", "trend__grain": "month"}
    picked = {"trend__in_period": "2024-01-01", "next__next_event": "order"}
    app = opened("funnels", dataset=id, lang=language, **steps, **picked)
    assert not app.exception and not app.error
    said = texts(app)
    # by their furthest attempts 20 came through, by their first nobody; 56 went on to order again later
    for words in {
        "en": (
            "29.4% of those who entered reached “Order, again” in one of their attempts",
            "Of first attempts, 0.0% did.",
            "0.0% of the 68 customers who first entered in 2024-01 came through",
            "82.4% of the 68 who dropped off did “Order” next",
            "First attempts · 56 customers dropped off after “Order” and did “Order” next",
            "First attempts · 68 customers who entered in 2024-01 dropped off on the way",
            "Counted by each customer's first attempt, in the period in which it began.",
            "Counted by each customer's first attempt, so that what came after it is seen.",
        ),
        "zh_CN": (
            "29.4%在某一次尝试中到达“下单（再次）”",
            "只看首次尝试，为0.0%。",
            "2024-01首次进入的68位客户中，0.0%在首次尝试中走完全程",
            "首次尝试 · ",
            "按每位客户的首次尝试计，归入该次尝试开始的周期。",
            "按每位客户的首次尝试计，这样才能看到此后的行为。",
        ),
    }[language]:
        assert words in said, words
    assert "anything any more" not in said and "此后都没有任何行为" not in said


def test_a_cited_trend_leaves_the_choice_of_the_funnel_as_it_was(opened: Open) -> None:
    asked = {"funnel__steps": '["signup","login","export"]', "funnel__attempt": "latest"}
    app = opened("funnels", dataset="sample-subscription", **asked)
    cited = [each.value for each in app.code if "funnel.attempt=" in each.value]
    assert cited and all("funnel.attempt=latest" in each for each in cited)


def test_two_segments_are_compared_by_the_attempt_chosen_and_two_periods_by_the_first(opened: Open) -> None:
    asked = {"funnel__steps": '["login","export"]', "funnel__window": "1"}
    app = opened("funnels", dataset="sample-subscription", **asked)
    assert "Counted by each customer's first attempt. Click a bar" in texts(app)
    app = opened("funnels", dataset="sample-subscription", funnel__breakdown="channel", **asked)
    assert not app.exception and "Counted by each customer's first attempt. Click a bar" not in texts(app)


def test_one_row_of_subscriptions_fills_one_step(make: Make) -> None:
    rows = "a,2024-01-01\na,2024-02-01\nb,2024-01-05\nc,2024-01-01\nc,2024-01-20\nc,2024-05-01\n"
    path = make({"subscriptions.csv": "customer_id,started_at\n" + rows})
    given: dict[str, Any] = {"steps": ["subscription", "renewal"], "window": 60}
    for mode in ("ordered", "strict"):
        assert columns(path, "funnel", "customers", "at_once", mode=mode, **given) == [(3, None), (2, 0)]
    days = [row[0] / 86400 for row in columns(path, "funnel_times_summary", "median_seconds", **given)]
    assert days == [(31 + 19) / 2]


def test_a_sign_up_comes_before_a_subscription_of_its_day(make: Make) -> None:
    files = {
        "customers.csv": "customer_id,signed_up_at\na,2024-01-01 09:30\nb,2024-01-01 09:30\nc,2024-01-01 09:30\n",
        "subscriptions.csv": "customer_id,started_at\na,2024-01-01\nb,2024-01-03\nc,2023-12-31\nz,2024-06-01\n",
    }
    path = make(files)
    given: dict[str, Any] = {"steps": ["signup", "subscription"], "window": 30}
    assert columns(path, "funnel", "customers", "at_once", **given) == [(3, None), (2, 1)]
    assert [row[0] for row in ask(path, "funnel_customers", step=2, state="converted", **given)] == ["a", "b"]


# One name in the log and in a table


@pytest.mark.parametrize("customers", [1, 5, 33])
def test_an_order_that_stands_in_the_log_and_in_a_table_is_no_order_and_another(make: Make, customers: int) -> None:
    moments = [(f"c{i}", START + dt.timedelta(days=i)) for i in range(customers)]
    rows = [f"{name},order,{day} 10:00:00" for name, day in moments]
    orders = "customer_id,ordered_at\n" + "".join(f"{name},{day} 10:00:00\n" for name, day in moments)
    path = make({"events.csv": "customer_id,event,occurred_at\n" + "\n".join(rows) + "\n", "orders.csv": orders})
    assert sorted(ask(path, "funnel_events")) == [
        ("order", customers, "orders"),
        ("order (log)", customers, "events"),
    ]
    for mode in ("ordered", "strict", "any"):
        counts = columns(path, "funnel", "customers", steps=["order", "order"], mode=mode)
        assert counts == [(customers,), (0,)]
        both = columns(path, "funnel", "customers", steps=["order", "order (log)"], mode=mode)
        assert both[1] == (customers,)
    assert columns(path, "funnel", "customers", steps=["order (log)"]) == [(customers,)]


def test_a_name_that_only_the_log_has_is_its_own(make: Make) -> None:
    log = "customer_id,event,occurred_at\na,ticket,2024-01-01\na,ticket,2024-01-02\nb,order,2024-01-03\n"
    path = make({"events.csv": log})
    assert [row[0] for row in ask(path, "funnel_events")] == ["ticket", "order"]
    assert columns(path, "funnel", "customers", steps=["ticket", "ticket"]) == [(1,), (1,)]


def test_what_came_next_names_the_log_apart(make: Make) -> None:
    files = {
        "events.csv": "customer_id,event,occurred_at\na,visit,2024-01-01\nb,visit,2024-01-01\nb,order,2024-01-30\nz,visit,2024-06-01\n",
        "orders.csv": "customer_id,ordered_at\na,2024-01-29\nz,2024-06-01\n",
    }
    given: dict[str, Any] = {"steps": ["visit", "pay"], "attempt": "first"}
    assert columns(make(files), "funnel_next", "event", "customers", **given) == [("order", 1), ("order (log)", 1)]


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_lists_and_steps_tell_the_log_from_the_table(opened: Open, library: Library, language: str) -> None:
    word = {"en": "order", "zh_CN": "下单"}[language]
    rows = [f"c{i},{word},2024-0{1 + i % 4}-01 10:00:00" for i in range(20)]
    orders = orders_at(*[(i, i + 30) for i in range(20)])
    id = add(library, {"events.csv": "customer_id,event,occurred_at\n" + "\n".join(rows) + "\n", "orders.csv": orders})
    app = opened("funnels", dataset=id, lang=language, funnel__steps='["order","order"]')
    assert not app.exception and not app.error
    (offered,) = [each.options for each in app.selectbox if each.key == "widget:funnel.step.0"]
    table = {"en": "Order (orders table)", "zh_CN": "下单（订单表）"}[language]
    assert sorted(each.split(" · ")[0] for each in offered) == sorted([word, table])
    again = {"en": "“Order (orders table), again”", "zh_CN": "“下单（订单表，再次）”"}[language]
    assert again in texts(app)
