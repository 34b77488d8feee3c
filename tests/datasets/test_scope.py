"""Scope: an as-of day equals files cut off at that day; filters and unknown things."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from churnbook.catalogue.request import Scope
from churnbook.datasets.facts import facts_of
from churnbook.datasets.scope import prepare_scope
from churnbook.engine.duckdb import open_cursor
from tests.builders import Make, ask, columns

SAMPLE = Path(__file__).parents[2] / "sample_data" / "shop"


def cut(text: str, column: int, day: str) -> str:
    header, *rows = text.splitlines()
    return "\n".join([header, *(row for row in rows if row.split(",")[column][:10] <= day)]) + "\n"


ASKED: list[tuple[str, dict[str, Any]]] = [
    ("overview", {}),
    ("cohort_retention", {"grain": "week", "periods": 30}),
    ("cohort_retention", {"start": "signup", "returning": "order", "measure": "up_to"}),
    ("cohort_retention_overall", {"breakdown": "渠道"}),
    ("cohort_retention_customers", {"cohort": "2023-01-01", "period": 1}),
]


@pytest.mark.parametrize("day", ["2023-01-01", "2023-02-28", "2024-02-29", "2024-06-30"])
def test_as_of_equals_files_cut_off_at_that_day(make: Make, shop: Path, day: str) -> None:
    orders = (SAMPLE / "订单.csv").read_text(encoding="gb18030")
    customers = (SAMPLE / "客户.csv").read_text(encoding="gb18030")
    events = (SAMPLE / "行为.csv").read_text(encoding="gb18030")
    truncated = make(
        {"订单.csv": cut(orders, 2, day), "客户.csv": cut(customers, 1, day), "行为.csv": cut(events, 2, day)},
        timezone="Asia/Shanghai",
        watermark=dt.date.fromisoformat(day),
    )
    for query, parameters in ASKED:
        as_of = Scope(as_of=dt.date.fromisoformat(day))
        assert ask(shop, query, as_of, **parameters) == ask(truncated, query, **parameters), query


def test_as_of_forgets_when_a_subscription_ended(make: Make) -> None:
    rows = "customer_id,started_at,ended_at,mrr,reason\n"
    later = make({"subscriptions.csv": rows + "A,2024-01-01,2024-03-15,10,price\nB,2024-01-01,2024-02-10,10,price\n"})
    earlier = make(
        {"subscriptions.csv": rows + "A,2024-01-01,,10,\nB,2024-01-01,2024-02-10,10,price\n"},
        watermark=dt.date(2024, 2, 29),
    )
    as_of = Scope(as_of=dt.date(2024, 2, 29))
    for measure in ("on", "on_or_after"):
        assert ask(later, "cohort_retention", as_of, measure=measure) == ask(
            earlier, "cohort_retention", measure=measure
        )


def test_as_of_forgets_what_became_known_later_of_rows_that_are_old(make: Make) -> None:
    # every row begins in January; what happened to it in March is not known at the end of February
    made = make(
        {
            "subscriptions.csv": "customer_id,started_at,ended_at,mrr,reason\nA,2024-01-01,2024-03-15,10,price\nB,2024-01-02,,10,\n",
            "customers.csv": "customer_id,signed_up_at,churned_at,is_churned\nA,2024-01-01,2024-03-15,yes\nB,2024-01-02,,no\n",
        }
    )
    churned = [
        columns(made, "overview", "churned_customers", scope=Scope(as_of=dt.date(2024, month, 20))) for month in (2, 3)
    ]
    assert churned == [[(0,)], [(1,)]]
    facts = facts_of(made)
    with open_cursor(made) as cursor:
        prepare_scope(cursor, facts, Scope(as_of=dt.date(2024, 2, 20)))
        assert cursor.execute("select distinct ended_at, reason from subscriptions").fetchall() == [(None, None)]


def test_rows_after_the_watermark_do_not_count(make: Make) -> None:
    made = make(
        {
            "orders.csv": "customer_id,ordered_at\nA,2024-01-05\nA,2024-03-05\n",
            "events.csv": "customer_id,event,occurred_at\nA,visit,2024-01-05\nA,visit,2024-02-29\n",
        }
    )
    facts = facts_of(made)
    assert facts.watermark == dt.date(2024, 2, 29), "the earliest last day among orders and events"
    assert columns(made, "overview", "orders", "last_day") == [(1, dt.date(2024, 2, 29))]


def test_future_dates_do_not_raise_the_watermark(make: Make) -> None:
    made = make({"orders.csv": "customer_id,ordered_at\nA,2024-01-05\nB,2024-01-31\nB,2099-01-01\n"})
    assert facts_of(made).watermark == dt.date(2024, 1, 31)
    (warning,) = [
        sentence for sentence, _fields in facts_of(made).warnings if "after the day of the upload" in sentence
    ]
    assert warning


def test_filters_cut_customers(make: Make) -> None:
    made = make(
        {
            "orders.csv": "customer_id,ordered_at\nA,2024-01-05\nB,2024-01-06\nC,2024-01-07\nD,2024-01-08\n",
            "customers.csv": "customer_id,channel,city\nA,ads,Bonn\nB,ads,Köln\nC,shop,Bonn\nD,,Bonn\n",
        }
    )

    def customers(*where: tuple[str, str]) -> int:
        ((number,),) = columns(made, "overview", "customers", scope=Scope(where=where))
        return int(number)

    assert customers() == 4
    assert customers(("channel", "ads")) == 2
    assert customers(("channel", "ads"), ("channel", "shop")) == 3, "the same attribute twice means either value"
    assert customers(("channel", "ads"), ("city", "Bonn")) == 1, "two attributes mean both"
    assert customers(("channel", "")) == 1, "the empty value is customers without one"
    assert customers(("channel", "tv")) == 0
    assert customers(("channel", "ads' or '1'='1")) == 0


def test_what_an_address_says_of_the_scope() -> None:
    scope = Scope(dt.date(2024, 1, 1), dt.date(2024, 3, 31), dt.date(2024, 4, 1), (("渠道", "a=b"), ("渠道", "广告")))
    assert Scope.from_address(scope.to_address()) == (scope, [])
    bad = {"from": ["soon"], "to": ["2024-02-30"], "where": ["channel", "=x", "a=b"]}
    read, told = Scope.from_address(bad)
    assert read == Scope(where=(("a", "b"),))
    assert told == [("from", "soon"), ("to", "2024-02-30"), ("where", "channel"), ("where", "=x")]
    turned, told = Scope.from_address({"from": ["2024-02-01"], "to": ["2024-01-01"]})
    assert turned == Scope(dt.date(2024, 2, 1)) and told == [("to", "2024-01-01")]
