"""What customers are split by: numbers of the customer file in bins, and what the first row of each says."""

import datetime as dt
import random
import re

import pytest

from churnbook.catalogue import labels
from churnbook.catalogue.request import Scope
from churnbook.datasets.facts import attribute_values, facts_of
from churnbook.datasets.library import Library
from churnbook.words.language import speak
from tests.builders import Make, Open, add, ask, columns, rows_of, texts

SUBSCRIPTIONS = """customer_id,started_at,ended_at,plan,interval
A,2024-03-01,,Pro,month
A,2024-01-05,2024-02-28,Basic,year
A,2024-01-05,2024-02-20,Other,year
B,2024-02-10,,,month
C,2024-04-01,,Pro,month
"""
FIRST = "select customer_id, attribute, value from main.customer_attributes join main.customers using (customer) where origin = 'first' order by all"


def test_the_first_row_in_time_says_the_first_plan_and_of_ties_the_first_line(make: Make) -> None:
    path = make({"subscriptions.csv": SUBSCRIPTIONS})
    assert rows_of(path, FIRST) == [
        ("A", "first_interval", "year"),
        ("A", "first_plan", "Basic"),
        ("B", "first_interval", "month"),  # and no plan, though a later row might have one
        ("C", "first_interval", "month"),
        ("C", "first_plan", "Pro"),
    ]
    assert facts_of(path).attributes == {"first_interval": 2, "first_plan": 2}


@pytest.mark.parametrize("size", [3, 50, 4000])
@pytest.mark.parametrize("id", ["C{:05d}", "{}@x.org"])
def test_ties_are_settled_by_the_order_of_lines_in_files_of_any_size(make: Make, size: int, id: str) -> None:
    rows = [(id.format(i), "2024-01-05", f"k{(i * 7 + j) % 5}") for j in range(3) for i in range(size)]
    random.Random(size).shuffle(rows)
    first: dict[str, str] = {}
    for customer, _day, category in rows:
        first.setdefault(customer, category)
    lines = "".join(f"{customer},{day},{category}\n" for customer, day, category in rows)
    path = make({"orders.csv": f"customer_id,ordered_at,category\n{lines}"})
    assert {row[0]: row[2] for row in rows_of(path, FIRST)} == first


def test_orders_that_were_cancelled_are_no_first_orders(make: Make) -> None:
    orders = (
        "customer_id,ordered_at,category,channel,is_cancelled\n"
        "A,2024-01-05,toys,app,yes\nA,2024-02-05,books,web,no\nB,2024-02-05,toys,app,yes\n"
    )
    path = make({"orders.csv": orders})
    assert rows_of(path, FIRST) == [("A", "first_category", "books"), ("A", "first_channel", "web")]


def test_of_two_files_the_earlier_row_counts_and_of_ties_the_file_given_first(make: Make) -> None:
    head = "customer_id,ordered_at,channel\n"
    files = {
        "b.csv": f"{head}A,2024-02-05,web\nB,2024-01-01,web\n",
        "a.csv": f"{head}A,2024-01-05,app\nB,2024-01-01,app\n",
    }
    path = make(files, {"a.csv": "orders", "b.csv": "orders"})
    assert rows_of(path, FIRST) == [("A", "first_channel", "app"), ("B", "first_channel", "web")]


def test_a_first_plan_splits_and_filters_and_is_unknown_before_its_day(make: Make) -> None:
    customers = "customer_id,signed_up_at,plan\nA,2023-12-01,Pro\nB,2023-12-01,Pro\nC,2023-12-01,Pro\n"
    path = make({"customers.csv": customers, "subscriptions.csv": SUBSCRIPTIONS})
    assert facts_of(path).attributes == {"first_interval": 2, "first_plan": 2, "plan": 1}
    split = columns(path, "cohort_sizes", "segment", "customers", breakdown="first_plan", grain="year")
    assert sorted(split) == [("", 1), ("Basic", 1), ("Pro", 1)]
    pro = Scope(where=(("first_plan", "Pro"),))
    assert columns(path, "overview", "customers", scope=pro) == [(1,)]
    early = Scope(as_of=dt.date(2024, 3, 1))
    assert columns(path, "overview", "customers", scope=early) == [(3,)]
    assert ask(path, "customer_segments", early, breakdown="first_plan") == [(0, "Basic")]
    nobody = Scope(as_of=dt.date(2024, 3, 1), where=(("first_plan", "Pro"),))
    assert columns(path, "overview", "customers", scope=nobody) == [(0,)]
    blank = Scope(as_of=dt.date(2024, 3, 1), where=(("first_plan", ""),))
    assert columns(path, "overview", "customers", scope=blank) == [(2,)]


def test_a_column_of_the_file_keeps_its_name_and_its_meaning(make: Make) -> None:
    customers = "customer_id,first_plan\nA,theirs\nB,theirs\nC,theirs\n"
    path = make({"customers.csv": customers, "subscriptions.csv": SUBSCRIPTIONS})
    assert attribute_values(facts_of(path), "first_plan") == ["theirs"]
    assert labels.attribute("first_plan", ["plan"]) == "First plan"
    assert labels.attribute("first_plan", ["First plan"]) == "First plan (Subscriptions)"
    speak("zh_CN")
    try:
        assert [labels.attribute(name) for name in ("first_plan", "first_interval", "first_category", "first_channel")] == [
            "首次套餐", "首次计费周期", "首单品类", "首次渠道",
        ]  # fmt: skip
        assert labels.attribute("first_plan", ["首次套餐"]) == "首次套餐（订阅）"
    finally:
        speak("en")


@pytest.mark.parametrize(("language", "label"), [("en", "First channel"), ("zh_CN", "首次渠道")])
def test_pages_name_it_in_words_and_the_address_by_its_id(
    opened: Open, library: Library, language: str, label: str
) -> None:
    orders = "".join(f"C{i:02d},2024-0{1 + i % 3}-05,{'app' if i % 4 else 'web'}\n" for i in range(60))
    id = add(library, {"orders.csv": f"customer_id,ordered_at,channel\n{orders}"})
    app = opened("cohorts", dataset=id, lang=language, retention__breakdown="first_channel", where="first_channel=app")
    assert not app.exception and not app.warning
    assert label in app.selectbox(key="widget:retention.breakdown").options
    assert f"{label}: app" in re.sub(
        r"\\(.)", r"\1", next(each.proto.popover.label for each in app.get("popover"))
    ) or (f"{label}：app" in re.sub(r"\\(.)", r"\1", next(each.proto.popover.label for each in app.get("popover"))))
    assert app.query_params["retention.breakdown"] == "first_channel"
    assert app.multiselect(key="widget:where:first_channel").label == label


# Numbers in bins


def bins(make: Make, header: str, values: list[str]) -> dict[str, list[str]]:
    lines = "".join(f"C{i},{value}\n" for i, value in enumerate(values))
    path = make({"customers.csv": f"customer_id,{header}\n{lines}"})
    found = rows_of(
        path, "select value, list(exact order by exact::double) from main.customer_attributes group by value"
    )
    return dict(found)


def ends(label: str) -> tuple[float, float]:
    low, _dash, high = re.sub(r"[+]$", "–inf", label.removeprefix(">")).replace("…", "–").partition("–")
    return float(low), float(high.removeprefix("<") or low)


@pytest.mark.parametrize("size", [60, 500, 3000])
@pytest.mark.parametrize("kind", ["age", "charge", "spend", "exact", "delta", "year", "few paid"])
def test_numbers_stand_in_a_few_ranges_that_hold_what_they_say(make: Make, kind: str, size: int) -> None:
    chance = random.Random(f"{kind}{size}")
    drawn = {
        "age": lambda: f"{chance.randint(18, 90)}",
        "charge": lambda: f"{chance.uniform(18, 119):.2f}",
        "spend": lambda: f"{chance.expovariate(1 / 2000):.1f}",
        "exact": lambda: f"{chance.expovariate(1 / 2000):.4f}",
        "delta": lambda: f"{chance.randint(-90, 90)}",
        "year": lambda: f"{chance.randint(1950, 2005)}",
        "few paid": lambda: "0" if chance.random() < 0.6 else f"{chance.randint(1, 400)}",
    }[kind]
    values = [drawn() for _i in range(size)]
    found = bins(make, kind, values)
    assert 3 <= len(found) <= 6
    assert sum(len(each) for each in found.values()) == size
    for label, held in found.items():
        low, high = ends(label)
        numbers = [float(each) for each in held]
        assert low <= min(numbers) and (max(numbers) < high or ("<" not in label and max(numbers) <= high)), label
    assert max(len(held) for label, held in found.items() if label != "0") <= 0.4 * size, "none holds most of them"
    assert labels.in_order(list(found)) == sorted(found, key=lambda label: (ends(label)[0], label.startswith(">")))


@pytest.mark.parametrize(
    ("header", "values"),
    [
        ("rating", [f"{i % 5 + 1}" for i in range(300)]),
        ("nps", [f"{i % 11}" for i in range(300)]),
        ("postcode", [f"{10000 + i}" for i in range(300)]),
        ("storeId", [f"{10000 + i}" for i in range(300)]),
        ("邮编", [f"{100000 + i}" for i in range(300)]),
        ("badge", [f"{i:04d}" for i in range(300)]),
        ("city", [f"c{i % 50}" for i in range(300)]),
        ("mixed", [f"c{i}" if i % 3 else f"{i}" for i in range(300)]),
    ],
)
def test_what_only_looks_like_an_amount_stays_as_it_is(make: Make, header: str, values: list[str]) -> None:
    lines = "".join(f"C{i},{value}\n" for i, value in enumerate(values))
    path = make({"customers.csv": f"customer_id,{header}\n{lines}"})
    assert set(attribute_values(facts_of(path), header)) == set(values)
    assert rows_of(path, "select count(exact) from main.customer_attributes") == [(0,)]


def test_customers_without_the_number_are_blank_and_one_customer_shows_the_number(make: Make) -> None:
    lines = "".join(f"C{i},{'' if i < 3 else i * 10},x\n" for i in range(60))
    orders = "".join(f"C{i},2024-01-05\n" for i in range(60))
    path = make(
        {"customers.csv": f"customer_id,budget,city\n{lines}", "orders.csv": f"customer_id,ordered_at\n{orders}"}
    )
    split = columns(path, "cohort_sizes", "segment", "customers", breakdown="budget", grain="year")
    assert ("", 3) in split and sum(n for _name, n in split) == 60
    (profile,) = columns(path, "customer_profile", "attributes", customer="C42")
    assert dict(profile[0])["budget"] == "420"
    assert columns(path, "overview", "customers", scope=Scope(where=(("budget", ""),))) == [(3,)]


def test_numbers_are_read_as_the_column_writes_them(make: Make) -> None:
    lines = "".join(f'C{i},"¥{i * 1000:,}.50"\n' for i in range(1, 61))
    path = make({"customers.csv": f"customer_id,预算\n{lines}"})
    found = attribute_values(facts_of(path), "预算")
    assert len(found) == 5 and labels.in_order(found)[-1] == "50000+"


def test_a_monthly_value_is_split_by_like_any_number(make: Make) -> None:
    lines = "".join(f"C{i},{20 + i * 1.5},{'Yes' if i % 3 else 'No'}\n" for i in range(60))
    path = make({"telecom.csv": f"customerID,MonthlyCharges,Churn\n{lines}"})
    assert facts_of(path).attributes["monthly_value"] == 5
    assert labels.attribute("monthly_value") == "Monthly value"
    (profile,) = columns(path, "customer_profile", "attributes", "monthly_value", customer="C2")
    assert profile == (None, 23.0)


# Nothing to split by


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_what_would_bring_a_split_is_said_where_there_is_none(opened: Open, library: Library, language: str) -> None:
    rows = "".join(f"C{i:02d},2024-0{1 + i % 3}-05\n" for i in range(60))
    bare = add(library, {"orders.csv": f"customer_id,ordered_at\n{rows}"})
    customers = "".join(f"C{i:02d},{'x' if i % 2 else 'y'}\n" for i in range(60))
    split = add(
        library, {"orders.csv": f"customer_id,ordered_at\n{rows}", "customers.csv": f"customer_id,city\n{customers}"}
    )
    words = {
        "en": ("have nothing that tells them apart", "Split by an attribute in the first cell"),
        "zh_CN": ("没有可用来细分的属性", "上方第1部分"),
    }[language]
    for page in ("churn", "cohorts"):
        without, with_city = (texts(opened(page, dataset=id, lang=language)) for id in (bare, split))
        assert words[0] in without and words[1] not in without
        assert words[0] not in with_city and words[1] in with_city
