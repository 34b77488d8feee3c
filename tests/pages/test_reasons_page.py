"""The page of churn reasons: what it shows of samples and of odd data, and how its list of reasons is changed."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from churnbook.analyses.reasons import charts
from churnbook.datasets import taxonomy as lists
from churnbook.datasets.library import Library
from churnbook.page.controls import reasons
from tests.builders import Open, add, columns, texts

SAID: dict[str, str | bytes] = {
    "exits.csv": "customer_id,churned_at,reason,comment\n"
    + "".join(
        f"C{n},2024-0{1 + n % 3}-05,{'price' if n % 2 else 'odd'},{'too expensive' if n % 4 == 1 else ''}\n"
        for n in range(80)
    )
}


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["A reason is known of", "Price", "In 2024-04", "No reason known", "Code and comment tell the same group", "Version 1"]),
        ("zh_CN", ["有已知原因", "价格", "2024-04流失的客户", "说明指向同一大类", "版本1"]),
    ],
)  # fmt: skip
def test_the_sample_says_its_planted_reason(opened: Open, language: str, words: list[str]) -> None:
    app = opened("reasons", dataset="sample-shop", lang=language)
    assert not app.exception and not app.error
    said = texts(app) + "".join(str(chart.proto) for chart in app.get("vega_lite_chart"))
    for word in words:
        assert word in said or word.encode("unicode_escape").decode() in said, word


def test_a_click_lists_customers_and_marks_their_words(opened: Open, library: Library) -> None:
    id = add(library, SAID)
    app = opened("reasons", dataset=id, **{"reasons.reason": "price", "reasons.kind": "voluntary"})
    assert not app.exception and not app.error
    said = texts(app)
    assert "40 customers lost: Price" in said and "20 comments" in [each.label for each in app.expander]
    assert "too :orange-background[expensive]" in said


def test_a_file_without_reasons_says_what_brings_them(opened: Open, library: Library) -> None:
    id = add(library, {"customers.csv": "customer_id,churned\nA,yes\nB,yes\nC,no\n"})
    said = texts(opened("reasons", dataset=id))
    assert "No reason is known for any of the 2 customers lost." in said
    assert "The files hold no reasons" in said and "2 customers are marked as lost without a day." in said


def test_comments_that_are_all_alike_are_named(opened: Open, library: Library) -> None:
    rows = "".join(f"C{n},2024-01-05,price,thanks\n" for n in range(5))
    id = add(library, {"exits.csv": f"customer_id,churned_at,reason,comment\n{rows}"})
    said = texts(opened("reasons", dataset=id))
    assert "The comments in Churn reasons collected nothing: all 5 say “thanks”." in said
    assert "tell nothing apart: all 5 say “price”" in said


def test_what_has_no_place_is_told_and_given_one(opened: Open, library: Library) -> None:
    id = add(library, SAID)
    app = opened("reasons", dataset=id)
    said = texts(app)
    assert "The reasons of 40 customers have no place in the list yet" in said
    assert "1 text has no place in the list yet" in said
    app.button(key=f"save-codes-{id}-1-1").click().run()
    assert any("Nothing was changed" in each.value for each in app.error)


def test_phrases_are_changed_as_a_new_version(opened: Open, library: Library) -> None:
    id = add(library, SAID)
    app = opened("reasons", dataset=id)
    box = app.selectbox(key=f"phrases-of-{id}-1-1")
    box.select("price").run()
    area = app.text_area(key=f"phrases-{id}-1-1-price")
    area.input(f"{area.value}\nodd one … out").run()
    app.button(key=f"save-phrases-{id}-1-1").click().run()
    assert not app.exception and not app.error
    facts = library.facts(id, 2)
    assert [each.number for each in lists.versions(facts)] == [2, 1]
    assert ("odd one ... out", "price") in lists.of_dataset(facts, 2).phrases
    assert ("odd one ... out", "price") not in lists.of_dataset(facts, 1).phrases
    again = opened("reasons", dataset=id, **{"reasons.taxonomy": "1"})
    assert "Version 1 of the list of reasons" in texts(again)
    assert "Only the newest version in the current state of the dataset can be changed." in texts(again)


def test_a_phrase_that_cannot_be_is_refused_in_the_page(opened: Open, library: Library) -> None:
    id = add(library, SAID)
    app = opened("reasons", dataset=id)
    app.text_area(key=f"phrases-{id}-1-1-price").input("*").run()
    app.button(key=f"save-phrases-{id}-1-1").click().run()
    assert any("cannot be looked for" in each.value for each in app.error)
    assert library.find(id).generation == 1


@pytest.mark.parametrize(
    ("comment", "words", "shown"),
    [
        ("It is TOO expensive", ["too expensive"], "It is :orange-background[TOO expensive]"),
        ("<b>x</b> *bold* [a](b) $5", [], None),
        ("太贵了，太贵", ["太贵"], ":orange-background[太贵]了，:orange-background[太贵]"),
        ("a.c abc", ["a.c"], ":orange-background[a.c] abc"),
        ("x" * 700, [], "x" * 600 + "…"),
    ],
)
def test_a_comment_is_shown_as_text_with_its_words_marked(comment: str, words: list[str], shown: str | None) -> None:
    found = reasons.marked(comment, words)
    if shown is None:
        assert "<b>" not in found and "[a](b)" not in found and "*bold*" not in found.replace("\\*", "")
    else:
        assert found.replace("\\.", ".") == shown


def test_telecom_customers_left_without_a_word(opened: Open, library: Library, real_data: Path) -> None:
    file = next(real_data.rglob("*elco*.csv"))
    id = add(library, {file.name: file.read_bytes()})
    app = opened("reasons", dataset=id)
    assert not app.exception and not app.error
    assert "The files hold no reasons" in texts(app)


@pytest.mark.parametrize(
    ("address", "heading"),
    [
        ({"trend.reason": "price", "trend.kind": "voluntary", "trend.in_period": "2024-04-01"}, "2024-04 · 42 customers lost: Price"),
        ({"trend.reason": "", "trend.kind": "", "trend.in_period": "2024-04-01"}, None),
        ({"tenure.reason": "price", "tenure.kind": "voluntary", "tenure.band": "366"}, "366 to 730 days · "),
        (
            {"segments.breakdown": "城市", "segments.reason": "price", "segments.kind": "voluntary", "segments.segment": "成都"},
            "成都 · ",
        ),
    ],
)  # fmt: skip
def test_clicks_on_periods_segments_and_tenure_list_their_customers(
    opened: Open, address: dict[str, str], heading: str | None
) -> None:
    app = opened("reasons", dataset="sample-shop", **address)
    assert not app.exception and not app.error
    assert (heading or "Churn reasons") in texts(app)


def test_everybody_lost_is_in_a_chart_of_their_kind(opened: Open, library: Library) -> None:
    rows = "A,2024-01-05,price,\nF,2024-01-05,price,\nB,2024-01-05,,admin\nC,2024-01-05,,admin\nD,2024-01-05,,customer\nE,2024-01-05,,\n"
    id = add(library, {"exits.csv": f"customer_id,churned_at,reason,cancelled_by\n{rows}"})
    app = opened("reasons", dataset=id)
    assert not app.exception and not app.error
    said = texts(app)
    assert "The customer chose to leave" in said and "The company ended it" in said
    rows_of = columns(library.path(id, 1), "churn_reasons", "kind", "reason", "customers", "cumulative_share")
    frame = pd.DataFrame(rows_of, columns=["kind", "reason", "customers", "cumulative_share"])
    assert charts.kinds(frame) == ["voluntary", "ours"]
    drawn = {kind: list(charts.of_kind(frame, kind)["customers"]) for kind in charts.kinds(frame)}
    assert drawn == {"voluntary": [2, 1, 1], "ours": [2, 1]}


def test_kinds_are_not_ranked_together_in_sentences(opened: Open, library: Library) -> None:
    contracts = (
        "customer_id,started_at,ended_at,mrr\n"
        + "".join(f"P{n},2023-01-01,2024-01-31,10\n" for n in range(6))
        + "".join(f"F{n},2023-01-01,2024-01-31,500\n" for n in range(3))
        + "Z,2023-01-01,,1\n"
    )
    exits = (
        "customer_id,churned_at,reason\n"
        + "".join(f"P{n},2024-01-31,price\n" for n in range(6))
        + "".join(f"F{n},2024-01-31,payment failed\n" for n in range(3))
    )
    id = add(library, {"subscriptions.csv": contracts, "exits.csv": exits})
    said = texts(opened("reasons", dataset=id))
    assert "Price is named most" in said and "Payment is named most" in said
    assert "Most money went with" not in said and "In detail most told: Payment failed" not in said


def test_texts_of_files_are_no_headings(opened: Open, library: Library) -> None:
    rows = "".join(f'C{n},2024-01-05,price,"foo\n===\nbar"\n' for n in range(3))
    id = add(library, {"exits.csv": f"customer_id,churned_at,reason,comment\n{rows}"})
    assert "all 3 say “foo === bar”" in texts(opened("reasons", dataset=id)).replace("\\", "")
