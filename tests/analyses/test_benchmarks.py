"""Benchmarks: what is published, what may be compared with what, and where our own figures come from."""

from __future__ import annotations

import csv
import datetime as dt
import re
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

from churnbook.analyses.benchmarks import findings, named, ours, profile, settling, sources
from churnbook.catalogue import queries
from churnbook.catalogue.request import Scope
from churnbook.datasets import benchmarks
from churnbook.datasets.facts import facts_of
from tests.analyses.built import contracts, day
from tests.builders import EVERYTHING, Make, ask, columns, imported_once, making

LISTED = list(csv.DictReader(benchmarks.BENCHMARKS.open(encoding="utf-8-sig", newline="")))
READING = list(csv.DictReader(benchmarks.READING.open(encoding="utf-8", newline="")))
CATALOGUE = queries.catalogue()


@pytest.fixture(name="make")
def imported_before(tmp_path: Path) -> Make:
    return making(tmp_path, imported_once)


@pytest.fixture(name="made")
def made_of_three(make: Make) -> Path:
    return make({"subscriptions.csv": contracts("A,2023-01-01,", "B,2023-01-01,2024-02-15", "C,2024-01-01,")})


def position(made: Path, *names: str, **given: Any) -> list[tuple[Any, ...]]:
    asked: dict[str, Any] = {"metric": "logo_churn_rate", "period": "monthly", **given}
    return columns(made, "benchmark_position", *names, **asked)


# What is shipped


def test_every_row_is_loaded_with_its_source_and_shares_from_0_to_1(made: Path) -> None:
    with duckdb.connect(str(made), read_only=True) as connection:
        names = "number, metric, segment, low, typical, high, unit, publisher, year, note"
        loaded = connection.execute(f"select {names} from main.published_benchmarks order by number").fetchall()
    assert len(loaded) == len(LISTED) == len(READING) == 364
    for (number, metric, segment, low, typical, high, unit, publisher, year, note), listed in zip(
        loaded, LISTED, strict=True
    ):
        assert (metric, segment, publisher) == (listed["metric_id"], listed["segment"], listed["publisher"]), number
        assert (note or "") == listed["definition_note"] and (year or "") == (
            int(listed["pub_year"]) if listed["pub_year"] else ""
        )
        by = 100 if listed["unit"].startswith("%") else 1
        for value, text in ((low, listed["low"]), (typical, listed["typical"]), (high, listed["high"])):
            assert value == (pytest.approx(float(text) / by) if text else None), number
        assert (unit == "share") == listed["unit"].startswith("%")
        if unit == "share" and metric not in ("net_revenue_retention", "retention_profit_uplift"):
            assert all(value is None or -1 <= value <= 1 for value in (low, typical, high)), number


def test_each_row_is_read_as_what_it_is() -> None:
    for number, (read, listed) in enumerate(zip(READING, LISTED, strict=True), 1):
        assert (int(read["row"]), read["metric_id"], read["segment"]) == (
            number,
            listed["metric_id"],
            listed["segment"],
        )
        assert read["counted_in"] in sources._COUNTED and read["kind"] in ("", *benchmarks.KIND_NAMES)
        assert read["band_of"] in ("", "acv", "arpa", "mrr")
        # who names a band of prices holds for it alone
        if re.search(r"\b(ACV|ARPA|MRR|ARR)\b.*\$", listed["segment"]):
            assert read["band_of"] and (read["band_from"] or read["band_to"]), number
        if listed["confidence"] == "folklore":
            assert read["counted_in"] == "claim"
        if listed["publisher"].startswith(("J.D. Power", "Group ISD", "StreamingBetter")):
            assert read["counted_in"] == "consumers", number
        if re.fullmatch(r"(month|day)-\d+|monthly|annual", listed["period"]) and read["over"] != "any":
            assert read["over"] == listed["period"], number
    industries = {listed["industry"] for listed in LISTED}
    assert industries == set(benchmarks.INDUSTRY_NAMES)
    beside = list(csv.DictReader(benchmarks.INDUSTRIES.open(encoding="utf-8", newline="")))
    assert {each for row in beside for each in row.values()} <= industries


def test_metrics_of_queries_are_those_of_the_lists() -> None:
    ids, periods = {listed["metric_id"] for listed in LISTED}, {listed["period"] for listed in LISTED}
    assert set(benchmarks.metrics()) == set(benchmarks.METRIC_NAMES) >= ids
    owned = [(query, metric) for query in CATALOGUE.newest() for metric in query.metrics]
    assert len(owned) >= 35
    for query, metric in owned:
        assert metric.name in ids and metric.period in periods, metric
        assert query.sample(metric.column) is not None, f"{query.reference}: what {metric.column} is made of"
        known = {column.name for column in query.columns} | set(CATALOGUE.parameters(query))
        assert {name for name, _value in metric.where} <= known, metric
        figure = ours.Figure(metric, query)
        CATALOGUE.bind(query, figure.given)
        assert named.title(figure)
        if metric.variant:
            assert metric.variant in {read["variant"] for read in READING}


# Which may be compared


@pytest.mark.parametrize(
    ("metric", "given", "segment", "why"),
    [
        # the wrong period: a monthly figure is none of a year
        ("logo_churn_rate", {"period": "annual", "business_model": "contract"}, "Recurly B2B SaaS", "period"),
        ("logo_churn_rate", {"period": "monthly", "business_model": "contract"}, "Recurly B2B SaaS", None),
        # contract against non-contract
        ("logo_churn_rate", {"business_model": "no_contract"}, "Recurly B2B SaaS", "contract"),
        ("customer_retention_rate", {"period": "annual", "business_model": "contract", "sources": "weak", "industry": "ecommerce"}, "DTC", "contract"),
        # people asked about any provider are no company's customers
        ("logo_churn_rate", {"business_model": "contract", "industry": "media_streaming", "period": "annual", "region": "US"}, "paid SVOD households (survey)", "context"),
        ("logo_churn_rate", {"business_model": "contract", "industry": "banking", "period": "annual", "region": "US"}, "primary bank", "people"),
        # a band, a region and a kind hold inside them alone
        ("logo_churn_rate", {"business_model": "contract", "arpa": None}, "ARPA >$500/month", "band"),
        ("logo_churn_rate", {"business_model": "contract", "arpa": 600}, "ARPA >$500/month", None),
        ("logo_churn_rate", {"business_model": "contract", "arpa": 20}, "ARPA >$500/month", "band"),
        ("logo_churn_rate", {"business_model": "contract", "period": "annual"}, "all private", "region"),
        ("logo_churn_rate", {"business_model": "contract", "period": "annual", "region": "US"}, "all private", None),
        ("logo_churn_rate", {"business_model": "contract", "industry": "telecom", "region": "US"}, "postpaid phone, AT&T", "kind"),
        ("logo_churn_rate", {"business_model": "contract", "industry": "telecom", "region": "US", "kind": "postpaid"}, "postpaid phone, AT&T", None),
        # a year needs twelve whole months
        ("logo_churn_rate", {"business_model": "contract", "period": "annual", "months": 11}, "SaaS (recurring billing on Stripe)", "months"),
        ("logo_churn_rate", {"business_model": "contract", "period": "annual", "months": 12}, "SaaS (recurring billing on Stripe)", None),
        # claims are quoted at most
        ("logo_churn_rate", {"business_model": "contract", "period": "annual"}, "mid-market", "source"),
        ("logo_churn_rate", {"business_model": "contract", "period": "annual", "sources": "claims"}, "mid-market", "context"),
        # money is never converted
        ("average_order_value", {"industry": "ecommerce", "region": "UK", "period": "12 months"}, "IRP client stores, all sectors", "currency"),
        # who is bound for a year cannot leave in most months
        ("logo_churn_rate", {"business_model": "contract", "bound": 0.6}, "Recurly B2B SaaS", "terms"),
        ("logo_churn_rate", {"business_model": "contract", "bound": 0.4}, "Recurly B2B SaaS", None),
        # what nobody knows is held against neither
        ("logo_churn_rate", {"business_model": "unknown"}, "Recurly B2B SaaS", "contract"),
        # reasons that people name about any provider
        ("churn_reason_share", {"industry": "banking", "variant": "service", "region": "US", "period": "annual"}, "poor service", "people"),
        ("churn_reason_share", {"variant": "price", "period": "annual"}, "budget / price", None),
        # a window of store life is none of twelve months
        ("repeat_purchase_rate", {"industry": "ecommerce", "period": "12 months"}, "all niches", "period"),
        ("repeat_purchase_rate", {"industry": "ecommerce", "period": "all-time (store life)"}, "all niches", None),
    ],
)  # fmt: skip
def test_what_must_not_be_compared_is_not(
    made: Path, metric: str, given: dict[str, object], segment: str, why: str | None
) -> None:
    asked: dict[str, Any] = {
        "industry": "saas_b2b",
        "sources": "named",
        "ours": 0.02,
        "n": 500,
        "ci_low": 0.01,
        "ci_high": 0.03,
    }
    found = position(made, "segment", "why", "verdict", **{**asked, "metric": metric, **given})
    shown = {(reason, verdict is None) for name, reason, verdict in found if name == segment}
    assert shown == {(why, why is not None)}


def test_customers_and_revenue_are_different_metrics(made: Path) -> None:
    notes = {metric for (metric,) in position(made, "metric", industry="saas_b2b", sources="claims")}
    assert notes == {"logo_churn_rate"}
    assert {each.metric.name for each in ours.figures(schema_filled())} & {"gross_revenue_churn_rate"} == set()


def schema_filled() -> list[str]:
    return ["subscriptions", "orders", "events", "surveys", "tickets", "customers"]


def test_a_figure_is_placed_by_its_interval_and_the_way_that_is_better(made: Path) -> None:
    def verdict(low: float, high: float, n: int = 500, **given: object) -> list[Any]:
        asked = {
            "industry": "media_news",
            "business_model": "contract",
            "ours": (low + high) / 2,
            "ci_low": low,
            "ci_high": high,
        }
        found = position(made, "publisher", "verdict", "why", **{**asked, "n": n, **given})
        return [each for publisher, each, why in found if publisher == "INMA" and why is None]

    # INMA prints a median of 4.6 % a month
    assert verdict(0.05, 0.06) == ["worse"] and verdict(0.01, 0.045) == ["better"] and verdict(0.04, 0.05) == ["close"]
    assert verdict(0.05, 0.06, n=29) == ["too_few"]
    assert verdict(0.05, 0.06, ci_low=None, ci_high=None) == ["no_interval"]
    assert verdict(0.05, 0.06, ours=None) == ["no_value"]
    # of retention more is better: 45 % of those who began subscribe after a year
    asked: dict[str, Any] = {
        "metric": "cohort_retention",
        "period": "month-12",
        "industry": "media_streaming",
        "region": "US",
    }
    asked |= {"sources": "named", "business_model": "contract", "n": 500, "ours": 0.6, "ci_low": 0.55, "ci_high": 0.65}
    found = position(made, "segment", "verdict", **asked)
    assert ("first lifetime", "better") in found
    # of a range alone, from 0.8 to 1.7 %
    asked = {"metric": "logo_churn_rate", "industry": "telecom", "region": "US", "kind": "postpaid", "sources": "named"}
    asked |= {"business_model": "contract", "n": 500, "ours": 0.01, "ci_low": 0.009, "ci_high": 0.011}
    found = position(made, "segment", "verdict", "low", "high", **asked)
    assert {each[1] for each in found if each[0] == "postpaid phone, big four"} == {"within"}
    found = position(made, "segment", "verdict", "low", "high", **asked | {"ci_low": 0.02, "ci_high": 0.03})
    assert {each[1] for each in found if each[0] == "postpaid phone, big four"} == {"worse"}


def test_periods_are_converted_by_compounding_and_only_as_an_estimate(made: Path) -> None:
    with duckdb.connect() as connection:
        for name in CATALOGUE.macros:
            connection.execute(CATALOGUE.macros[name])

        def compounded(rate: float, times: float, is_kept: bool = False) -> float:
            found = connection.execute("select compounded($1, $2, $3)", [rate, times, is_kept]).fetchone()
            assert found is not None
            return float(found[0])

        assert compounded(0.05, 12) == pytest.approx(0.45964, abs=1e-5)
        assert compounded(0.07, 1 / 12) == pytest.approx(0.00603, abs=1e-5)
        assert compounded(0.9, 1 / 12, True) == pytest.approx(0.99126, abs=1e-5)
    found = position(
        made, "segment", "typical", "estimate", "verdict", "why", industry="saas_all", business_model="contract"
    )
    ((_segment, typical, estimate, verdict, why),) = [each for each in found if each[0].startswith("SaaS (recurring")]
    assert (typical, verdict, why) == (0.38, None, "period")
    # the source itself prints 4.00 % a month
    assert estimate == pytest.approx(1 - 0.62 ** (1 / 12)) and round(estimate, 3) == 0.039


# Ours


def figure(name: str, period: str, filled: list[str], variant: str = "") -> ours.Figure:
    (found,) = [
        each
        for each in ours.figures(filled)
        if (each.metric.name, each.metric.period, each.metric.variant) == (name, period, variant)
    ]
    return found


def own(
    made: Path, name: str, period: str, variant: str = "", scope: Scope = EVERYTHING, **given: object
) -> ours.Ours | None:
    filled = list(facts_of(made).filled)
    asked = figure(name, period, filled, variant)
    names = [column.name for column in asked.query.columns]
    rows = [
        dict(zip(names, row, strict=True)) for row in ask(made, asked.query.name, scope, **{**asked.given, **given})
    ]
    ((first_day, *_others),) = ask(made, "data_months")
    return ours.read(asked, rows, first_day)


def test_our_churn_is_that_of_the_last_whole_month_and_of_the_last_twelve(make: Make) -> None:
    # 100 customers from January 2023; ten leave in March 2024, five in May; the data end on 2024-06-15
    rows = [f"S{i},2023-01-01," for i in range(84)] + [f"M{i},2023-01-01,2024-03-10" for i in range(10)]
    rows += [f"Y{i},2023-01-01,2024-05-10" for i in range(5)] + ["Z,2023-01-01,2024-06-15"]
    made = make({"subscriptions.csv": contracts(*rows)})
    month = own(made, "logo_churn_rate", "monthly")
    assert month is not None and (month.value, month.n, month.period) == (5 / 90, 90, day("2024-05-01"))
    # June is not over, so that the year is that up to the end of May
    year = own(made, "logo_churn_rate", "annual")
    assert year is not None and (year.value, year.n, year.period) == (0.15, 100, day("2023-06-01"))
    kept = own(made, "customer_retention_rate", "annual")
    assert kept is not None and kept.value == pytest.approx(0.85)
    assert kept.low == pytest.approx(1 - (year.high or 0)) and kept.high == pytest.approx(1 - (year.low or 0))
    assert [row[2:] for row in ask(made, "data_months")] == [(17, 17)]


def test_a_year_of_eleven_months_is_none(make: Make) -> None:
    made = make({"subscriptions.csv": contracts(*(f"S{i},2023-07-01," for i in range(40)), "E,2023-07-01,2024-05-31")})
    assert own(made, "logo_churn_rate", "annual") is None
    month = own(made, "logo_churn_rate", "monthly")
    assert month is not None and (month.n, month.period) == (41, day("2024-05-01"))
    ((_first, _last, months, settled),) = ask(made, "data_months")
    assert (months, settled) == (11, 11)
    assert findings.needs_months(int(settled)) == "needs 1 more whole month of data, until twelve are covered"


def test_twelve_months_that_end_with_a_year_are_that_year(subscription: Path) -> None:
    calendar = columns(subscription, "churn_rate", "period", "opening_customers", "opening_lost", grain="year")
    settled = columns(
        subscription, "churn_rate", "period", "opening_customers", "opening_lost", grain="year", years="settled"
    )
    assert calendar == settled and len(calendar) == 2


def test_by_inactivity_who_is_silent_long_enough_is_lost_at_once(shop: Path) -> None:
    ((_first, last, months, settled),) = ask(shop, "data_months")
    assert (last, months, settled) == (day("2024-06-30"), 18, 18)
    year = own(shop, "logo_churn_rate", "annual")
    assert year is not None and year.period == day("2023-07-01")
    money = own(shop, "average_order_value", "12 months")
    assert money is not None and money.period == day("2023-07-01")


def test_repeat_purchase_gives_everybody_the_whole_window(make: Make) -> None:
    made = make({"orders.csv": "customer_id,ordered_at\n" + "\n".join([
        "A,2023-01-01", "A,2023-12-31",  # within twelve months
        "B,2023-01-01", "B,2024-01-01",  # a day too late
        "C,2023-01-02",  # once
        "D,2023-06-30", "D,2023-06-30",  # twice on one day, its window ends on 2024-06-29
        "E,2023-07-01", "E,2023-07-02",  # too recent by a day of the data
        "F,2024-06-29",
    ]) + "\n"}, repeated="keep")  # fmt: skip
    assert ask(made, "repeat_purchase")[0][1:4] == (4, 2, 0.5)
    ((*_others, too_recent),) = ask(made, "repeat_purchase")
    assert too_recent == 2
    assert columns(made, "next_orders", "order_number", "customers", "went_on")[:2] == [(1, 6, 4), (2, 4, 0)]
    found = own(made, "repeat_purchase_rate", "12 months")
    assert found is not None and (found.value, found.n, found.period) == (0.5, 4, None)


def test_order_value_knows_that_orders_of_one_buyer_resemble_each_other(make: Make) -> None:
    rows = [("A", 10), ("A", 10), ("A", 10), ("B", 40)]
    made = make({"orders.csv": "customer_id,ordered_at,amount\n" + "".join(
        f"{who},2024-01-{n + 1:02},{amount}\n" for n, (who, amount) in enumerate(rows)) + "B,2024-02-10,1\n"})  # fmt: skip
    value, low, high, buyers = columns(made, "order_value", "average_order_value", "ci_low", "ci_high", "buyers")[0]
    # a ratio over two buyers: residuals 30 - 3 x 17.5 = -22.5 and 40 - 17.5 = 22.5
    margin = 1.959964 * (2 * (22.5**2 + 22.5**2)) ** 0.5 / 4
    assert (value, buyers) == (17.5, 2) and (low, high) == (pytest.approx(17.5 - margin), pytest.approx(17.5 + margin))


def test_average_order_value_is_that_of_purchases(shop: Path) -> None:
    one = columns(shop, "order_value", "period", "average_order_value", "orders")
    assert one == columns(shop, "purchases", "period", "average_order_value", "orders")


def test_win_back_counts_losses_a_year_old(make: Make) -> None:
    rows = ["A,2022-01-01,2022-06-01", "A,2023-05-31,2023-06-10", "B,2022-01-01,2022-06-01", "B,2023-06-01,"]
    rows += ["C,2022-01-01,2023-08-01", "D,2022-01-01,2024-05-31"]
    made = make({"subscriptions.csv": contracts(*rows)})
    ((lost, returned, rate),) = columns(made, "winback_rate", "lost", "returned", "winback_rate")
    # A came back the day before a year was over, B on the day after; A was lost again within the last year
    assert (lost, returned, rate) == (2, 1, 0.5)


def test_sessions_end_with_half_an_hour_of_nothing(make: Make) -> None:
    log = [
        "A,view,2024-01-01 10:00", "A,add_to_cart,2024-01-01 10:30", "A,purchase,2024-01-01 11:01",
        "B,view,2024-01-01 10:00", "B,add_to_cart,2024-01-01 10:10", "B,checkout,2024-01-01 10:20", "B,purchase,2024-01-01 10:25",
        "C,add_to_cart,2024-01-01 23:50", "C,checkout,2024-01-02 00:05", "C,view,2024-02-02 00:05",
    ]  # fmt: skip
    made = make({"events.csv": "customer_id,event,occurred_at\n" + "\n".join(log) + "\n"})
    asked: dict[str, Any] = {"cart": "add_to_cart", "checkout": "checkout", "bought": "purchase"}
    names = ("sessions", "carts", "checkouts", "orders", "conversion_rate", "cart_to_checkout_rate",
             "checkout_completion_rate", "cart_abandonment_rate")  # fmt: skip
    # 31 minutes after the cart A buys in a session of its own; C's goes over midnight
    assert columns(made, "session_rates", *names, **asked)[0] == (4, 3, 2, 2, 0.5, 2 / 3, 0.5, pytest.approx(2 / 3))
    without = columns(made, "session_rates", "cart_to_checkout_rate", "add_to_cart_rate", cart="add_to_cart")[0]
    assert without == (None, 0.75)
    assert profile.steps(["view", "Add To Cart", "checkout", "purchase"]) == {
        "cart": "Add To Cart", "checkout": "checkout", "bought": "purchase",
    }  # fmt: skip


def test_reasons_are_shares_of_those_who_stated_one(subscription: Path) -> None:
    rows = columns(subscription, "churn_reasons", "kind", "reason", "customers", "share_of_stated", "with_reason")
    ((customers, share, known),) = [each[2:] for each in rows if each[:2] == ("voluntary", "price")]
    ((stated,),) = columns(subscription, "churn_reason_coverage", "with_reason")
    assert known == stated and share == pytest.approx(customers / stated)


def test_nobody_who_was_not_asked_is_taken_for_a_failed_payment(shop: Path, subscription: Path) -> None:
    assert columns(shop, "churn_reason_coverage", "involuntary_share", "involuntary") == [(None, 0)]
    ((share, forced, known),) = columns(
        subscription, "churn_reason_coverage", "involuntary_share", "involuntary", "with_kind"
    )
    assert share == pytest.approx(forced / known) and forced > 0


def test_scores_have_intervals(make: Make) -> None:
    rows = [10] * 50 + [8] * 30 + [3] * 20
    made = make({"surveys.csv": "customer_id,answered_at,question,score\n" + "".join(
        f"C{n},2024-01-05,nps,{score}\n" for n, score in enumerate(rows)) + "X,2024-02-05,nps,9\n",
        "subscriptions.csv": contracts("A,2024-01-01,", "B,2024-01-01,2024-02-10")})  # fmt: skip
    assert own(made, "nps", "annual") is None  # one month is no year
    ((value, low, high, n),) = columns(made, "survey_scores", "value", "ci_low", "ci_high", "n")[:1]
    # the adjusted Wald interval: three answers more
    centre, decided = 3000 / 103, 71.5 / 103
    spread = 1.959964 * ((1e4 * decided - centre**2) / 103) ** 0.5
    assert (value, n) == (30, 100) and (low, high) == (pytest.approx(centre - spread), pytest.approx(centre + spread))


# One's own benchmarks


def own_rows(made: Path, *names: str) -> list[tuple[Any, ...]]:
    return columns(made, "own_benchmarks", *names)


def test_own_benchmarks_are_read_and_what_is_not_clear_is_asked(make: Make) -> None:
    made = make({
        "subscriptions.csv": contracts("A,2023-01-01,"),
        "benchmarks.csv": "metric,typical,period,source,year\nlogo churn rate,3.5,monthly,Rival,2026\n"
        "客户留存率,90,年,Rival,2026\nchurn quota,3,monthly,Rival,\nnps,40,,,\n",
    })  # fmt: skip
    rows = own_rows(made, "given", "metric", "nearest", "typical", "measured_over", "unsettled")
    assert sorted(rows, key=lambda row: str(row[0])) == [
        ("churn quota", None, None, 3.0, "monthly", "metric"),
        ("logo churn rate", "logo_churn_rate", "logo_churn_rate", pytest.approx(0.035), "monthly", None),
        ("nps", "nps", "nps", 40.0, "any", "source"),
        ("客户留存率", "customer_retention_rate", "customer_retention_rate", pytest.approx(0.9), "annual", None),
    ]
    said = settling.unsettled(
        pd.DataFrame(ask(made, "own_benchmarks"), columns=[c.name for c in CATALOGUE.find("own_benchmarks").columns])
    )
    assert any("No metric is called “churn quota”" in each for each in said)
    asked: dict[str, Any] = {
        "ours": 0.05,
        "n": 400,
        "ci_low": 0.04,
        "ci_high": 0.06,
        "industry": "saas_b2b",
        "business_model": "contract",
    }
    beside = position(made, "publisher", "typical", "verdict", "confidence", **asked)
    assert ("Rival", pytest.approx(0.035), "worse", "own") in beside


def test_per_cent_or_shares_is_told_by_those_of_one_source_or_asked(make: Make) -> None:
    told = [
        (("0.05", "0.4"), "", (0.05, 0.4), "scale"),
        (("0.05", "0.4"), "share", (0.05, 0.4), None),
        (("0.05", "0.4"), "%", (0.0005, 0.004), None),
        (("0.8", "4"), "", (0.008, 0.04), None),
        (("5", "40"), "", (0.05, 0.4), None),
    ]
    rows = "".join(
        f"logo_churn_rate,{value},monthly,Rival {n},{unit}\n"
        for n, (values, unit, *_) in enumerate(told)
        for value in values
    )
    files = {
        "subscriptions.csv": contracts("A,2023-01-01,"),
        "benchmarks.csv": f"metric,typical,period,source,unit\n{rows}",
    }
    found = own_rows(make(files), "source", "typical", "unsettled")
    for n, (_values, _unit, shares, unsettled) in enumerate(told):
        mine = [(typical, asked) for source, typical, asked in found if source == f"Rival {n}"]
        assert sorted(mine) == [(pytest.approx(share), unsettled) for share in shares], n


# What a company is compared as


def test_what_a_company_is_is_guessed(shop: Path, subscription: Path, make: Make, real_data: Path) -> None:
    guessed = profile.guess(facts_of(shop), None)
    assert guessed == profile.Profile("ecommerce", "", "China", "no_contract")
    ((_customers, mrr, arpa, acv, bound),) = ask(subscription, "price_band")
    assert acv == pytest.approx(12 * arpa)
    guessed = profile.guess(facts_of(subscription), {"arpa": arpa, "mrr": mrr, "bound": bound})
    assert guessed == profile.Profile("saas_b2b", "", "none", "contract", arpa, mrr, bound) and 0 < bound < 0.5
    telecom = make({"telco.csv": (real_data / "telco_customer_churn.csv").read_bytes()})
    assert profile.guess(facts_of(telecom), None).industry == "telecom"


def test_what_customers_pay_is_that_of_those_who_pay_now(make: Make) -> None:
    rows = ["A,2023-01-01,,100,monthly", "B,2023-01-01,,50,monthly", "B,2023-02-01,,50,monthly"]
    rows += ["C,2023-01-01,2023-06-01,900,monthly", "D,2023-03-01,,300,annual", "E,2023-03-01,,0,annual"]
    head = "customer_id,started_at,ended_at,mrr,billing_interval\n"
    made = make({"subscriptions.csv": head + "\n".join(rows) + "\n"})
    ((customers, mrr, arpa, acv, bound),) = ask(made, "price_band")
    # C has left and E pays nothing; D alone is bound for a year
    assert (customers, mrr) == (3, 500)
    assert (arpa, acv, bound) == (pytest.approx(500 / 3), pytest.approx(2000), pytest.approx(1 / 3))


def test_money_that_is_no_dollars_names_no_band(make: Make) -> None:
    made = make({"subscriptions.csv": "customer_id,started_at,ended_at,mrr,currency\nA,2023-01-01,,900,EUR\n"})
    ((_customers, mrr, arpa, _acv, _bound),) = ask(made, "price_band")
    assert (mrr, arpa) == (900, 900)
    guessed = profile.guess(facts_of(made), {"arpa": arpa, "mrr": mrr})
    assert (guessed.arpa, guessed.mrr) == (None, None)


def test_an_as_of_day_moves_our_figure(subscription: Path) -> None:
    scope = Scope(as_of=dt.date(2024, 6, 30))
    found = own(subscription, "logo_churn_rate", "annual", scope=scope)
    assert found is not None and found.period == day("2023-07-01")


def test_one_score_alone_is_no_sure_verdict(make: Make) -> None:
    made = make({"surveys.csv": "customer_id,answered_at,question,score\n" + "".join(
        f"C{n},2024-01-05,nps,10\n" for n in range(30)),
        "subscriptions.csv": contracts("A,2024-01-01,", "B,2024-01-01,2024-02-10")})  # fmt: skip
    ((value, low, high),) = columns(made, "survey_scores", "value", "ci_low", "ci_high")
    assert value == 100 and low < 95 and high == 100


def test_only_events_of_the_log_are_steps_of_a_session(shop: Path, opened: Any) -> None:
    assert own(shop, "conversion_rate", "per session", cart="加购", bought="order") is None
    found = own(shop, "conversion_rate", "per session", cart="加购", bought="下单")
    assert found is not None and found.value > 0.5
    app = opened("benchmarks", dataset="sample-shop", **{"industry.region": "US", "industry.sources": "named"})
    shown = {each.label: each.value for each in app.metric}
    assert shown["Add-to-cart rate, of sessions"] == "91.8%"


def test_orders_of_nobody_are_buyers_by_their_id_not_by_their_rows(make: Make) -> None:
    rows = "".join(f",O{n},2024-01-0{n % 9 + 1},20\n" * 5 for n in range(20))
    made = make({"orders.csv": f"customer_id,order_id,ordered_at,amount\n{rows}A,X,2024-01-03,100\nA,Y,2024-02-10,1\n"})
    ((orders, buyers, value, low, high),) = columns(
        made, "order_value", "orders", "buyers", "average_order_value", "ci_low", "ci_high"
    )[:1]
    assert (orders, buyers, value) == (21, 21, 100) and (low, high) == (pytest.approx(100), pytest.approx(100))


def test_reasons_are_shares_of_those_of_their_kind(make: Make) -> None:
    said = [("payment_failed", "Payment failed")] * 60 + [("", "too expensive")] * 40 + [("", "bad service")] * 20
    rows = "".join(f"C{n},2024-01-20,{reason},{by}\n" for n, (by, reason) in enumerate(said))
    rows += "".join(f"N{n},2024-01-20,,\n" for n in range(30))
    made = make({"exits.csv": f"customer_id,churned_at,reason,cancelled_by\n{rows}"})
    shares = {
        (kind, reason): (share, n)
        for kind, reason, share, n in columns(made, "churn_reasons", "kind", "reason", "share_of_stated", "with_reason")
    }
    assert shares["voluntary", "price"] == (pytest.approx(40 / 60), 60)
    ((share, known),) = columns(made, "churn_reason_coverage", "involuntary_share", "with_kind")
    assert (share, known) == (0.5, 120)


def test_a_file_does_not_decide_about_the_numbers_of_another(make: Make) -> None:
    made = make({
        "subscriptions.csv": contracts("A,2023-01-01,"),
        "benchmarks.csv": "metric,typical,period,source\nlogo_churn_rate,0.05,monthly,One\n",
        "benchmarks2.csv": "metric,typical,period,source,unit\nrepeat_purchase_rate,46,12 months,Two,percent\nrenewal_rate,90,annual,Three,\n",
    })  # fmt: skip
    found = {
        source: (typical, unsettled) for source, typical, unsettled in own_rows(made, "source", "typical", "unsettled")
    }
    assert found == {"One": (0.05, "scale"), "Two": (pytest.approx(0.46), None), "Three": (pytest.approx(0.9), None)}


def test_units_periods_and_variants_of_own_benchmarks_are_asked(make: Make) -> None:
    told: list[tuple[str, float, str | None]] = [
        ("average_order_value,500,,{},CNY", 500, None),
        ("average_order_value,500,,{},", 500, "unit"),
        ("first_response_time,30,,{},minutes", 0.5, None),
        ("first_response_time,2,,{},fortnights", 2, "unit"),
        ("renewal_rate,90,,{},%", 0.9, "period"),
        ("churn_reason_share,30,,{},%", 0.3, "variant"),
        ("nps,40,monthly,{},", 40, None),
    ]
    rows = "\n".join(row.format(f"R{n}") for n, (row, *_others) in enumerate(told))
    files = {
        "subscriptions.csv": contracts("A,2023-01-01,"),
        "benchmarks.csv": f"metric,typical,period,source,unit\n{rows}\n",
    }
    found = {
        source: (typical, asked) for source, typical, asked in own_rows(make(files), "source", "typical", "unsettled")
    }
    assert found == {f"R{n}": (pytest.approx(typical), asked) for n, (_row, typical, asked) in enumerate(told)}


def test_nothing_but_losses_and_who_stays_is_compounded(make: Make) -> None:
    rows = "nps,40,monthly,R,\nrenewal_rate,80,monthly,R,%\n"
    made = make(
        {
            "subscriptions.csv": contracts("A,2023-01-01,"),
            "benchmarks.csv": f"metric,typical,period,source,unit\n{rows}",
        }
    )
    for metric in ("nps", "renewal_rate"):
        found = position(made, "publisher", "estimate", metric=metric, period="annual")
        assert ("R", None) in found


def test_months_begin_with_what_a_figure_is_made_of(make: Make) -> None:
    customers = "customer_id,signed_up_at\n" + "".join(f"C{n},2020-01-05\n" for n in range(40))
    bought = "customer_id,ordered_at,amount\n" + "".join(
        f"C{n},2024-0{month}-05,10\n" for n in range(40) for month in range(1, 7)
    )
    made = make({"customers.csv": customers, "orders.csv": bought + "C1,2024-06-30,5\n"})
    assert [row[2:] for row in ask(made, "data_months")] == [(5, 5)]
    assert own(made, "average_order_value", "12 months") is None


def test_a_figure_too_large_to_be_compared_has_no_verdict() -> None:
    rows = pd.DataFrame({"why": [None], "verdict": ["no_value"]})
    assert "larger than can be compared" in findings.verdict(rows, ours.Ours(3e9, None, None, 50, None))


def test_activity_is_no_app_use_where_subscriptions_count_too() -> None:
    filled = ["events", "subscriptions", "orders"]
    assert not [
        each for each in ours.figures(filled, ("events", "subscriptions")) if each.metric.name == "app_retention"
    ]
    assert [each for each in ours.figures(["events"], ("events",)) if each.metric.name == "app_retention"]
    cohorts = [each for each in ours.figures(["events"], ("events",)) if each.metric.name == "cohort_retention"]
    assert cohorts and all(each.counts_activity for each in cohorts)
    assert not any(each.counts_activity for each in ours.figures(filled) if each.metric.name == "cohort_retention")


def test_every_name_that_the_page_shows_is_known_and_others_are_led_to_the_nearest(make: Make) -> None:
    names = {name: metric for metric in benchmarks.METRIC_NAMES for name in benchmarks.known_as(metric)}
    assert {"客单价", "AOV", "NPS", "NRR", "NDR", "净推荐值"} <= set(names)
    given = ["客单价", "Average Order Value", "净推荐值", "Customer satisfaction", "customer churn rat", "zzz"]
    rows = "".join(f"{name},1,12个月,S,\n" for name in given)
    made = make(
        {
            "subscriptions.csv": contracts("A,2023-01-01,"),
            "benchmarks.csv": f"metric,typical,period,source,unit\n{rows}",
        }
    )
    found = {given: (metric, nearest) for given, metric, nearest in own_rows(made, "given", "metric", "nearest")}
    assert [found[name][0] for name in given] == [
        "average_order_value",
        "average_order_value",
        "nps",
        "csat",
        None,
        None,
    ]
    assert found["customer churn rat"][1] == "logo_churn_rate" and found["zzz"][1] is None


def test_what_cannot_be_is_not_compared(make: Make) -> None:
    rows = ["logo_churn_rate,500,,,monthly,A,%", "logo_churn_rate,-5,,,monthly,B,%", "renewal_rate,35,50,10,annual,C,%",
            "nps,140,,,,D,", "repeat_purchase_rate,30,20,40,12个月,E,%", "logo_churn_rate,3,,,fortnightly,F,%"]  # fmt: skip
    files = {
        "subscriptions.csv": contracts("A,2023-01-01,"),
        "benchmarks.csv": "metric,typical,low,high,period,source,unit\n" + "\n".join(rows) + "\n",
    }
    found = dict(own_rows(make(files), "source", "unsettled"))
    assert found == {"A": "range", "B": "range", "C": "range", "D": "range", "E": None, "F": "period"}


def test_a_figure_far_off_is_said_to_be_counted_otherwise() -> None:
    rows = pd.DataFrame(
        {"why": [None], "verdict": ["better"], "unit": ["share"], "low": [None], "typical": [0.05], "high": [0.09]}
    )
    assert "what is counted probably differs" in findings.verdict(rows, ours.Ours(0.92, 0.9, 0.93, 900, None))
    assert "what is counted" not in findings.verdict(rows, ours.Ours(0.12, 0.11, 0.13, 900, None))
    below = pd.DataFrame({"why": [None], "verdict": ["below"]})
    assert findings.standing(below) == "neither"
    assert "neither good nor bad (price)" in findings.headline([("price", "neither")])


def test_nothing_is_read_of_months_in_which_nobody_can_be_lost(make: Make) -> None:
    rows = "".join(f"C{n},2024-01-{n % 28 + 1:02},5\nC{n},2024-03-15,5\n" for n in range(60))
    made = make({"orders.csv": f"customer_id,ordered_at,amount\n{rows}"})
    assert own(made, "logo_churn_rate", "monthly") is None and own(made, "customer_retention_rate", "monthly") is None


def test_rows_without_a_source_decide_for_themselves_and_odd_years_stop_nothing(make: Make) -> None:
    rows = "logo_churn_rate,0.05,monthly,,\ncsat,80,,,99999999999\nconversion_rate,2,,S,2024\n"
    files = {
        "subscriptions.csv": contracts("A,2023-01-01,"),
        "benchmarks.csv": f"metric,typical,period,source,year\n{rows}",
    }
    found = {
        metric: rest
        for metric, *rest in own_rows(make(files), "metric", "typical", "unsettled", "year", "measured_over")
    }
    assert found["logo_churn_rate"] == [0.05, "scale", None, "monthly"]
    assert found["csat"] == [pytest.approx(0.8), "source", None, "any"]
    assert found["conversion_rate"] == [pytest.approx(0.02), None, 2024, "per session"]
