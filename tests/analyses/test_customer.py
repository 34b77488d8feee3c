"""One customer: a handful of rows checked by hand, ids that try things, and the page that shows them."""

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import pytest

from churnbook.analyses import customer as timeline
from churnbook.catalogue.query import Query
from churnbook.catalogue.request import Scope
from churnbook.datasets.library import Library
from churnbook.engine.duckdb import Session
from churnbook.engine.session import Result, TooLittleMemory, TooSlow
from churnbook.words.language import speak
from tests.builders import Make, Open, add, ask, columns, texts

FILES: dict[str, str | bytes] = {
    "customers.csv": (
        "customer_id,signed_up_at,city,tier,is_churned,churned_at,churn_reason\n"
        "A,2024-01-03,Bonn,pro,no,,\n"
        "B,2024-02-01,Köln,,yes,2024-03-20,price\n"
        "C,,Bonn,,no,,\n"
    ),
    "orders.csv": (
        "customer_id,ordered_at,amount,order_id,product,is_cancelled\n"
        "A,2024-01-05 10:00,10,o1,soap,no\n"
        "A,2024-02-06 11:30,5,o2,oil,no\n"
        "A,2024-02-07 09:00,100,o3,oil,yes\n"
        "A,2024-03-01 08:00,-2,o1,soap,no\n"
        "B,2024-02-02 12:00,7,o4,,no\n"
    ),
    "events.csv": (
        "customer_id,event,occurred_at,page\nA,visit,2024-01-05 10:00,home\nA,visit,2024-01-05 12:00,cart\n"
        "A,chat,2024-03-10 12:00,\nB,visit,2024-03-31 12:00,home\n"
    ),
    "tickets.csv": (
        "customer_id,opened_at,resolved_at,category,score,comment\nA,2024-02-10,2024-03-05,delivery,2,too late\n"
    ),
    "exits.csv": "customer_id,churned_at,reason,comment\nB,2024-03-20,price,too dear\n",
}
SUBSCRIBED: dict[str, str | bytes] = {
    "subscriptions.csv": (
        "customer_id,started_at,ended_at,mrr,plan\n"
        "A,2024-01-05,2024-02-05,10,basic\nA,2024-02-10,,20,pro\nB,2024-01-05,2024-03-01,5,basic\n"
    )
}


@pytest.fixture
def company(make: Make) -> Path:
    return make(FILES, tables={name: name.split(".")[0] for name in FILES}, watermark=dt.date(2024, 3, 31))


def test_every_row_of_one_customer_newest_first(company: Path) -> None:
    shown = columns(company, "customer_rows", "source", "occurred_at", "name", "detail", "amount", customer="A")
    assert [(source, f"{at:%m-%d %H:%M}", name, detail, amount) for source, at, name, detail, amount in shown] == [
        ("events", "03-10 12:00", "chat", None, None),
        ("orders", "03-01 08:00", "order", "soap · o1", -2.0),
        ("tickets", "02-10 00:00", "ticket", "delivery · too late", None),
        ("orders", "02-07 09:00", "cancelled", "oil · o3", 100.0),
        ("orders", "02-06 11:30", "order", "oil · o2", 5.0),
        ("events", "01-05 12:00", "visit", "page: cart", None),
        ("events", "01-05 10:00", "visit", "page: home", None),
        ("orders", "01-05 10:00", "order", "soap · o1", 10.0),
        ("customers", "01-03 00:00", "signup", None, None),
    ]
    assert columns(company, "customer_rows", "source", "name", "detail", customer="B")[:3] == [
        ("events", "visit", "page: home"),
        ("customers", "churn", "price"),
        ("exits", "exit", "price · too dear"),
    ]
    assert columns(company, "customer_rows", "name", customer="C") == []


def test_the_profile_adds_up(company: Path) -> None:
    names = ("cohort", "first_on", "last_on", "inactive_days", "is_active", "orders", "events", "revenue")
    assert columns(company, "customer_profile", *names, customer="A") == [
        (dt.date(2024, 1, 1), dt.date(2024, 1, 5), dt.date(2024, 3, 10), 21, True, 3, 3, 13.0)
    ], "the cancelled order is left out, the refund counts on its own day"
    assert columns(company, "customer_profile", "is_active", "attributes", customer="A", days=21) == [
        (False, [("city", "Bonn"), ("tier", "pro")])
    ]
    told = ("is_churned", "churned_at", "churn_reason", "inactive_days")
    assert columns(company, "customer_profile", *told, customer="B") == [(True, dt.datetime(2024, 3, 20), "price", 0)]
    assert columns(company, "customer_profile", "cohort", "inactive_days", "orders", "revenue", customer="C") == [
        (None, None, 0, None)
    ]
    assert ask(company, "customer_profile", customer="D") == []


def test_as_of_forgets_what_came_later(company: Path) -> None:
    february = Scope(as_of=dt.date(2024, 2, 29))
    names = ("last_on", "inactive_days", "revenue", "is_churned", "data_to")
    assert columns(company, "customer_profile", *names, scope=february, customer="A") == [
        (dt.date(2024, 2, 6), 23, 15.0, False, dt.date(2024, 2, 29))
    ]
    assert columns(company, "customer_profile", "is_churned", scope=february, customer="B") == [(None,)]
    rows = columns(company, "customer_rows", "source", "until", "score", scope=february, customer="A")
    assert rows[0] == ("tickets", None, None), "resolved and scored later"
    assert columns(company, "customer_rows", "name", scope=february, customer="B") == [("order",), ("signup",)]


def test_a_filter_leaves_a_customer_out(company: Path) -> None:
    bonn = Scope(where=(("city", "Bonn"),))
    assert ask(company, "customer_profile", bonn, customer="B") == []
    assert ask(company, "customer_rows", bonn, customer="B") == []
    assert len(ask(company, "customer_profile", bonn, customer="A")) == 1


def test_the_picture_counts_days_and_keeps_spans(make: Make, company: Path) -> None:
    shown = columns(company, "customer_days", "lane", "source", "name", "begins", "times", customer="A", lanes=1)
    assert [(lane, source, name, f"{at:%m-%d}", times) for lane, source, name, at, times in shown] == [
        (1, "customers", "signup", "01-03", 1),
        (2, "orders", "order", "01-05", 1),
        (2, "orders", "order", "02-06", 1),
        (2, "orders", "cancelled", "02-07", 1),
        (2, "orders", "order", "03-01", 1),
        (3, "events", "visit", "01-05", 2),
        (4, "events", None, "03-10", 1),
        (5, "tickets", "ticket", "02-10", 1),
    ], "visit is commonest and has a lane, the rest share one"
    contract = make(SUBSCRIBED, watermark=dt.date(2024, 3, 31))
    assert columns(contract, "customer_days", "begins", "ends", "is_open", "amount", customer="A") == [
        (dt.datetime(2024, 1, 5), dt.datetime(2024, 2, 5), False, 10.0),
        (dt.datetime(2024, 2, 10), dt.datetime(2024, 4, 1), True, 20.0),
    ]
    assert columns(contract, "customer_profile", "last_on", "inactive_days", "subscriptions", customer="A") == [
        (dt.date(2024, 3, 31), 0, 2)
    ], "a running subscription is activity up to the end of the data"


def test_profiles_agree_with_overview_and_cohorts(shop: Path) -> None:
    cohorts = dict(columns(shop, "cohort_retention_customers", "customer_id", "first_on", cohort="2023-03-01"))
    for customer in sorted(cohorts)[:5]:
        assert columns(shop, "customer_profile", "cohort", customer=customer) == [(dt.date(2023, 3, 1),)]
    ((rows, revenue),) = columns(shop, "overview", "customers", "revenue")
    everyone = columns(shop, "customer_search", "customer_id", most=10_000)
    assert len(everyone) == rows
    some = [columns(shop, "customer_profile", "revenue", customer=id)[0][0] or 0 for (id,) in everyone[::40]]
    assert 0 < sum(some) < revenue


def test_searching_by_the_beginning_of_an_id(make: Make) -> None:
    made = make(
        {
            "orders.csv": "customer_id,ordered_at,amount\nab,2024-01-05,1\nABC,2024-01-06,2\na%,2024-01-07,3\nz,2024-01-08,4\n"
        }
    )
    assert columns(made, "customer_search", "customer_id", beginning="AB") == [("ABC",), ("ab",)]
    assert columns(made, "customer_search", "customer_id", "amount", beginning="ab") == [("ab", 1.0), ("ABC", 2.0)]
    assert columns(made, "customer_search", "customer_id", beginning="a%") == [("a%",)], "no wildcards"
    assert len(columns(made, "customer_search", "customer_id", most=2)) == 2
    assert columns(made, "customer_search", "customer_id", beginning="' or 1=1 --") == []


# In words and as a picture


PROFILE = {
    "inactive_days": 54,
    "is_active": False,
    "last_on": dt.date(2024, 4, 30),
    "data_to": dt.date(2024, 6, 23),
    "is_churned": None,
    "churned_at": None,
    "churn_reason": None,
}


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({}, "**Inactive for 54 days**: the last activity was on 2024-04-30, the data end on 2024-06-23."),
        ({"inactive_days": 0, "is_active": True}, "**Active**: on the last day of the data, 2024-06-23."),
        (
            {"inactive_days": 1, "is_active": True},
            "**Active**: the last activity was on 2024-04-30, 1 day before the data end on 2024-06-23.",
        ),
        ({"inactive_days": None}, "**No activity** up to 2024-06-23."),
        (
            {"inactive_days": None, "data_to": None, "is_churned": True, "churn_reason": "*price*"},
            r"The customer file marks them as churned: \*price\*.",
        ),
        (
            {"inactive_days": None, "data_to": None},
            "The files have no dates of activity, so nothing can be said about who is active.",
        ),
    ],
)
def test_the_finding(changed: dict[str, object], sentence: str) -> None:
    assert timeline.finding(PROFILE | changed) == sentence


def test_the_finding_says_when_the_file_calls_them_churned() -> None:
    told = timeline.finding(PROFILE | {"is_churned": True, "churned_at": dt.datetime(2024, 5, 2)})
    assert told.endswith("The customer file marks them as churned on 2024-05-02.")
    speak("zh_CN")
    try:
        assert timeline.finding(PROFILE) == "**已静默54天**：最近活跃于2024-04-30，数据截至2024-06-23。"
    finally:
        speak("en")


def test_the_chart_has_a_lane_for_each_kind_and_ends_with_the_data(company: Path) -> None:
    names = ["lane", "source", "name", "begins", "ends", "is_open", "times", "amount"]
    days = pd.DataFrame(columns(company, "customer_days", *names, customer="B"), columns=names)
    days["ends"] = pd.to_datetime(days["ends"])
    spec = timeline.chart(days, dt.date(2024, 3, 31)).to_dict()
    rows = next(iter(spec["datasets"].values()))
    assert list(dict.fromkeys(row["row"] for row in rows)) == ["Customer file", "Orders", "visit", "Churn reasons"]
    assert [row["what"] for row in rows if row["is_loss"]] == ["Churn", "Left"]
    domain = spec["layer"][0]["encoding"]["x"]["scale"]["domain"]
    assert domain == [{"year": 2024, "month": 2, "date": 1}, {"year": 2024, "month": 4, "date": 1}]


# The page


NOT_THERE = ("null", "x" * 3000, "\n# a", "\x00", "{id}", "%")
HOSTILE = (
    "<b>**x**</b> [a](javascript:1)",
    "'; drop table customers; --",
    "=1+1",
    ":red[y] `c` $x$",
    "a&b=c?#%",
    "客户 壹",
)


def test_the_page_of_a_customer_by_address(opened: Open, library: Library) -> None:
    id = add(library, {name: FILES[name] for name in ("customers.csv", "orders.csv")})
    app = opened("customer", dataset=id, customer="A")
    assert not app.exception and not app.error and not app.warning
    shown = {metric.label: metric.value for metric in app.metric}
    assert shown["Orders"] == "3" and shown["Revenue"] == "13" and shown["Cohort"] == "2024-01"
    assert "5 rows, newest first" in texts(app)
    assert app.query_params["customer"] == "A"


@pytest.mark.parametrize("customer", HOSTILE)
def test_an_id_that_tries_things_is_a_text(opened: Open, library: Library, customer: str) -> None:
    quoted = customer.replace('"', '""')
    id = add(library, {"orders.csv": f'customer_id,ordered_at,amount\n"{quoted}",2024-01-05,10\nB,2024-01-06,1\n'})
    app = opened("customer", dataset=id, customer=customer)
    assert not app.exception and not app.error and not app.warning
    assert "1 row, newest first" in texts(app)
    missing = opened("customer", dataset=id, customer=f"{customer}!")
    assert not missing.exception
    assert f"This dataset has no customer “{customer}!”." in texts(missing)


@pytest.mark.parametrize("customer", NOT_THERE)
def test_an_odd_text_in_the_address_is_just_not_there(opened: Open, customer: str) -> None:
    app = opened("customer", customer=customer)
    assert not app.exception and not app.error
    assert "This dataset has no customer" in texts(app)


def test_an_id_that_is_not_there_is_told_with_those_that_begin_like_it(opened: Open, library: Library) -> None:
    id = add(library, {"orders.csv": "customer_id,ordered_at\nAA,2024-01-05\nAB,2024-01-06\nC,2024-01-06\n"})
    app = opened("customer", dataset=id, customer="a")
    assert "This dataset has no customer “a”." in texts(app)
    assert "2 customers whose ids begin like this:" in texts(app)
    assert list(app.dataframe[0].value["customer_id"]) == ["AA", "AB"]
    early = opened("customer", dataset=id, customer="C", as_of="2024-01-05")
    assert "There is no customer “C” within the scope chosen above" in texts(early)


def test_typing_an_id_writes_the_address_and_clearing_takes_it_out(opened: Open) -> None:
    app = opened("customer")
    assert "Type an id above, or open one of these." in texts(app)
    first = str(app.dataframe[0].value["customer_id"].iloc[0])
    app.text_input(key="widget:customer").set_value(f" {first} ").run()
    assert app.query_params["customer"] == first and app.metric
    app.text_input(key="widget:customer").set_value("").run()
    assert "customer" not in app.query_params and not app.metric


def test_the_cited_address_names_the_customer(opened: Open, library: Library) -> None:
    id = add(library, {"orders.csv": "customer_id,ordered_at\nA&B,2024-01-05\n"})
    app = opened("customer", dataset=id, customer="A&B")
    cited = next(code.value for code in app.code if code.value.startswith("http") or "/customer?" in code.value)
    assert "customer=A%26B" in cited and "generation=1" in cited and "profile.version=1" in cited


@pytest.mark.parametrize(
    ("error", "sentence"),
    [(TooSlow("customer_search"), "took too long"), (TooLittleMemory("customer_search"), "memory")],
)
def test_a_search_that_hits_a_limit_says_so(
    opened: Open, monkeypatch: pytest.MonkeyPatch, error: Exception, sentence: str
) -> None:
    run = Session.run

    def limited(self: Session, query: Query, given: Mapping[str, object]) -> Result:
        if query.name == "customer_search" and given["beginning"] == "hits a limit":
            raise error
        return run(self, query, given)

    monkeypatch.setattr(Session, "run", limited)
    app = opened("customer", customer="hits a limit")
    assert not app.exception
    assert sentence in app.error[0].value
