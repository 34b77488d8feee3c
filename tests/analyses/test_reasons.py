"""Churn reasons: whose they are, what they cost, how many are known, and what words and codes mean."""

from __future__ import annotations

import csv
import datetime as dt
import io
import random
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from churnbook.catalogue import queries
from churnbook.catalogue.query import QueryError
from churnbook.catalogue.request import Scope
from churnbook.datasets import taxonomy as lists
from churnbook.datasets.facts import check_names, facts_of
from churnbook.datasets.library import Library
from churnbook.datasets.taxonomy import Reason, Taxonomy, normal, usual
from churnbook.generations import make as make_anew
from churnbook.generations import taxonomy as saved
from churnbook.intake.loading.report import Settings
from churnbook.words.message import Refused
from tests.analyses.built import day
from tests.builders import Make, ask, columns, imported_once, making, rows_of
from tests.datasets.built import grown, quiet, uploaded

COMMENTS = Path(__file__).parent / "comments"


@pytest.fixture(name="make")
def imported_before(tmp_path: Path) -> Make:
    return making(tmp_path, imported_once)


def sheet(header: str, rows: list[list[Any]]) -> str:
    """Rows as a CSV."""
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(header.split(","))
    writer.writerows(rows)
    return written.getvalue()


def published(made: Path, folder: Path) -> tuple[Library, str]:
    """A library that holds a dataset, and its id there."""
    library = Library(folder / "library")
    id = library.new_id()
    path = library.next_path(id)
    path.write_bytes(made.read_bytes())
    library.publish(id, path, "mine")
    return library, id


# Twelve who left, with answers typed out

CONTRACTS = sheet(
    "customer_id,started_at,ended_at,mrr,plan",
    [
        *(
            [f"c{n:02}", "2023-01-01" if n < 7 else "2023-12-15", "2024-01-31", 10 * n, "A" if n % 2 else "B"]
            for n in range(1, 13)
        ),
        ["c13", "2023-01-01", "", 500, "A"],
    ],
)
EXITS = sheet(
    "customer_id,churned_at,reason,comment,cancelled_by",
    [
        ["c01", "2024-01-30", "Price", "", ""],
        ["c02", "2024-01-30", "too_expensive; missing features", "", "customer"],
        ["c03", "2024-02-10", "too expensive|customer_service", "", ""],
        ["c04", "2023-11-02", "missing_features", "", ""],
        ["c05", "2024-01-31", "", "Support never replied", ""],
        ["c06", "2024-01-31", "Other", "We switched to Acme", ""],
        ["c07", "2024-01-31", "", "", "payment_failed"],
        ["c08", "2024-01-31", "", "", "Fraud"],
        ["c09", "2024-01-31", "weird", "", ""],
        ["c10", "2024-01-31", "", "so long", ""],
        # before a first activity, of one who stayed, of one who never was
        ["c11", "2022-06-01", "price", "", ""],
        ["c13", "2024-01-15", "price", "", ""],
        ["c99", "2024-01-15", "price", "", ""],
    ],
)


@pytest.fixture
def twelve(make: Make) -> Path:
    return make({"subscriptions.csv": CONTRACTS, "exits.csv": EXITS}, watermark=day("2024-06-30"))


def counted(path: Path, **given: Any) -> set[tuple[str, str, int, float]]:
    return set(columns(path, "churn_reasons", "kind", "reason", "customers", "lost_revenue", **given))


def test_twelve_leavers_by_group(twelve: Path) -> None:
    assert counted(twelve) == {
        ("voluntary", "price", 3, 60.0),
        ("voluntary", "product", 2, 60.0),
        ("voluntary", "service", 2, 80.0),
        ("voluntary", "competition", 1, 60.0),
        ("involuntary", "payment", 1, 70.0),
        ("ours", "other", 1, 80.0),
        ("", "unassigned", 1, 90.0),
        ("", "", 3, 330.0),
    }


def test_twelve_leavers_in_detail_and_by_department(twelve: Path) -> None:
    assert counted(twelve, level="reason") == {
        ("voluntary", "price", 1, 10.0),
        ("voluntary", "too_expensive", 2, 50.0),
        ("voluntary", "missing_features", 2, 60.0),
        ("voluntary", "service", 1, 30.0),
        ("voluntary", "slow_answers", 1, 50.0),
        ("voluntary", "switched", 1, 60.0),
        ("involuntary", "payment_failed", 1, 70.0),
        ("ours", "fraud", 1, 80.0),
        ("", "unassigned", 1, 90.0),
        ("", "", 3, 330.0),
    }
    assert columns(twelve, "reason_departments", "kind", "department", "customers", "lost_revenue") == [
        ("voluntary", "marketing", 3, 60.0),
        ("voluntary", "product", 2, 60.0),
        ("voluntary", "service", 2, 80.0),
        ("voluntary", "sales", 1, 60.0),
        ("ours", "service", 1, 80.0),
        ("involuntary", "finance", 1, 70.0),
        ("", "unassigned", 1, 90.0),
        ("", "", 3, 330.0),
    ]


def test_coverage_of_the_twelve(twelve: Path) -> None:
    (row,) = columns(
        twelve,
        "churn_reason_coverage",
        "churned_customers",
        "with_reason",
        "with_comment",
        "coverage",
        "lost_revenue",
        "coverage_of_revenue",
        "with_several",
        "voluntary",
        "involuntary",
        "ours",
        "unassigned",
        "outside",
        "money_of",
    )
    assert row == (12, 9, 3, 0.75, 780.0, pytest.approx(450 / 780), 2, 6, 1, 1, 1, 3, "subscriptions")


def test_shares_are_of_all_twelve_and_mentions_add_up_within_a_kind(twelve: Path) -> None:
    rows = columns(twelve, "churn_reasons", "kind", "reason", "share", "share_of_revenue", "cumulative_share")
    by_reason = {(kind, reason): values for kind, reason, *values in rows}
    assert by_reason["voluntary", "price"] == [3 / 12, pytest.approx(60 / 780), pytest.approx(3 / 8)]
    assert by_reason["voluntary", "competition"][2] == 1.0
    assert by_reason["involuntary", "payment"] == [1 / 12, pytest.approx(70 / 780), 1.0]
    assert by_reason["", ""] == [3 / 12, pytest.approx(330 / 780), None]


def test_days_around_a_loss_can_be_chosen(twelve: Path) -> None:
    # c04 said it 90 days before the end, c03 ten days after
    assert ("voluntary", "product", 1, 20.0) in counted(twelve, notice_days=30)
    assert ("voluntary", "service", 1, 50.0) in counted(twelve, after_days=5)
    assert ("voluntary", "price", 2, 30.0) in counted(twelve, after_days=5)


def test_codes_or_words_alone(twelve: Path) -> None:
    assert {reason for _kind, reason, *_more in counted(twelve, source="codes")} == {
        *("price", "product", "service", "payment", "other", "unassigned", ""),
    }
    assert {reason for _kind, reason, *_more in counted(twelve, source="words")} == {"service", "competition", ""}


def test_by_period_segment_and_tenure(twelve: Path) -> None:
    months = columns(twelve, "churn_reasons", "period", "reason", "customers", grain="month")
    assert (dt.date(2024, 1, 1), "price", 3) in months and {period for period, *_more in months} == {
        dt.date(2024, 1, 1)
    }
    split = columns(
        twelve,
        "reason_segments",
        "segment",
        "reason",
        "customers",
        "churned_customers",
        "share",
        "rest_share",
        breakdown="first_plan",
    )
    assert ("A", "price", 2, 6, pytest.approx(2 / 6), pytest.approx(1 / 6)) in split
    tenure = columns(twelve, "reason_tenure", "band", "to_days", "reason", "customers", "churned_customers")
    assert (366, 730, "price", 3, 6) in tenure and (31, 90, "payment", 1, 6) in tenure
    assert sum(n for *_more, reason, n, _all in tenure if reason == "") == 3


def test_the_list_of_customers_holds_what_they_said(twelve: Path) -> None:
    rows = columns(
        twelve,
        "reason_customers",
        "customer_id",
        "stated",
        "comment",
        "words",
        "lost_revenue",
        reason="service",
        kind="voluntary",
    )
    assert sorted(rows) == [
        ("c03", "too expensive|customer_service", None, None, 30.0),
        ("c05", None, "Support never replied", "never replied", 50.0),
    ]
    assert [id for (id,) in columns(twelve, "reason_customers", "customer_id", reason="")] == ["c10", "c11", "c12"]


def test_a_scope_cuts_losses_and_statements(twelve: Path) -> None:
    assert columns(
        twelve, "churn_reason_coverage", "churned_customers", scope=Scope(report_from=day("2024-02-01"))
    ) == [(0,)]
    as_of = Scope(as_of=day("2024-02-05"))
    assert ("voluntary", "service", 1, 50.0) in set(
        columns(twelve, "churn_reasons", "kind", "reason", "customers", "lost_revenue", scope=as_of)
    ), "what c03 said on the 10th is not known yet"


# Who is lost without a contract, and what of it is known


def test_spend_is_that_of_the_days_before_the_last_activity(make: Make) -> None:
    orders = "customer_id,ordered_at,amount\nA,2024-01-01,100\nA,2024-02-20,7\nA,2024-03-10,5\nB,2024-03-01,2\nC,2024-12-30,1\n"
    exits = "customer_id,churned_at,reason\nA,2024-03-12,price\nB,2024-09-01,service\nC,2024-12-30,price\n"
    made = make({"orders.csv": orders, "exits.csv": exits}, churn="churned_by_inactivity:days=90")
    rows = columns(made, "churn_reasons", "reason", "customers", "lost_revenue")
    assert rows == [("price", 1, 12.0), ("", 1, 2.0)], "B said it 94 days after being lost, C is a customer"
    assert columns(made, "churn_reasons", "lost_revenue", spend_days=90)[0] == (112.0,)
    (row,) = columns(made, "churn_reason_coverage", "outside", "money_of")
    assert row == (1, "spend"), "C may yet be lost"


def test_the_last_reason_of_a_loss_counts_and_each_loss_has_its_own(make: Make) -> None:
    contracts = "customer_id,started_at,ended_at,mrr\nA,2023-01-01,2023-06-30,10\nA,2023-10-01,2024-01-31,20\n"
    exits = "customer_id,churned_at,reason\nA,2023-06-20,service\nA,2023-06-29,price\nA,2024-01-31,product\n"
    made = make({"subscriptions.csv": contracts, "exits.csv": exits}, watermark=day("2024-03-31"))
    assert columns(made, "churn_reasons", "reason", "customers", "lost_revenue") == [("product", 1, 20.0)]
    assert columns(made, "churn_reasons", "period", "reason", "lost_revenue", grain="year") == [
        (dt.date(2023, 1, 1), "price", 10.0),
        (dt.date(2024, 1, 1), "product", 20.0),
    ]


def test_a_customer_file_tells_reasons_too(make: Make) -> None:
    listed = "customer_id,churned,churn_reason,churn_comment,monthly_value\nA,yes,price,,10\nB,yes,,绑的卡过期了,20\nC,no,,,30\nD,yes,,,40\n"
    made = make({"customers.csv": listed})
    assert set(columns(made, "churn_reasons", "kind", "reason", "customers", "lost_revenue", level="reason")) == {
        ("voluntary", "price", 1, 10.0),
        ("involuntary", "payment_failed", 1, 20.0),
        ("", "", 1, 40.0),
    }
    (row,) = columns(made, "churn_reason_coverage", "undated", "money_of")
    assert row == (3, "monthly_value")


def test_without_any_reason_everybody_is_unknown(make: Make) -> None:
    made = make({"subscriptions.csv": CONTRACTS}, watermark=day("2024-03-31"))
    assert counted(made) == {("", "", 12, 780.0)}
    assert rows_of(made, "select count(*) from main.reason_versions") == [(0,)]


def test_known_and_unknown_are_all_to_the_cent(shop: Path, subscription: Path) -> None:
    for made in (shop, subscription):
        (row,) = columns(
            made,
            "churn_reason_coverage",
            "churned_customers",
            "with_reason",
            "lost_revenue",
            "coverage_of_revenue",
            "with_several",
        )
        lost, known, money, share, _several = row
        silent = {
            n: revenue
            for reason, n, revenue in columns(made, "churn_reasons", "reason", "customers", "lost_revenue")
            if not reason
        }
        ((unknown, lost_with_it),) = silent.items()
        assert known + unknown == lost
        assert Decimal(str(round(share * money + lost_with_it, 2))) == Decimal(str(round(money, 2)))


@pytest.mark.parametrize("seed", range(3))
def test_random_statements_agree_with_plain_python(make: Make, seed: int) -> None:
    chance = random.Random(seed)
    ends = {f"c{n}": dt.date(2024, 1, 1) + dt.timedelta(chance.randrange(200)) for n in range(60)}
    contracts: list[list[Any]] = [[id, "2023-01-01", end, chance.randrange(1, 90)] for id, end in ends.items()]
    said: list[list[Any]] = [
        [
            id,
            ends[id] + dt.timedelta(chance.randrange(-150, 60)),
            chance.choice(["price", "service", "", "odd", "product;price"]),
        ]
        for id in chance.choices(list(ends), k=90)
    ]
    said = [row for i, row in enumerate(said) if (row[0], row[1]) not in {(other[0], other[1]) for other in said[:i]}]
    made = make(
        {
            "subscriptions.csv": sheet("customer_id,started_at,ended_at,mrr", contracts),
            "exits.csv": sheet("customer_id,churned_at,reason", said),
        },
        watermark=day("2024-12-31"),
    )
    expected: dict[str, list[int]] = {}
    for id, _start, end, mrr in contracts:
        mine = [(when, code) for each, when, code in said if each == id and code and -92 <= (when - end).days <= 30]
        last = max((when for when, _code in mine), default=None)
        codes = {part for when, code in mine if when == last for part in code.split(";")}
        for code in {"unassigned" if each == "odd" else each for each in codes} or {""}:
            expected.setdefault(code, []).append(mrr)
    found = {reason: (n, money) for _kind, reason, n, money in counted(made)}
    assert found == {reason: (len(money), float(sum(money))) for reason, money in expected.items()}


# Segments and periods


def leavers(reasons: dict[str, dict[str, int]]) -> dict[str, str | bytes]:
    """Customers of each segment who left with each reason."""
    rows = [(segment, reason) for segment, each in reasons.items() for reason, n in each.items() for _ in range(n)]
    return {
        "customers.csv": sheet("customer_id,city", [[f"c{i}", segment] for i, (segment, _reason) in enumerate(rows)]),
        "exits.csv": sheet(
            "customer_id,churned_at,reason",
            [[f"c{i}", "2024-03-01", reason] for i, (_segment, reason) in enumerate(rows)],
        ),
    }


def test_a_segment_is_held_against_all_others(make: Make) -> None:
    made = make(
        leavers({"x": {"price": 40, "service": 10}, "y": {"price": 10, "service": 40}, "z": {"price": 3, "service": 2}})
    )
    rows = columns(
        made,
        "reason_segments",
        "segment",
        "reason",
        "share",
        "rest_share",
        "difference",
        "ci_low",
        "ci_high",
        "p_value",
        "q_value",
        breakdown="city",
    )
    (x,) = [row[2:] for row in rows if row[:2] == ("x", "price")]
    assert x[:3] == (pytest.approx(0.8), pytest.approx(13 / 55), pytest.approx(0.8 - 13 / 55))
    # Newcombe's method 10 and the pooled z test, by hand
    assert x[3:5] == (pytest.approx(0.3813, abs=1e-3), pytest.approx(0.6911, abs=1e-3))
    assert x[5] == pytest.approx(7.5e-9, rel=0.1)
    assert x[6] == pytest.approx(x[5]), "all four comparisons are equally sure"
    (z,) = [row[7:] for row in rows if row[:2] == ("z", "price")]
    assert z == (None, None), "five are too few to tell"
    leads = columns(made, "reason_leads", "attribute", "segment", "reason")
    assert set(leads) == {("city", segment, reason) for segment in "xy" for reason in ("price", "service")}


def test_probability_by_chance_is_that_of_the_normal_distribution() -> None:
    macros = (Path(__file__).parents[2] / "queries" / "macros.sql").read_text()
    with duckdb.connect() as connection:
        connection.execute(macros)
        for z, p in ((0.0, 1.0), (1.0, 0.317310508), (-1.959964, 0.05), (3.0, 0.002699796), (6.0, 1.97318e-9)):
            ((found,),) = connection.execute("select probability_by_chance($1::double)", [z]).fetchall()
            assert found == pytest.approx(p, rel=2e-6)


def test_planted_reasons_are_found_in_the_samples(shop: Path, subscription: Path) -> None:
    def clearest(path: Path) -> tuple[Any, ...]:
        rows = columns(path, "reason_periods", "p_value", "period", "reason", "difference")
        return min((row for row in rows if row[0] is not None and row[2]), key=lambda row: float(row[0]))[1:]

    assert clearest(shop)[:2] == (dt.date(2024, 4, 1), "price"), "the delivery fee of 2024-01-15, and 90 silent days"
    assert clearest(subscription)[:2] == (dt.date(2024, 3, 1), "price"), "the price rise of 2024-03-01"
    assert clearest(shop)[2] > 0.1 and clearest(subscription)[2] > 0.1
    for path in (shop, subscription):
        told = {reason: n for reason, n in columns(path, "churn_reasons", "reason", "customers", level="reason")}
        details = sorted(
            set(told) - {"", "unassigned"} - {each.key for each in usual().reasons if not each.parent},
            key=lambda each: -told[each],
        )
        assert {"slow_answers", "unresolved"} & set(details[:5])


# Words


def coded(make: Make, comments: list[str], reason: str = "") -> list[set[str]]:
    """The reasons that the words of each comment tell."""
    rows = [[f"{i:06}", "2024-01-05", reason, comment] for i, comment in enumerate(comments)]
    made = make({"exits.csv": sheet("customer_id,churned_at,reason,comment", rows)}, tables={"exits.csv": "exits"})
    found: list[set[str]] = [set() for _ in comments]
    for id, told in rows_of(
        made,
        "select customers.customer_id, codings.reason from main.reason_codings as codings"
        " inner join main.customers as customers on codings.customer = customers.customer where codings.given = 'words'",
    ):
        found[int(id)].add(told)
    return found


@pytest.mark.parametrize(
    ("comment", "reasons"),
    [
        ("Way too EXPENSIVE for us", {"too_expensive"}),
        ("not expensive at all", set[str]()),
        ("It isn't too expensive, but support never replied", {"slow_answers"}),
        ("the payment was charged twice", {"payment_disputed"}),
        ("the price is fine, the app keeps crashing", {"unstable"}),
        ("raised the price again", {"price_increase"}),
        ("price. raised hands", {"price"}),
        ("switched to Acme because it was too slow", {"switched", "unstable"}),
        ("expensiveness", set[str]()),
        ("东西不贵，就是客服半天不回", {"slow_answers"}),
        ("价格还行，主要是缺货", {"little_choice"}),
        ("涨价太多，而且物流慢", {"price_increase", "delivery"}),
        ("没有什么不满意", set[str]()),
        ("太贵了！！", {"too_expensive"}),
        ("<script>alert('too expensive')</script>", {"too_expensive"}),
        ("=HYPERLINK(\"x\",\"too expensive\")", {"too_expensive"}),
        ("🙂🙂 太贵", {"too_expensive"}),
        ("x" * 4000 + " too expensive", {"too_expensive"}),
        ("too expensive " * 400, {"too_expensive"}),
    ],
)  # fmt: skip
def test_what_words_tell(make: Make, comment: str, reasons: set[str]) -> None:
    assert coded(make, [comment]) == [reasons]


def test_an_own_dictionary_decides_the_longest_phrase(make: Make, tmp_path: Path) -> None:
    made = make(
        {
            "exits.csv": sheet(
                "customer_id,churned_at,comment",
                [["A", "2024-01-05", "Delivery of the crate took ages, crates broken"]],
            )
        }
    )
    own = Taxonomy(
        (Reason("g", "", "Group", "sales", ""), Reason("a", "g", "A", "", ""), Reason("b", "g", "B", "", "")),
        (),
        (("crate", "a"), ("crate*", "b"), ("Delivery … ages", "a"), ("of the crate", "b")),
        (),
    )
    library, id = published(made, tmp_path)
    saved.save(library, id, own, "own")
    rows = rows_of(
        library.path(id, 2),
        "select reason, words from main.reason_codings where taxonomy = 2 and given = 'words' order by reason",
    )
    assert rows == [("a", ["delivery of the crate took ages"]), ("b", ["crates"])]


def agreement(name: str, make: Make) -> tuple[float, int]:
    """Cohen's kappa of the dictionary with a person who coded a hundred comments without seeing it, and how many agree."""
    with (COMMENTS / f"{name}.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    groups = {each.key: each.parent or each.key for each in usual().reasons}
    found = coded(make, [row["comment"] for row in rows])
    pairs = []
    for row, told in zip(rows, found, strict=True):
        by_hand = [groups[key] for key in row["reasons"].split(";") if key] or [""]
        by_words = {groups[key] for key in told} or {""}
        pairs.append((by_hand[0], by_hand[0] if by_hand[0] in by_words else min(by_words)))
    n = len(pairs)
    agreed = sum(one == other for one, other in pairs)
    chance = sum(
        sum(one == each for one, _other in pairs) * sum(other == each for _one, other in pairs)
        for each in {*(one for one, _other in pairs)}
    ) / (n * n)
    return (agreed / n - chance) / (1 - chance), agreed


@pytest.mark.parametrize("name", ["en_seen", "zh_seen", "en_held", "zh_held"])
def test_the_dictionary_agrees_with_a_person(make: Make, name: str) -> None:
    kappa, _agreed = agreement(name, make)
    assert kappa > (0.8 if name.endswith("seen") else 0.5)


def test_agreement_of_codes_and_words_is_cohens_kappa(make: Make) -> None:
    rows = (
        [["price", "too expensive"]] * 6
        + [["price", "support never replied"]] * 2
        + [["service", "rude"]] * 3
        + [["service", "overpriced"]]
    )
    made = make(
        {
            "exits.csv": sheet(
                "customer_id,churned_at,reason,comment", [[f"c{i}", "2024-01-05", *row] for i, row in enumerate(rows)]
            )
        }
    )
    found = ask(made, "reason_agreement")
    assert [row[:4] for row in found] == [
        ("price", "price", 6, 12),
        ("price", "service", 2, 12),
        ("service", "price", 1, 12),
        ("service", "service", 3, 12),
    ]
    by_chance = (8 / 12) * (7 / 12) + (4 / 12) * (5 / 12)
    assert found[0][4:] == (0.75, pytest.approx((0.75 - by_chance) / (1 - by_chance)))


def test_five_thousand_texts_as_reasons(make: Make) -> None:
    rows = [[f"c{i}", "2024-01-05", f"reason number {i}"] for i in range(5000)]
    made = make({"exits.csv": sheet("customer_id,churned_at,reason", rows)})
    assert columns(made, "churn_reasons", "reason", "customers") == [("unassigned", 5000)]
    found = columns(made, "stated_reasons", "code", "texts", most=3)
    assert len(found) == 3 and found[0][1] == 5000


def test_a_column_that_collected_nothing(make: Make) -> None:
    rows = [[f"c{i}", "2024-01-05", "other", "thanks"] for i in range(5)]
    made = make({"exits.csv": sheet("customer_id,churned_at,reason,comment", rows)})
    (row,) = columns(
        made,
        "comment_sources",
        "statements",
        "with_comment",
        "first_comment",
        "last_comment",
        "first_reason",
        "last_reason",
    )
    assert row == (5, 5, "thanks", "thanks", "other", "other")


# The list of reasons


def test_the_usual_list_is_whole() -> None:
    held = usual()
    groups = [each for each in held.reasons if not each.parent]
    assert [each.key for each in groups] == [
        "price",
        "service",
        "product",
        "competition",
        "experience",
        "payment",
        "no_longer_needed",
        "other",
    ]
    assert {each.department for each in groups} == set(lists.DEPARTMENTS)
    assert {kind for _word, kind in held.kinds} == set(lists.KINDS)
    stripe = {
        "customer_service",
        "low_quality",
        "missing_features",
        "other",
        "switched_service",
        "too_complex",
        "too_expensive",
        "unused",
    }
    codes = dict(held.codes)
    assert {codes[normal(code)] for code in stripe} == {
        "service",
        "quality",
        "missing_features",
        "other",
        "switched",
        "hard_to_use",
        "too_expensive",
        "hardly_used",
    }
    assert (
        dict(held.kinds)[normal("payment_disputed")] == "involuntary" and codes[normal("cancellation_requested")] == ""
    )


@pytest.fixture
def kept(twelve: Path, tmp_path: Path) -> tuple[Library, str]:
    return published(twelve, tmp_path)


def test_renaming_and_splitting_a_reason_leaves_what_older_versions_count(
    kept: tuple[Library, str], twelve: Path
) -> None:
    library, id = kept
    before, detailed = ask(twelve, "churn_reasons"), ask(twelve, "churn_reasons", level="reason")
    held = lists.of_dataset(library.facts(id, 1), 1)
    changed = Taxonomy(
        (
            *(
                Reason(r.key, r.parent, "Costs" if r.key == "price" else r.name, r.department, r.kind)
                for r in held.reasons
            ),
            Reason("own_1", "service", "No answer at all", "", ""),
        ),
        (*held.codes, ("weird", "own_1")),
        tuple(
            ("never replied" if phrase == "never replied" else phrase, "own_1" if phrase == "never replied" else reason)
            for phrase, reason in held.phrases
        ),
        held.kinds,
    )
    saved.save(library, id, changed, "split")
    path = library.path(id, 2)
    assert [each.number for each in lists.versions(library.facts(id, 2))] == [2, 1]
    assert ask(path, "churn_reasons", taxonomy=1) == before
    assert ask(path, "churn_reasons", taxonomy=1, level="reason") == detailed
    newest = counted(path, level="reason")
    assert ("voluntary", "own_1", 2, 140.0) in newest and not any(
        reason in ("unassigned", "slow_answers") for _kind, reason, *_more in newest
    )
    assert newest == counted(path, level="reason", taxonomy=2)
    assert lists.named(lists.of_dataset(library.facts(id, 2), 2))["price"] == "Costs"
    assert lists.named(lists.of_dataset(library.facts(id, 2), 1))["price"] == "Price"


def test_every_version_stays_when_files_are_added(tmp_path: Path) -> None:
    library = Library(tmp_path / "library")
    file = sheet("customer_id,churned_at,reason", [["A", "2024-01-05", "odd"], ["B", "2024-01-06", "price"]])
    listed = make_anew.begin(library, [uploaded(tmp_path, "exits.csv", file)], Settings("mine"), quiet)
    held = lists.of_dataset(library.facts(listed.id, 1), 1)
    own = Taxonomy(held.reasons, (*held.codes, ("odd", "switched")), held.phrases, held.kinds)
    listed = saved.save(library, listed.id, own, "odd means switched")
    more = sheet("customer_id,churned_at,reason", [["C", "2024-02-05", "odd"]])
    listed = grown(library, listed, uploaded(tmp_path, "more.csv", more))
    facts = library.facts(listed.id, listed.generation)
    assert [(each.number, each.note) for each in lists.versions(facts)] == [
        (2, "odd means switched"),
        (1, "The usual list of reasons"),
    ]
    assert set(columns(facts.path, "churn_reasons", "reason", "customers")) == {("competition", 2), ("price", 1)}
    old = set(columns(facts.path, "churn_reasons", "reason", "customers", taxonomy=1))
    assert old == {("unassigned", 2), ("price", 1)}
    assert facts.tables["reason_versions"].rows == 2


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda held: held, "Nothing was changed"),
        (lambda held: Taxonomy((*held.reasons, Reason("own_1", "", "", "", "")), held.codes, held.phrases, held.kinds), "a name of 1 to 60"),
        (lambda held: Taxonomy((*held.reasons, Reason("own_1", "", "Price", "", "")), held.codes, held.phrases, held.kinds), "stands twice"),
        (lambda held: Taxonomy((*held.reasons, Reason("own_1", "gone", "X", "", "")), held.codes, held.phrases, held.kinds), "a group that is not there"),
        (lambda held: Taxonomy(held.reasons, held.codes, (*held.phrases, ("*", "price")), held.kinds), "cannot be looked for"),
        (lambda held: Taxonomy(held.reasons, held.codes, (*held.phrases, ("a … b … c", "price")), held.kinds), "cannot be looked for"),
        (lambda held: Taxonomy(held.reasons, held.codes, tuple((f"p{i}", "price") for i in range(10_001)), held.kinds), "up to 200 reasons"),
    ],
)  # fmt: skip
def test_a_list_that_cannot_be_is_refused_and_leaves_everything(
    kept: tuple[Library, str], change: Any, why: str
) -> None:
    library, id = kept
    with pytest.raises(Refused, match=why):
        saved.save(library, id, change(lists.of_dataset(library.facts(id, 1), 1)), "x")
    assert library.find(id).generation == 1


def test_without_statements_there_is_no_list_to_change(make: Make, tmp_path: Path) -> None:
    made = make({"subscriptions.csv": CONTRACTS})
    library, id = published(made, tmp_path)
    with pytest.raises(Refused, match="no reasons or comments"):
        saved.save(library, id, usual(), "x")
    assert lists.versions(facts_of(made)) == []


def test_patterns_of_the_dictionary_do_not_explode(make: Make) -> None:
    took = []
    for n in (1000, 2000, 4000):
        comments = ["not " * (n // 4), "a" * n, "不" * n, ("charged " * n)[:n], ", " * (n // 2)]
        started = time.process_time()
        coded(make, comments)
        took.append(time.process_time() - started)
    assert took[2] < 10 * max(took[0], 0.3)


def test_a_bill_tells_who_ended_it_apart_from_why(make: Make) -> None:
    header = "Customer ID,Status,Start Date (UTC),Ended At (UTC),Cancellation Reason,Cancellation Feedback,Canceled At (UTC),Current Period End (UTC),Current Period Start (UTC),Trial End (UTC),Trial Start (UTC),Created (UTC),Cancel At Period End,Amount,Interval"
    rows = [
        [f"cus_{n}", "canceled", "2024-01-05 10:00", "2024-03-05 10:00", who, why, "", "", "", "", "", "2024-01-05 10:00", "", 20, "month"]
        for n, (who, why) in enumerate([("cancellation_requested", "too_expensive"), ("payment_failed", ""), ("cancellation_requested", ""), ("payment_disputed", "unused")])
    ]  # fmt: skip
    made = make({"subscriptions.csv": sheet(header, rows)}, watermark=day("2024-05-31"))
    assert counted(made, level="reason") == {
        ("voluntary", "too_expensive", 1, 20.0),
        ("involuntary", "payment_failed", 1, 20.0),
        ("voluntary", "", 1, 20.0),
        ("involuntary", "hardly_used", 1, 20.0),
    }
    (row,) = columns(made, "churn_reason_coverage", "with_reason", "voluntary", "involuntary")
    assert row == (3, 2, 2)


def test_who_ended_it_may_stand_as_the_reason(make: Make) -> None:
    rows = [
        ["A", "2024-01-05", "cancellation_requested"],
        ["B", "2024-01-05", "Payment Failed"],
        ["C", "2024-01-05", "price"],
    ]
    made = make({"exits.csv": sheet("customer_id,churned_at,reason", rows)})
    assert {row[:2] for row in counted(made, level="reason")} == {
        ("voluntary", ""),
        ("involuntary", "payment_failed"),
        ("voluntary", "price"),
    }


# Edges


def test_a_reason_of_one_contract_is_not_that_of_the_next_loss(make: Make) -> None:
    again = sheet(
        "customer_id,started_at,ended_at,mrr,reason",
        [["A", "2023-01-01", "2024-01-31", 10, "price"], ["A", "2024-02-20", "2024-04-15", 20, ""]],
    )
    made = make({"subscriptions.csv": again}, watermark=day("2024-12-31"))
    assert columns(made, "churn_reasons", "period", "reason", grain="month") == [
        (dt.date(2024, 1, 1), "price"),
        (dt.date(2024, 4, 1), ""),
    ]
    changed = again.replace("2024-02-20", "2024-01-31")
    made = make({"subscriptions.csv": changed}, watermark=day("2024-12-31"))
    assert columns(made, "churn_reasons", "reason") == [("",)], "a change of the plan is no loss"
    assert columns(made, "churn_reason_coverage", "outside") == [(0,)]


def test_what_is_asked_changes_reasons_and_nothing_else(make: Make) -> None:
    rows = [
        ["A", "2024-01-05", "price", "so long", "customer"],
        ["B", "2024-01-05", "", "bye", "fraud"],
        ["C", "2024-01-05", "weird", "too expensive", ""],
        ["D", "2024-01-05", "", "", "admin"],
    ]
    made = make({"exits.csv": sheet("customer_id,churned_at,reason,comment,cancelled_by", rows)})
    for source in ("both", "codes", "words"):
        asked = columns(made, "churn_reason_coverage", "churned_customers", "with_comment", "ours", source=source)
        assert asked == [(4, 3, 2)], source
    assert counted(made, source="codes") == {
        ("voluntary", "price", 1, None),
        ("ours", "other", 1, None),
        ("", "unassigned", 1, None),
        ("ours", "", 1, None),
    }
    assert {row[:3] for row in counted(made, source="words")} == {
        ("voluntary", "price", 1),
        ("voluntary", "", 1),
        ("ours", "", 2),
    }


def test_who_ended_it_counts_from_whichever_file_says_so(make: Make) -> None:
    made = make(
        {
            "subscriptions.csv": "customer_id,started_at,ended_at,mrr,cancelled_by\nA,2023-01-01,2024-01-31,10,admin\n"
            "B,2023-01-01,2024-01-31,10,payment_failed\n",
            "exits.csv": "customer_id,churned_at,reason\nA,2024-01-31,price\nB,2024-01-29,price\n",
        },
        watermark=day("2024-12-31"),
    )
    assert {row[:3] for row in counted(made)} == {("ours", "price", 1), ("involuntary", "price", 1)}


def test_unassigned_customers_are_counted_once_and_not_for_want_of_an_owner(make: Make, tmp_path: Path) -> None:
    rows = [["A", "2024-01-05", "weird", ""], ["A", "2024-01-05", "odd", "customer"], ["B", "2024-01-05", "own", ""]]
    made = make({"exits.csv": sheet("customer_id,churned_at,reason,cancelled_by", rows)})
    assert columns(made, "churn_reason_coverage", "unassigned") == [(2,)]
    library, id = published(made, tmp_path)
    held = lists.of_dataset(library.facts(id, 1), 1)
    own = Taxonomy(
        (*held.reasons, Reason("own_1", "", "Own", "", "")), (*held.codes, ("own", "own_1")), held.phrases, held.kinds
    )
    saved.save(library, id, own, "own")
    path = library.path(id, 2)
    assert columns(path, "churn_reason_coverage", "unassigned", level="department") == [(1,)]
    assert {row[0] for row in columns(path, "reason_departments", "department")} == {"nobody", "unassigned"}


def test_money_paid_back_is_no_loss_below_nothing(make: Make) -> None:
    orders = "customer_id,ordered_at,amount\nA,2024-01-05,100\nA,2024-01-06,-150\nB,2024-01-05,30\nZ,2024-12-30,1\n"
    made = make({"orders.csv": orders, "exits.csv": "customer_id,churned_at,reason\nA,2024-01-10,price\n"})
    (row,) = columns(made, "churn_reason_coverage", "lost_revenue", "coverage_of_revenue")
    assert row == (30.0, 0.0)
    assert columns(made, "churn_reasons", "reason", "share_of_revenue") == [("price", 0.0), ("", 1.0)]


@pytest.mark.parametrize(
    "text", ["too\u00a0expensive", "too\u3000expensive", " Too__Expensive ", "too-expensive", "TOO\texpensive"]
)
def test_a_code_is_looked_up_whatever_stands_between_its_words(make: Make, text: str) -> None:
    made = make({"exits.csv": sheet("customer_id,churned_at,reason", [["A", "2024-01-05", text]])})
    assert columns(made, "churn_reasons", "reason", level="reason") == [("too_expensive",)]
    assert normal(text) == "too expensive"


@pytest.mark.parametrize("comment", ["can’t afford it", "costs  too\u00a0much", "don’t see the value"])
def test_apostrophes_and_blanks_of_phones_are_read(make: Make, comment: str) -> None:
    (told,) = coded(make, [comment])
    assert told and told <= {"too_expensive", "poor_value"}


def test_a_phrase_that_is_hidden_hides_no_other(make: Make, tmp_path: Path) -> None:
    made = make(
        {"exits.csv": sheet("customer_id,churned_at,comment", [["A", "2024-01-05", "alpha beta gamma delta eps"]])}
    )
    own = Taxonomy(
        tuple(Reason(f"g{n}", "", f"G{n}", "", "") for n in range(3)),
        (),
        (("alpha beta gamma", "g0"), ("gamma delta", "g1"), ("delta eps", "g2")),
        (),
    )
    library, id = published(made, tmp_path)
    saved.save(library, id, own, "own")
    found = rows_of(
        library.path(id, 2),
        "select reason from main.reason_codings where taxonomy = 2 and given = 'words' order by reason",
    )
    assert found == [("g0",), ("g2",)]


def test_equally_sure_differences_are_all_told(make: Make) -> None:
    made = make(leavers({"x": {"price": 21, "service": 79}, "y": {"price": 10, "service": 90}}))
    rows = columns(made, "reason_segments", "p_value", "q_value", breakdown="city")
    assert {round(p, 4) for p, _q in rows} == {round(q, 4) for _p, q in rows} == {0.0316}
    assert len(columns(made, "reason_leads", "segment")) == 4


def test_each_customer_counts_once_whatever_the_period_of_other_cells(make: Make) -> None:
    contracts = "customer_id,started_at,ended_at,mrr\nA,2023-01-01,2023-06-30,10\nA,2023-10-01,2024-01-31,20\n"
    made = make({"subscriptions.csv": contracts}, watermark=day("2024-06-30"))
    for query in ("churn_reason_coverage", "reason_departments", "reason_tenure"):
        assert columns(made, query, "churned_customers") == [(1,)], query


def test_agreement_is_of_lost_customers_and_says_nothing_of_other(make: Make) -> None:
    contracts = "customer_id,started_at,ended_at,mrr\nA,2023-01-01,2024-01-31,10\nB,2023-01-01,,10\nC,2023-01-01,2024-01-31,10\n"
    exits = "customer_id,churned_at,reason,comment\nA,2024-01-31,price,too expensive\nB,2024-01-31,service,too expensive\nC,2024-01-31,other,too expensive\n"
    made = make({"subscriptions.csv": contracts, "exits.csv": exits}, watermark=day("2024-06-30"))
    assert [row[:4] for row in ask(made, "reason_agreement")] == [("price", "price", 1, 1)]
    assert ask(made, "reason_agreement", scope=Scope(report_from=day("2024-03-01"))) == []


def test_texts_told_by_their_parts_or_words_have_a_place(make: Make) -> None:
    rows = [[f"c{n}", "2024-01-05", reason] for n, reason in enumerate(["price, service", "too expensive.", "odd"])]
    made = make({"exits.csv": sheet("customer_id,churned_at,reason", rows)})
    assert set(columns(made, "stated_reasons", "code", "unassigned")) == {
        ("price, service", 0),
        ("too expensive.", 0),
        ("odd", 1),
    }


@pytest.mark.parametrize("phrase", ["x", "...", "… gone", "a … ", "*", "!!"])
def test_phrases_that_cannot_work_are_refused(phrase: str) -> None:
    with pytest.raises(Refused, match="cannot be looked for"):
        Taxonomy((Reason("g", "", "G", "", ""),), (), ((phrase, "g"),), ()).checked()


def test_a_version_that_is_not_there_is_refused(twelve: Path) -> None:
    query = queries.catalogue().find("churn_reasons")
    with pytest.raises(QueryError, match="has 1 versions"):
        check_names(facts_of(twelve), queries.catalogue().parameters(query), {"taxonomy": 99})
