"""A figure against its own past, segments against the rest, before and after a change: numbers typed out."""

from __future__ import annotations

import datetime as dt
import math
from functools import partial
from pathlib import Path
from typing import Any

import altair as alt
import pandas as pd
import pyarrow as pa
import pytest

from churnbook.analyses.comparisons import charts, findings
from churnbook.analyses.draw import dated
from churnbook.analyses.draw.calendar import calendar_strip
from churnbook.analyses.draw.finished import finish, on
from churnbook.analyses.draw.theme import Chart
from churnbook.analyses.draw.trends import by_period, with_labels
from churnbook.catalogue import queries
from churnbook.catalogue.request import Scope
from churnbook.datasets import written as kept
from churnbook.datasets.facts import facts_of
from churnbook.datasets.library import Library
from churnbook.datasets.written import Mark, OwnBenchmark
from churnbook.generations import make as make_anew
from churnbook.generations import written
from churnbook.intake.loading.report import Settings
from churnbook.words.message import Notice, Refused
from tests.analyses.built import contracts, day
from tests.builders import Make, ask, columns, imported_once, making
from tests.datasets.built import grown, quiet, uploaded

Z = 1.959964


@pytest.fixture(name="make")
def imported_before(tmp_path: Path) -> Make:
    return making(tmp_path, imported_once)


def wilson(k: int, n: int) -> tuple[float, float]:
    p, z2 = k / n, 3.841459 / n
    middle, spread = p + z2 / 2, math.sqrt(z2 * (p * (1 - p) + z2 / 4))
    return (middle - spread) / (1 + z2), (middle + spread) / (1 + z2)


def leaving(group: str, losses: dict[str, int], size: int) -> list[str]:
    """Subscriptions of a group that begins in January 2023, of whom so many end in the middle of each month."""
    rows, number = [], 0
    for month, lost in losses.items():
        for _each in range(lost):
            rows.append(f"{group}{number},2023-01-01,{month}-15,{group}")
            number += 1
    return rows + [f"{group}{n},2023-01-01,,{group}" for n in range(number, size)]


def with_plans(*rows: str) -> str:
    return "\n".join(["customer_id,started_at,ended_at,plan", *rows]) + "\n"


# Own history


def test_a_change_has_the_interval_of_both_ends(make: Make) -> None:
    losses = {"2023-02": 4, "2023-03": 12, "2023-04": 1}
    made = make({"subscriptions.csv": with_plans(*leaving("A", losses, 100), "Z,2023-01-01,2023-05-01,A")})
    names = (
        "period",
        "part",
        "value",
        "before",
        "difference",
        "relative",
        "difference_low",
        "difference_high",
        "interval_of",
    )
    rows = columns(made, "metric_history", *names, figure="churn_rate", in_period="2023-03-01")
    (now,) = [row for row in rows if row[1] == "now"]
    a, b = 12 / 97, 4 / 101
    (a_low, a_high), (b_low, b_high) = wilson(12, 97), wilson(4, 101)
    low = a - b - math.hypot(a - a_low, b_high - b)
    high = a - b + math.hypot(a_high - a, b - b_low)
    assert now[2:6] == (pytest.approx(a), pytest.approx(b), pytest.approx(a - b), pytest.approx(a / b - 1))
    assert now[6:] == (pytest.approx(low), pytest.approx(high), "sample")
    assert [row[0] for row in rows if row[1] == "before"] == [day("2023-02-01")]


def test_only_whole_periods_are_compared(make: Make) -> None:
    made = make({"subscriptions.csv": with_plans(*leaving("A", {"2023-02": 4, "2023-04": 1}, 100))})
    rows = columns(made, "metric_history", "period", "part", "complete", "before", figure="churn_rate")
    # the data end within April; January begins with the first day, so that it has no customers at its beginning
    assert [(period, part) for period, part, _complete, _before in rows if part] == [
        (day("2023-02-01"), "before"), (day("2023-03-01"), "now"),
    ]  # fmt: skip
    last_year = columns(made, "metric_history", "part", "before", figure="churn_rate", against="last_year")
    assert ("now", None) in last_year and "before" not in {part for part, _before in last_year}
    other = columns(
        made, "metric_history", "part", "period", figure="churn_rate", against="other", other_period="2023-02-01"
    )
    assert ("before", day("2023-02-01")) in other


def test_a_sum_is_held_against_how_periods_vary(make: Make) -> None:
    amounts = [10, 12, 10, 12, 10, 12, 10, 12, 10, 12, 30]
    rows = "".join(f"C,2023-{month:02}-05,{amount}\n" for month, amount in enumerate(amounts, 1))
    made = make({"orders.csv": f"customer_id,ordered_at,amount\nC,2023-01-01,0\n{rows}C,2023-12-01,1\n"})
    names = ("part", "difference", "difference_low", "difference_high", "interval_of")
    (now,) = [row for row in columns(made, "metric_history", *names, figure="revenue") if row[0] == "now"]
    # moving ranges: nine of 2, one of 18
    margin = Z * math.sqrt(2) * ((9 * 2 + 18) / 10 / 1.128379)
    assert now == ("now", pytest.approx(18), pytest.approx(18 - margin), pytest.approx(18 + margin), "variation")


def test_figures_of_who_began_or_was_lost_in_a_period(make: Make) -> None:
    def held(made: Path, figure: str, period: str) -> tuple[Any, ...]:
        names = ("value", "n", "ci_low", "ci_high", "complete")
        rows = columns(made, "metric_history", "period", *names, figure=figure, in_period=period)
        ((value, n, low, high, complete),) = [row[1:] for row in rows if row[0] == day(period)]
        assert (low, high) == (pytest.approx(wilson(round(value * n), n), abs=1e-6))
        return value, n, complete

    days = [
        "Z,2021-12-31",
        "A,2022-01-10",
        "A,2022-02-15",
        "B,2022-01-20",
        "B,2022-02-15",
        "B,2023-01-20",
        "C,2022-01-05",
    ]
    days += ["D,2022-01-31", "D,2022-02-28", "E,2022-03-01", "E,2022-03-02", "F,2023-03-01"]
    shop = make({"orders.csv": "customer_id,ordered_at\n" + "\n".join(days) + "\n"})
    # A, B and D ordered again within a year of their first order, C never did
    assert held(shop, "repurchase_rate", "2022-01-01") == (0.75, 4, True)
    # of January A came back one month after the own beginning, D on the last day of February; B within the first month
    assert held(shop, "retained_1", "2022-01-01") == (0.5, 4, True)
    # B came back in the month that begins twelve months after the own start, on its first day
    assert held(shop, "retained_12", "2022-01-01") == (0.25, 4, True)

    rows = ["A,2022-01-01,2022-06-01", "A,2023-05-31,2023-06-10", "B,2022-01-01,2022-06-01", "B,2023-06-01,"]
    rows += ["C,2022-01-01,2022-06-20", "D,2022-01-01,2024-05-31"]
    firm = make({"subscriptions.csv": contracts(*rows)})
    # of three lost in June 2022 A came back the day before a year was over; B on the day after
    value, n, complete = held(firm, "winback_rate", "2022-06-01")
    assert (value, n, complete) == (pytest.approx(1 / 3), 3, True)

    rows = [
        "Y,2023-02-10,,year",
        "L,2023-02-20,2024-02-20,year",
        "M,2024-01-15,,month",
        "Q,2023-12-31,2024-02-29,quarter",
    ]
    made = make({"subscriptions.csv": "customer_id,started_at,ended_at,interval\n" + "\n".join(rows) + "\n"})
    # due in February 2024: Y and M renewed; L left at the end of its term, Q before a quarter was over
    assert held(made, "renewal_rate", "2024-02-01")[:2] == (0.5, 4)


# Segments


def test_gaps_are_corrected_for_how_many_are_compared(make: Make) -> None:
    groups = {"A": (30, 100), "B": (10, 100), "C": (12, 100), "D": (2, 20)}
    rows = [row for group, (lost, size) in groups.items() for row in leaving(group, {"2023-02": lost}, size)]
    made = make({"subscriptions.csv": with_plans(*rows, "Z,2023-01-01,2023-03-20,A")})
    asked: dict[str, Any] = {"figure": "churn_rate", "breakdown": "first_plan", "in_period": "2023-02-01"}
    names = ("value", "n", "overall", "rest", "gap", "p_value", "q_value", "at_stake")
    found = {row[0]: row[1:] for row in columns(made, "segment_gaps", "segment", *names, **asked)}
    total, lost = 321, 54
    pooled = lost / total
    ps = {}
    for group, k, n in (("A", 30, 101), ("B", 10, 100), ("C", 12, 100)):
        value, of_all, rest, gap = k / n, pooled, (lost - k) / (total - n), k / n - (lost - k) / (total - n)
        assert found[group][:5] == (
            pytest.approx(value),
            n,
            pytest.approx(of_all),
            pytest.approx(rest),
            pytest.approx(gap),
        )
        z = gap / math.sqrt(pooled * (1 - pooled) * (1 / n + 1 / (total - n)))
        ps[group] = math.erfc(abs(z) / math.sqrt(2))
        assert found[group][5] == pytest.approx(ps[group], rel=1e-4)
    # the smallest is shown, not compared
    assert found["D"][0] == 0.1 and found["D"][5:7] == (None, None)
    ordered = sorted(ps.values())
    qs = [min(ordered[j] * 3 / (j + 1) for j in range(i, 3)) for i in range(3)]
    assert {g: pytest.approx(found[g][6], rel=1e-4) for g in ps} == {
        group: qs[ordered.index(p)] for group, p in ps.items()
    }
    # bringing A to the mean of all would keep so many of its 101
    assert found["A"][7] == pytest.approx((30 / 101 - pooled) * 101) and found["B"][7] == 0
    frame = pd.DataFrame(
        ask(made, "segment_gaps", **asked), columns=[c.name for c in queries.catalogue().find("segment_gaps").columns]
    )
    said = findings.gaps_finding(frame, "churn_rate", "plan", "USD")
    assert (
        "**Bringing plan A to the average keeps 13 customers**" in said
        and "Too small, or too few cases, to be compared: D." in said
    )


def test_small_segments_are_drawn_towards_all(make: Make) -> None:
    sizes = {"A": (30, 300), "B": (60, 300), "C": (15, 300), "D": (12, 40)}
    rows = [row for group, (lost, size) in sizes.items() for row in leaving(group, {"2023-02": lost}, size)]
    made = make({"subscriptions.csv": with_plans(*rows, "Z,2023-01-01,2023-03-20,A")})
    asked: dict[str, Any] = {"figure": "churn_rate", "breakdown": "first_plan", "in_period": "2023-02-01"}
    found = {row[0]: row[1:] for row in columns(made, "segment_gaps", "segment", "value", "shrunk", "overall", **asked)}
    moved = {group: abs(shrunk - value) / abs(value - overall) for group, (value, shrunk, overall) in found.items()}
    assert all(0 < share < 1 for share in moved.values()) and moved["D"] > max(moved[each] for each in "ABC")


def test_what_a_gap_costs_is_the_money_of_so_many_of_its_customers(make: Make) -> None:
    lines = [*leaving("A", {"2023-02": 40}, 100), *leaving("B", {"2023-02": 10}, 100), "Z,2023-01-01,2023-03-20,B"]
    rows = [f"{line},{20 if line.endswith('A') else 5}" for line in lines]
    made = make({"subscriptions.csv": "\n".join(["customer_id,started_at,ended_at,plan,mrr", *rows]) + "\n"})
    asked: dict[str, Any] = {
        "figure": "churn_rate",
        "breakdown": "first_plan",
        "in_period": "2023-02-01",
        "money": "shown",
    }
    ((at_stake, money),) = [
        row[1:]
        for row in columns(made, "segment_gaps", "segment", "at_stake", "money_at_stake", **asked)
        if row[0] == "A"
    ]
    ((revenue,),) = [
        row[1:]
        for row in columns(made, "figures", "segment", "value", figure="revenue", breakdown="first_plan")
        if row[0] == "A"
    ][1:2]
    assert at_stake == pytest.approx((0.4 - 50 / 201) * 100)
    # per customer of those at the beginning, a month of 365 / 12 days
    assert money == pytest.approx(at_stake * revenue / 100 * 365 / 12 / 28, rel=1e-6)


# Before and after


MONTHS = [f"2023-{month:02}" for month in range(2, 13)] + ["2024-01"]


def changing(make: Make) -> Path:
    """Two groups of 1,000: one loses 20 a month, from August on 60; the other 20 all along."""
    one = {month: 60 if month >= "2023-08" else 20 for month in MONTHS}
    other = dict.fromkeys(MONTHS, 20)
    rows = [*leaving("A", one, 1000), *leaving("B", other, 1000), "Z,2023-01-01,2024-02-01,B"]
    return make({"subscriptions.csv": with_plans(*rows)})


def test_difference_in_differences_on_a_typed_out_table(make: Make) -> None:
    made = changing(make)
    asked: dict[str, Any] = {"figure": "churn_rate", "breakdown": "first_plan", "affected": "A", "unaffected": "B"}
    asked |= {"changed_on": "2023-08-01", "before": "3", "after": "2"}
    names = (
        "periods_before",
        "periods_after",
        "other_before",
        "other_after",
        "difference_in_differences",
        "did_low",
        "did_high",
    )
    ((n_before, n_after, other_before, other_after, did, low, high),) = columns(
        made, "before_after_effect", *names, **asked
    )
    assert (n_before, n_after) == (3, 2)
    # A begins May with 940, June 920, July 900, August 880, September 820; B as A before, then 880 and 860 and one more
    sizes = {"a before": (940, 920, 900), "a after": (880, 820), "b before": (941, 921, 901), "b after": (881, 861)}
    lost = {"a before": 20, "a after": 60, "b before": 20, "b after": 20}
    mean = {name: sum(lost[name] / n for n in ns) / len(ns) for name, ns in sizes.items()}
    assert (other_before, other_after) == (pytest.approx(mean["b before"]), pytest.approx(mean["b after"]))
    expected = mean["a after"] - mean["a before"] - (mean["b after"] - mean["b before"])
    assert did == pytest.approx(expected)
    variance = 0.0
    for name, ns in sizes.items():
        share = lost[name] * len(ns) / sum(ns)
        variance += sum(share * (1 - share) / n for n in ns) / len(ns) ** 2
    spread = Z * math.sqrt(variance)
    assert (low, high) == (pytest.approx(expected - spread), pytest.approx(expected + spread))


def test_the_trend_before_is_continued_with_an_honest_interval(make: Make) -> None:
    made = changing(make)
    asked: dict[str, Any] = {
        "figure": "churn_rate",
        "breakdown": "first_plan",
        "affected": "A",
        "changed_on": "2023-08-01",
        "after": "3",
    }
    rows = columns(made, "before_after", "phase", "value", "expected", "expected_low", "expected_high", **asked)
    before = [row[1] for row in rows if row[0] == "before"]
    assert len(before) == 6 and [row[0] for row in rows[6:]] == ["after"] * 3
    xs = list(range(6))
    slope = sum((x - 2.5) * y for x, y in zip(xs, before, strict=True)) / 17.5
    mean = sum(before) / 6
    left = sum((y - mean - slope * (x - 2.5)) ** 2 for x, y in zip(xs, before, strict=True))
    error, t = math.sqrt(left / 4), 2.7764
    for k, row in enumerate(rows[6:], 6):
        line = mean + slope * (k - 2.5)
        margin = t * error * math.sqrt(1 + 1 / 6 + (k - 2.5) ** 2 / 17.5)
        assert row[2] == pytest.approx(line)
        assert row[4] == pytest.approx(line + margin, rel=1e-3)
    ((effect, low, high),) = columns(made, "before_after_effect", "effect", "effect_low", "effect_high", **asked)
    after = [row[1] for row in rows[6:]]
    line = mean + slope * (7 - 2.5)
    margin = t * error * math.sqrt(1 / 3 + 1 / 6 + (7 - 2.5) ** 2 / 17.5)
    assert effect == pytest.approx(sum(after) / 3 - line) and 0 < low < effect < high
    assert high == pytest.approx(effect + margin, rel=1e-3)


def test_the_period_a_change_lies_in_is_on_neither_side(make: Make) -> None:
    made = changing(make)
    asked: dict[str, Any] = {"figure": "churn_rate", "changed_on": "2023-08-10", "before": "2", "after": "2"} | {
        "before": "3"
    }
    found = columns(made, "before_after", "period", "phase", **asked)
    assert [(f"{period:%Y-%m}", phase) for period, phase in found] == [
        ("2023-05", "before"), ("2023-06", "before"), ("2023-07", "before"), ("2023-08", "during"),
        ("2023-09", "after"), ("2023-10", "after"),
    ]  # fmt: skip


def test_a_change_outside_the_data_is_told(make: Make) -> None:
    made = changing(make)
    rows = pd.DataFrame(
        ask(made, "before_after", figure="churn_rate", changed_on="2026-01-01"),
        columns=[c.name for c in queries.catalogue().find("before_after").columns],
    )
    said = findings.phases_missing(rows, day("2026-01-01"), day("2023-01-01"), day("2024-02-01"))
    assert said == "2026-01-01 lies outside the data, which go from 2023-01-01 to 2024-02-01."
    assert "after the change yet" in findings.phases_missing(
        rows, day("2024-01-20"), day("2023-01-01"), day("2024-02-01")
    )


def test_the_planted_price_rise_shows(subscription: Path) -> None:
    asked: dict[str, Any] = {
        "figure": "churn_rate",
        "breakdown": "first_plan",
        "affected": "Team",
        "unaffected": "Starter",
    }
    asked |= {"changed_on": "2024-03-01", "before": "12", "after": "2"}
    names = ("before", "after", "effect", "effect_low", "difference_in_differences", "did_low")
    ((before, after, effect, low, did, did_low),) = columns(subscription, "before_after_effect", *names, **asked)
    assert before < 0.035 and after > 0.1 and effect > low > 0.05 and did > did_low > 0


def test_students_t_is_near_enough() -> None:
    import duckdb

    with duckdb.connect() as connection:
        connection.execute(queries.catalogue().macros["t_quantile"])
        for df, exact in ((2, 4.303), (3, 3.182), (4, 2.776), (10, 2.228), (30, 2.042), (118, 1.980)):
            ((found,),) = connection.execute("select t_quantile($1)", [df]).fetchall()
            assert found == pytest.approx(exact, rel=0.035 if df < 4 else 0.003)


# What the user writes, and where it stands


def library_of(folder: Path) -> tuple[Library, str]:
    library = Library(folder / "library")
    given = uploaded(folder, "subscriptions.csv", contracts("A,2023-01-01,", "B,2023-01-01,2023-06-15"))
    return library, make_anew.begin(library, [given], Settings("mine"), quiet).id


def test_marks_are_kept_with_the_dataset_and_over_new_files(tmp_path: Path) -> None:
    library, id = library_of(tmp_path)
    what = Notice.of("x")
    wanted = [
        Mark(day("2023-03-01"), "  Price   rise "),
        Mark(day("2023-03-01"), "Price rise"),
        Mark(day("2023-02-01"), "New app"),
    ]
    written.save_marks(library, id, wanted, what)
    expected = (Mark(day("2023-02-01"), "New app"), Mark(day("2023-03-01"), "Price rise"))
    assert kept.marks(library.facts(id, 2)) == expected
    with pytest.raises(Refused, match="Nothing was changed"):
        written.save_marks(library, id, expected, what)
    for bad, words in ((Mark(day("2023-01-01"), " "), "a name"), (Mark(day("2023-01-01"), "x" * 61), "at most 60")):
        with pytest.raises(Refused, match=words):
            written.save_marks(library, id, [bad], what)
    grown(library, library.find(id), uploaded(tmp_path, "more.csv", contracts("C,2023-02-01,")))
    assert kept.marks(library.facts(id, library.find(id).generation)) == expected


def test_own_benchmarks_stand_in_for_those_of_files_and_outlive_new_ones(tmp_path: Path) -> None:
    library = Library(tmp_path / "library")
    given = [
        uploaded(tmp_path, "subscriptions.csv", contracts("A,2023-01-01,")),
        uploaded(tmp_path, "benchmarks.csv", "metric,typical,period\nchurn quota,3,monthly\nnps,40,\n"),
    ]
    id = make_anew.begin(library, given, Settings("mine"), quiet).id
    held = kept.own_benchmarks(library.facts(id, 1))
    assert [(each.metric, each.typical, each.source) for each in held] == [("churn quota", 3, None), ("nps", 40, None)]
    mine = OwnBenchmark("logo_churn_rate", 3.0, None, None, "monthly", None, None, "Rival", 2026.0, "%")
    written.save_benchmarks(library, id, [mine])
    assert kept.own_benchmarks(library.facts(id, 2)) == (mine,)
    grown(library, library.find(id), uploaded(tmp_path, "more.csv", "metric,typical,source\ncsat,80,Report\n"))
    now = kept.own_benchmarks(library.facts(id, library.find(id).generation))
    assert [(each.metric, each.source) for each in now] == [("csat", "Report"), ("logo_churn_rate", "Rival")]
    for bad, words in (
        (OwnBenchmark("", 1.0, source="R"), "Choose the metric of every row"),
        (OwnBenchmark("nps", source="R"), "give a typical value"),
        (OwnBenchmark("nps", 1.0, source=" "), "without a source"),
        (OwnBenchmark("nps", None, 5.0, 1.0, source="R"), "low value is above"),
    ):
        with pytest.raises(Refused, match=words):
            written.save_benchmarks(library, id, [bad])


@pytest.mark.parametrize(
    ("grain", "starts", "label"),
    [
        ("month", ["2024-01-01", "2024-02-01", "2024-03-01"], "2024-02"),
        ("week", ["2024-02-05", "2024-02-12"], "2024 W07 (02-12)"),
        ("quarter", ["2023-10-01", "2024-01-01"], "2024 Q1"),
        ("year", ["2023-01-01", "2024-01-01"], "2024"),
        ("day", ["2024-02-13", "2024-02-14"], "2024-02-14"),
    ],
)
def test_a_marked_day_stands_on_every_axis_of_periods(grain: str, starts: list[str], label: str) -> None:
    rows = with_labels(pd.DataFrame({"period": pd.to_datetime(starts), "value": range(len(starts))}), grain)

    def draw() -> Chart:
        return alt.layer(
            on(rows).mark_line().encode(x=by_period(rows), y="value:Q"),
            on(rows).mark_point().encode(x=by_period(rows), y="value:Q"),
        )

    chart = dated.marked(draw, ((day("2024-02-14"), "Price rise"), (day("2030-01-01"), "Later")))
    drawn = finish(chart)
    said = b"".join(drawn.rows.values())
    assert label.encode() in said and b"Price rise" in said and b"Later" not in said
    assert dated.marked(draw, ((day("2030-01-01"), "Later"),)).to_dict() == draw().to_dict()


def test_two_marked_days_of_one_name_both_stand() -> None:
    rows = with_labels(pd.DataFrame({"period": pd.to_datetime(["2024-01-01", "2024-02-01"]), "value": [1, 2]}), "month")
    marks = ((day("2024-01-14"), "Campaign"), (day("2024-02-14"), "Campaign"))
    drawn = finish(dated.marked(lambda: on(rows).mark_line().encode(x=by_period(rows), y="value:Q"), marks))
    places = [pa.ipc.open_stream(each).read_all().to_pydict() for each in drawn.rows.values()]
    assert ["2024-01", "2024-02"] in [each["row"] for each in places if "names" in each]


def test_what_a_sentence_leaves_out_is_counted_in_it() -> None:
    names = [f"S{n}" for n in range(9)]
    far = pd.DataFrame({
        "segment": names, "kind": "score", "value": 50.0, "overall": 20.0, "rest": 20.0, "gap": 30.0, "gap_low": 20.0,
        "gap_high": 40.0, "n": 100, "q_value": 0.001, "at_stake": None, "money_at_stake": None,
    })  # fmt: skip
    assert "6 more segments lie clearly off the rest." in findings.gaps_finding(far, "nps", "plan", None)
    assert "compared: S0, S1, S2, S3, S4 and 4 more." in findings.smallest(far.assign(q_value=None))
    wide = pd.concat([far] * 4, ignore_index=True).assign(ci_low=40.0, ci_high=60.0, shrunk=45.0)
    drawn = charts.gaps(wide, "nps", None).to_dict()
    assert "the first 30 of 36 are drawn" in str(drawn["title"])


def test_a_marked_day_stands_on_axes_of_days_and_on_no_other_axis() -> None:
    rows = pd.DataFrame({"day": pd.to_datetime(["2024-01-01", "2024-03-01"]), "value": [1, 2]})
    marks = ((day("2024-02-14"), "Price rise"),)
    chart = dated.marked(lambda: alt.layer(on(rows).mark_line().encode(x="day:T", y="value:Q")), marks)
    assert len(chart.layer) == 3
    other = dated.marked(lambda: alt.layer(on(rows).mark_bar().encode(x="value:Q", y="day:N")), marks)
    assert len(other.layer) == 1


def test_history_of_an_as_of_day_ends_there(subscription: Path) -> None:
    rows = columns(
        subscription, "metric_history", "period", "part", figure="churn_rate", scope=Scope(as_of=dt.date(2024, 6, 30))
    )
    assert [period for period, part in rows if part == "now"] == [day("2024-06-01")]
    assert charts._format("share") == ".3~%"


def test_what_looks_ahead_is_before_only_once_all_of_it_is(subscription: Path) -> None:
    asked: dict[str, Any] = {"figure": "retained_3", "changed_on": "2024-01-15", "before": "120", "after": "120"}
    found = columns(subscription, "before_after", "period", "phase", **asked)
    phases = {f"{period:%Y-%m}": phase for period, phase in found}
    # who began on 31 August is seen until 30 December, who began on 30 September until 29 January
    assert (phases["2023-08"], phases["2023-09"], phases["2024-01"], phases["2024-02"]) == (
        "before", "during", "during", "after",
    )  # fmt: skip


def test_open_periods_and_sums_are_not_compared_by_segment(subscription: Path) -> None:
    scope = Scope(as_of=dt.date(2024, 6, 10))
    asked: dict[str, Any] = {"figure": "churn_rate", "breakdown": "plan", "in_period": "2024-06-01"}
    periods = {period for (period,) in columns(subscription, "segment_gaps", "period", scope=scope, **asked)}
    assert periods == {day("2024-05-01")}
    sums = columns(subscription, "segment_gaps", "rest", "p_value", "at_stake", figure="revenue", breakdown="plan")
    assert sums and set(sums) == {(None, None, None)}
    repeat = columns(
        subscription, "segment_gaps", "money_at_stake", figure="renewal_rate", breakdown="plan", money="shown"
    )
    assert set(repeat) == {(None,)}


def test_a_change_from_below_zero_has_no_relative_size(make: Make) -> None:
    made = make(
        {
            "orders.csv": "customer_id,ordered_at,amount\nC,2023-01-01,5\nC,2023-02-05,-40\nC,2023-03-05,20\nC,2023-04-01,1\n"
        }
    )
    rows = columns(made, "metric_history", "part", "difference", "relative", figure="revenue", in_period="2023-03-01")
    assert ("now", 60.0, None) in rows


def test_losses_by_inactivity_come_late_and_that_is_said(shop: Path) -> None:
    churn = facts_of(shop).churn
    assert "90 days after they were last seen" in findings.effect_caption("churn_rate", churn)
    assert "last seen" not in findings.effect_caption("nps", churn)


def test_marks_stand_on_the_calendar_of_tables_too() -> None:
    days = [pd.Timestamp("2024-01-01"), pd.Timestamp("2024-06-30")]
    bins = pd.DataFrame({
        "table_name": ["orders"] * 2, "begins": days, "ends": [each + pd.Timedelta(days=7) for each in days], "bin": days,
        "first_day": days[0], "last_day": days[1], "rows": [3, 4], "all_rows": [7, 7], "share": [0.5, 1.0], "is_later": [False] * 2,
    })  # fmt: skip
    gaps = pd.DataFrame({"table_name": [], "first_day": [], "last_day": [], "days": []})
    strip = partial(calendar_strip, bins, gaps, None, "week")
    said = b"".join(finish(dated.marked(strip, ((day("2024-02-14"), "Price rise"),))).rows.values())
    assert b"Price rise" in said
    assert dated.marked(strip, ((day("2019-01-01"), "Before"),)).to_dict() == strip().to_dict()


def test_segments_are_of_one_period_that_is_settled_for_all(shop: Path) -> None:
    scope = Scope(as_of=dt.date(2024, 6, 29))
    whole = [
        period
        for period, part in columns(shop, "metric_history", "period", "part", figure="retained_1", scope=scope)
        if part == "now"
    ]
    found = {
        period
        for (period,) in columns(shop, "segment_gaps", "period", figure="retained_1", breakdown="城市", scope=scope)
    }
    assert found == set(whole) == {day("2024-03-01")}
