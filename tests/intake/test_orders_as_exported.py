"""Orders as systems export them: states, money paid back, orders of several rows, guests, and files that meet by another key."""

from __future__ import annotations

import datetime as dt
import tempfile
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from churnbook.catalogue.request import Scope
from churnbook.datasets.facts import facts_of, rejected_of
from churnbook.intake.files import read
from churnbook.intake.loading import load, overlap
from churnbook.intake.loading.overlap import Batch
from churnbook.intake.loading.report import Report, Settings
from churnbook.intake.mapping.map import explain
from churnbook.intake.mapping.plan import MappedSheet
from churnbook.intake.mapping.rules import Rules
from tests.builders import UPLOADED_ON, Make, columns, rows_of

Months = dict[str, tuple[Any, ...]]


def mapped_as(
    folder: Path, name: str, text: str, roles: dict[str, str], table: str = "orders", rules: Rules | None = None
) -> MappedSheet:
    (folder / name).write_text(text)
    (sheet,) = read.inspect(folder / name, name, folder)
    return MappedSheet(sheet, table, roles, rules=rules or Rules())


def loaded(folder: Path, *mapped: MappedSheet) -> tuple[Path, Report]:
    target = folder / "made.duckdb"
    return target, load.load(list(mapped), target, Settings("made"), uploaded_on=UPLOADED_ON)


def by_month(path: Path) -> Months:
    found = columns(path, "purchases", "period", "buyers", "orders", "revenue", grain="month")
    return {f"{period:%Y-%m}": tuple(counted) for period, *counted in found}


def told(report: Report) -> str:
    return "\n".join(each.english for each in report.warnings)


# States

STATES = """order,buyer,day,paid,state,back
1,A,2024-01-05,100,paid,
2,B,2024-01-06,40,Cancelled,
3,B,2024-01-07,30,refunded,
4,C,2024-02-01,50,completed,20
5,C,2024-02-02,70,pending payment,
6,D,2024-02-03,8,交易关闭,
7,A,2024-02-04,60,lay-away,
"""
STATE_ROLES = {
    "customer_id": "buyer", "ordered_at": "day", "amount": "paid", "order_id": "order", "status": "state",
    "refunded_amount": "back",
}  # fmt: skip


def test_states_decide_what_counts_and_what_is_paid_back(tmp_path: Path) -> None:
    path, report = loaded(tmp_path, mapped_as(tmp_path, "orders.csv", STATES, STATE_ROLES))
    # January: 100 and 30, which came back; February: 50 less 20, and 60 in a state nobody knows
    assert by_month(path) == {"2024-01": (2, 2, 100.0), "2024-02": (2, 2, 90.0)}
    assert [(each.value, each.reason) for each in rejected_of(facts_of(path))] == [
        ("Cancelled", "state"),
        ("pending payment", "state"),
        ("交易关闭", "state"),
    ]
    assert rows_of(path, "select customer_id from main.customers order by 1") == [("A",), ("B",), ("C",)]
    assert {each.what: each.rows for each in report.accounts} == {"read": 7, "loaded": 6, "made": 2, "state": 3}
    assert report.loaded == {"orders": 4, "customers": 0} or report.loaded == {"orders": 4}
    found = {each.value: (each.rows, each.meaning, each.is_known) for each in report.states["orders.csv"]}
    assert found["refunded"] == (1, "refunded", True) and found["lay-away"] == (1, "counts", False)
    assert "nobody knows what these values of state mean, so their 1 rows count: lay-away (1)" in told(report)
    assert "money was paid back on 2 rows without saying when" in told(report)


def test_what_a_person_says_of_a_state_holds(tmp_path: Path) -> None:
    rules = Rules(states={"LAY-AWAY": "left out", "refunded": "counts", "cancelled": "counts"})
    path, report = loaded(tmp_path, mapped_as(tmp_path, "orders.csv", STATES, STATE_ROLES, rules=rules))
    assert by_month(path) == {"2024-01": (2, 3, 170.0), "2024-02": (1, 1, 30.0)}
    assert "nobody knows" not in told(report)


def test_money_is_paid_back_on_its_day_where_that_is_known(tmp_path: Path) -> None:
    text = "buyer,day,paid,back,back on\nA,2024-01-05,100,30,2024-03-01\nB,2024-01-06,40,0,\nB,2024-02-06,40,-5,\n"
    roles = {"customer_id": "buyer", "ordered_at": "day", "amount": "paid", "refunded_amount": "back", "refunded_at": "back on"}  # fmt: skip
    path, report = loaded(tmp_path, mapped_as(tmp_path, "orders.csv", text, roles))
    assert by_month(path) == {"2024-01": (2, 2, 140.0), "2024-02": (1, 1, 35.0), "2024-03": (0, 0, -30.0)}
    assert "money was paid back on 1 rows" in told(report)


def test_a_row_that_is_a_refund_is_no_order(tmp_path: Path) -> None:
    text = "no,buyer,day,paid,back,state\n1,A,2024-01-05,100,0,SUCCESS\n1,A,2024-02-05,100,100,REFUND\n2,B,2024-01-09,10,0,REVOKED\n"
    roles = {"customer_id": "buyer", "ordered_at": "day", "amount": "paid", "refunded_amount": "back", "status": "state", "order_id": "no"}  # fmt: skip
    path, _report = loaded(tmp_path, mapped_as(tmp_path, "bill.csv", text, roles))
    assert by_month(path) == {"2024-01": (1, 1, 100.0), "2024-02": (0, 0, -100.0)}


def test_a_row_below_zero_under_an_orders_id_is_money_paid_back_on_it(tmp_path: Path) -> None:
    text = "no,buyer,day,paid,state\n1,A,2024-01-05,100,refunded\n1,A,2024-02-05,-100,refunded\n2,B,2024-01-09,10,completed\n"
    roles = {"customer_id": "buyer", "ordered_at": "day", "amount": "paid", "status": "state", "order_id": "no"}
    path, _report = loaded(tmp_path, mapped_as(tmp_path, "orders.csv", text, roles))
    assert by_month(path) == {"2024-01": (2, 2, 110.0), "2024-02": (0, 0, -100.0)}


# Orders of several rows

LINES = {"customer_id": "buyer", "ordered_at": "day", "order_id": "no", "amount": "total", "product": "what", "quantity": "n", "unit_price": "price"}  # fmt: skip


def test_a_total_on_the_first_row_counts_once_and_nothing_is_multiplied_beside_it(tmp_path: Path) -> None:
    text = "no,buyer,day,total,what,n,price\n1,A,2024-01-05,37.40,soap,2,9\n1,,,,brush,1,14.50\n2,B,2024-01-06,20,towel,1,20\n"
    path, report = loaded(tmp_path, mapped_as(tmp_path, "orders.csv", text, LINES))
    assert by_month(path) == {"2024-01": (2, 2, 57.4)}
    assert rows_of(path, "select order_id, product, quantity, amount from main.order_items order by all") == [
        ("1", "brush", 1.0, Decimal("14.5")),
        ("1", "soap", 2.0, Decimal(18)),
        ("2", "towel", 1.0, Decimal(20)),
    ]
    assert report.set_aside == {"orders": 0}, "what stands on the first row holds for the second"
    assert "1 orders have several rows, and total on one of them" in told(report)


def test_a_total_on_each_row_counts_once(tmp_path: Path) -> None:
    text = "no,buyer,day,total,what,n,price\n1,A,2024-01-05,30,soap,2,9\n1,A,2024-01-05,30,brush,1,12\n2,B,2024-02-06,25,towel,1,20\n"
    path, report = loaded(tmp_path, mapped_as(tmp_path, "orders.csv", text, LINES))
    assert by_month(path) == {"2024-01": (1, 1, 30.0), "2024-02": (1, 1, 25.0)}
    assert "each with the same total; it was taken as the amount of the whole order" in told(report)


@pytest.mark.parametrize("header", ["order total", "订单金额"])
def test_a_header_that_says_total_needs_no_prices(tmp_path: Path, header: str) -> None:
    text = f"no,buyer,day,{header}\n1,A,2024-01-05,30\n1,A,2024-01-05,30\n"
    roles = {"customer_id": "buyer", "ordered_at": "day", "order_id": "no", "amount": header}
    path, _report = loaded(tmp_path, mapped_as(tmp_path, "orders.csv", text, roles))
    assert by_month(path) == {"2024-01": (1, 1, 30.0)}


def test_amounts_of_rows_are_added_up_as_before(tmp_path: Path) -> None:
    text = "no,buyer,day,total,what,n,price\n1,A,2024-01-05,18,soap,2,9\n1,A,2024-01-05,18,brush,1,18\n2,B,2024-02-06,20,towel,1,20\n"
    path, _report = loaded(tmp_path, mapped_as(tmp_path, "orders.csv", text, LINES))
    assert by_month(path) == {"2024-01": (1, 1, 36.0), "2024-02": (1, 1, 20.0)}
    # two things that happen to cost the same say nothing of totals
    text = "no,buyer,day,sum\n1,A,2024-01-05,18\n1,A,2024-01-05,18\n2,B,2024-01-06,20\n"
    roles = {"customer_id": "buyer", "ordered_at": "day", "order_id": "no", "amount": "sum"}
    path, _report = loaded(tmp_path / "b", mapped_as(_made(tmp_path / "b"), "orders.csv", text, roles))
    assert by_month(path) == {"2024-01": (2, 2, 56.0)}


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def test_money_paid_back_that_stands_on_each_row_of_an_order_counts_once(tmp_path: Path) -> None:
    text = "no,buyer,day,order total,back\n1,A,2024-01-05,30,20\n1,A,2024-01-05,30,20\n2,A,2024-01-06,9,0\n"
    roles = {"customer_id": "buyer", "ordered_at": "day", "order_id": "no", "amount": "order total", "refunded_amount": "back"}  # fmt: skip
    path, _report = loaded(tmp_path, mapped_as(tmp_path, "orders.csv", text, roles))
    assert by_month(path) == {"2024-01": (1, 2, 19.0)}


# Guests, and orders of nobody

GUESTS = """id,mail,day,paid
0,g1@w.test,2024-01-03,30
0,g2@w.test,2024-01-09,25
12,m1@w.test,2024-01-15,80
0,g1@w.test,2024-02-02,30
12,m1@w.test,2024-02-20,20
0,m1@w.test,2024-03-01,7
0,,2024-03-05,5
"""


def test_guests_who_share_an_id_are_told_apart_by_their_mail(tmp_path: Path) -> None:
    roles = {"customer_id": "id", "ordered_at": "day", "amount": "paid"}
    rules = Rules(otherwise={"customer_id": ("mail",)})
    path, report = loaded(tmp_path, mapped_as(tmp_path, "orders.csv", GUESTS, roles, rules=rules))
    # the guest whose mail a customer has is that customer; one row says nothing at all
    assert by_month(path) == {"2024-01": (3, 3, 135.0), "2024-02": (2, 2, 50.0), "2024-03": (1, 2, 12.0)}
    assert rows_of(path, "select customer_id from main.customers order by 1") == [
        ("12",),
        ("g1@w.test",),
        ("g2@w.test",),
    ]
    assert "5 rows have 0 in id, which guests share; 4 of them are told apart by mail" in told(report)
    assert "1 of 7 rows name no customer" in told(report)
    assert {each.what: each.rows for each in report.accounts} == {"read": 7, "loaded": 6, "nobody": 1}


def test_guests_whom_nothing_tells_apart_are_no_customer(tmp_path: Path) -> None:
    roles = {"customer_id": "id", "ordered_at": "day", "amount": "paid"}
    path, report = loaded(tmp_path, mapped_as(tmp_path, "orders.csv", GUESTS, roles))
    assert by_month(path) == {"2024-01": (1, 3, 135.0), "2024-02": (1, 2, 50.0), "2024-03": (0, 2, 12.0)}
    assert columns(path, "overview", "customers", "orders", "revenue") == [(1, 7, 197.0)]
    assert columns(path, "cohort_retention_overall", "customers", "retained", periods=1) == [(1, 1), (1, 1)]
    assert "they are nobody's" in told(report)


def test_an_id_that_is_zero_by_right_stays_a_customer(make: Make) -> None:
    made = make(
        {"orders.csv": "customer_id,ordered_at\n" + "".join(f"{n % 5},2024-01-{n + 1:02d}\n" for n in range(20))}
    )
    assert rows_of(made, "select count(*) from main.customers") == [(5,)]


def test_masked_phones_tell_nobody_apart(tmp_path: Path) -> None:
    text = "phone,day,paid\n186******05,2024-01-05,10\n186******05,2024-02-05,20\n13800000001,2024-01-06,5\n"
    roles = {"customer_id": "phone", "ordered_at": "day", "amount": "paid"}
    path, report = loaded(tmp_path, mapped_as(tmp_path, "orders.csv", text, roles))
    assert by_month(path) == {"2024-01": (1, 2, 15.0), "2024-02": (0, 1, 20.0)}
    assert "2 values of phone are masked, as 186******05" in told(report)


def test_orders_without_any_customer_count_as_orders_and_money(tmp_path: Path) -> None:
    text = "no,day,paid,state\n1,2024-01-05,10,已收货\n2,2024-01-06,20,已取消\n3,2024-02-06,5,待发货\n"
    roles = {"ordered_at": "day", "amount": "paid", "status": "state", "order_id": "no"}
    mapped = mapped_as(tmp_path, "orders.csv", text, roles, rules=Rules(without_customers=True))
    path, report = loaded(tmp_path, mapped)
    assert by_month(path) == {"2024-01": (0, 1, 10.0), "2024-02": (0, 1, 5.0)}
    assert columns(path, "overview", "customers", "orders", "revenue") == [(0, 2, 15.0)]
    assert facts_of(path).orders == 2
    assert "nothing tells whose the orders are" in told(report)


COPIES_OF_NOBODY = """buyer,day,paid,back
A,2024-01-05,10,2
A,2024-01-05,10,2
,2024-01-06,20,5
,2024-01-06,20,5
,2024-01-06,20,5
,2024-01-07,8,
"""


@pytest.mark.parametrize("repeated", ["keep", "once"])
def test_exact_copies_among_orders_of_nobody_are_told_or_left_out(
    tmp_path: Path, repeated: Literal["keep", "once"]
) -> None:
    roles = {"customer_id": "buyer", "ordered_at": "day", "amount": "paid", "refunded_amount": "back"}
    mapped = mapped_as(tmp_path, "orders.csv", COPIES_OF_NOBODY, roles)
    report = load.load([mapped], tmp_path / "made.duckdb", Settings("made", repeated=repeated), uploaded_on=UPLOADED_ON)
    accounts = {each.what: each.rows for each in report.accounts}
    if repeated == "keep":
        # A paid 20, of which 4 came back; nobody 60 and 8, of which 15
        assert by_month(tmp_path / "made.duckdb") == {"2024-01": (1, 6, 69.0)}
        assert accounts == {"read": 6, "made": 2, "loaded": 4, "nobody": 4}
        assert "Orders: rows that repeat another exactly, in every column that was loaded: 1; all" in told(report)
        assert "Orders of nobody: rows that repeat another exactly, in every column that was loaded: 2" in told(report)
    else:
        # A paid 10, of which 2 came back; nobody 20 and 8, of which 5
        assert by_month(tmp_path / "made.duckdb") == {"2024-01": (1, 3, 31.0)}
        assert accounts == {"read": 6, "made": 1, "loaded": 2, "nobody": 2, "repeated": 3}
        assert "Orders: exact copies of other rows left out: 1" in told(report)
        assert "Orders of nobody: exact copies of other rows left out: 2" in told(report)


def test_a_file_with_ids_and_times_of_orders_is_orders_whoever_made_them(tmp_path: Path) -> None:
    (mapped,) = proposed(tmp_path, {"sales.csv": "order_id,order_date,amount\n1,2024-01-05,10\n2,2024-01-06,20\n"})
    assert (mapped.table, mapped.roles) == (
        "orders",
        {"ordered_at": "order_date", "amount": "amount", "order_id": "order_id"},
    )
    (costs,) = proposed(tmp_path, {"spend.csv": "month,amount\n2024-01-01,10\n2024-02-01,20\n"})
    assert costs.table == "costs"


def test_another_file_names_the_customers_by_the_orders_id(tmp_path: Path) -> None:
    orders = "no,day,paid\n1,2024-01-05,10\n2,2024-02-06,20\n3,2024-02-07,5\n"
    bill = "trade,openid,time,sum\n1,oA,2024-01-05,10\n2,oA,2024-02-06,20\n"
    takes = mapped_as(
        tmp_path, "orders.csv", orders, {"ordered_at": "day", "amount": "paid", "order_id": "no"},
        rules=Rules(without_customers=True, by_order="takes"),
    )  # fmt: skip
    gives = mapped_as(
        tmp_path, "bill.csv", bill,
        {"customer_id": "openid", "ordered_at": "time", "amount": "sum", "order_id": "trade"},
        rules=Rules(by_order="gives"),
    )  # fmt: skip
    path, report = loaded(tmp_path, takes, gives)
    assert by_month(path) == {"2024-01": (1, 1, 10.0), "2024-02": (1, 2, 25.0)}
    assert "2 of 3 rows got their customer from bill.csv, by the id of the order" in told(report)
    assert [(each.what, each.rows) for each in report.accounts if each.sheet == "bill.csv"] == [
        ("read", 2),
        ("names", 2),
    ]


# Keys that belong together


def test_files_meet_by_another_key_than_the_id(tmp_path: Path) -> None:
    orders = "mail,day,paid\nann@x.test,2024-01-05,10\nBob@x.test,2024-01-06,20\neve@x.test,2024-01-07,1\n"
    people = "id,e-mail,city\n7,ann@x.test,Rome\n8,bob@x.test,Oslo\n"
    path, report = loaded(
        tmp_path,
        mapped_as(tmp_path, "orders.csv", orders, {"customer_id": "mail", "ordered_at": "day", "amount": "paid"}),
        mapped_as(tmp_path, "people.csv", people, {"customer_id": "id"}, "customers", Rules(otherwise={"customer_id": ("e-mail",)})),
    )  # fmt: skip
    assert rows_of(path, "select customer_id, amount from main.orders inner join main.customers using (customer) order by 1") == [
        ("7", 10), ("8", 20), ("eve@x.test", 1)
    ]  # fmt: skip
    assert "2 of 3 rows name their customer by another key than the id" in told(report)


def test_rows_with_both_ids_tie_what_was_done_before_signing_in(tmp_path: Path) -> None:
    text = """user,device,what,at
,d1,open,2024-01-01 10:00
u1,d1,sign in,2024-01-01 10:05
,d1,open,2024-01-02 10:00
,d2,open,2024-01-02 11:00
u1,d3,open,2024-01-03 10:00
u2,d3,open,2024-01-04 10:00
,d3,open,2024-01-05 10:00
"""
    roles = {"customer_id": "user", "event": "what", "occurred_at": "at"}
    rules = Rules(otherwise={"customer_id": ("device",)})
    path, report = loaded(tmp_path, mapped_as(tmp_path, "events.csv", text, roles, "events", rules))
    found = "select customer_id, count(*) from main.events inner join main.customers using (customer) group by all order by 1"
    # a device that two people used is nobody's
    assert rows_of(path, found) == [("d2", 1), ("d3", 1), ("u1", 4), ("u2", 1)]
    assert "2 rows without user were matched by device to 1 customers known from other rows" in told(report)
    assert "1 e-mails, phones or devices stand beside several customers, as d3" in told(report)


# Subscriptions

SUBSCRIPTIONS = """id,who,from,to,asked,paid to,trial to,state,price,every,seats
s1,A,2024-01-01,,,,,active,10,month,3
s2,B,2024-01-01,2024-03-01,2024-02-10,2024-03-01,,canceled,10,month,1
s3,C,2024-01-01,,2024-02-10,2024-03-05,,canceled,120,year,
s4,D,2024-01-10,,,,2024-01-24,trialing,10,month,1
s5,E,2024-01-10,2024-01-20,,,2024-01-24,canceled,10,month,1
s6,F,2024-01-10,,,,2024-01-24,active,10,month,1
s7,G,2024-01-11,,,,,incomplete_expired,10,month,1
"""
SUBSCRIBED = {
    "customer_id": "who", "started_at": "from", "ended_at": "to", "cancelled_at": "asked", "paid_until": "paid to",
    "trial_ends_at": "trial to", "status": "state", "amount": "price", "interval": "every", "quantity": "seats",
    "subscription_id": "id",
}  # fmt: skip


def test_trials_and_what_was_never_paid_are_no_customers(tmp_path: Path) -> None:
    path, report = loaded(tmp_path, mapped_as(tmp_path, "s.csv", SUBSCRIPTIONS, SUBSCRIBED, "subscriptions"))
    found = "select subscription_id, started_at::date, ended_at::date, mrr from main.subscriptions order by 1"
    assert rows_of(path, found) == [
        ("s1", dt.date(2024, 1, 1), None, 30),
        ("s2", dt.date(2024, 1, 1), dt.date(2024, 3, 1), 10),
        ("s3", dt.date(2024, 1, 1), dt.date(2024, 3, 5), 10),
        ("s6", dt.date(2024, 1, 24), None, 10),
    ]
    assert {each.value: each.reason for each in rejected_of(facts_of(path))} == {
        "trialing": "trial", "2024-01-24": "trial", "incomplete_expired": "state"
    }  # fmt: skip
    assert rows_of(path, "select customer_id from main.customers order by 1") == [("A",), ("B",), ("C",), ("F",)]
    assert "1 subscriptions have ended by their status, without a day; paid to, asked was taken" in told(report)


def test_trials_count_where_that_is_chosen(tmp_path: Path) -> None:
    roles = {role: header for role, header in SUBSCRIBED.items() if role != "trial_ends_at"}
    rules = Rules(states={"trialing": "counts"})
    path, _report = loaded(tmp_path, mapped_as(tmp_path, "s.csv", SUBSCRIPTIONS, roles, "subscriptions", rules))
    assert rows_of(path, "select customer_id from main.customers order by 1") == [(each,) for each in "ABCDEF"]


def test_a_day_of_cancellation_is_the_end_only_where_no_other_is_told(tmp_path: Path) -> None:
    text = "who,from,asked,paid to\nA,2024-01-01,2024-02-10,2024-03-01\nB,2024-01-01,,2024-06-01\n"
    roles = {"customer_id": "who", "started_at": "from", "cancelled_at": "asked", "paid_until": "paid to"}
    path, report = loaded(tmp_path, mapped_as(tmp_path, "s.csv", text, roles, "subscriptions"))
    found = "select ended_at::date, cancelled_at::date from main.subscriptions order by customer"
    assert rows_of(path, found) == [(dt.date(2024, 3, 1), dt.date(2024, 2, 10)), (None, None)]
    assert "no column says when a subscription ends; asked, paid to was taken for it" in told(report)


def test_an_end_by_status_without_a_day_is_told_loudly(tmp_path: Path) -> None:
    text = "who,from,state\nA,2024-01-01,canceled\nB,2024-01-01,active\n"
    roles = {"customer_id": "who", "started_at": "from", "status": "state"}
    _path, report = loaded(tmp_path, mapped_as(tmp_path, "s.csv", text, roles, "subscriptions"))
    assert ("wrong", True) in [(each.weight, "1 subscriptions have ended" in each.english) for each in report.warnings]


# What is left out, or blank


def test_rows_of_tests_are_left_out_and_accounted_for(tmp_path: Path) -> None:
    text = "who,day,paid,mode\nA,2024-01-05,10,Live\nB,2024-01-06,99,TEST\n"
    roles = {"customer_id": "who", "ordered_at": "day", "amount": "paid"}
    rules = Rules(dropped={"mode": ("Test",)})
    path, report = loaded(tmp_path, mapped_as(tmp_path, "orders.csv", text, roles, rules=rules))
    assert by_month(path) == {"2024-01": (1, 1, 10.0)}
    assert {each.what: each.rows for each in report.accounts} == {"read": 2, "loaded": 1, "dropped": 1}


def test_blank_cells_and_unused_columns_are_told(tmp_path: Path) -> None:
    text = "who,day,paid,due,note,tags\nA,2024-01-05,待定,2024-02-01,x,[1]\nB,2024-01-06,,2024-02-02,y,[2]\nC,2024-01-07,5,2024-02-03,,[]\n"
    roles = {"customer_id": "who", "ordered_at": "day", "amount": "paid"}
    path, report = loaded(tmp_path, mapped_as(tmp_path, "orders.csv", text, roles))
    assert [(each.column, each.rows, each.blank, each.words) for each in report.blanks] == [("paid", 3, 2, {"待定": 1})]
    assert [(each.column, each.holds) for each in report.unused] == [
        ("due", "dates"),
        ("note", "text"),
        ("tags", "lists"),
    ]
    assert rows_of(path, "select header, blank, words from meta.blanks") == [("paid", 2, "待定 (1)")]
    assert "words that mean nothing were read as blank cells. paid: 待定 (1)" in told(report)
    loud = [each for each in report.warnings if each.weight == "look"]
    assert [each.english for each in loud] == [
        "orders.csv: these columns hold dates, amounts or lists and are not used: due, tags."
    ]


def test_an_aggregate_of_the_export_is_known_at_the_end_of_the_data_only(tmp_path: Path) -> None:
    people = "id,city,spent\nA,Rome,10\nB,Oslo,20\n"
    orders = "id,day\nA,2024-01-05\nB,2024-03-06\n"
    path, _report = loaded(
        tmp_path,
        mapped_as(tmp_path, "people.csv", people, {"customer_id": "id"}, "customers", Rules(as_of_export=("spent",))),
        mapped_as(tmp_path, "orders.csv", orders, {"customer_id": "id", "ordered_at": "day"}),
    )
    known = "select distinct attribute, known_on from main.customer_attributes order by 1"
    assert rows_of(path, known) == [("city", None), ("spent", dt.date(2024, 3, 6))]


def test_orders_whose_dates_cannot_be_read_are_not_taken_for_customers_in_silence(tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text("user_id,order_id,order_date,amount\nA,1,the 5th,10\nB,2,the 6th,20\n")
    (sheet,) = read.inspect(tmp_path / "orders.csv", "orders.csv", tmp_path)
    proposal = explain(sheet)
    assert proposal.unread == ("orders", "order_date", "the 5th")
    path, report = loaded(tmp_path, MappedSheet(sheet, "customers", {"customer_id": "user_id"}))
    assert facts_of(path).tables["orders"].rows == 0
    assert "It would be Orders, but order_date cannot be read as dates (for example “the 5th”)." in told(report)
    (tmp_path / "people.csv").write_text("user_id,city\nA,Rome\nB,Oslo\n")
    (people,) = read.inspect(tmp_path / "people.csv", "people.csv", tmp_path)
    assert explain(people).unread is None


# Anything mixed

KINDS = {
    "counted": ("{n},C{n},2024-01-05,{m},paid,", 1, 1),
    "left out": ("{n},C{n},2024-01-05,{m},voided,", 0, 0),
    "refunded": ("{n},C{n},2024-01-05,{m},refunded,", 1, 0),
    "partly": ("{n},C{n},2024-01-05,{m},paid,1", 1, None),
    "refund": ("{n},C{n},2024-01-05,0,refund,{m}", 0, -1),
    "guest": ("{n},,2024-01-05,{m},paid,", 1, 1),
    "tbd": ("{n},C{n},2024-01-05,待定,paid,", 1, 0),
    "wrong": ("{n},C{n},2024-01-05,much,paid,", 0, 0),
    "undated": ("{n},C{n},,{m},paid,", 0, 0),
}
"""Rows by kind: how one is written, the orders it counts as, and the part of its money that counts (None: all but 1)."""


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kinds=st.lists(st.tuples(st.sampled_from(sorted(KINDS)), st.booleans()), min_size=1, max_size=20))
def test_any_mixture_of_states_guests_and_items_adds_up(tmp_path: Path, kinds: list[tuple[str, bool]]) -> None:
    lines = [f"{n},A,2024-01-05,7,paid,0" for n in range(100, 110)] + ["0,B,2024-01-05,7,paid,", "0,,,,,"]
    orders, money = 11, Decimal(77)
    for n, (kind, has_item) in enumerate(kinds, 1):
        written, counted, part = KINDS[kind]
        lines.append(written.format(n=n, m=10 + n))
        # a second row of the order, on which nothing but the order's id stands
        lines += [f"{n},,,,,"] * has_item
        # of an order whose amount cannot be read the other row still says that it was one
        orders += counted + (kind == "wrong" and has_item)
        money += 10 + n - 1 if part is None else part * (10 + n)
    text = "no,buyer,day,paid,state,back\n" + "\n".join(lines) + "\n"
    roles = {"customer_id": "buyer", "ordered_at": "day", "order_id": "no", "amount": "paid", "status": "state", "refunded_amount": "back"}  # fmt: skip
    folder = Path(tempfile.mkdtemp(dir=tmp_path))
    path, report = loaded(folder, mapped_as(folder, "orders.csv", text, roles))
    became = {each.what: each.rows for each in report.accounts}
    assert became.pop("read") + became.pop("made", 0) == sum(became.values()) == len(lines) + became_made(report)
    assert columns(path, "overview", "orders", "revenue") == [(orders, float(money))]
    said = {each.column: each.blank for each in report.blanks}
    loaded_lines = [line.split(",") for line in lines if ",much," not in line]
    for index, column in enumerate(["no", "buyer", "day", "paid", "state", "back"]):
        blank = sum(cells[index] in ("", "待定") for cells in loaded_lines)
        assert said.get(column, 0) == blank, column


def became_made(report: Report) -> int:
    return sum(each.rows for each in report.accounts if each.what == "made")


def test_an_order_that_does_not_count_needs_no_day(tmp_path: Path) -> None:
    text = "no,buyer,day,paid,state\n1,A,2024-01-05,10,paid\n2,B,,much,cancelled\n3,C,,5,paid\n"
    text += "".join(f"{n},D,2024-01-05,1,paid\n" for n in range(4, 9))
    roles = {"customer_id": "buyer", "ordered_at": "day", "amount": "paid", "status": "state", "order_id": "no"}
    path, report = loaded(tmp_path, mapped_as(tmp_path, "orders.csv", text, roles))
    assert {each.what: each.rows for each in report.accounts} == {"read": 8, "loaded": 6, "state": 1, "missing": 1}
    assert facts_of(path).orders == 6


# Files that say it by themselves, and files that are added


def proposed(folder: Path, files: dict[str, str]) -> list[MappedSheet]:
    sheets = []
    for name, text in files.items():
        (folder / name).write_text(text)
        sheets += read.inspect(folder / name, name, folder)
    return [explain(sheet).mapped for sheet in sheets]


def test_orders_by_mail_meet_a_list_of_customers_by_id_without_a_hand(tmp_path: Path) -> None:
    files = {
        "orders.csv": "email,order date,amount\nann@x.test,2024-01-05,10\nbob@x.test,2024-01-06,20\n",
        "customers.csv": "customer id,email,city\n7,ann@x.test,Rome\n8,bob@x.test,Oslo\n9,cy@x.test,Rome\n",
    }
    orders, people = proposed(tmp_path, files)
    assert people.roles["customer_id"] == "customer id" and people.rules.otherwise == {"customer_id": ("email",)}
    path, _report = loaded(tmp_path, orders, people)
    assert rows_of(
        path,
        "select customer_id, sum(amount) from main.orders inner join main.customers using (customer) group by all order by 1",
    ) == [("7", 10), ("8", 20)]
    assert rows_of(path, "select count(*) from main.customers") == [(3,)]


def test_what_a_person_ignores_is_no_key_either(tmp_path: Path) -> None:
    rules = Rules(otherwise={"customer_id": ("mail", "phone")}, dropped={"mode": ("test",)})
    roles = {"customer_id": "id", "ordered_at": "day"}
    text = "id,mail,phone,mode,day\n1,a,2,x,2024-01-05\n"
    mapped = mapped_as(tmp_path, "orders.csv", text, roles, rules=rules)
    assert mapped.by_hand({}, ["mail", "mode"]).rules == Rules(otherwise={"customer_id": ("phone",)})
    without_id = mapped.by_hand({}, ["id"])
    assert without_id.roles["customer_id"] == "mail" and without_id.rules.otherwise == {"customer_id": ("phone",)}
    by_phone = mapped.by_hand({"customer_id": "phone"})
    assert by_phone.roles["customer_id"] == "phone" and by_phone.rules.otherwise == {}


NOBODYS = "no,buyer,day,paid\n1,A,2024-01-05,10\n2,,2024-01-06,20\n3,,2024-02-06,5\n"
NOBODYS_AGAIN = "no,buyer,day,paid\n2,,2024-01-06,20\n3,,2024-02-06,6\n4,,2024-02-07,7\n"


def test_a_file_added_is_compared_with_orders_of_nobody_too(tmp_path: Path) -> None:
    roles = {"customer_id": "buyer", "ordered_at": "day", "amount": "paid", "order_id": "no"}
    first = mapped_as(tmp_path, "first.csv", NOBODYS, roles)
    path, _report = loaded(tmp_path, first)
    second = mapped_as(tmp_path, "second.csv", NOBODYS_AGAIN, roles)
    (found,) = overlap.compare(facts_of(path), [second])
    assert (found.rows, found.known, found.same, found.key) == (3, 2, 1, ("order_id",))
    report = load.load(
        [first, second], tmp_path / "both.duckdb", Settings("both"), uploaded_on=UPLOADED_ON,
        batches=[Batch(), Batch(1, "replace")],
    )  # fmt: skip
    assert by_month(tmp_path / "both.duckdb") == {"2024-01": (1, 2, 30.0), "2024-02": (0, 2, 13.0)}
    assert report.loaded["orders"] == 4


def test_a_file_added_that_names_no_customer_is_compared_by_time(tmp_path: Path) -> None:
    rules = Rules(without_customers=True)
    roles = {"ordered_at": "day", "amount": "paid"}
    path, _report = loaded(
        tmp_path, mapped_as(tmp_path, "first.csv", "day,paid\n2024-01-05,10\n2024-01-06,20\n", roles, rules=rules)
    )
    second = mapped_as(tmp_path, "second.csv", "day,paid\n2024-01-06,20\n2024-01-07,5\n", roles, rules=rules)
    (found,) = overlap.compare(facts_of(path), [second])
    assert (found.rows, found.known, found.same) == (2, 1, 1)


def test_a_file_added_is_compared_by_who_its_keys_say_it_is(tmp_path: Path) -> None:
    text = "user,device,what,at\nu1,d1,sign in,2024-01-01 10:05\n,d1,open,2024-01-02 10:00\n"
    roles = {"customer_id": "user", "event": "what", "occurred_at": "at"}
    rules = Rules(otherwise={"customer_id": ("device",)})
    path, _report = loaded(tmp_path, mapped_as(tmp_path, "events.csv", text, roles, "events", rules))
    again = mapped_as(tmp_path, "again.csv", text, roles, "events", rules)
    (found,) = overlap.compare(facts_of(path), [again])
    assert (found.rows, found.known, found.same) == (2, 2, 2)


# What nobody's orders are in


def test_orders_of_nobody_are_in_revenue_and_days_of_the_week_and_in_no_cohort(tmp_path: Path) -> None:
    # Fridays the 5th and 12th, a Saturday; the second Friday is nobody's, who got 4 back on it
    text = "no,buyer,day,paid,back\n1,A,2024-01-05,10,\n2,,2024-01-12,20,4\n3,A,2024-02-03,5,\n4,,2024-02-29,7,\n"
    roles = {"customer_id": "buyer", "ordered_at": "day", "amount": "paid", "order_id": "no", "refunded_amount": "back"}  # fmt: skip
    people = mapped_as(tmp_path, "people.csv", "id,city\nA,Rome\n", {"customer_id": "id"}, "customers")
    path, _report = loaded(tmp_path, mapped_as(tmp_path, "orders.csv", text, roles), people)
    days = {
        weekday: (orders, money) for weekday, orders, money in columns(path, "weekdays", "weekday", "orders", "revenue")
    }
    assert {day: days[day] for day in (4, 5, 6)} == {4: (1, 7.0), 5: (2, 26.0), 6: (1, 5.0)}
    assert columns(path, "monitor", "value", "n", figure="revenue") == [(26.0, 3), (12.0, 2)]
    assert columns(path, "monitor", "value", "n", figure="average_order_value") == [(13.0, 2), (6.0, 2)]
    kept = columns(path, "cohort_revenue_overall", "period", "revenue", periods=1)
    assert kept == [(0, 10.0), (1, 5.0)], "a cohort has what its customers paid"
    split = columns(path, "purchases", "segment", "period", "buyers", "orders", "revenue", breakdown="city")
    assert [(segment, *row[1:]) for segment, *row in split] == [
        ("", 0, 1, 16.0), ("", 0, 1, 7.0), ("Rome", 1, 1, 10.0), ("Rome", 1, 1, 5.0)
    ]  # fmt: skip
    asked = columns(path, "purchases", "orders", "revenue", scope=Scope(where=(("city", "Rome"),)))
    assert asked == [(1, 10.0), (1, 5.0)], "whoever asks of some customers gets nobody's orders"
    early = columns(path, "purchases", "orders", "revenue", scope=Scope(as_of=dt.date(2024, 1, 31)))
    assert early == [(2, 26.0)]
