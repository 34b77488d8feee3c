"""The page of benchmarks: what it shows of samples and odd data, and what the user writes in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from churnbook.datasets.library import Library
from churnbook.datasets.written import OwnBenchmark, marks, own_benchmarks
from churnbook.page.controls import own_benchmarks as controls
from tests.analyses.built import contracts, day
from tests.builders import Open, add, texts


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["Of 4 figures that can be judged", "Customer churn rate, a month", "The sources disagree", "primary source",
                "Lost when the subscription has ended", "not computed yet", "asked of people"]),
        ("zh_CN", ["客户流失率", "来源结论不一", "一手来源"]),
    ],
)  # fmt: skip
def test_the_subscription_sample_stands_beside_published_figures(opened: Open, language: str, words: list[str]) -> None:
    app = opened("benchmarks", dataset="sample-subscription", lang=language)
    assert not app.exception and not app.error
    said = texts(app) + " ".join(m.label for m in app.metric)
    for word in words:
        assert word in said, word


def test_a_shop_is_not_held_against_contracts_and_a_region_is_a_choice(opened: Open) -> None:
    app = opened("benchmarks", dataset="sample-shop")
    assert not app.exception and not app.error
    titles = [each.label for each in app.metric]
    assert "Repeat purchase rate, so far" in titles and "Customer churn rate, a month" not in titles
    said = texts(app)
    assert "counts losses another way" in said and "holds for another region" in said
    chosen = opened("benchmarks", dataset="sample-shop", **{"industry.region": "US", "industry.sources": "named"})
    more = [each.label for each in chosen.metric]
    assert "Repeat purchase rate, in 12 months" in more and len(more) > len(titles)


def test_few_customers_give_no_verdict(opened: Open, library: Library) -> None:
    rows = [f"C{n},2023-01-01," for n in range(20)] + ["E,2023-01-01,2024-06-15"]
    id = add(library, {"subscriptions.csv": contracts(*rows)})
    app = opened("benchmarks", dataset=id)
    assert not app.exception
    said = texts(app)
    assert "**No verdict**: our figure is made of 21, fewer than 30." in said
    assert "None of the figures can be judged" in said


def test_months_that_lack_for_a_year_are_told(opened: Open, library: Library) -> None:
    rows = [f"C{n},2024-01-01," for n in range(40)] + ["E,2024-01-01,2024-06-15"]
    id = add(library, {"subscriptions.csv": contracts(*rows)})
    said = texts(opened("benchmarks", dataset=id))
    assert "needs 7 more whole months of data, until twelve are covered" in said


@pytest.mark.parametrize(
    "files",
    [
        {"customers.csv": "customer_id,city\nA,Rome\nB,Oslo\n"},
        {"customers.csv": "customer_id,churned,tenure_months\nA,yes,3\nB,no,5\n"},
        {"orders.csv": "ordered_at,amount\n2024-01-01,5\n2024-02-01,7\n"},
        {"orders.csv": "customer_id,ordered_at,amount\nA,2024-01-01,5\n"},
        {"orders.csv": "customer_id,ordered_at,amount\nA,2024-01-01,-5\nA,2024-03-01,-7\n"},
        {"events.csv": "customer_id,event,occurred_at\nA,open,2024-01-01\nA,open,2024-03-01\n"},
        {"subscriptions.csv": "customer_id,started_at,ended_at,mrr,currency\nA,2023-01-01,,9e9,USD\n"},
    ],
)
def test_odd_data_are_told_what_they_lack(opened: Open, library: Library, files: dict[str, str | bytes]) -> None:
    app = opened("benchmarks", dataset=add(library, files), lang="zh_CN")
    assert not app.exception and not app.error
    assert len(app.dataframe) > 0


def test_the_telecom_file_and_cdnow(opened: Open, library: Library, real_data: Path) -> None:
    telecom = add(library, {"telco.csv": (real_data / "telco_customer_churn.csv").read_bytes()})
    app = opened("benchmarks", dataset=telecom)
    assert not app.exception and not app.error
    assert "None of the figures can be judged" in texts(app)
    cdnow = add(library, {"orders.csv": (real_data / "cdnow_orders.csv").read_bytes()})
    app = opened("benchmarks", dataset=cdnow, **{"industry.sources": "named", "industry.region": "US"})
    assert not app.exception and not app.error
    shown = {each.label: each.value for each in app.metric}
    # 23,570 customers who began in the first quarter of 1997: all had their twelve months
    assert shown["Repeat purchase rate, in 12 months"] == "46.5%"


def test_what_is_in_the_address_and_cannot_be_is_told(opened: Open) -> None:
    app = opened("benchmarks", dataset="sample-subscription", **{
        "industry.industry": "moon", "industry.region": "Mars", "industry.arpa": "-5", "history.figure": "luck",
        "history.in_period": "1999-01-01", "change.changed_on": "2031-01-01", "gaps.breakdown": "nothing",
    })  # fmt: skip
    assert not app.exception
    warned = " ".join(each.value for each in app.warning)
    for text in ("moon", "Mars", "luck", "1999", "nothing"):
        assert text in warned, text
    assert "2031-01-01 lies outside the data" in texts(app)


def test_a_day_is_marked_and_stands_on_charts(opened: Open, library: Library) -> None:
    app = opened("benchmarks", dataset="sample-subscription")
    next(each for each in app.date_input if each.label == "Day").set_value(day("2024-03-01"))
    name = next(each for each in app.text_input if each.label == "What changed")
    name.set_value("Price *rise* [x](http://y)")
    next(each for each in app.button if each.label == "Mark it").click().run()
    assert not app.exception and not app.error
    facts = library.facts("sample-subscription", library.find("sample-subscription").generation)
    assert [(mark.day, mark.name) for mark in marks(facts)] == [(day("2024-03-01"), "Price *rise* [x](http://y)")]
    assert "Nobody was assigned by chance" in texts(app)
    charts = "".join(str(each.proto) for each in opened("churn", dataset="sample-subscription").get("vega_lite_chart"))
    assert "Price *rise*" in charts
    next(each for each in app.button if each.label == "Remove").click().run()
    facts = library.facts("sample-subscription", library.find("sample-subscription").generation)
    assert marks(facts) == ()


def test_own_benchmarks_that_are_not_clear_are_asked_and_stand_beside_the_others(
    opened: Open, library: Library
) -> None:
    rows = [f"C{n},2023-01-01," for n in range(400)] + ["E,2023-01-01,2024-06-15"]
    id = add(library, {
        "subscriptions.csv": contracts(*rows),
        "benchmarks.csv": "metric,typical,period,source\nlogo_churn_rate,2,monthly,Rival *Inc*\nchurn quota,7,monthly,R\n",
    })  # fmt: skip
    app = opened("benchmarks", dataset=id)
    warned = " ".join(each.value for each in app.warning)
    assert "No metric is called “churn quota”, so it is not compared." in warned
    assert any("Rival \\*Inc\\*" in each.value for each in app.markdown)
    assert len(own_benchmarks(library.facts(id, 1))) == 2
    other = add(library, {
        "subscriptions.csv": contracts(*rows),
        "benchmarks.csv": "metric,typical,period,source\nlogo_churn_rate,0.02,monthly,Rival\n",
    })  # fmt: skip
    said = " ".join(each.value for each in opened("benchmarks", dataset=other).warning)
    assert "Are the numbers shares or per cent?" in said


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["The first 12 of 33 are drawn.", "… and 3 more: “How it is computed” has all."]),
        ("zh_CN", ["图中只画出33项中的前12项。", "另有3项"]),
    ],
)
def test_what_has_no_room_is_said(opened: Open, library: Library, language: str, words: list[str]) -> None:
    rows = [f"C{n},2023-01-01," for n in range(400)] + ["E,2023-01-01,2024-06-15"]
    mine = "\n".join(f"logo_churn_rate,{n / 4},monthly,Rival {n},%" for n in range(1, 34))
    id = add(library, {
        "subscriptions.csv": contracts(*rows), "benchmarks.csv": f"metric,typical,period,source,unit\n{mine}\n",
    })  # fmt: skip
    app = opened("benchmarks", dataset=id, lang=language, **{"industry.industry": "construction"})
    assert not app.exception
    said = texts(app)
    for word in words:
        assert word in said, word


def test_a_row_that_was_written_becomes_a_benchmark() -> None:
    titles = {"Customer churn rate": "logo_churn_rate"}
    empty = dict.fromkeys(("given", "metric", "period", "industry", "segment", "source", "unit"))
    nothing = dict.fromkeys(("typical", "low", "high", "year"), float("nan"))
    assert controls._written({**empty, **nothing}, titles, {}) == OwnBenchmark("")
    row = {
        **empty,
        **nothing,
        "metric": "Customer churn rate",
        "typical": 3.5,
        "source": " Rival ",
        "unit": "%",
        "year": 2026.0,
    }
    assert controls._written(row, titles, {}) == OwnBenchmark(
        "logo_churn_rate", 3.5, source="Rival", unit="%", year=2026.0
    )
    assert controls._written({**row, "metric": None, "given": "odd name"}, titles, {}).metric == "odd name"


def test_rows_of_files_that_were_not_touched_stay_as_they_are() -> None:
    row = dict.fromkeys(("period", "industry", "segment", "source", "unit")) | dict.fromkeys(
        ("low", "high", "year"), float("nan")
    )
    row |= {"given": "客户流失率", "metric": "Customer churn rate", "typical": 3.0}
    titles, settled = {"Customer churn rate": "logo_churn_rate", "NPS": "nps"}, {"客户流失率": "logo_churn_rate"}
    assert controls._written(row, titles, settled) == OwnBenchmark("客户流失率", 3.0)
    assert controls._written({**row, "metric": "NPS"}, titles, settled).metric == "nps"
