"""Funnels to begin with: what the data hold, in the order in which customers do it, with time enough and period that fits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from churnbook.analyses.funnels.proposals import Proposal, proposals
from churnbook.analyses.funnels.steps import titles_of
from churnbook.catalogue import labels, queries
from churnbook.catalogue.request import Scope
from churnbook.datasets import ranges
from churnbook.datasets.facts import facts_of
from churnbook.datasets.library import Library
from churnbook.words.language import speak
from tests.builders import Make, Open, add, ask, columns, texts

START = dt.datetime(2023, 1, 2, 9)


def proposed(path: Path) -> list[Proposal]:
    """The funnels proposed for a dataset."""
    with ranges.session(facts_of(path), Scope()) as session:
        asked = ("funnel_events", "funnel_order", "funnel_windows")
        happened, order, windows = (session.run(queries.catalogue().find(name), {}).table.to_pandas() for name in asked)
    return proposals(happened, order, windows)


def at(days: float) -> str:
    return f"{START + dt.timedelta(days=days):%Y-%m-%d %H:%M:%S}"


def table(header: str, rows: Sequence[str]) -> str:
    return "\n".join([header, *rows]) + "\n"


def shop(customers: int, names: Sequence[str], again: float, own: str = "") -> dict[str, str | bytes]:
    """Orders, each after three events, the fourth name seldom; where it has a name of its `own` in the log, at once."""
    visit, cart, wish, seldom = names
    events, orders = [], []
    for i in range(customers):
        for day in (i % 40, i % 40 + again):
            log = {visit: 0.0, wish: 0.01, cart: 0.02, own: 0.03, seldom: 0.001 if i % 5 == 0 and day < 40 else None}
            events += [f"c{i},{name},{at(day + since)}" for name, since in log.items() if name and since is not None]
            orders.append(f"c{i},{at(day + 0.03)}")
    return {
        "events.csv": table("customer_id,event,occurred_at", events),
        "orders.csv": table("customer_id,ordered_at", orders),
    }


@pytest.mark.parametrize(
    ("customers", "names", "again", "window"),
    [
        (12, ("访问", "加购", "浏览", "收藏"), 20, 30),
        (67, ("visit", "add_to_cart", "view", "share"), 70, 90),
        (41, ("b", "a", "d", "c"), 5, 7),
    ],
)
@pytest.mark.parametrize("own", ["", "下单", "order placed"])
def test_a_shop_with_events_goes_from_visit_to_repeat_order(
    make: Make, customers: int, names: Sequence[str], again: int, window: int, own: str
) -> None:
    path = make(shop(customers, names, again, own))
    first, second = proposed(path)
    assert first.steps == (names[0], names[1], "order", "order")
    assert (first.window, first.window_unit) == (window, "day")
    assert second.steps == ("order", "order")  # nobody ordered on three days
    given: dict[str, Any] = {"steps": list(first.steps), "window": window}
    assert columns(path, "funnel", "customers", "at_once", **given)[1:] == [(customers, 0)] * 3


@pytest.mark.parametrize(("customers", "gap", "window"), [(9, 10, 30), (50, 40, 90), (120, 160, 365)])
def test_a_file_of_orders_goes_from_order_to_third_order(make: Make, customers: int, gap: int, window: int) -> None:
    rows = [f"c{i},{at(i + gap * times)}" for i in range(customers) for times in range(3)]
    (only,) = proposed(make({"orders.csv": table("customer_id,ordered_at", rows)}))
    assert only == Proposal("orders", only.title, ("order",) * 3, window, "day")


def test_a_file_in_which_nobody_ordered_twice_still_asks_for_a_second_order(make: Make) -> None:
    (only,) = proposed(make({"orders.csv": table("customer_id,ordered_at", [f"c{i},{at(i)}" for i in range(7)])}))
    assert only.steps == ("order", "order")


def subscribers(customers: int, interval: str, months: int, key_day: float, start_day: float) -> dict[str, str | bytes]:
    """Each signs up, uses something, subscribes some days after, and renews each term; few answer a survey."""
    people, events, contracts, answers = [], [], [], []
    for i in range(customers):
        people.append(f"c{i},{at(i)}")
        events += [f"c{i},login,{at(i)}", f"c{i},login,{at(i + 1)}"]
        events += [f"c{i},first report,{at(i + key_day)}"] if i % 4 else []
        for term in range(2):
            starts = at(i + start_day + term * months * 30.44)
            contracts.append(f"c{i},{starts},{interval},120")
        answers += [f"c{i},{at(i + 40)},csat,5"] if i % 10 == 0 else []
    events.append(f"c0,login,{at(customers + 40 * months + 60)}")  # the end of the data
    return {
        "customers.csv": table("customer_id,signed_up_at", people),
        "events.csv": table("customer_id,event,occurred_at", events),
        "subscriptions.csv": table("customer_id,started_at,interval,amount", contracts),
        "surveys.csv": table("customer_id,answered_at,question,score", answers),
    }


@pytest.mark.parametrize(
    ("customers", "interval", "months", "window"), [(20, "year", 12, 15), (64, "month", 1, 2), (33, "quarter", 3, 4)]
)
def test_a_subscription_goes_from_sign_up_to_renewal_within_its_term(
    make: Make, customers: int, interval: str, months: int, window: int
) -> None:
    path = make(subscribers(customers, interval, months, key_day=2, start_day=7))
    first, on_request = proposed(path)
    assert first.steps == ("signup", "first report", "subscription", "renewal")
    assert (first.window, first.window_unit) == (window, "month")
    given: dict[str, Any] = {"steps": list(first.steps), "window": window, "window_unit": "month"}
    reached = columns(path, "funnel", "customers", "at_once", attempt="first", **given)
    came = customers - (customers + 3) // 4
    assert reached[1] == reached[2] == (came, 0) and reached[3][0] > 0
    assert "satisfied" not in first.steps
    assert on_request.steps == ("signup", "subscription", "satisfied", "renewal")


def test_a_key_event_that_comes_after_the_subscription_stands_there(make: Make) -> None:
    first, *_rest = proposed(make(subscribers(30, "year", 12, key_day=9, start_day=5)))
    assert first.steps == ("signup", "subscription", "first report", "renewal")


def test_a_sign_up_at_the_moment_of_the_subscription_is_no_step_of_its_own(make: Make) -> None:
    path = make(subscribers(30, "year", 12, key_day=9, start_day=0))
    first, on_request = proposed(path)
    assert first.steps == ("subscription", "first report", "renewal")
    assert on_request.steps == ("subscription", "satisfied", "renewal")
    given: dict[str, Any] = {"steps": list(first.steps), "window": 15, "window_unit": "month"}
    assert all(not at_once for _step, at_once in columns(path, "funnel", "step", "at_once", **given))


def test_subscriptions_without_terms_take_the_time_in_which_they_start_again(make: Make) -> None:
    rows = [f"c{i},{at(i + 150 * times)}" for i in range(20) for times in range(3)]
    (only,) = proposed(make({"subscriptions.csv": table("customer_id,started_at", rows)}))
    assert only.steps == ("subscription", "renewal") and (only.window, only.window_unit) == (180, "day")


@pytest.mark.parametrize("names", [("open", "search", "play", "rate"), ("丁", "丙", "乙", "甲")])
def test_a_log_alone_takes_its_commonest_events_in_their_order(make: Make, names: Sequence[str]) -> None:
    rows = [
        f"c{i},{name},{at(i + place)}"
        for i in range(30)
        for place, name in enumerate(names)
        if name != names[1] or i % 3 == 0
    ]
    (only,) = proposed(make({"events.csv": table("customer_id,event,occurred_at", rows)}))
    assert only.steps == (names[0], names[2], names[3])
    (single,) = proposed(make({"events.csv": table("customer_id,event,occurred_at", rows[:1])}))
    assert single.steps == (names[0], names[0])


def test_a_log_of_days_does_not_propose_steps_of_one_moment(make: Make) -> None:
    """Without times of day all that happens on the first day happens at once."""
    rows = [f"c{i},{name},2024-01-{1 + i % 9:02}" for i in range(40) for name in ("visit", "cart", "buy")]
    (only,) = proposed(make({"events.csv": table("customer_id,event,occurred_at", rows)}))
    assert len(set(only.steps)) == 1


# The period of the trend


@pytest.mark.parametrize(
    ("a_day", "days", "grain"),
    [(120, 20, "day"), (99, 29, "week"), (20, 60, "week"), (5, 200, "month"), (1, 400, "quarter"), (1, 10, "quarter")],
)
def test_the_trend_begins_with_the_shortest_period_of_which_most_hold_100_entries(
    make: Make, a_day: int, days: int, grain: str
) -> None:
    rows = [f"c{day}-{n},{at(day)}" for day in range(days) for n in range(a_day)]
    path = make({"orders.csv": table("customer_id,ordered_at", rows)})
    given: dict[str, Any] = {"steps": ["order", "order"], "attempt": "first"}
    assert ask(path, "funnel_grain", **given) == [(grain,)]
    if grain in ("week", "month"):
        sizes = [n for (n,) in columns(path, "funnel_trend", "entered", grain=grain, **given)]
        assert sum(n >= 100 for n in sizes) > len(sizes) / 2


def test_periods_without_entries_in_between_are_periods_too(make: Make) -> None:
    rows = [f"c{day}-{n},{at(day)}" for day in (0, 30, 60) for n in range(150)]
    path = make({"orders.csv": table("customer_id,ordered_at", rows)})
    assert ask(path, "funnel_grain", steps=["order", "order"]) == [("month",)]


# What steps are called


@pytest.mark.parametrize(
    ("language", "steps", "among", "named"),
    [
        ("en", ("visit", "order", "order", "order", "order"), (), ["visit", "Order", "Order, again", "Order, 3rd time", "Order, 4th time"]),
        ("zh_CN", ("访问", "order", "order", "order"), (), ["访问", "下单", "下单（再次）", "下单（第3次）"]),
        ("zh_CN", ("下单", "order", "order"), (), ["下单", "下单（订单表）", "下单（订单表，再次）"]),
        ("zh_CN", ("访问", "order", "order"), ("下单",), ["访问", "下单（订单表）", "下单（订单表，再次）"]),
        ("en", ("Order", "order", "order", "order"), (), ["Order", "Order (orders table)", "Order (orders table), again", "Order (orders table), 3rd time"]),
        ("en", ("下单", "order"), (), ["下单", "Order"]),
        ("en", ("login", "login"), (), ["login", "login, again"]),
    ],
)  # fmt: skip
def test_steps_are_numbered_and_told_apart(
    language: str, steps: Sequence[str], among: Sequence[str], named: list[str]
) -> None:
    speak(language)
    found = titles_of(steps, among)
    speak("en")
    assert found == named


def test_events_that_read_alike_name_their_table_in_lists() -> None:
    speak("zh_CN")
    found = labels.events(["下单", "order", "signup", "注册", "ticket"])
    speak("en")
    assert found["下单"] == "下单" and found["order"] == "下单（订单表）"
    assert found["signup"] == "注册（客户表）" and "（" not in found["ticket"]


# The page


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("id", ["sample-shop", "sample-subscription"])
def test_the_page_begins_with_a_funnel_that_suits(opened: Open, id: str, language: str) -> None:
    app = opened("funnels", dataset=id, lang=language)
    assert not app.exception and not app.error
    steps = [each.value for each in app.selectbox if str(each.key).startswith("widget:funnel.step.")]
    assert (
        steps
        == {
            "sample-shop": ["访问", "加购", "order", "order"],
            "sample-subscription": ["signup", "subscription", "report_created", "renewal"],
        }[id]
    )
    said = texts(app)
    assert not {"funnel.steps", "funnel.window", "trend.grain"} & set(app.query_params)
    again = {"en": {"sample-shop": "“Order, again”"}, "zh_CN": {"sample-shop": "“下单（订单表，再次）”"}}
    assert again[language].get(id, "") in said
    assert "took at most 0" not in said and "不超过 0" not in said
    grains = {"sample-shop": "month", "sample-subscription": "quarter"}
    (grain,) = [each.value for each in app.button_group if each.key == "widget:trend.grain"]
    assert grain == grains[id]


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_contact_to_renewal_is_had_on_request_and_says_who_was_asked(
    opened: Open, library: Library, language: str
) -> None:
    id = add(library, subscribers(47, "month", 1, key_day=2, start_day=7))
    app = opened("funnels", dataset=id, lang=language)
    asked = {"en": "5 of 47 have an answer in a survey", "zh_CN": "47位客户中有5位回答过问卷"}[language]
    assert asked not in texts(app)
    speak(language)  # a choice is found by its words
    app.button_group(key="widget:funnel.proposal").set_value("contact").run()
    assert not app.exception
    assert app.query_params["funnel.steps"] == '["signup","subscription","satisfied","renewal"]'
    assert asked in texts(app) and "funnel.window" not in app.query_params
    app.button_group(key="widget:funnel.proposal").set_value("subscription").run()
    speak("en")
    assert "funnel.steps" not in app.query_params and asked not in texts(app)


def test_the_time_proposed_stays_when_a_step_is_changed(opened: Open) -> None:
    app = opened("funnels", dataset="sample-shop")
    assert app.button_group(key="widget:funnel.rules").value in ("churnbook", ["churnbook"]), "ours, with another time"
    (before,) = [each.value for each in app.number_input if each.key == "widget:funnel.window"]
    app.button(key="without-funnel-0").click().run()
    (after,) = [each.value for each in app.number_input if each.key == "widget:funnel.window"]
    assert before == after == 60 and app.query_params["funnel.steps"] == '["加购","order","order"]'
    app.button_group(key="widget:funnel.rules").set_value("churnbook").run()
    (usual,) = [each.value for each in app.number_input if each.key == "widget:funnel.window"]
    assert usual == 14 and not app.exception


def test_an_event_of_the_log_called_purchase_or_signup_is_not_the_purchase_or_the_sign_up(make: Make) -> None:
    rows = [
        f"c{i},{name},{at(i + since)}" for i in range(20) for since, name in enumerate(("signup", "search", "purchase"))
    ]
    orders = [f"c{i},{at(i + since)}" for i in range(20) for since in (4, 14)]
    files = {
        "events.csv": table("customer_id,event,occurred_at", rows),
        "orders.csv": table("customer_id,ordered_at", orders),
    }
    first, *_rest = proposed(make(files))
    assert first.steps == ("signup", "purchase", "order", "order")
    people = [f"c{i},{at(i - 1)}" for i in range(20)]
    first, *_rest = proposed(make({**files, "customers.csv": table("customer_id,signed_up_at", people)}))
    assert first.steps == ("signup (log)", "purchase", "order", "order")
