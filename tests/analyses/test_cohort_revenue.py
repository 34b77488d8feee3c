"""Revenue of cohorts: by hand, and against a plain reference; retention relative to the period before."""

import calendar
import datetime as dt
import random
from typing import Any

import pytest

from tests.analyses.built import whole
from tests.builders import Make, ask, columns

JAN, FEB = dt.date(2024, 1, 1), dt.date(2024, 2, 1)
ORDERS = """customer_id,ordered_at,amount,is_cancelled
A,2024-01-05,100,no
A,2024-01-20,50,no
A,2024-02-10,30,no
A,2024-02-11,-10,yes
A,2024-02-12,500,yes
B,2024-01-07,10,no
C,2024-02-03,40,no
C,2024-03-31,8,no
"""
SHOWN = ("cohort", "cohort_size", "period", "revenue", "revenue_per_customer", "revenue_retention", "complete")


def test_revenue_of_a_cohort_by_hand(make: Make) -> None:
    # the cancelled order does not count, the refund is subtracted
    made = make({"orders.csv": ORDERS})
    assert columns(made, "cohort_retention", "retained", periods=0) == [(2,), (1,)]
    assert columns(made, "cohort_revenue", *SHOWN) == [
        (JAN, 2, 0, 160.0, 80.0, 1.0, True),
        (JAN, 2, 1, 20.0, 10.0, 0.125, True),
        (JAN, 2, 2, 0.0, 0.0, 0.0, True),
        (FEB, 1, 0, 40.0, 40.0, 1.0, True),
        (FEB, 1, 1, 8.0, 8.0, 0.2, True),
    ]
    added = columns(made, "cohort_revenue", "revenue", cumulative=True)
    assert added == [(160.0,), (180.0,), (180.0,), (40.0,), (48.0,)]
    overall = columns(made, "cohort_revenue_overall", "period", "customers", "revenue_per_customer", cumulative=True)
    assert overall == [(0, 3, 200 / 3), (1, 3, 76.0), (2, 2, 90.0)]


def test_a_file_without_money_has_no_revenue(make: Make) -> None:
    made = make({"orders.csv": "customer_id,ordered_at\nA,2024-01-05\n"})
    assert columns(made, "cohort_revenue", "revenue", "revenue_per_customer", "revenue_retention") == [
        (None, None, None)
    ]


def test_a_subscription_earns_its_monthly_value_day_by_day(make: Make) -> None:
    # from 16 January to the end of 14 February, 16 of 31 and 14 of 29 days; W is the end of March
    rows = "A,2024-01-16,2024-02-15,31\nB,2024-02-01,,29\nC,2024-01-01,2024-03-31 12:00,1\n"
    made = make({"subscriptions.csv": "customer_id,started_at,ended_at,mrr\n" + rows})
    cells = columns(made, "cohort_revenue", "cohort", "period", "revenue")
    assert [(cohort, k, pytest.approx(money)) for cohort, k, money in cells] == [
        (JAN, 0, 16 + 1),
        (JAN, 1, 31 * 14 / 29 + 1),
        (JAN, 2, 1),
        (FEB, 0, 29),
        (FEB, 1, 29),
    ]


def test_events_count_as_money_only_without_priced_orders(make: Make) -> None:
    events = {"events.csv": "customer_id,event,occurred_at,amount\nA,buy,2024-01-05,7\nA,visit,2024-01-06,\n"}
    assert columns(make(events), "cohort_revenue", "revenue") == [(7.0,)]
    both = make(events | {"orders.csv": "customer_id,ordered_at,amount\nA,2024-01-06,5\n"})
    assert columns(both, "cohort_revenue", "revenue") == [(5.0,)]
    assert columns(both, "cohort_revenue", "revenue", returning="buy") == [(7.0,)]
    assert columns(both, "cohort_revenue", "revenue", returning="order") == [(5.0,)]


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("clock", ["calendar", "rolling"])
def test_revenue_agrees_with_a_plain_reference(make: Make, seed: int, clock: str) -> None:
    draw = random.Random(seed)
    first = dt.datetime(2023, 11, 30)
    orders = [
        (draw.choice("ABCDE"), first + dt.timedelta(hours=draw.randrange(24 * 120)), draw.randrange(1, 900))
        for _ in range(60)
    ]
    made = make(
        {
            "orders.csv": "customer_id,ordered_at,amount\n"
            + "".join(f"{name},{moment},{amount}\n" for name, moment, amount in orders)
        }
    )
    expected: dict[tuple[dt.date, int], int] = {}
    for name in {name for name, _, _ in orders}:
        mine = sorted((moment, amount) for each, moment, amount in orders if each == name)
        start = mine[0][0]
        for moment, amount in mine:
            k = (
                whole("month", start, moment)
                if clock == "rolling"
                else (moment.year - start.year) * 12 + moment.month - start.month
            )
            key = (start.date().replace(day=1), k)
            expected[key] = expected.get(key, 0) + amount
    found = columns(made, "cohort_revenue", "cohort", "period", "revenue", clock=clock)
    assert {(cohort, k): money for cohort, k, money in found if money} == expected


def test_rolling_windows_of_a_subscription_add_up_to_the_calendar(make: Make) -> None:
    draw = random.Random(5)
    rows = ""
    total = 0.0
    for i in range(30):
        start = dt.date(2023, 1, 1) + dt.timedelta(days=draw.randrange(300))
        end = start + dt.timedelta(days=draw.randrange(1, 200))
        value = draw.randrange(10, 99)
        rows += f"C{i},{start},{end},{value}\n"
        days = (start + dt.timedelta(days=k) for k in range((end - start).days))
        total += sum(value / calendar.monthrange(day.year, day.month)[1] for day in days)
    made = make({"subscriptions.csv": "customer_id,started_at,ended_at,mrr\n" + rows})
    for clock in ("calendar", "rolling"):
        for grain in ("week", "month"):
            cells = columns(made, "cohort_revenue", "revenue", clock=clock, grain=grain, periods=200)
            assert sum(money for (money,) in cells) == pytest.approx(total), (clock, grain)


def test_retention_relative_to_the_period_before(make: Make) -> None:
    # January: 4 customers, 2 of them in February, 3 in March, none in April; the data end on 30 April
    orders = "".join(f"{c},2024-01-02\n" for c in "ABCD") + "A,2024-02-02\nB,2024-02-02\n"
    orders += "A,2024-03-02\nC,2024-03-02\nD,2024-03-02\nZ,2024-04-30\n"
    made = make({"orders.csv": "customer_id,ordered_at\n" + orders})
    given: dict[str, Any] = {"relative_to": "previous"}
    cells = columns(made, "cohort_retention", "cohort", "period", "retained", "retention", "ci_low", **given)
    assert [(k, n, share, low is None) for cohort, k, n, share, low in cells if cohort == JAN] == [
        (0, 4, 1.0, False),
        (1, 2, 0.5, True),
        (2, 3, 1.5, True),
        (3, 0, 0.0, True),
    ]
    overall = columns(made, "cohort_retention_overall", "period", "retention", **given)
    assert overall == [(0, 1.0), (1, 0.5), (2, 1.5), (3, 0.0)]
    # then or later, those back are among those back before: 4, 4, 3, 0
    later = columns(made, "cohort_retention_overall", "retention", "ci_low", measure="on_or_after", **given)
    assert [share for share, _ in later] == [1.0, 1.0, 0.75, 0.0]
    assert all(low is not None for _, low in later)


def test_relative_to_the_period_before_counts_the_same_customers_by_the_clock(make: Make) -> None:
    # C's third day is not over: its return on day 1 must not stand below the line of day 2
    events = "A,visit,2024-01-01\nA,visit,2024-01-02\nA,visit,2024-01-03\nC,visit,2024-01-02\nC,visit,2024-01-03\n"
    made = make({"events.csv": "customer_id,event,occurred_at\n" + events})
    rows = columns(
        made, "cohort_retention_overall", "period", "customers", "retained", "retention",
        relative_to="previous", clock="rolling", grain="day", periods=3,
    )  # fmt: skip
    assert rows == [(0, 2, 2, 1.0), (1, 2, 2, 1.0), (2, 1, 1, 1.0)]


def test_the_largest_segments_stand_alone_and_the_rest_add_up(make: Make) -> None:
    customers = [f"C{i:04d}" for i in range(5000)]
    cities = [f"city {i}" if i >= 60 else ("one", "two", "three")[i % 3] for i in range(5000)]
    made = make(
        {
            "orders.csv": "customer_id,ordered_at\n"
            + "".join(f"{c},2024-01-05\n" for c in customers)
            + "".join(f"{c},2024-02-05\n" for c in customers[::2]),
            "customers.csv": "customer_id,city\n"
            + "".join(f"{c},{v}\n" for c, v in zip(customers, cities, strict=True)),
        }
    )
    rows = columns(
        made, "cohort_retention", "segment", "cohort_size", "retained", breakdown="city", top=3, periods=1
    )  # fmt: skip
    assert [row[0] for row in rows[::2]] == ["(other)", "one", "three", "two"]
    assert rows[0] == ("(other)", 4940, 4940)
    assert sum(size for _, size, _ in rows[::2]) == 5000
    assert sum(back for _, _, back in rows[1::2]) == 2500
    listed = ask(
        made, "cohort_retention_customers", breakdown="city", top=3, cohort="2024-01-01", period=1, segment="(other)"
    )
    assert len(listed) == 2470


def test_cohort_sizes_over_time(make: Make) -> None:
    made = make(
        {
            "orders.csv": "customer_id,ordered_at\nA,2024-01-02\nB,2024-01-03\nC,2024-02-02\nD,2024-04-05\n",
            "customers.csv": "customer_id,city\nA,x\nB,y\nC,x\nD,x\n",
        }
    )
    sizes = columns(made, "cohort_sizes", "cohort", "customers", "change", "complete")
    # nobody started in March, which is told, and April compares with nothing
    march, april = (dt.date(2024, 3, 1), 0, -1.0, True), (dt.date(2024, 4, 1), 1, None, False)
    assert sizes == [(JAN, 2, None, True), (FEB, 1, -0.5, True), march, april]
    split = columns(made, "cohort_sizes", "segment", "cohort", "customers", "share", breakdown="city")
    assert split[0] == ("x", JAN, 1, 0.5)
    assert split[-2:] == [("y", JAN, 1, 0.5), ("y", dt.date(2024, 3, 1), 0, None)]


def test_the_difference_of_two_segments_has_newcombes_interval(make: Make) -> None:
    # Newcombe 1998, method 10, table II (a): 56/70 against 48/80 gives 0.2 (0.0524 to 0.3339)
    customers = [f"A{i:02d}" for i in range(70)] + [f"B{i:02d}" for i in range(80)]
    back = customers[:56] + customers[70:118]
    orders = "".join(f"{c},2024-01-02\n" for c in customers) + "".join(f"{c},2024-02-02\n" for c in back)
    made = make(
        {
            "orders.csv": "customer_id,ordered_at\n" + orders + "Z,2024-02-29\n",
            "customers.csv": "customer_id,arm\n" + "".join(f"{c},{c[0]}\n" for c in customers),
        }
    )
    rows = ask(made, "cohort_comparison", breakdown="arm", segment_a="A", segment_b="B")
    assert rows[1][:7] == (1, 70, 56, 0.8, 80, 48, 0.6)
    assert rows[1][7:] == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)
    assert [row[7] for row in rows] == pytest.approx([0.0, 0.2])
    swapped = ask(made, "cohort_comparison", breakdown="arm", segment_a="B", segment_b="A")
    assert swapped[1][7:] == pytest.approx((-0.2, -0.3339, -0.0524), abs=5e-5)
