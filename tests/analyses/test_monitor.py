"""The monitor: figures by period, control limits worked by hand, comparisons, signals, movers, and the page."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

import duckdb
import pytest

from churnbook.catalogue import queries
from churnbook.datasets.library import Library
from tests.builders import Make, Open, add, ask, columns, texts

CATALOGUE = queries.catalogue()
Given = tuple[float | None, float | None] | float | None


def watched(
    given: Sequence[Given], kind: str = "number", figure: str = "active_customers", open_last: bool = False
) -> list[dict[str, Any]]:
    """The monitor of a figure typed out month by month from 2023-01: a value, or numerator and denominator of a share."""
    with duckdb.connect() as connection:
        connection.execute(
            "create table figures (segment varchar, number integer, period date, value double, numerator double,"
            " denominator double, n bigint, kind varchar, basis varchar, complete boolean, whole boolean,"
            " is_reported boolean)"
        )
        for index, each in enumerate(given):
            numerator, denominator = each if isinstance(each, tuple) else (None, None)
            value = numerator / denominator if numerator is not None and denominator else None
            number, whole = 2023 * 12 + 1 + index, not (open_last and index == len(given) - 1)
            connection.execute(
                "insert into figures values (null, $1, $2, $3, $4, $5, 1, $6, null, $7, $7, true)",
                [
                    number,
                    dt.date(2023 + index // 12, index % 12 + 1, 1),
                    value if isinstance(each, tuple) else each,
                    numerator,
                    denominator,
                    kind,
                    whole,
                ],
            )
        for name in ("figure_limits", "monitor"):
            query = CATALOGUE.find(name)
            values = {"figure": figure, "grain": "month"}
            bound = {each: values[each] for each in query.used_parameters}
            rows = connection.sql(query.sql, params=bound)
            if name == "figure_limits":
                rows.create("figure_limits")
        return [dict(zip(rows.columns, row, strict=True)) for row in rows.fetchall()]


# 80 of 800: p = 0.1 and sqrt(p (1 - p) / 100) = 0.03; z = 0, 2/3, -2/3, 0, 4/3, -4/3, 0, 0; moving ranges 2/3, 4/3, 2/3,
# 4/3, 8/3, 4/3, 0, their mean 8/7; sigma_z = 8/7 / 1.128 = 1.013171; 3 x 0.03 x 1.013171 = 0.0911854
SHARES: list[Given] = [(numerator, 100.0) for numerator in (10.0, 12.0, 8.0, 10.0, 14.0, 6.0, 10.0, 10.0)]


@pytest.mark.parametrize(
    ("numerator", "denominator", "low", "high", "signal"),
    [
        (19.0, 100.0, 0.0088146, 0.1911854, None),
        (20.0, 100.0, 0.0088146, 0.1911854, "above"),
        (0.0, 100.0, 0.0088146, 0.1911854, "below"),
        (58.0, 400.0, 0.0544073, 0.1455927, None),  # four times as many: half as far
        (59.0, 400.0, 0.0544073, 0.1455927, "above"),
        (9.0, 10.0, 0.0, 0.3883536, "above"),  # never below nothing
    ],
)
def test_limits_of_a_share_are_those_of_laney(
    numerator: float, denominator: float, low: float, high: float, signal: str | None
) -> None:
    rows = watched([*SHARES, (numerator, denominator)], "share", "satisfaction")
    assert [row["centre"] for row in rows[:8]] == [None] * 8
    assert all(row["low"] is None and row["signal"] is None for row in rows[:8])
    last = rows[8]
    assert (last["centre"], last["low"], last["high"]) == pytest.approx((0.1, low, high), abs=1e-6)
    assert last["signal"] == signal


# mean 15; moving ranges 2, 4, 2, 2, 4, 4, 4, their mean 22/7; 2.66 x 22/7 = 8.36
VALUES: list[Given] = [14.0, 16.0, 12.0, 14.0, 16.0, 20.0, 16.0, 12.0]


@pytest.mark.parametrize(("value", "signal"), [(23.3, None), (23.4, "above"), (6.7, None), (6.6, "below")])
def test_limits_of_other_figures_are_xmr(value: float, signal: str | None) -> None:
    last = watched([*VALUES, value])[8]
    assert (last["centre"], last["low"], last["high"]) == pytest.approx((15, 6.64, 23.36))
    assert last["signal"] == signal
    # the period judged moves neither its own centre nor its own limits
    assert watched([*VALUES, 1000.0])[8]["centre"] == 15


def test_fewer_than_eight_periods_are_not_judged_and_gaps_do_not_count() -> None:
    assert watched([*VALUES[:7], 1000.0])[7]["high"] is None
    gap = watched([*VALUES[:4], None, *VALUES[4:7], 1000.0, 1000.0])
    assert gap[8]["high"] is None and gap[9]["high"] is not None


def test_the_open_period_is_not_judged_but_has_limits() -> None:
    last = watched([*VALUES, 1.0], open_last=True)[8]
    assert last["high"] is not None
    assert (last["signal"], last["change"], last["previous"]) == (None, None, None)


def test_a_running_total_has_no_limits() -> None:
    assert all(row["centre"] is None for row in watched([*VALUES, 1000.0], figure="customers"))


def test_eight_on_one_side_of_the_centre_are_a_signal() -> None:
    rows = watched([*VALUES, *[15.5] * 9])
    # each against the centre it was judged by: 15, then a little more than 15, never as much as 15.5
    assert [row["signal"] for row in rows[8:]] == [None] * 7 + ["run_above"] * 2
    broken = watched([*VALUES, *[15.5] * 7, 14.0, 15.5])
    assert [row["signal"] for row in broken[8:]] == [None] * 9


def test_previous_and_last_year_need_the_very_period() -> None:
    values: list[Given] = [100.0, None, *[100.0] * 10, 150.0, 120.0]
    rows = watched(values)
    assert (rows[2]["previous"], rows[2]["change"]) == (None, None)  # nothing in the month before
    assert (rows[12]["previous"], rows[12]["change"]) == (100, 0.5)
    assert (rows[12]["last_year"], rows[12]["change_on_year"]) == (100, 0.5)
    assert (rows[13]["last_year"], rows[13]["change"]) == (None, pytest.approx(-0.2))
    shares = watched([(10.0, 100.0), (13.0, 100.0)], "share", "satisfaction")
    assert shares[1]["change"] == pytest.approx(0.03), "shares differ by points"


ORDERS = (
    "customer_id,ordered_at,amount\nA,2024-01-01,10\nA,2024-01-20,30\nB,2024-01-31,20\nB,2024-03-05,8\nB,2024-03-06,-3\n"
    "C,2024-04-10,7\n"
)
SURVEYS = """customer_id,answered_at,question,score
A,2024-01-02,csat,2
A,2024-01-09,csat,5
B,2024-01-03,csat,3
C,2024-02-03,csat,4
A,2024-01-02,nps,9
B,2024-01-02,nps,6
C,2024-01-02,nps,7
D,2024-01-02,nps,10
E,2024-01-02,nps,99
A,2024-03-30,nps,0
A,2024-01-02,ces,1
"""
TICKETS = """customer_id,opened_at,first_response_at,resolved_at
A,2024-01-02 08:00,2024-01-02 10:00,2024-01-03 08:00
B,2024-01-02 08:00,2024-01-02 13:00,2024-02-02 08:00
C,2024-01-30 08:00,2024-01-30 18:00,
C,2024-03-01 08:00,2024-02-29 08:00,2024-03-01 09:00
"""


def test_the_figures_of_a_small_shop(make: Make) -> None:
    path = make({"orders.csv": ORDERS, "surveys.csv": SURVEYS, "tickets.csv": TICKETS}, watermark=dt.date(2024, 4, 10))

    def figure(name: str) -> list[Any]:
        return [row[0] for row in columns(path, "figures", "value", figure=name)]

    assert figure("active_customers") == [2, 0, 1, 1]
    assert figure("revenue") == [60, 0, 5, 7]
    # the last answer of a customer and period: A 5, B 3
    assert figure("satisfaction") == [0.5, 1, None, None]
    # promoters A and D, detractor B, C passive, 99 no answer: 100 (2 - 1) / 4
    assert figure("nps") == [25, None, -100, None]
    # hours 2, 5, 10; a response before the question is none
    assert figure("first_response") == [5, None, None, None]
    # counted in the period of the resolution: 24; 31 days; 1
    assert figure("resolution_time") == [24, 31 * 24, 1, None]
    whole = columns(path, "figures", "period", "complete", "whole")
    assert whole[0] == (dt.date(2024, 1, 1), True, True) and whole[-1] == (dt.date(2024, 4, 1), False, False)


def test_a_period_that_began_before_the_data_is_not_compared(make: Make) -> None:
    path = make({"orders.csv": "customer_id,ordered_at\nA,2024-01-10\nA,2024-02-01\nA,2024-03-31\n"})
    rows = columns(path, "monitor", "previous", "complete", figure="active_customers")
    assert rows == [(None, True), (None, True), (1, True)]


@pytest.mark.parametrize(
    ("scores", "figure", "expected"),
    [
        ("csat,6\nA,2024-01-02,csat,4", "satisfaction", 0),  # answers above 5: not this scale
        ("csat,0\nA,2024-01-02,csat,4", "satisfaction", 0),  # six steps
        ("nps,5\nA,2024-01-02,nps,3", "nps", 0),  # nobody above 5: not 0 to 10
        ("NPS 推荐意愿,10", "nps", 1),
        ("整体满意度,4", "satisfaction", 1),
    ],
)
def test_another_scale_is_no_figure(make: Make, scores: str, figure: str, expected: int) -> None:
    surveys = "customer_id,answered_at,question,score\nB,2024-01-02," + scores + "\n"
    path = make({"orders.csv": ORDERS, "surveys.csv": surveys})
    assert len([row for row in ask(path, "figures", figure=figure) if row[6]]) == expected


def test_subscriptions_earn_and_are_active_in_every_period_they_touch(make: Make) -> None:
    path = make(
        {"subscriptions.csv": "customer_id,started_at,ended_at,mrr\nA,2024-01-01,2024-03-16,31\nB,2024-02-01,,10\n"},
        watermark=dt.date(2024, 3, 31),
    )
    assert columns(path, "figures", "value", figure="active_customers") == [(1,), (2,), (2,)]
    # March: fifteen days of thirty-one
    values = [value for (value,) in columns(path, "figures", "value", figure="revenue")]
    assert values == pytest.approx([31, 41, 25])


def test_segments_add_up(shop: Any) -> None:
    for figure in ("customers", "active_customers", "revenue"):
        together = dict(columns(shop, "figures", "period", "value", figure=figure))
        apart: dict[Any, float] = {}
        for period, value in columns(shop, "figures", "period", "value", figure=figure, breakdown="渠道"):
            apart[period] = apart.get(period, 0) + value
        assert apart == pytest.approx(together), figure


# Lost after days without activity


def test_nobody_can_be_lost_before_so_many_days_have_passed(shop: Any) -> None:
    values = columns(shop, "figures", "period", "value", figure="churn_rate")
    assert values[0][0] == dt.date(2023, 4, 1) and values[0][1] > 0
    retention = dict(columns(shop, "figures", "period", "value", figure="retention_rate"))
    assert retention == pytest.approx({period: 1 - value for period, value in values})


# What moved a figure


def members(prefix: str, n: int, buying: int, day: str) -> str:
    """Orders of one day by the first customers of a group, the first of them twice."""
    return "".join(f"{prefix}{i:03d},{day},10\n" for i in range(n)) + "".join(
        f"{prefix}{i:03d},{day},10\n" for i in range(buying)
    )


def test_movers_are_the_segments_with_the_largest_effect(make: Make) -> None:
    # buyers with two orders: in a 40 of 100, then 10 of 100; in b 20 of 60, then 21 of 60; c is too small
    orders = "customer_id,ordered_at,amount\n" + "".join(
        members(*group)
        for group in (
            ("a", 100, 40, "2024-01-01"),
            ("b", 60, 20, "2024-01-01"),
            ("c", 20, 0, "2024-01-01"),
            ("a", 100, 10, "2024-02-01"),
            ("b", 60, 21, "2024-02-01"),
            ("c", 20, 20, "2024-02-01"),
        )
    )
    customers = "customer_id,city,number\n" + "".join(
        f"{prefix}{i:03d},{prefix},{prefix}{i}\n" for prefix, n in (("a", 100), ("b", 60), ("c", 20)) for i in range(n)
    )
    path = make({"orders.csv": orders, "customers.csv": customers}, watermark=dt.date(2024, 2, 29))
    names = ("attribute", "segment", "before", "after", "n_before", "n_after")
    rows = columns(path, "movers", *names, figure="repeat_rate")
    assert rows == [("city", "a", 0.4, 0.1, 100, 100), ("city", "b", 20 / 60, 21 / 60, 60, 60)]
    (first, second) = columns(path, "movers", "difference", "ci_low", "ci_high", "effect", figure="repeat_rate")
    # Wilson 0.3094 to 0.4980 and 0.0552 to 0.1744; Newcombe: -0.3 -/+ sqrt(0.0448^2 + 0.0980^2), sqrt(0.0744^2 + 0.0906^2)
    assert first == pytest.approx((-0.3, -0.4078, -0.1828, -0.3 * 100 / 180), abs=2e-4)
    assert second[1] < 0 < second[2]
    assert [row[:1] for row in columns(path, "movers", "segment", figure="repeat_rate", most=1)] == [("a",)]
    # what adds up moves by its own difference
    assert columns(path, "movers", "segment", "effect", figure="revenue", breakdown="city") == [("a", -300), ("b", 10)]


# The page


@pytest.mark.parametrize(("language", "label"), [("en", "Churn rate"), ("zh_CN", "流失率")])
@pytest.mark.parametrize("dataset", ["sample-shop", "sample-subscription"])
def test_the_monitor_opens_on_both_samples(opened: Open, dataset: str, language: str, label: str) -> None:
    app = opened(dataset=dataset, lang=language)
    assert not app.exception and not app.error
    assert label in [metric.label for metric in app.metric]
    assert len(app.get("vega_lite_chart")) >= 9


def test_a_card_says_period_change_and_what_is_outside(opened: Open) -> None:
    app = opened()
    active = next(metric for metric in app.metric if metric.label == "Active customers")
    assert (active.value, active.delta) == ("749", "+7.9%")
    said = texts(app)
    assert "2024-06 · +89.1% in a year" in said
    assert "Above what was to be expected" in said
    assert "Segments that moved it most:\n" in said.replace("  \n", "\n")
    assert [link.proto.label for link in app.get("page_link")].count("Cohorts") >= 3


def test_a_period_chosen_holds_for_all_cards(opened: Open) -> None:
    app = opened(monitor__grain="quarter")
    assert not app.exception
    assert "2024 Q2" in texts(app)


def test_a_file_of_orders_has_the_figures_of_purchases(opened: Open, library: Library) -> None:
    app = opened(dataset=add(library, {"orders.csv": ORDERS}))
    assert not app.exception and not app.error
    labels = {metric.label for metric in app.metric}
    assert {"Revenue", "Average order value", "Repeat purchase rate"} <= labels
    assert not {"Satisfaction (CSAT)", "First response time"} & labels


def test_a_flat_file_says_why_nothing_can_be_followed(opened: Open, library: Library) -> None:
    app = opened(dataset=add(library, {"t.csv": "customerID,tenure,Contract,Churn\nA,3,month,Yes\nB,5,year,No\n"}))
    assert not app.exception and not app.error
    assert (
        texts(app).count("The files have no dates of activity or churn, so no figure can be followed over time.") == 1
    )
    assert "Marked as churned" in [metric.label for metric in app.metric]
