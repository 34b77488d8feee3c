"""Activity and purchases, by hand: orders, cancellations, refunds and splits; and the identities on the samples."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from churnbook.request import Scope
from tests.conftest import Make, columns, rows_of

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
