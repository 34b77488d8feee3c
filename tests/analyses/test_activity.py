"""Activity and purchases, by hand: orders, cancellations, refunds and splits; and the identities on the samples."""

import csv
import datetime as dt
import io
import itertools
import statistics
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from churnbook.analyses.activity import findings
from churnbook.catalogue.request import Scope
from churnbook.datasets.facts import facts_of
from churnbook.datasets.library import Library
from churnbook.datasets.scope import prepare_scope
from churnbook.engine.duckdb import open_cursor
from tests.builders import Make, Open, add, ask, columns, rows_of, texts

JAN, FEB, MAR, APR = (dt.date(2024, month, 1) for month in range(1, 5))

# A orders twice on one day; in February a refund and a cancelled order. C's order 7 has two lines.
ORDERS = """customer_id,order_id,ordered_at,amount,is_cancelled
A,1,2024-01-05,100,no
A,2,2024-01-05,20,no
A,3,2024-02-10,30,no
A,4,2024-02-11,-10,yes
A,5,2024-02-12,500,yes
B,6,2024-01-31,10,no
C,7,2024-02-03,40,no
C,7,2024-02-03,8,no
C,8,2024-02-20,12,no
B,9,2024-04-15,50,no
"""
CITIES = "customer_id,city\nA,x\nB,y\nC,x\nN,\n"
COUNTS = ("period", "buyers", "orders", "revenue", "repeat_buyers", "repeat_orders", "earlier_buyers", "complete")
RATES = (
    "repeat_rate_by_customers",
    "repeat_rate_by_orders",
    "repeat_rate_by_period",
    "average_order_value",
    "purchase_frequency",
)


@pytest.fixture
def bought(make: Make) -> Path:
    return make({"orders.csv": ORDERS, "customers.csv": CITIES})


# Purchases


def test_purchases_by_month(bought: Path) -> None:
    # a month without orders stands with zeros; the last is open
    assert columns(bought, "purchases", *COUNTS) == [
        (JAN, 2, 3, 130.0, 1, 1, 0, True),
        (FEB, 2, 3, 80.0, 1, 2, 1, True),
        (MAR, 0, 0, 0.0, 0, 0, 0, True),
        (APR, 1, 1, 50.0, 0, 1, 1, False),
    ]
    assert columns(bought, "purchases", *RATES) == [
        (1 / 2, 1 / 3, 0.0, 130 / 3, 1.5),
        (1 / 2, 2 / 3, 1 / 2, 80 / 3, 1.5),
        (None, None, None, None, None),
        (0.0, 1.0, 1.0, 50.0, 1.0),
    ]


def test_purchases_by_quarter_and_week(bought: Path) -> None:
    assert columns(bought, "purchases", *COUNTS, grain="quarter") == [
        (JAN, 3, 6, 210.0, 2, 3, 0, True),
        (APR, 1, 1, 50.0, 0, 1, 1, False),
    ]
    weeks = columns(bought, "purchases", "period", "buyers", "orders", "repeat_buyers", "earlier_buyers", grain="week")
    assert weeks[:2] == [(JAN, 1, 2, 1, 0), (dt.date(2024, 1, 8), 0, 0, 0, 0)]
    assert weeks[5:8] == [
        (dt.date(2024, 2, 5), 1, 1, 0, 1),
        (dt.date(2024, 2, 12), 0, 0, 0, 0),  # the cancelled order
        (dt.date(2024, 2, 19), 1, 1, 0, 1),
    ]
    sunday = columns(bought, "purchases", "period", "orders", grain="week", week_start="sunday")
    assert sunday[0] == (dt.date(2023, 12, 31), 2)


def test_the_segments_of_purchases_add_up(bought: Path) -> None:
    split = columns(bought, "purchases", "segment", *COUNTS, breakdown="city")
    assert split == [
        ("x", JAN, 1, 2, 120.0, 1, 1, 0, True),
        ("x", FEB, 2, 3, 80.0, 1, 2, 1, True),
        ("x", MAR, 0, 0, 0.0, 0, 0, 0, True),
        ("x", APR, 0, 0, 0.0, 0, 0, 0, False),
        ("y", JAN, 1, 1, 10.0, 0, 0, 0, True),
        ("y", FEB, 0, 0, 0.0, 0, 0, 0, True),
        ("y", MAR, 0, 0, 0.0, 0, 0, 0, True),
        ("y", APR, 1, 1, 50.0, 0, 1, 1, False),
    ]


def test_the_range_chooses_what_is_reported_never_what_is_known(bought: Path) -> None:
    only = Scope(report_from=dt.date(2024, 2, 15), report_to=dt.date(2024, 3, 1))
    assert columns(bought, "purchases", *COUNTS, scope=only) == columns(bought, "purchases", *COUNTS)[1:3]


def test_as_of_forgets_later_orders(bought: Path) -> None:
    then = Scope(as_of=dt.date(2024, 2, 10))
    assert columns(bought, "purchases", *COUNTS, scope=then) == [
        (JAN, 2, 3, 130.0, 1, 1, 0, True),
        (FEB, 2, 2, 78.0, 0, 1, 1, False),
    ]


def test_without_amounts_there_is_no_money(make: Make) -> None:
    made = make({"orders.csv": "customer_id,ordered_at\nA,2024-01-05\nA,2024-01-06\nB,2024-01-31\n"})
    money: tuple[str, ...] = ("buyers", "orders", "revenue", "average_order_value", "repeat_rate_by_customers")
    assert columns(made, "purchases", *money) == [(2, 3, None, None, 0.5)]


def test_the_interval_of_the_repeat_rate_is_wilsons(make: Make) -> None:
    # 3 of 10 buy again within the month: 10.8 % to 60.3 %
    orders = "customer_id,ordered_at\n" + "".join(f"{i},2024-01-05\n" for i in range(10))
    orders += "".join(f"{i},2024-01-31\n" for i in range(3))
    ((low, high, complete),) = columns(make({"orders.csv": orders}), "purchases", "ci_low", "ci_high", "complete")
    assert (round(low, 3), round(high, 3), complete) == (0.108, 0.603, True)


@pytest.mark.parametrize("given", [{}, {"grain": "week"}, {"grain": "year"}, {"breakdown": "渠道"}])
def test_purchases_of_the_shop_add_up(shop: Path, given: dict[str, Any]) -> None:
    names = ("orders", "revenue", "buyers", "earlier_buyers", "repeat_orders")
    rows = columns(shop, "purchases", *names, **given)
    orders, revenue, buyers, earlier, again = (sum(column) for column in zip(*rows, strict=True))
    ((all_orders, all_revenue),) = columns(shop, "overview", "orders", "revenue")
    assert (orders, round(revenue, 2)) == (all_orders, round(all_revenue, 2))
    # each customer has one first order, in one period
    assert buyers - earlier == orders - again == len({id for (id,) in _buyers(shop)})


def _buyers(shop: Path) -> list[tuple[Any, ...]]:
    return rows_of(shop, "select distinct customer from orders where not coalesce(is_cancelled, false)")


# New, kept, returned and dormant

VISITS = """customer_id,event,occurred_at
A,visit,2024-01-05
A,visit,2024-02-06
A,visit,2024-02-07
A,visit,2024-04-08
B,visit,2024-01-31
C,visit,2024-02-03
C,visit,2024-03-03
D,visit,2024-04-10
"""
STATES = ("new_customers", "kept_customers", "returned_customers", "active_customers", "dormant_customers")
STATE_NAMES = ("new", "kept", "returned", "dormant")


def test_lifecycle_states_by_month(make: Make) -> None:
    made = make({"events.csv": VISITS})
    names = ("period", *STATES, "known_customers", "active_before", "kept_rate", "complete")
    assert columns(made, "lifecycle_states", *names) == [
        (JAN, 2, 0, 0, 2, 0, 2, None, None, True),
        (FEB, 1, 1, 0, 2, 1, 3, 2, 0.5, True),  # A kept, C new, B dormant
        (MAR, 0, 1, 0, 1, 2, 3, 2, 0.5, True),
        (APR, 1, 0, 1, 2, 2, 4, 1, 0.0, False),  # A returned, D new
    ]
    assert columns(made, "lifecycle_states", *names, grain="quarter") == [
        (JAN, 3, 0, 0, 3, 0, 3, None, None, True),
        (APR, 1, 1, 0, 2, 2, 4, 3, 1 / 3, False),
    ]


def test_the_customers_behind_every_state(make: Make) -> None:
    made = make({"events.csv": VISITS})
    behind = {
        state: [id for (id,) in columns(made, "lifecycle_customers", "customer_id", period="2024-04-01", state=state)]
        for state in STATE_NAMES
    }
    assert behind == {"new": ["D"], "kept": [], "returned": ["A"], "dormant": ["B", "C"]}
    assert ask(made, "lifecycle_customers", period="2024-02-01", state="kept") == [
        ("A", dt.date(2024, 1, 5), dt.date(2024, 4, 8), 4, None)
    ]
    assert ask(made, "lifecycle_customers") == []


def test_a_subscription_is_active_in_every_period_it_touches(make: Make) -> None:
    # A pauses in March, C leaves within January, B stays
    rows = "A,2024-01-05,2024-03-01,9\nA,2024-04-02,,9\nB,2024-02-10,,9\nC,2024-01-10,2024-01-20,9\n"
    made = make({"subscriptions.csv": "customer_id,started_at,ended_at,mrr\n" + rows})
    assert columns(made, "lifecycle_states", "period", *STATES) == [
        (JAN, 2, 0, 0, 2, 0),
        (FEB, 1, 1, 0, 2, 1),
        (MAR, 0, 1, 0, 1, 2),
        (APR, 0, 1, 1, 2, 1),
    ]
    assert ask(made, "stickiness") == []


def test_a_customer_is_kept_across_the_sixtieth_period(make: Make) -> None:
    # days 1, 60 and 61 of the data, and one of a later block
    days = ("2024-01-01", "2024-02-29", "2024-03-01", "2024-06-01")
    made = make({"events.csv": "customer_id,event,occurred_at\n" + "".join(f"A,visit,{day}\n" for day in days)})
    states = columns(made, "lifecycle_states", "period", *STATES, grain="day")
    assert [row for row in states if row[4]] == [
        (dt.date(2024, 1, 1), 1, 0, 0, 1, 0),
        (dt.date(2024, 2, 29), 0, 0, 1, 1, 0),
        (dt.date(2024, 3, 1), 0, 1, 0, 1, 0),
        (dt.date(2024, 6, 1), 0, 0, 1, 1, 0),
    ]
    kept: dict[str, Any] = {"period": "2024-03-01", "state": "kept", "grain": "day"}
    assert columns(made, "lifecycle_customers", "customer_id", **kept) == [("A",)]


def test_a_range_keeps_the_states(make: Make) -> None:
    made = make({"events.csv": VISITS})
    spring = Scope(report_from=dt.date(2024, 3, 1))
    assert ask(made, "lifecycle_states", spring) == ask(made, "lifecycle_states")[2:]
    march = Scope(as_of=dt.date(2024, 3, 2))
    assert columns(made, "lifecycle_states", "period", *STATES, "complete", scope=march)[2:] == [
        (MAR, 0, 0, 0, 0, 3, False)
    ]


@pytest.mark.parametrize("company", ["shop", "subscription"])
@pytest.mark.parametrize("grain", ["week", "month", "year"])
def test_lifecycle_states_of_the_samples_add_up(request: pytest.FixtureRequest, company: str, grain: str) -> None:
    path = request.getfixturevalue(company)
    given: dict[str, Any] = {"grain": grain}
    rows = columns(path, "lifecycle_states", "period", *STATES, "known_customers", "active_before", **given)
    known, active_before = 0, None
    for _period, new, kept, returned, active, dormant, known_now, before in rows:
        known += new
        assert new + kept + returned == active
        assert active + dormant == known_now == known
        assert before == active_before
        active_before = active
    period, *states = rows[len(rows) // 2]
    behind = [len(ask(path, "lifecycle_customers", period=str(period), state=state, **given)) for state in STATE_NAMES]
    assert behind == [*states[:3], states[4]]


def test_the_segments_of_lifecycle_states_add_up(shop: Path) -> None:
    whole = columns(shop, "lifecycle_states", "period", *STATES)
    split = columns(shop, "lifecycle_states", "segment", "period", *STATES, breakdown="渠道", top=3)
    for row in whole:
        parts = [part[2:] for part in split if part[1] == row[0]]
        assert tuple(map(sum, zip(*parts, strict=True))) == row[1:]
    period, (segment, _, new, *_) = str(whole[3][0]), next(part for part in split if part[1] == whole[3][0])
    given: dict[str, Any] = {"breakdown": "渠道", "top": 3, "segment": segment, "period": period}
    assert len(ask(shop, "lifecycle_customers", **given)) == new


# How often they come


def test_stickiness_by_hand(make: Make) -> None:
    # in January A comes on four days, B on one; the 29th to 31st are no whole week; February has two weeks so far
    events = "customer_id,event,occurred_at\nA,visit,2024-01-01\nA,pay,2024-01-01\nA,visit,2024-01-02\n"
    events += "A,visit,2024-01-08\nA,visit,2024-01-31\nB,visit,2024-01-30\nC,visit,2024-02-01\nA,visit,2024-02-14\n"
    made = make({"events.csv": events})
    assert ask(made, "stickiness") == [
        (None, JAN, 2, 5, 2.5, 5 / 31, 2 / 4, 5 / 31 / 2, 2 / 4 / 2, True),
        (None, FEB, 2, 2, 1.0, 2 / 14, 2 / 2, 2 / 14 / 2, 2 / 2 / 2, False),
    ]
    weeks = columns(made, "stickiness", "period", "active_days", "weekly_stickiness", grain="week")
    assert weeks[:2] == [(JAN, 2, None), (dt.date(2024, 1, 8), 1, None)]
    late = make({"events.csv": events.replace("2024-01-01", "2024-01-02")})
    assert columns(late, "stickiness", "complete") == [(False,), (False,)]  # January lacks its first day
    february = Scope(report_from=dt.date(2024, 2, 1))
    assert ask(made, "stickiness", february) == ask(made, "stickiness")[1:]


def test_stickiness_of_the_samples_counts_different_customers_and_days(shop: Path, subscription: Path) -> None:
    # in the software company only subscriptions count as being active: its customers' events are counted here
    for path, counted in ((shop, "is_activity"), (subscription, "source = 'events'")):
        expected = rows_of(
            path,
            "select date_trunc('month', day)::date, count(distinct customer), count(distinct (customer, day))"
            f" from activity_days where source <> 'subscriptions' and {counted} group by 1 order by 1",
        )
        assert columns(path, "stickiness", "period", "active_customers", "active_days") == expected
        assert all(0 < share <= 1 for (share,) in columns(path, "stickiness", "weekly_stickiness"))


def test_days_between_purchases_by_hand(make: Make) -> None:
    # A after 36 days (twice on the first), B after 75, C after 17; D has bought once
    made = make({"orders.csv": ORDERS + "D,10,2024-04-01,5,no\n", "customers.csv": CITIES})
    assert ask(made, "days_between_summary") == [(None, 3, 36.0, pytest.approx(36 + 0.8 * 39), 1)]
    filled = [row for row in columns(made, "days_between", "from_days", "to_days", "intervals") if row[2]]
    assert filled == [(15, 21, 1), (36, 42, 1), (71, 77, 1)]
    split = columns(
        made, "days_between_summary", "segment", "intervals", "median_days", "customers_once", breakdown="city"
    )
    assert split == [("", 0, None, 1), ("x", 2, 26.5, 0), ("y", 1, 75.0, 0)]
    until_march = Scope(report_to=dt.date(2024, 3, 1))
    assert columns(made, "days_between_summary", "intervals", "median_days", scope=until_march) == [(2, 26.5)]


def test_days_between_visits_do_not_count_one_day_twice(make: Make) -> None:
    events = (
        "customer_id,event,occurred_at\nA,visit,2024-01-01\nA,pay,2024-01-01\nA,visit,2024-01-02\nA,visit,2024-03-01\n"
    )
    made = make({"events.csv": events})
    assert ask(made, "days_between_summary") == []
    assert ask(made, "days_between_summary", of="activity") == [(None, 2, 30.0, pytest.approx(1 + 0.9 * 58), 0)]


def test_days_stand_in_one_list_for_every_customer_and_later_ones_are_forgotten(make: Make) -> None:
    made = make(
        {
            "orders.csv": ORDERS,
            "events.csv": "customer_id,event,occurred_at\nA,visit,2024-01-20\nN,visit,2024-03-01\n",
        }
    )
    january, february, visit = dt.date(2024, 1, 5), dt.date(2024, 2, 10), dt.date(2024, 1, 20)
    named = "inner join customers using (customer) where customer_id = 'A'"
    assert rows_of(made, f"select days from main.purchase_days {named}") == [([january, january, february],)]
    assert rows_of(made, f"select days from main.visit_days {named}") == [([january, visit, february],)]
    with open_cursor(made) as cursor:
        prepare_scope(cursor, facts_of(made), Scope(as_of=dt.date(2024, 2, 1)))
        assert cursor.execute(f"select days from purchase_days {named}").fetchall() == [([january, january],)]
        assert cursor.execute(f"select days from visit_days {named}").fetchall() == [([january, visit],)]
        assert cursor.execute("select count(*) from visit_days").fetchall() == [(2,)], "C and N come later"


@pytest.mark.parametrize("of", ["purchases", "activity"])
def test_days_between_of_the_shop_agree_with_quantile_cont(shop: Path, of: str) -> None:
    counted = "source = 'orders'" if of == "purchases" else "is_activity"
    ((n, median, high),) = rows_of(
        shop,
        "select count(gap), median(gap::double), quantile_cont(gap::double, 0.9) from (select day"
        " - lag(day) over (partition by customer order by day) as gap from"
        f" (select distinct customer, day from activity_days where {counted}))",
    )
    ((_, intervals, median_days, high_days, once),) = ask(shop, "days_between_summary", of=of)
    assert (intervals, median_days, high_days) == (n, median, pytest.approx(high))
    assert sum(count for (count,) in columns(shop, "days_between", "intervals", of=of)) == n
    ((people,),) = rows_of(
        shop,
        f"select count(*) from (select customer from activity_days where {counted}"
        " group by customer having count(distinct day) = 1)",
    )
    assert once == people


def test_cdnow_against_plain_counting(real_data: Path, make: Make) -> None:
    text = (real_data / "cdnow_orders.csv").read_text()
    made = make({"cdnow_orders.csv": text})
    bought: dict[str, Counter[str]] = defaultdict(Counter)
    days: dict[str, set[dt.date]] = defaultdict(set)
    for row in csv.DictReader(io.StringIO(text)):
        day = dt.date.fromisoformat(row["order_date"])
        bought[f"{day:%Y-%m}"][row["customer_id"]] += 1
        days[row["customer_id"]].add(day)
    expected, before = [], set[str]()
    for month, buyers in sorted(bought.items()):
        expected.append(
            (month, len(buyers), buyers.total(), sum(n > 1 for n in buyers.values()), len(buyers.keys() & before))
        )
        before |= buyers.keys()
    names = ("period", "buyers", "orders", "repeat_buyers", "earlier_buyers")
    rows = [(f"{period:%Y-%m}", *rest) for period, *rest in columns(made, "purchases", *names)]
    assert rows == expected and len(before) == 23_570
    states = columns(made, "lifecycle_states", "active_customers", "new_customers", "kept_customers")
    months = [set(buyers) for _, buyers in sorted(bought.items())]
    kept = [0, *(len(month & earlier) for earlier, month in itertools.pairwise(months))]
    assert states == [(row[1], row[1] - row[4], each) for row, each in zip(expected, kept, strict=True)]
    gaps = sorted((b - a).days for each in days.values() for a, b in itertools.pairwise(sorted(each)))
    ((_, n, median, _, once),) = ask(made, "days_between_summary")
    assert (n, median, once) == (len(gaps), statistics.median(gaps), sum(len(each) == 1 for each in days.values()))


# The page


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("**67.0% of the 694 customers active in the period before 2024-06 stayed active**", "1,651 of 2,400")),
        ("zh_CN", ("**2024-06的上一周期有694名活跃客户，其中67.0%继续活跃**", "已知的2,400名客户中有1,651名沉睡")),
    ],
)
def test_the_page_says_what_the_sample_shows(opened: Open, language: str, words: tuple[str, ...]) -> None:
    app = opened("activity", lang=language)
    assert not app.exception
    assert all(word in texts(app) for word in words)
    assert len(app.get("vega_lite_chart")) == 7


def test_the_customers_behind_a_bar(opened: Open) -> None:
    app = opened("activity", states__period="2024-05-01", states__state="returned")
    assert not app.exception
    assert "customers returned in 2024-05" in texts(app)
    split = opened("activity", states__breakdown="渠道", states__period="2024-05-01", states__segment="广告")
    assert not split.exception
    assert "广告 · " in texts(split) and "customers new in 2024-05" in texts(split)
    assert len(split.get("vega_lite_chart")) == 1 + 5 + 2 + 1 + 1 + 1


@pytest.mark.parametrize("address", [{"states__grain": "day"}, {"states__grain": "year"}, {"as_of": "2023-01-20"}])
def test_the_page_opens_where_there_is_little_to_say(opened: Open, address: dict[str, str]) -> None:
    app = opened("activity", **address)
    assert not app.exception and not app.error


def test_the_page_says_what_a_dataset_lacks(opened: Open, library: Library) -> None:
    rows = "customer_id,started_at,ended_at,mrr\nA,2024-01-05,,10\nB,2024-01-05,2024-03-01,5\n"
    app = opened("activity", dataset=add(library, {"subscriptions.csv": rows}))
    assert "This question needs orders; this dataset has none." in texts(app)
    assert "A running subscription is active every day" in texts(app)
    flat = opened("activity", dataset=add(library, {"t.csv": "customerID,tenure,Churn\nA,3,Yes\nB,5,No\n"}))
    assert "This page needs orders, events or subscriptions; this dataset has none." in texts(flat)


def test_findings_of_segments_name_both_ends() -> None:
    names = ["segment", "period", "active_before", "kept_rate", "ci_low", "ci_high", "complete"]
    rows = [
        ("a", JAN, 100, 0.5, 0.4, 0.6, True),
        ("b", JAN, 90, 0.2, 0.13, 0.3, True),
        ("c", JAN, 9, 0.9, 0.6, 1, True),
    ]
    assert findings.states_finding(pd.DataFrame(rows, columns=names), "month") == (
        "**a keep most customers in 2024-01: 50.0%** of those active in the period before (40.0%–60.0%);"
        " b least: 20.0% (13.0%–30.0%)."
    )
