"""Days of the week: orders and money of an average Monday to Sunday, counted with a finger."""

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest

from churnbook.analyses.activity import charts, findings
from churnbook.analyses.draw.picture import picture
from churnbook.catalogue.request import Scope
from churnbook.datasets.library import Library
from tests.builders import Make, Open, add, ask, columns, texts

# 2024-01-01 is a Monday; the data run for eleven days, so Monday to Thursday come twice
ORDERS = """customer_id,ordered_at,amount,order_id,is_cancelled
A,2024-01-01,10,1,no
B,2024-01-01,20,2,no
A,2024-01-06,30,3,no
A,2024-01-08,5,4,no
B,2024-01-08,-4,2,yes
B,2024-01-11,7,5,no
"""
KINDS = "customer_id,kind\nA,old\nB,new\n"


@pytest.fixture
def made(make: Make) -> Path:
    return make({"orders.csv": ORDERS, "customers.csv": KINDS})


def test_by_hand(made: Path) -> None:
    rows = columns(made, "weekdays", "weekday", "days", "orders", "revenue", "orders_per_day", "revenue_per_day")
    assert rows[0] == (1, 2, 3, 31.0, 1.5, 15.5), "a refund lowers the money and is no order"
    assert rows[3] == (4, 2, 1, 7.0, 0.5, 3.5)
    assert rows[5] == (6, 1, 1, 30.0, 1.0, 30.0)
    assert [row[0] for row in rows] == [1, 2, 3, 4, 5, 6, 7] and [row[1] for row in rows] == [2, 2, 2, 2, 1, 1, 1]
    assert all(row[2:] == (0, 0.0, 0.0, 0.0) for row in (rows[1], rows[2], rows[4], rows[6]))
    shares = columns(made, "weekdays", "share", "revenue_share")
    assert [round(share, 6) for share, _money in shares] == [0.5, 0, 0, round(1 / 6, 6), 0, round(1 / 3, 6), 0]
    assert shares[5][1] == pytest.approx(30 / 49) and sum(money for _share, money in shares) == pytest.approx(1)


def test_only_days_chosen_count(made: Path) -> None:
    late = Scope(report_from=dt.date(2024, 1, 8))
    rows = columns(made, "weekdays", "weekday", "days", "orders", "revenue", scope=late)
    assert rows == [(1, 1, 1, 1.0), (2, 1, 0, 0.0), (3, 1, 0, 0.0), (4, 1, 1, 7.0)]
    early = Scope(report_from=dt.date(1999, 1, 1), as_of=dt.date(2024, 1, 6))
    assert [row[0] for row in columns(made, "weekdays", "days", scope=early)] == [1] * 6


def test_a_split_adds_up(made: Path) -> None:
    rows = columns(made, "weekdays", "segment", "weekday", "orders", "revenue", breakdown="kind")
    assert rows[0] == ("new", 1, 1, 16.0) and rows[7] == ("old", 1, 2, 15.0) and len(rows) == 14


def test_without_amounts_only_orders_count(make: Make) -> None:
    bare = make({"orders.csv": "customer_id,ordered_at\nA,2024-01-01\nA,2024-01-03\n"})
    assert columns(bare, "weekdays", "orders", "revenue", "revenue_share") == [
        (1, None, None),
        (0, None, None),
        (1, None, None),
    ]
    told = findings.weekdays_finding(pd.DataFrame(ask(bare, "weekdays"), columns=NAMES), None)
    assert told == "There are fewer than 30 orders, too few to tell the days of the week apart."


NAMES = [
    "segment",
    "weekday",
    "days",
    "orders",
    "revenue",
    "orders_per_day",
    "revenue_per_day",
    "share",
    "revenue_share",
    "all_orders",
]


def test_the_finding_names_the_strongest_and_the_weakest_day(make: Make) -> None:
    rows = "".join(f"C{i},2024-01-{1 + i % 7:02d},{10 if i % 7 == 5 else 1}\n" for i in range(70))
    made = make({"orders.csv": "customer_id,ordered_at,amount\n" + rows})
    told = findings.weekdays_finding(pd.DataFrame(ask(made, "weekdays"), columns=NAMES), "EUR")
    assert told == (
        "**Saturday brings in most: €100 a day, 62.5% of an average week**; Monday least: €10, 6.2% (70 orders)."
    )


def test_without_amounts_the_finding_counts_orders(make: Make) -> None:
    days = [1 + i % 7 for i in range(70)] + [6] * 10
    rows = "".join(f"C{i},2024-01-{day:02d}\n" for i, day in enumerate(days))
    made = make({"orders.csv": "customer_id,ordered_at\n" + rows})
    told = findings.weekdays_finding(pd.DataFrame(ask(made, "weekdays"), columns=NAMES), None)
    assert told == (
        "**Saturday has most orders: 20 a day, 25.0% of an average week**; Monday least: 10, 12.5% (80 orders)."
    )


def test_fewer_than_one_order_a_day_is_written_as_it_is(make: Make) -> None:
    bare = make({"orders.csv": "customer_id,ordered_at\nA,2024-01-01\nA,2024-01-23\nB,2024-02-03\n"})
    chart = charts.weekdays(pd.DataFrame(ask(bare, "weekdays"), columns=NAMES), None)
    drawn = picture(chart, "svg").decode()
    assert ">0.2<" in drawn and ">200m<" not in drawn


def test_the_page_draws_it(opened: Open, library: Library) -> None:
    app = opened("activity")
    assert not app.exception and "brings in most" in texts(app)
    split = opened("activity", states__breakdown="渠道")
    assert not split.exception and "Strongest day" in texts(split)
    events = add(library, {"events.csv": "customer_id,event,occurred_at\nA,visit,2024-01-05\nB,visit,2024-02-05\n"})
    app = opened("activity", dataset=events)
    assert not app.exception and "This question needs orders" in texts(app)


def test_a_segment_without_money_has_no_strongest_day(make: Make) -> None:
    rows = "".join(f"P{i},2024-01-{1 + i % 7:02d},{1 + i % 7}\nF{i},2024-01-{1 + i % 7:02d},0\n" for i in range(40))
    kinds = "customer_id,kind\n" + "".join(f"P{i},paid\nF{i},free\n" for i in range(40))
    made = make({"orders.csv": "customer_id,ordered_at,amount\n" + rows, "customers.csv": kinds})
    told = findings.weekdays_finding(pd.DataFrame(ask(made, "weekdays", breakdown="kind"), columns=NAMES), None)
    # Sundays bring in 5 × 7 of 6 × (1 + 2 + 3 + 4 + 5) + 5 × (6 + 7) = 155
    assert told == "**Strongest day, with its share of an average week: paid Sunday (22.6%).**"


def test_fewer_than_seven_days_are_not_compared(make: Make) -> None:
    made = make({"orders.csv": "customer_id,ordered_at,amount\n" + "".join(f"C{i},2024-01-01,5\n" for i in range(40))})
    told = findings.weekdays_finding(pd.DataFrame(ask(made, "weekdays"), columns=NAMES), None)
    assert told == "Fewer than seven days are looked at, so the days of the week are not compared."


def test_bars_of_segments_stand_in_the_order_of_the_legend(made: Path) -> None:
    days = pd.DataFrame(ask(made, "weekdays", breakdown="kind"), columns=NAMES)
    encoding = charts.weekdays(days, None, ["old", "new"]).to_dict()["encoding"]
    assert encoding["xOffset"]["sort"] == encoding["color"]["sort"] == ["old", "new"]
