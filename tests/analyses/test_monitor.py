"""The monitor: figures by period, control limits worked by hand, comparisons, signals, movers, and the page."""

import datetime as dt
import math
import re
import statistics
from collections.abc import Callable, Sequence
from itertools import pairwise
from random import Random
from typing import Any

import duckdb
import pandas as pd
import pytest

from churnbook.analyses.overview import findings
from churnbook.catalogue import queries
from churnbook.datasets.library import Library
from churnbook.words.language import speak
from tests.builders import Make, Open, add, ask, columns, texts

CATALOGUE = queries.catalogue()
Given = tuple[float | None, float | None] | float | None


GRAIN_MONTH, FIRST = "month", 2023 * 12 + 1


def judge(
    segments: Sequence[Sequence[Given]],
    kind: str = "number",
    figure: str = "active_customers",
    grain: str = GRAIN_MONTH,
    open_last: bool = False,
    n: int | None = None,
) -> duckdb.DuckDBPyRelation:
    """The monitor of figures typed out period by period, one after the other: values, or numerator and denominator.

    A sum is made of as many as it is, other figures of `n`, of a share of its denominator.
    """
    connection = duckdb.connect()
    rows = []
    for place, given in enumerate(segments):
        for index, each in enumerate(given):
            numerator, denominator = each if isinstance(each, tuple) else (None, None)
            value = (
                each
                if not isinstance(each, tuple)
                else numerator / denominator
                if numerator is not None and denominator
                else None
            )
            whole = not (open_last and index == len(given) - 1)
            made_of = n or denominator or value or 0
            enough = figure in ("active_customers", "revenue") or made_of >= 30
            segment = None if len(segments) == 1 else f"{place:05d}"
            number = FIRST + index
            day = dt.date(2023 + index // 12, index % 12 + 1, 1) if grain == "month" else dt.date.min
            rows.append((segment, number, day, value, numerator, denominator, made_of, whole, enough))
    connection.execute(
        "create table figures as select segment::varchar as segment, number::integer as number, period::date as period,"
        " value::double as value, numerator::double as numerator, denominator::double as denominator, n::bigint as n,"
        " $2 as kind, null::varchar as basis, whole as complete, whole, is_enough, true as is_reported"
        " from (select unnest($1::struct(segment varchar, number integer, period date, value double, numerator double,"
        " denominator double, n double, whole boolean, is_enough boolean)[], recursive := true))",
        [
            [
                dict(
                    zip(
                        ("segment", "number", "period", "value", "numerator", "denominator", "n", "whole", "is_enough"),
                        row,
                        strict=True,
                    )
                )
                for row in rows
            ],
            kind,
        ],
    )
    for macro in CATALOGUE.macros_of(CATALOGUE.find("monitor")):
        connection.execute(CATALOGUE.macros[macro])
    for name in (
        "figure_judged",
        "figure_baselines",
        "figure_lines",
        "figure_bands",
        "figure_levels",
        "figure_limits",
        "monitor",
    ):
        query = CATALOGUE.find(name)
        values = {"figure": figure, "grain": grain}
        connection.execute(
            f"create table {name} as {query.sql}", {each: values[each] for each in query.used_parameters}
        )
    return connection.table("monitor").order("segment, period") if grain == "month" else connection.table("monitor")


def watched(
    given: Sequence[Given], kind: str = "number", figure: str = "active_customers", **more: Any
) -> list[dict[str, Any]]:
    """The monitor of one figure typed out month by month from 2023-01."""
    rows = judge([given], kind, figure, **more)
    return [dict(zip(rows.columns, row, strict=True)) for row in rows.fetchall()]


# 28 pairs, of which 12 rise, 12 fall and 4 are ties: flat, at the median 15. Residuals -1, 1, -3, -1, 1, 5, 1, -3: their
# mean size is 2, so the spread 2 x 1.2533 x sqrt(8/6) = 2.8944 (moving ranges 2, 4, 2, 2, 4, 4, 4 give
# 22/7 / 1.128 = 2.7863, which is less). 4.8 x 2.8944 x sqrt(1 + 1.57/8) = 15.195
VALUES: list[Given] = [14.0, 16.0, 12.0, 14.0, 16.0, 20.0, 16.0, 12.0]


@pytest.mark.parametrize(("value", "signal"), [(30.1, None), (30.2, "above"), (0.0, None)])
def test_limits_are_prediction_limits_around_the_line(value: float, signal: str | None) -> None:
    last = watched([*VALUES, value], "ratio", "purchase_frequency", n=50)[8]
    assert (last["centre"], last["low"], last["high"]) == pytest.approx((15, 0, 30.195), abs=1e-3)
    assert (last["signal"], last["periods"]) == (signal, 8)
    # the period judged moves neither its own centre nor its own limits
    assert watched([*VALUES, 1000.0], "ratio", "purchase_frequency", n=50)[8]["centre"] == 15


# 80 of 800: 0.1, flat; sqrt(p (1 - p) / 100) = 0.03; z = 0, 2/3, -2/3, 0, 4/3, -4/3, 0, 0; moving ranges 2/3, 4/3, 2/3,
# 4/3, 8/3, 4/3, 0 with a mean of 8/7; 8/7 / 1.128 = 1.013171; 4.8 x 1.013171 x 0.03 x sqrt(1 + 1.57/8) = 0.159572
SHARES: list[Given] = [(numerator, 100.0) for numerator in (10.0, 12.0, 8.0, 10.0, 14.0, 6.0, 10.0, 10.0)]


@pytest.mark.parametrize(
    ("numerator", "denominator", "low", "high", "signal"),
    [
        (25.0, 100.0, 0, 0.259572, None),
        (26.0, 100.0, 0, 0.259572, "above"),
        (71.0, 400.0, 0.020214, 0.179786, None),  # four times as many: half as far
        (72.0, 400.0, 0.020214, 0.179786, "above"),
        (8.0, 400.0, 0.020214, 0.179786, "below"),
    ],
)
def test_limits_of_a_share_are_those_of_laney(
    numerator: float, denominator: float, low: float, high: float, signal: str | None
) -> None:
    rows = watched([*SHARES, (numerator, denominator)], "share", "satisfaction")
    assert all(row["centre"] is None and row["low"] is None and row["signal"] is None for row in rows[:8])
    last = rows[8]
    assert (last["centre"], last["low"], last["high"]) == pytest.approx((0.1, low, high), abs=1e-6)
    assert last["signal"] == signal
    # its mirror is judged alike
    others: list[Given] = [(100.0 - share[0], 100.0) for share in SHARES if isinstance(share, tuple) and share[0]]
    others.append((denominator - numerator, denominator))
    mirrored = watched(others, "share", "retention_rate")[8]
    assert (mirrored["low"], mirrored["high"]) == pytest.approx((1 - high, 1 - low), abs=1e-6)
    assert mirrored["signal"] == {"above": "below", "below": "above", None: None}[signal]


def quantile(freedom: int) -> float:
    """The 99.85 % quantile of t: of its density by Simpson's rule."""
    scale: float = math.gamma((freedom + 1) / 2) / math.sqrt(freedom * math.pi) / math.gamma(freedom / 2)

    def mass(up_to: float, parts: int = 400) -> float:
        width = up_to / parts
        heights: list[float] = [
            scale * (1 + (i * width) ** 2 / freedom) ** (-(freedom + 1) / 2) for i in range(parts + 1)
        ]
        return 0.5 + width / 3 * (heights[0] + heights[-1] + 4 * sum(heights[1:-1:2]) + 2 * sum(heights[2:-1:2]))

    low, high = 0.0, 20.0
    for _step in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if mass(middle) < 0.9985 else (low, middle)
    return low


def expected(values: Sequence[float], cycle: int, may_be_log: bool) -> tuple[float, float, float, float]:
    """Centre, limits and spread for the value after these, written from docs/metrics.md."""
    found: list[tuple[float, tuple[float, float, float, float]]] = []
    for is_log in (False, True) if may_be_log and min(values) > 0 else (False,):
        y = [math.log(value) if is_log else value for value in values]
        n, cycles = len(y), len(y) // cycle
        pairs = [(i, j) for i in range(n) for j in range(i + cycle, n, cycle)]
        trend = sum((y[j] > y[i]) - (y[j] < y[i]) for i, j in pairs)
        noise = math.sqrt(cycle * cycles * (cycles - 1) * (2 * cycles + 5) / 18)
        slope = statistics.median((y[j] - y[i]) / (j - i) for i, j in pairs) if abs(trend) > 1.2816 * noise else 0.0
        rest = [y[i] - slope * (i - n) for i in range(n)]
        season = [statistics.median(rest[phase::cycle]) for phase in range(cycle)]
        residuals = [rest[i] - season[i % cycle] for i in range(n)]
        freedom = n - cycle - 1
        spread = max(
            statistics.mean(abs(b - a) for a, b in pairwise(residuals))
            / 1.128
            * (math.sqrt(cycles / (cycles - 1)) if cycle > 1 else 1),
            statistics.mean(map(abs, residuals)) * 1.2533 * math.sqrt(n / freedom),
        )
        tilt = 1.1 * ((n + 1) / 2) ** 2 / (cycle**3 * cycles * (cycles**2 - 1) / 12) if slope else 0.0
        reach = quantile(freedom) * spread * math.sqrt(1 + 1.57 / cycles + tilt)
        back: Callable[[float], float] = math.exp if is_log else float
        missed = sum(abs(back(y[i] - residuals[i]) - values[i]) for i in range(n))
        centre = back(season[0])
        unit = centre if is_log else 1.0
        found.append((missed, (centre, back(season[0] - reach), back(season[0] + reach), spread * unit)))
    return min(found, key=lambda each: each[0])[1]


@pytest.mark.parametrize("seed", range(6))
def test_limits_agree_with_the_formulas(seed: int) -> None:
    random = Random(seed)
    wave = [1 + 0.3 * math.sin(phase) for phase in range(12)]
    months = 30
    given = [
        500 * math.exp(random.choice([0, 0.03]) * i) * (wave[i % 12] if seed % 2 else 1) * random.gauss(1, 0.05)
        for i in range(months)
    ]
    rows = watched(given, "money", "average_order_value", n=50)
    shifted = False
    for i in range(8, months):
        shifted = shifted or rows[i]["since"] is not None
        if shifted:
            break
        plain = expected(given[i - (12 if i >= 12 else 8) : i], 1, True)
        seasonal = expected(given[i - 24 : i], 12, True) if i >= 24 else None
        centre, low, high, _spread = seasonal if seasonal and seasonal[3] < plain[3] else plain
        assert (rows[i]["centre"], rows[i]["low"], rows[i]["high"]) == pytest.approx(
            (centre, low, high), rel=1e-3, abs=0.1
        ), i
    assert i > 12


def series(kind: str, noise: str, random: Random, periods: int) -> list[float]:
    """A made series without anything to be found: a level, a line, growth by a factor, or a season."""
    level, line, growth, phase = (
        random.choice([100, 500]),
        random.uniform(0.5, 6),
        random.uniform(0.005, 0.06),
        random.randrange(12),
    )
    shapes: dict[str, Callable[[int], float]] = {
        "level": lambda i: 1.0,
        "line": lambda i: 1 + line * i / 100,
        "growth": lambda i: math.exp(growth * i),
        "season": lambda i: 1 + 0.2 * math.sin((i + phase) * math.pi / 6),
    }
    means = [level * shapes[kind](i) for i in range(periods)]
    # a Poisson count of a hundred and more is all but normal
    return [
        max(0.0, round(random.gauss(mean, math.sqrt(mean) if noise == "chance" else 0.05 * mean))) for mean in means
    ]


@pytest.mark.parametrize("kind", ["level", "line", "growth", "season"])
def test_what_only_varies_is_hardly_ever_an_alarm(kind: str) -> None:
    random = Random(kind)
    made = [series(kind, noise, random, 36) for noise in ("chance", "5 %") for _ in range(150)]
    judged, flagged = judge(made).aggregate("count(centre), count(signal)").fetchall()[0]
    assert judged > 300 * 27
    assert flagged / judged <= 0.015


@pytest.mark.parametrize("kind", ["level", "line", "growth"])
def test_a_step_is_seen_at_once_and_then_a_new_level(kind: str) -> None:
    random = Random(f"step {kind}")
    made = [series(kind, "5 %", random, 30) for _ in range(150)]
    stepped = [[value * (1.4 if i >= 20 else 1) for i, value in enumerate(each)] for each in made]
    rows = judge(stepped)
    at_once = rows.filter("period = date '2024-09-01' and signal = 'above'").aggregate("count(*)").fetchall()
    assert at_once[0][0] >= 135
    # judged by the old level no longer, and by the new one from its eighth period on
    later = rows.filter("since = date '2024-09-01'")
    assert later.filter("period < date '2025-05-01'").aggregate("count(centre)").fetchall() == [(0,)]
    assert later.filter("period >= date '2025-05-01'").aggregate("count(centre) / count(*)").fetchall()[0][0] > 0.9


def test_growth_is_no_alarm_and_its_end_is() -> None:
    growing: list[Given] = [round(1000 * 1.08**i) + (i * 7) % 5 for i in range(20)]
    rows = watched(growing)
    assert [row["signal"] for row in rows] == [None] * 20
    assert rows[19]["low"] < growing[19] < rows[19]["high"] and rows[19]["low"] > growing[17]
    assert watched([*growing, growing[19]])[20]["signal"] == "below"


def test_days_without_anything_and_ties_are_no_row() -> None:
    quiet: list[Given] = [0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 2.0, 0.0, 0.0, 1.0, 0.0]
    assert {row["signal"] for row in watched([*quiet, *[0.0] * 20])} == {None}
    assert {row["signal"] for row in watched([*VALUES, *VALUES[:4], *[15.0] * 10])} == {None}, "as much as the centre"
    assert {row["signal"] for row in watched([*[0.0] * 12, 1.0, 0.0, 1.0])} == {None}, "one where there was none"
    assert all(row["high"] is None for row in watched([5.0] * 20)), "what never varied has no limits"
    shares: list[Given] = [(0.0, 700.0), (0.0, 700.0), (1.0, 700.0), (0.0, 700.0)] * 5
    assert {row["signal"] for row in watched([*shares, (2.0, 700.0)], "share", "churn_rate")} == {None}


def test_a_week_without_sundays_is_a_season_of_days() -> None:
    random = Random(3)
    days: list[Given] = [0.0 if i % 7 == 6 else round(random.gauss(200 + 15 * (i % 7), 8)) for i in range(70)]
    rows = judge([days], grain="day")
    assert rows.filter("signal is not null").fetchall() == []
    assert len(rows.filter("periods in (14, 28)").fetchall()) > 50


def test_rates_of_a_few_are_neither_compared_nor_judged() -> None:
    shares: list[Given] = [*SHARES, (9.0, 29.0), (10.0, 100.0), (10.0, 100.0)]
    few, after, then = watched(shares, "share", "satisfaction")[8:]
    assert (few["change"], few["centre"], few["signal"], few["is_enough"]) == (None, None, None, False)
    assert (after["change"], after["periods"]) == (None, 8), "nor is the next one compared with it"
    assert then["change"] == 0


def test_fewer_than_eight_periods_are_not_judged_and_gaps_do_not_count() -> None:
    assert watched([*VALUES[:7], 1000.0])[7]["high"] is None
    gap = watched([*VALUES[:4], None, *VALUES[4:7], 1000.0, 1000.0])
    assert gap[8]["high"] is None and gap[9]["high"] is not None


def test_the_open_period_is_not_judged() -> None:
    last = watched([*VALUES, 1.0], open_last=True)[8]
    assert (last["high"], last["signal"], last["change"], last["previous"]) == (None, None, None, None)


def test_a_running_total_has_no_limits() -> None:
    assert all(row["centre"] is None for row in watched([*VALUES, 1000.0], figure="customers"))


def test_eight_on_one_side_of_the_line_are_a_signal_and_a_new_level() -> None:
    level: list[Given] = [100.0, 104.0, 96.0, 101.0, 99.0, 103.0, 97.0, 100.0, 102.0, 98.0, 104.0, 96.0]
    higher: list[Given] = [round(103 + 0.2 * i**1.5, 3) for i in range(10)]
    rows = watched([*level, *higher])
    assert [row["signal"] for row in rows[12:]] == [None] * 7 + ["run_above", None, None]
    assert [row["since"] for row in rows[19:]] == [None, dt.date(2024, 1, 1), dt.date(2024, 1, 1)]
    broken = watched([*level, *higher[:5], 97.0, *higher[6:]])
    assert {row["signal"] for row in broken} == {None}


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
    # b rose while the whole fell: it did not move it
    assert rows == [("city", "a", 0.4, 0.1, 100, 100)]
    (first,) = columns(path, "movers", "difference", "ci_low", "ci_high", "effect", figure="repeat_rate")
    # Wilson 0.3094 to 0.4980 and 0.0552 to 0.1744; Newcombe: -0.3 -/+ sqrt(0.0448^2 + 0.0980^2), sqrt(0.0744^2 + 0.0906^2)
    assert first == pytest.approx((-0.3, -0.4078, -0.1828, -0.3 * 100 / 180), abs=2e-4)
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


def test_a_card_says_period_change_and_how_many(opened: Open) -> None:
    app = opened()
    active = next(metric for metric in app.metric if metric.label == "Active customers")
    assert (active.value, active.delta) == ("749", "+7.9% in a month")
    said = texts(app)
    assert "2024-06 · +89.1% in a year" in said
    assert re.search(r"2024-06 · Customers at the beginning: [\d,]+ · \S+ points in a year", said)
    assert "Segments that moved it most:\n" in said.replace("  \n", "\n")
    assert [link.proto.label for link in app.get("page_link")].count("Cohorts") >= 3


def test_a_growing_company_has_no_alarms_and_its_first_sentences_say_so(opened: Open) -> None:
    app = opened(dataset="sample-subscription")
    said = texts(app)
    assert "Churn rate: **3.6%** in 2024-12, +1.6 points in a month, within the 0.0% – 10.2% expected." in said
    assert "expected**" not in said
    written = [each.value for each in app.markdown]
    assert "expected." in written[0] and written[3].startswith("**71.2% of customers")


LATEST = {
    "period": dt.date(2024, 6, 1),
    "value": 0.02,
    "kind": "share",
    "n": 400,
    "is_enough": True,
    "change": -0.03,
    "centre": 0.05,
    "low": 0.03,
    "high": 0.07,
    "periods": 12,
    "signal": "below",
    "since": None,
}


@pytest.mark.parametrize(
    ("figure", "changed", "english", "chinese"),
    [
        (
            "churn_rate",
            {},
            "**Lower than expected**, for the better: 3.0% – 7.0% from the 12 periods before.",
            "**低于预期**，向好：根据此前12个周期，预期为3.0% – 7.0%。",
        ),
        (
            "repeat_rate",
            {},
            "**Lower than expected**, for the worse: 3.0% – 7.0% from the 12 periods before.",
            "**低于预期**，变差：根据此前12个周期，预期为3.0% – 7.0%。",
        ),
        ("retention_rate", {}, "See Churn rate: the two add up to 100 %.", "见流失率：两者之和为100%。"),
        (
            "churn_rate",
            {"signal": "run_above", "value": 0.06},
            "**Eight in a row above the line**, for the worse: 5.0% was to be expected.",
            "**连续8个周期高于趋势线**，变差：预期为5.0%。",
        ),
        ("churn_rate", {"signal": None}, None, None),
    ],
)
def test_a_signal_says_whether_it_is_good(
    figure: str, changed: dict[str, Any], english: str | None, chinese: str | None
) -> None:
    last = pd.Series(LATEST | changed)
    for language, words in (("zh_CN", chinese), ("en", english)):
        speak(language)
        assert findings.outside(last, figure, None) == words


def test_the_first_sentences_are_ranked_and_a_pair_speaks_once() -> None:
    last = pd.Series(LATEST)
    cards = [
        ("retention_rate", last),
        (
            "revenue",
            pd.Series(
                LATEST
                | {"signal": None, "kind": "money", "value": 5000.0, "change": 0.1, "low": 4000.0, "high": 6000.0}
            ),
        ),
        ("churn_rate", last),
        ("repeat_rate", last),
        (
            "resolution_time",
            pd.Series(
                LATEST | {"signal": "above", "kind": "hours", "value": 30.0, "low": 1.0, "high": 3.0, "centre": 2.0}
            ),
        ),
    ]
    speak("en")
    said = findings.headlines(cards, "month", "EUR")
    assert [judged for judged, _words in said] == [-1, -1, 1]
    assert [words.split(":")[0] for _judged, words in said] == ["Resolution time", "Repeat purchase rate", "Churn rate"]
    speak("zh_CN")
    assert (
        findings.headlines(cards[1:2], "month", "EUR")[0][1]
        == "收入：2024-06为**€5,000**，环比+10.0%，在预期的€4,000至€6,000之内。"
    )


def test_why_a_period_is_not_judged() -> None:
    speak("en")
    few = pd.Series(LATEST | {"is_enough": False})
    assert findings.unjudged(few, "month") == "Made of fewer than 30, so it is not compared."
    new = pd.Series(LATEST | {"centre": None, "since": dt.date(2024, 3, 1)})
    assert "A new level since 2024-03" in str(findings.unjudged(new, "month"))
    assert findings.unjudged(pd.Series(LATEST), "month") is None


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
