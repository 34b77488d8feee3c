"""Sentences that must not mislead: what finds nothing says so, counts agree, and what cannot be known yet is left out."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from churnbook.analyses import say
from churnbook.analyses.activity import findings as activity
from churnbook.analyses.churn import charts, findings
from churnbook.analyses.cohorts import findings as cohorts
from churnbook.analyses.draw.theme import SHORT, number_axis
from churnbook.analyses.overview import findings as overview
from churnbook.datasets.facts import facts_of
from churnbook.datasets.library import Library
from churnbook.words import formats
from churnbook.words.language import speak
from tests.builders import Make, Open, add, columns, texts


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    speak("en")
    yield
    speak("en")


def segments(*rates: tuple[str, float, float, float]) -> pd.DataFrame:
    return pd.DataFrame(rates, columns=["segment", "rate", "ci_low", "ci_high"])


WORDS = "**{high} most: {high_share}** ({high_interval}); {low} least: {low_share} ({low_interval})."


@pytest.mark.parametrize(
    ("rows", "english", "chinese"),
    [
        (
            segments(("Team", 1.0, 0.9, 1.0), ("Business", 1.0, 0.8, 1.0), ("Solo", 1.0, 0.97, 1.0)),
            "**All 3 segments have the same rate: 100.0%**; nothing tells them apart.",
            "**3个客群的比率相同，均为100.0%**，没有差异。",
        ),
        (
            segments(("a", 0.5, 0.4, 0.6), ("b", 0.42, 0.3, 0.55)),
            "**The segments do not clearly differ**: from b with 42.0% (30.0%–55.0%) to a with 50.0% (40.0%–60.0%);"
            " these 95 % intervals overlap.",
            "**客群之间没有明显差异**：最低为b，42.0%（30.0%–55.0%）；最高为a，50.0%（40.0%–60.0%）；两者的95%置信区间重叠。",
        ),
        (
            segments(("a", 0.5, 0.4, 0.6), ("b", 0.2, 0.1, 0.3)),
            "**a most: 50.0%** (40.0%–60.0%); b least: 20.0% (10.0%–30.0%).",
            None,
        ),
    ],
)
def test_segments_that_do_not_differ_are_not_ranked(rows: pd.DataFrame, english: str, chinese: str | None) -> None:
    assert say.ends(rows, "rate", WORDS) == english
    if chinese:
        speak("zh_CN")
        assert say.ends(rows, "rate", WORDS) == chinese


def a_month(**changed: Any) -> pd.DataFrame:
    row: dict[str, Any] = {
        "segment": None,
        "period": dt.date(2024, 5, 1),
        "opening_customers": 200,
        "opening_lost": 10,
        "new_customers": 12,
        "returned_customers": 0,
        "closing_customers": 202,
        "joined_and_left": 0,
        "churn_rate": 0.05,
        "retention_rate": 0.95,
        "ci_low": 0.03,
        "ci_high": 0.09,
        "annual_of_three_months": 0.5,
        "can_lose": True,
        "complete": True,
    }
    return pd.DataFrame([row | changed])


@pytest.mark.parametrize(
    ("changed", "said", "unsaid"),
    [
        ({}, "the net is +2.", "exactly"),
        ({"new_customers": 10, "closing_customers": 200}, "10 new and 0 returned make up for them exactly.", "net is"),
        ({"new_customers": 0, "closing_customers": 190}, "10 of 200", "the net"),
        ({}, "in the three months up to its end, 50.0% would be lost in a year", "nan"),
        ({"annual_of_three_months": None}, "10 of 200", "in a year"),
    ],
)
def test_the_churn_rate_says_no_more_than_it_knows(changed: dict[str, Any], said: str, unsaid: str) -> None:
    sentence = findings.rate_finding(a_month(**changed), "month")
    assert said in sentence and unsaid not in sentence


def test_a_year_is_made_of_three_complete_months(make: Make) -> None:
    # of a hundred customers ten leave in each of five months
    rows = [f"c{i:03d},2023-12-01,{dt.date(2024, 1 + i // 10, 15) if i < 50 else ''}\n" for i in range(100)]
    path = make(
        {"subscriptions.csv": "customer_id,started_at,ended_at\n" + "".join(rows)}, watermark=dt.date(2024, 5, 31)
    )
    known = dict(columns(path, "churn_rate", "period", "annual_of_three_months"))
    # January to March: 31 + 29 + 31 days
    assert known[dt.date(2024, 3, 1)] == pytest.approx(1 - (70 / 100) ** (365 / 91))
    assert known[dt.date(2024, 5, 1)] == pytest.approx(1 - (50 / 80) ** (365 / 92))
    assert columns(path, "churn_rate", "annual_of_three_months", grain="quarter")[-2] == (known[dt.date(2024, 3, 1)],)


ORDERS = "customer_id,order_id,ordered_at,amount\n" + "".join(
    f"c{i % 40:02d},{i},{dt.date(2024, 1, 3) + dt.timedelta(days=i % 40 if i < 40 else 40 + i % 130)},10\n"
    for i in range(60)
)


def test_months_in_which_nobody_can_be_lost_are_left_out(make: Make) -> None:
    path = make({"orders.csv": ORDERS}, churn="churned_by_inactivity:days=90", watermark=dt.date(2024, 6, 30))
    rates = pd.DataFrame(
        columns(path, "churn_rate", "period", "can_lose", "churn_rate", "opening_customers", "opening_lost"),
        columns=["period", "can_lose", "churn_rate", "opening_customers", "opening_lost"],
    )
    assert rates["can_lose"].tolist() == [False] * 3 + [True] * 3
    assert (rates["opening_lost"] > 0).tolist()[3]
    assert min(day for (day,) in columns(path, "figures", "period", figure="churn_rate")) == dt.date(2024, 4, 1)
    found, _last = findings.periods(rates.assign(complete=True))
    assert found == [dt.date(2024, month, 1) for month in (6, 5, 4)]
    # nor is the first month with losses compared with one without
    before = columns(path, "churn_change", "total_before", in_period=dt.date(2024, 4, 1))
    assert before == [(None,)]
    drawn = charts.rate(rates.assign(segment=None, ci_low=None, ci_high=None, complete=True), "month").to_dict()
    assert "2024-03" not in str(drawn["datasets"]) and "2024-04" in str(drawn["datasets"])


def test_a_subscription_is_kept_and_nobody_is_back(opened: Open) -> None:
    assert "of customers are still subscribed in month 1**" in texts(opened("cohorts", dataset="sample-subscription"))
    assert "月仍有" in texts(opened("cohorts", dataset="sample-subscription", lang="zh_CN"))
    assert "of customers are back in month 1**" in texts(opened("cohorts", dataset="sample-shop"))


LINES = "customer_id,order_id,ordered_at,product,amount\n" + "".join(
    f"c{i // 6:02d},{i // 3},2024-{1 + i // 90:02d}-{1 + i // 3 % 28:02d},p{i % 3},5\n" for i in range(132)
)


@pytest.mark.parametrize(("language", "words"), [("en", "44 orders"), ("zh_CN", "44笔订单")])
def test_lines_of_an_order_are_one_order_everywhere(opened: Open, library: Library, language: str, words: str) -> None:
    app = opened(dataset=add(library, {"orders.csv": LINES}), lang=language)
    assert words in "".join(each.value for each in app.sidebar.caption)
    assert "44" in [metric.value for metric in app.metric]


def test_customers_since_the_last_complete_month_are_told_apart() -> None:
    watched = pd.DataFrame(
        {
            "period": [dt.date(2011, 11, 1), dt.date(2011, 12, 1)],
            "value": [357.0, 362.0],
            "n": [357, 362],
            "kind": "number",
            "change_on_year": None,
        }
    )
    assert overview.under(watched, watched.iloc[0], "customers", "month") == "2011-11 · 5 more since then"
    assert overview.under(watched.head(1), watched.iloc[0], "customers", "month") == "2011-11"


@pytest.mark.parametrize(
    ("language", "told"),
    [("en", "**25** of 100 rows name no customer"), ("zh_CN", "100行中有**25**行没有客户")],
)
def test_money_of_nobody_counts_and_is_said(opened: Open, library: Library, language: str, told: str) -> None:
    lines = [
        f"{'' if i % 4 == 0 else f'c{i % 9}'},{i},2024-01-{1 + i % 28:02d},{25 * (i % 3 + 1)}\n" for i in range(100)
    ]
    dataset = add(library, {"orders.csv": "customer_id,order_id,ordered_at,amount\n" + "".join(lines)})
    path = library.path(dataset, library.find(dataset).generation)
    revenue = sum(25 * (i % 3 + 1) for i in range(100))
    assert columns(path, "overview", "customers", "orders", "revenue") == [(9, 100, revenue)]
    assert columns(path, "purchases", "buyers", "orders", "revenue") == [(9, 100, revenue)]
    for page in ("overview", "cohorts", "activity"):
        app = opened(page, dataset=dataset, lang=language)
        assert not app.exception
        # a month that is not over is no lack of dates
        assert "no dates" not in texts(app) and "没有日期" not in texts(app)
    assert told in texts(opened("passport", dataset=dataset, lang=language))


def test_a_few_rows_of_nobody_are_worth_a_look_and_cancelled_ones_none(make: Make) -> None:
    lines = "".join(f"c{i},2024-01-{1 + i % 28:02d},100,paid\n" for i in range(300))
    path = make({"orders.csv": "customer_id,ordered_at,amount,status\n" + lines + ",2024-01-03,100,paid\n"})
    assert facts_of(path).wrong == 0
    assert any("name no customer" in sentence for sentence, _fields in facts_of(path).warnings)


def test_what_moved_nothing_beyond_chance_is_one_sentence() -> None:
    moved = pd.DataFrame(
        {
            "attribute": ["city", "city"],
            "segment": ["a", "b"],
            "difference": [-0.02, 0.01],
            "ci_low": [-0.1, -0.2],
            "ci_high": [0.1, 0.2],
            "kind": "share",
        }
    )
    assert overview.movers(moved, None) == "No segment moved it by more than chance."
    speak("zh_CN")
    assert overview.movers(moved, None) == "各客群的变化在随机波动范围内。"
    moved.loc[1, "ci_low"] = 0.001
    assert "b（city）" in str(overview.movers(moved, None)) and "a（city）" not in str(overview.movers(moved, None))


def test_the_share_kept_of_segments_that_agree_is_no_ranking() -> None:
    rows = pd.DataFrame(
        {
            "segment": ["x", "y"],
            "period": [dt.date(2024, 1, 1)] * 2,
            "complete": True,
            "active_before": [80, 90],
            "kept_rate": [0.5, 0.52],
            "ci_low": [0.4, 0.42],
            "ci_high": [0.6, 0.62],
        }
    )
    assert "do not clearly differ" in activity.states_finding(rows, "month")


def test_a_map_that_is_mostly_grey_offers_longer_periods(opened: Open, library: Library) -> None:
    days = [dt.date(2023, 1, 1) + dt.timedelta(days=3 * i) for i in range(140)]
    orders = "".join(f"c{i},{day},10\n" for i, day in enumerate(days))
    dataset = add(library, {"orders.csv": "customer_id,ordered_at,amount\n" + orders})
    app = opened("cohorts", dataset=dataset)
    assert "Most cohorts have fewer than 30 customers" in texts(app)
    app.button(key="longer-retention").click().run()
    assert app.query_params["retention.grain"] in ("quarter", ["quarter"])
    assert "Most cohorts" not in texts(opened("cohorts", dataset="sample-shop"))


SUBSCRIPTIONS = "customer_id,plan,monthly_price,{start},{end}\n" + "".join(
    f"c{i:02d},{'ab'[i % 2]},{10 + i % 3},2024-01-{1 + i % 28:02d},{f'2024-{3 + i % 4:02d}-15' if i % 3 else ''}\n"
    for i in range(48)
)


@pytest.mark.parametrize(
    ("start", "end"),
    [("started_on", "ended_on"), ("start_date", "end_date"), ("begin on", "expires on"), ("Started Day", "Ended Time")],
)
def test_the_end_of_a_subscription_is_known_by_any_word_for_its_day(make: Make, start: str, end: str) -> None:
    path = make({"subscriptions.csv": SUBSCRIPTIONS.format(start=start, end=end)})
    assert "subscriptions.ended_at" in facts_of(path).filled
    assert sum(lost for (lost,) in columns(path, "churn_rate", "churned_customers")) > 0


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "no column says when a subscription ends, so nobody is lost; termine has dates and was left out"),
        ("zh_CN", "没有字段表示订阅何时结束，因此不会有客户流失；含日期的termine未载入"),
    ],
)
def test_a_date_left_out_that_may_be_the_end_is_told(opened: Open, library: Library, language: str, told: str) -> None:
    dataset = add(library, {"subscriptions.csv": SUBSCRIPTIONS.format(start="start", end="termine")})
    assert told in texts(opened("passport", dataset=dataset, lang=language)).replace("**", "")
    assert library.facts(dataset, 1).wrong == 1


def test_medians_have_no_movers(subscription: Path) -> None:
    assert columns(subscription, "movers", "segment", figure="resolution_time") == []
    assert columns(subscription, "movers", "segment", figure="customers")


def test_what_every_customer_has_of_their_own_splits_nothing(opened: Open, library: Library) -> None:
    customers = "".join(f"c{i},c{i}@example.com,{'xyz'[i % 3]}\n" for i in range(40))
    orders = "".join(f"c{i % 40},2024-0{1 + i // 40}-0{1 + i % 9},5\n" for i in range(120))
    files: dict[str, str | bytes] = {
        "customers.csv": "customer_id,email,city\n" + customers,
        "orders.csv": "customer_id,ordered_at,amount\n" + orders,
    }
    app = opened("churn", dataset=add(library, files))
    options = next(each for each in app.selectbox if each.label == "Split by").options
    assert "city" in options and "email" not in options


def test_the_last_complete_period_in_which_nobody_started_is_told(make: Make) -> None:
    orders = "A,2024-01-02\nB,2024-01-03\nC,2024-02-02\nA,2024-04-30\n"
    path = make({"orders.csv": "customer_id,ordered_at\n" + orders}, watermark=dt.date(2024, 4, 30))
    names = ("segment", "cohort", "customers", "all_customers", "change", "complete")
    sizes = pd.DataFrame(columns(path, "cohort_sizes", *names), columns=names)
    said = cohorts.sizes_finding(sizes, "month")
    assert "on average 1 a period" in said and "In 2024-04, the last complete one, nobody started." in said


def test_numbers_with_little_room_are_short_in_both_languages() -> None:
    assert [formats.short_number(value) for value in (1943.8047826, 19438.0, 7.25)] == ["1.9K", "19.4K", "7.2"]
    speak("zh_CN")
    assert [formats.short_number(value) for value in (1943.8047826, 19438.0, 7.25)] == ["1,944", "1.9万", "7.2"]
    axis = number_axis(SHORT, 4).to_dict()
    assert "万" in axis["labelExpr"]


def test_nobody_is_due_where_no_subscription_has_a_billing_interval(opened: Open, library: Library) -> None:
    app = opened("churn", dataset=add(library, {"subscriptions.csv": SUBSCRIPTIONS.format(start="start", end="end")}))
    assert "No subscription has a billing interval, so it is not known who was due" in texts(app)
    assert "customers due renewed" not in texts(app)
    assert "customers due renewed" in texts(opened("churn", dataset="sample-subscription"))


def test_the_heading_of_a_segment_counts_its_customers_in_the_last_complete_period(
    opened: Open, subscription: Path
) -> None:
    names = ("segment", "period", "opening_customers", "complete")
    rates = pd.DataFrame(columns(subscription, "churn_rate", *names, breakdown="plan"), columns=names)
    last = rates[rates["complete"]].sort_values("period").groupby("segment").tail(1)
    told = texts(opened("churn", dataset="sample-subscription", rate__breakdown="plan"))
    assert {"Team", "Starter"} <= set(last["segment"])
    for segment, n in zip(last["segment"], last["opening_customers"], strict=True):
        assert f"**{segment}** · {n:,} customers" in told


@pytest.mark.parametrize(("language", "told"), [("en", "Try 1"), ("zh_CN", "试试1")])
def test_the_churn_page_offers_other_days_where_many_came_back(
    opened: Open, library: Library, language: str, told: str
) -> None:
    # all come every 120 days: each is lost after 90 and back a month later
    start = dt.date(2022, 1, 1)
    visits = [(c, start + dt.timedelta(days=c % 30 + 120 * k)) for c in range(60) for k in range(8)]
    orders = "".join(f"c{c:02d},{day},10\n" for c, day in visits)
    dataset = add(library, {"orders.csv": "customer_id,ordered_at,amount\n" + orders})
    app = opened("churn", dataset=dataset, lang=language)
    labels = [link.proto.label for link in app.get("page_link")]
    (label,) = (each for each in labels if each.startswith(told))
    assert "120" in label
    assert ("came back later" if language == "en" else "后来又回来") in texts(app)
