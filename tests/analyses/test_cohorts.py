"""Cohorts, by hand: the fixture of the definitions, calendars, scope, and the identities on the sample."""

import datetime as dt
import itertools
from pathlib import Path
from typing import Any

import pytest

from churnbook.catalogue.request import Scope
from tests.builders import Make, ask, columns

# A active on 1, 2, 3 January; B on 1, 3; C on 2, 3; D on 3. The data are whole to the 4th.
FOUR = """customer_id,event,occurred_at
A,visit,2024-01-01
A,visit,2024-01-02
A,visit,2024-01-03
B,visit,2024-01-01
B,visit,2024-01-03
C,visit,2024-01-02
C,visit,2024-01-03
D,visit,2024-01-03
"""
WHOLE_TO = dt.date(2024, 1, 4)
DAILY: dict[str, Any] = {"grain": "day", "periods": 3}


@pytest.fixture
def four(make: Make) -> Path:
    return make({"events.csv": FOUR}, watermark=WHOLE_TO)


def january(day: int) -> dt.date:
    return dt.date(2024, 1, day)


def test_on(four: Path) -> None:
    cells = columns(four, "cohort_retention", "cohort", "cohort_size", "period", "retained", "complete", **DAILY)
    assert cells == [
        (january(1), 2, 0, 2, True),
        (january(1), 2, 1, 1, True),
        (january(1), 2, 2, 2, True),
        (january(1), 2, 3, 0, True),
        (january(2), 1, 0, 1, True),
        (january(2), 1, 1, 1, True),
        (january(2), 1, 2, 0, True),
        (january(3), 1, 0, 1, True),
        (january(3), 1, 1, 0, True),
    ]


def test_on_overall(four: Path) -> None:
    overall = columns(four, "cohort_retention_overall", "period", "retained", "customers", "cohorts", **DAILY)
    assert overall == [(0, 4, 4, 3), (1, 2, 4, 3), (2, 2, 3, 2), (3, 0, 2, 1)]


def test_on_or_after(four: Path) -> None:
    given: dict[str, Any] = {**DAILY, "measure": "on_or_after"}
    assert columns(four, "cohort_retention", "cohort", "period", "retained", **given) == [
        (january(1), 0, 2),
        (january(1), 1, 2),
        (january(1), 2, 2),
        (january(1), 3, 0),
        (january(2), 0, 1),
        (january(2), 1, 1),
        (january(2), 2, 0),
        (january(3), 0, 1),
        (january(3), 1, 0),
    ]
    overall = columns(four, "cohort_retention_overall", "period", "retained", "customers", **given)
    assert overall == [(0, 4, 4), (1, 3, 4), (2, 2, 3), (3, 0, 2)]


def test_up_to_counts_the_start_where_it_is_a_return(four: Path) -> None:
    given: dict[str, Any] = {**DAILY, "measure": "up_to"}
    assert {share for (share,) in columns(four, "cohort_retention", "retention", **given)} == {1.0}


def test_up_to_with_another_returning_event(make: Make) -> None:
    # A signs up on the 1st and buys on the 2nd; B signs up on the 1st and never buys
    events = "customer_id,event,occurred_at\nA,join,2024-01-01\nB,join,2024-01-01\nA,buy,2024-01-02\nA,look,2024-01-04\nB,look,2024-01-04\n"
    made = make({"events.csv": events})
    given: dict[str, Any] = {"grain": "day", "periods": 3, "start": "join", "returning": "buy"}
    assert columns(made, "cohort_retention", "period", "retained", **given) == [(0, 0), (1, 1), (2, 0), (3, 0)]
    given["measure"] = "up_to"
    assert columns(made, "cohort_retention", "period", "retained", **given) == [(0, 0), (1, 1), (2, 1), (3, 1)]


def test_an_open_period_is_marked_and_left_out_of_the_overall(make: Make) -> None:
    orders = "customer_id,ordered_at\nA,2024-01-05\nA,2024-02-03\nB,2024-01-09\nC,2024-02-10\n"
    made = make({"orders.csv": orders})
    assert columns(made, "cohort_retention", "cohort", "period", "retained", "complete") == [
        (dt.date(2024, 1, 1), 0, 2, True),
        (dt.date(2024, 1, 1), 1, 1, False),
        (dt.date(2024, 2, 1), 0, 1, False),
    ]
    assert columns(made, "cohort_retention_overall", "period", "customers") == [(0, 2)]


def test_the_month_is_complete_on_its_last_day(make: Make) -> None:
    orders = "customer_id,ordered_at\nA,2024-01-05\nA,2024-02-29\n"
    assert columns(make({"orders.csv": orders}), "cohort_retention", "period", "complete") == [(0, True), (1, True)]


def test_weeks_start_on_monday_or_sunday_and_cross_new_year(make: Make) -> None:
    # 2023-12-31 is a Sunday, 2024-01-01 a Monday
    made = make({"orders.csv": "customer_id,ordered_at\nA,2023-12-31\nA,2024-01-01\nA,2024-01-14\n"})
    week: dict[str, Any] = {"grain": "week", "periods": 5}
    assert columns(made, "cohort_retention", "cohort", "period", "retained", **week) == [
        (dt.date(2023, 12, 25), 0, 1),
        (dt.date(2023, 12, 25), 1, 1),
        (dt.date(2023, 12, 25), 2, 1),
    ]
    assert columns(made, "cohort_retention", "cohort", "period", "retained", week_start="sunday", **week) == [
        (dt.date(2023, 12, 31), 0, 1),
        (dt.date(2023, 12, 31), 1, 0),
        (dt.date(2023, 12, 31), 2, 1),
    ]


@pytest.mark.parametrize(
    ("grain", "expected"),
    [
        ("quarter", [(dt.date(2023, 10, 1), 0, 1), (dt.date(2023, 10, 1), 1, 1), (dt.date(2023, 10, 1), 2, 0), (dt.date(2023, 10, 1), 3, 1)]),
        ("year", [(dt.date(2023, 1, 1), 0, 1), (dt.date(2023, 1, 1), 1, 1)]),
    ],
)  # fmt: skip
def test_quarters_and_years(make: Make, grain: str, expected: list[tuple[dt.date, int, int]]) -> None:
    made = make({"orders.csv": "customer_id,ordered_at\nA,2023-11-05\nA,2024-01-31\nA,2024-07-01\n"})
    assert columns(made, "cohort_retention", "cohort", "period", "retained", grain=grain) == expected


def test_wilson_interval(make: Make) -> None:
    # 3 of 10 back: 10.8 % to 60.3 %; 0 of 10: 0 % to 27.8 %
    orders = "customer_id,ordered_at\n" + "".join(f"{i},2024-01-05\n" for i in range(10))
    orders += "".join(f"{i},2024-02-05\n" for i in range(3)) + "new,2024-03-31\n"
    cells = columns(make({"orders.csv": orders}), "cohort_retention", "period", "ci_low", "ci_high")
    assert [(k, round(low, 3), round(high, 3)) for k, low, high in cells[:3]] == [
        (0, 0.722, 1.0),
        (1, 0.108, 0.603),
        (2, 0.0, 0.278),
    ]


def test_averages(make: Make) -> None:
    # January: 4 customers, 2 back; February: 1 customer, 1 back; March: 1 customer, 0 back
    orders = "customer_id,ordered_at\n"
    orders += (
        "".join(f"{c},2024-01-10\n" for c in "ABCD")
        + "A,2024-02-10\nB,2024-02-10\nE,2024-02-10\nE,2024-03-10\nF,2024-03-10\nZ,2024-04-30\n"
    )
    made = make({"orders.csv": orders})
    expected = {"pooled": 3 / 6, "simple": (0.5 + 1 + 0) / 3, "median": 0.5}
    for average, share in expected.items():
        overall = columns(made, "cohort_retention_overall", "period", "retention", average=average)
        assert overall[1] == (1, pytest.approx(share)), average


def test_customers_behind_a_cell(four: Path) -> None:
    cell: dict[str, Any] = {"grain": "day", "cohort": "2024-01-01", "period": 1}
    assert ask(four, "cohort_retention_customers", **cell) == [("A", january(1), january(3), 3, None)]
    assert ask(four, "cohort_retention_customers", state="not_retained", **cell) == [
        ("B", january(1), january(3), 2, None)
    ]
    assert ask(four, "cohort_retention_customers", **{**cell, "cohort": "2023-01-01"}) == []


def test_a_subscription_is_active_in_every_month_it_touches(make: Make) -> None:
    # A from January to the middle of March, B from February without an end; the end day itself is not active
    subscriptions = "customer_id,started_at,ended_at,mrr\nA,2024-01-15,2024-03-10,10\nB,2024-02-01,,20\nC,2024-02-01,2024-03-01,5\nD,2024-04-30,,5\n"
    made = make({"subscriptions.csv": subscriptions})
    assert columns(made, "cohort_retention", "cohort", "period", "retained", periods=3) == [
        (dt.date(2024, 1, 1), 0, 1),
        (dt.date(2024, 1, 1), 1, 1),
        (dt.date(2024, 1, 1), 2, 1),
        (dt.date(2024, 1, 1), 3, 0),
        (dt.date(2024, 2, 1), 0, 2),
        (dt.date(2024, 2, 1), 1, 1),
        (dt.date(2024, 2, 1), 2, 1),
        (dt.date(2024, 4, 1), 0, 1),
    ]


def test_a_customer_known_to_be_older_than_the_file_joins_the_cohort_of_the_sign_up(make: Make) -> None:
    made = make(
        {
            "orders.csv": "customer_id,ordered_at\nA,2024-01-05\nB,2024-01-06\nB,2024-02-29\n",
            "customers.csv": "customer_id,signed_up_at\nA,2023-11-20\nB,2024-01-06\n",
        }
    )
    sizes = {(cohort, size) for cohort, size in columns(made, "cohort_retention", "cohort", "cohort_size")}
    assert sizes == {(dt.date(2023, 11, 1), 1), (dt.date(2024, 1, 1), 1)}


def test_starting_with_the_sign_up_counts_customers_who_never_bought(make: Make) -> None:
    made = make(
        {
            "orders.csv": "customer_id,ordered_at\nA,2024-01-05\nA,2024-02-29\n",
            "customers.csv": "customer_id,signed_up_at\nA,2024-01-02\nB,2024-01-03\n",
        }
    )
    cells = columns(made, "cohort_retention", "cohort_size", "period", "retained", start="signup")
    assert cells == [(2, 0, 1), (2, 1, 1)]


def test_split_by_attribute_adds_up_and_keeps_customers_without_a_value(make: Make) -> None:
    made = make(
        {
            "orders.csv": "customer_id,ordered_at\nA,2024-01-05\nA,2024-02-29\nB,2024-01-06\nC,2024-01-07\n",
            "customers.csv": "customer_id,channel\nA,ads\nB,ads\nC,\n",
        }
    )
    cells = columns(made, "cohort_retention", "segment", "period", "cohort_size", "retained", breakdown="channel")
    assert cells == [("", 0, 1, 1), ("", 1, 1, 0), ("ads", 0, 2, 2), ("ads", 1, 2, 1)]
    listed = columns(
        made, "cohort_retention_customers", "customer_id",
        breakdown="channel", segment="ads", cohort="2024-01-01", period=1, state="not_retained",
    )  # fmt: skip
    assert listed == [("B",)]


def test_the_report_range_chooses_cohorts_and_forgets_nothing(make: Make) -> None:
    orders = "customer_id,ordered_at\nA,2024-01-05\nA,2024-02-06\nA,2024-03-31\nB,2024-02-07\n"
    made = make({"orders.csv": orders})
    scope = Scope(report_from=dt.date(2024, 2, 1), report_to=dt.date(2024, 2, 29))
    cells = columns(made, "cohort_retention", "cohort", "cohort_size", "period", "retained", scope=scope)
    assert cells == [(dt.date(2024, 2, 1), 1, 0, 1), (dt.date(2024, 2, 1), 1, 1, 0)]


@pytest.mark.parametrize("grain", ["day", "week", "month"])
@pytest.mark.parametrize("measure", ["on", "on_or_after"])
def test_identities_on_the_sample(shop: Path, grain: str, measure: str) -> None:
    given: dict[str, Any] = {"grain": grain, "measure": measure, "periods": 20}
    cells = columns(shop, "cohort_retention", "cohort", "period", "cohort_size", "retained", **given)
    assert {size - retained for _cohort, period, size, retained in cells if period == 0} == {0}
    if measure == "on_or_after":
        for (cohort, _k, _n, before), (other, _k2, _n2, after) in itertools.pairwise(cells):
            assert cohort != other or after <= before
    split = columns(shop, "cohort_retention", "cohort", "period", "cohort_size", "retained", breakdown="渠道", **given)
    whole: dict[tuple[dt.date, int], list[int]] = {}
    for cohort, period, size, retained in split:
        total = whole.setdefault((cohort, period), [0, 0])
        total[0] += size
        total[1] += retained
    assert whole == {(cohort, period): [size, retained] for cohort, period, size, retained in cells}


def test_the_planted_truths_are_visible(shop: Path) -> None:
    first = {
        segment: share
        for segment, period, share in columns(
            shop, "cohort_retention_overall", "segment", "period", "retention", breakdown="渠道"
        )
        if period == 1
    }
    assert max(first, key=first.__getitem__) == "推荐"
    assert min(first, key=first.__getitem__) == "直播"
