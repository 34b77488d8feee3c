"""The churn page, its queries of conventions, change and renewals, and the page that changes the definition."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from churnbook.analyses.churn import charts, findings
from churnbook.analyses.definition import findings as definition_findings
from churnbook.catalogue import queries
from churnbook.catalogue.request import Scope
from churnbook.datasets.definition import Definition
from churnbook.datasets.facts import facts_of
from churnbook.datasets.library import Library
from churnbook.datasets.scope import prepare_scope
from churnbook.engine.duckdb import Session, open_cursor, writing
from churnbook.generations import definition, segments
from churnbook.generations.made_of import MadeOf, history, note_made_of
from churnbook.intake.loading.report import LeftOut, Settings
from churnbook.words.language import speak
from churnbook.words.message import Refused
from tests.analyses.built import contracts, day, hundred, in_february, orders
from tests.builders import Make, Open, add, ask, columns, texts

FEBRUARY = Scope(day("2024-02-01"), day("2024-02-29"))


def conventions(path: Path) -> dict[str, tuple[int, int]]:
    """What each convention counts and divides by in February."""
    rows = columns(path, "churn_conventions", "convention", "counted", "base", scope=FEBRUARY)
    return {name: (counted, base) for name, counted, base in rows}


# One churn, several conventions


def test_every_convention_on_the_hundred_customers(make: Make) -> None:
    made = make({"subscriptions.csv": hundred()}, watermark=day("2024-02-29"))
    assert conventions(made) == {
        "by_customer": (10, 100),
        "lost_of_start": (15, 100),
        "totals": (15, 100),
        "totals_of_stayers": (10, 100),
        "chartmogul": (15, 100),
        "baremetrics": (15, 100),
        "profitwell": (10, 100),
        "stripe": (15, 120),
    }


def test_customers_who_return_lower_the_rate_from_totals_only(make: Make) -> None:
    made = make({"subscriptions.csv": hundred(returning=4)}, watermark=day("2024-02-29"))
    found = conventions(made)
    assert found["totals"] == (11, 100)
    assert found["totals_of_stayers"] == (6, 100), "94 % retention"
    assert {name for name, counted in found.items() if counted[0] == 15} == {
        "lost_of_start",
        "chartmogul",
        "baremetrics",
        "stripe",
    }


def test_a_customer_lost_twice_counts_twice_as_stripe_does(make: Make) -> None:
    rows = contracts("A,2024-01-01,2024-02-03", "A,2024-02-05,2024-02-10", "A,2024-02-20,", "B,2024-01-01,")
    made = make({"subscriptions.csv": rows}, watermark=day("2024-02-29"))
    found = conventions(made)
    assert (found["by_customer"], found["baremetrics"], found["stripe"]) == ((0, 2), (1, 2), (2, 2))


def test_what_a_convention_counts_is_explained_to_the_last_customer(subscription: Path) -> None:
    for row in ask(subscription, "churn_conventions", in_period="2024-03-01"):
        _name, _period, counted, joined, back, again, returned, *_rest = row
        (opening_lost,) = {
            lost
            for period, lost in columns(subscription, "churn_rate", "period", "opening_lost")
            if period == day("2024-03-01")
        }
        assert counted == opening_lost + joined + back + again + returned


def test_the_lists_hold_the_customers_of_every_bar(company: Path) -> None:
    rows = columns(company, "churn_rate", "period", "new_customers", "returned_customers", "churned_customers", "joined_and_left")  # fmt: skip
    for period, new, returned, churned, joined in rows[3:9]:
        listed = {
            state: len(ask(company, "churn_customers", in_period=period, state=state))
            for state in ("new", "returned", "lost", "joined_and_left")
        }
        assert listed == {"new": new, "returned": returned, "lost": churned - joined, "joined_and_left": joined}


def test_a_list_says_since_when_and_when_lost(make: Make) -> None:
    rows = contracts("A,2023-11-01,2024-02-03", "B,2024-02-05,2024-02-10", "C,2024-01-01,2024-02-03", "C,2024-02-20,")
    made = make({"subscriptions.csv": rows}, watermark=day("2024-03-31"))
    names = ("customer_id", "began_on", "churned_on", "returned_on")

    def listed(state: str) -> list[tuple[Any, ...]]:
        return columns(made, "churn_customers", *names, in_period="2024-02-01", state=state)

    assert listed("lost") == [("A", day("2023-11-01"), day("2024-02-03"), None)]
    assert listed("joined_and_left") == [("B", day("2024-02-05"), day("2024-02-10"), None)]
    assert listed("left_and_returned") == [("C", day("2024-01-01"), day("2024-02-03"), day("2024-02-20"))]


@pytest.fixture(params=["shop", "subscription"])
def company(request: pytest.FixtureRequest) -> Path:
    path: Path = request.getfixturevalue(request.param)
    return path


# What changed


def test_mix_and_rate_by_hand(make: Make) -> None:
    # January: 8 of a of whom 2 leave, 2 of b of whom 1 leaves; February: 6 of a of whom 3 leave, 9 of b of whom none does
    lines = [f"a{i},2023-12-01,{'2024-01-10' if i < 2 else '2024-02-10' if i < 5 else ''}" for i in range(8)]
    lines += [f"b{i},2023-12-01,{'2024-01-10' if i < 1 else ''}" for i in range(2)]
    lines += [f"b{i},2024-01-20," for i in range(2, 10)]
    kinds = "customer_id,kind\n" + "".join(f"{line.split(',')[0]},{line[0]}\n" for line in lines)
    made = make({"subscriptions.csv": contracts(*lines), "customers.csv": kinds}, watermark=day("2024-02-29"))
    rows = columns(made, "churn_change", "segment", "opening_before", "opening_customers", "mix", "rate", "total_before", "total", breakdown="kind")  # fmt: skip
    # weights 0.8 and 0.2 become 0.4 and 0.6, rates 1/4 and 1/2 become 1/2 and 0
    expected = {"a": (8, 6, -0.4 * 0.375, 0.25 * 0.6), "b": (2, 9, 0.4 * 0.25, -0.5 * 0.4)}
    for segment, before, now, mix, rate, old, new in rows:
        assert (before, now, mix, rate) == pytest.approx(expected[segment])
        assert (old, new) == pytest.approx((0.3, 0.2))
    assert sum(row[3] + row[4] for row in rows) == pytest.approx(-0.1)


@pytest.mark.parametrize("against", ["period_before", "year_before"])
def test_mix_and_rate_add_up_to_the_change(company: Path, against: str) -> None:
    for attribute in facts_of(company).attributes:
        rows = ask(company, "churn_change", breakdown=attribute, against=against)
        names = [column for column in ("total_before", "total", "mix", "rate")]
        values = columns(company, "churn_change", *names, breakdown=attribute, against=against)
        assert len(rows) > 1
        assert sum(mix + rate for *_totals, mix, rate in values) == pytest.approx(values[0][1] - values[0][0])


def test_what_is_compared_lies_outside_the_days_chosen(subscription: Path) -> None:
    names = ("opening_before", "mix", "rate", "total_before")
    scope = Scope(report_from=day("2024-12-01"))
    assert columns(subscription, "churn_change", *names, scope=scope) == columns(subscription, "churn_change", *names)
    watched = ("period", "previous", "last_year", "centre")
    last = columns(subscription, "monitor", *watched, scope=scope, figure="churn_rate")[-1]
    assert last == columns(subscription, "monitor", *watched, figure="churn_rate")[-1]
    assert last[1] is not None


# Renewals


def test_renewals_due_by_hand(make: Make) -> None:
    rows = (
        "customer_id,started_at,ended_at,interval\n"
        "Y,2023-02-10,,year\n"  # due on 10 February 2024, renewed
        "L,2023-02-20,2024-02-20,year\n"  # due and lost
        "M,2024-01-15,,month\n"  # due on 15 February and 15 March
        "P,2023-08-01,2024-02-01,half-year\nP,2024-02-01,,year\n"  # due on 1 February, renewed on another plan
        "Q,2023-12-31,2024-02-29,quarter\n"  # leaves before a quarter is over
    )
    made = make({"subscriptions.csv": rows}, watermark=day("2024-03-31"))
    found = {row[0]: row[1:] for row in columns(made, "renewal_rate", "period", "due_customers", "lost_customers")}
    assert found == {day("2024-02-01"): (5, 2), day("2024-03-01"): (1, 0)}
    assert in_february(made, "renewal_rate", "renewal_rate") == (0.6,)


@pytest.mark.parametrize("churn", ["churned_by_inactivity:days=30", "churned_by_subscription"])
def test_renewals_are_told_by_contracts_whatever_the_definition(make: Make, churn: str) -> None:
    rows = "customer_id,started_at,ended_at,interval\nL,2023-01-01,2024-01-01,year\nS,2023-01-01,,year\n"
    made = make({"subscriptions.csv": rows}, watermark=day("2024-03-31"), churn=churn)
    assert columns(made, "renewal_rate", "period", "due_customers", "lost_customers") == [(day("2024-01-01"), 2, 1)]


# Files without dates


def test_the_share_lost_needs_no_dates(make: Make) -> None:
    flat = "customer_id,is_churned,kind\n" + "".join(
        f"C{i},{'yes' if i < 3 else 'no'},{'ab'[i % 2]}\n" for i in range(10)
    )
    made = make({"customers.csv": flat})
    ((_segment, customers, lost, share, low, high),) = ask(made, "churned_share")
    assert (customers, lost, share) == (10, 3, 0.3)
    assert (low, high) == pytest.approx((0.1078, 0.6032), abs=1e-4)
    assert {row[0]: row[1:3] for row in ask(made, "churned_share", breakdown="kind")} == {"a": (5, 2), "b": (5, 1)}


# The workbench


def test_the_workbench_by_hand(make: Make) -> None:
    # gaps that ended: A 10 and 50 days, B 20; open: A 40 days, B 80
    rows = orders("A,2024-01-01", "A,2024-01-11", "A,2024-03-01", "B,2024-01-01", "B,2024-01-21", "C,2024-04-10")
    made = make({"o.csv": rows}, {"o.csv": "orders"})
    found = {
        row[0]: row[1:]
        for row in columns(
            made, "inactivity_workbench", "days", "lost", "returned", "lost_now", "suggested_days", days=49
        )
    }
    assert found[14] == (4, 2, 2, 50)
    assert found[49] == (2, 1, 1, 50)
    assert found[75] == (1, 0, 1, 50)
    assert max(found) == 75, "more days than the longest gap lose nobody"


def test_the_workbench_counts_as_the_definition_does(shop: Path) -> None:
    lost = dict(columns(shop, "inactivity_workbench", "days", "lost"))
    for days in (30, 90, 150):
        assert lost[days] == len(ask(shop, "churned_by_inactivity", days=days))


def test_the_gap_workbench_counts_as_the_definition_does(subscription: Path) -> None:
    for gap, lost in columns(subscription, "contract_workbench", "gap_days", "lost"):
        assert lost == len(ask(subscription, "churned_by_subscription", gap_days=gap))


def test_ends_that_name_the_last_day_paid_for_are_noticed(make: Make) -> None:
    rows = contracts("A,2024-01-01,2024-01-31", "A,2024-02-01,2024-02-29", "A,2024-03-01,", "B,2024-01-01,2024-02-15")
    made = make({"s.csv": rows}, {"s.csv": "subscriptions"}, watermark=day("2024-03-31"))
    with open_cursor(made) as cursor:
        prepare_scope(cursor, facts_of(made), Scope())
        tried = Session(cursor).run(queries.catalogue().find("contract_workbench"), {}).table.to_pandas()
    assert "2 gaps are one day long" in definition_findings.gap_finding(tried, 0)
    assert "one day long" not in definition_findings.gap_finding(tried, 1)


def test_records_that_contradict_activity_are_listed(make: Make) -> None:
    files = {
        "customers.csv": "customer_id,churned_at,is_churned\nA,2024-01-10,yes\nB,,no\nC,2024-03-30,yes\nD,,yes\n",
        "orders.csv": orders("A,2024-02-01", "B,2024-01-01", "C,2024-03-01", "D,2024-03-31"),
    }
    made = make(files)
    assert columns(made, "recorded_contradictions", "customer_id", "days_after", days=60) == [("A", 22), ("D", 0)]
    silent = columns(made, "recorded_contradictions", "customer_id", "days_after", days=60, state="silent_unmarked")
    assert silent == [("B", 90)]


# Changing the definition


@pytest.fixture
def dataset_id(library: Library) -> str:
    rows = [f"C{i},2024-0{month}-0{1 + i % 8}" for i in range(40) for month in range(1, 7) if (i + month) % 4]
    return add(library, {"orders.csv": orders(*rows)})


def test_another_definition_is_a_new_generation_that_says_what_moved(library: Library, dataset_id: str) -> None:
    before = library.find(dataset_id)
    old = library.facts(dataset_id, before.generation)
    assert old.churn == Definition.of("churned_by_inactivity:days=90")
    listed = definition.save(library, dataset_id, Definition.of("churned_by_inactivity:days=40"), LeftOut(ids=("C1",)))
    new = library.facts(dataset_id, listed.generation)
    assert listed.generation == before.generation + 1
    assert (new.churn, new.left_out) == (Definition.of("churned_by_inactivity:days=40"), 1)
    assert definition.left_out(new) == LeftOut(ids=("C1",))
    moved = definition.moved(old, new)
    assert moved is not None and moved.churned_customers[0] == 0 < moved.churned_customers[1]
    (change, *_others) = history(new)
    assert change.what.fields["definition"] == "churned_by_inactivity@1:days=40", "as it is cited"
    assert change.words == "Changed the churn definition. Lost after 40 days without activity; accounts left out: 1."
    assert library.go_back(dataset_id).generation == before.generation


@pytest.mark.parametrize("days", [1, 40, 200])
@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_the_history_tells_the_definition_in_words(
    opened: Open, library: Library, dataset_id: str, language: str, days: int
) -> None:
    with writing(library.path(dataset_id, library.find(dataset_id).generation)) as connection:
        note_made_of(connection, MadeOf((), Settings("mine")))
    definition.save(library, dataset_id, Definition.of(f"churned_by_inactivity:days={days}"), LeftOut(ids=("C1",)))
    said = texts(opened("your_data", dataset=dataset_id, lang=language))
    assert "churned_by_inactivity" not in said and "days=" not in said
    counted = f"{days} day" if days == 1 else f"{days} days"
    assert {
        "en": f"Changed the churn definition. Lost after {counted} without activity; accounts left out: 1.",
        "zh_CN": f"修改了流失口径：连续{days}天没有活跃即为流失；排除账户1个。",
    }[language] in said


@pytest.mark.parametrize(
    ("text", "english", "chinese"),
    [
        ("churned_by_inactivity:days=90", "Lost after 90 days without activity", "连续90天没有活跃即为流失"),
        ("churned_by_subscription", "Lost when the subscription has ended", "订阅结束即流失"),
        (
            "churned_by_subscription:gap_days=7",
            "Lost when the subscription has ended and none starts within 7 days",
            "订阅结束且7天内没有新订阅即为流失",
        ),
        ("churned_as_recorded", "Lost where the files say so", "以文件中的流失记录为准"),
    ],
)
def test_a_definition_is_a_sentence_in_both_languages(text: str, english: str, chinese: str) -> None:
    assert Definition.of(text).words == english
    speak("zh_CN")
    try:
        assert Definition.of(text).words == chinese
    finally:
        speak("en")


def test_a_segment_that_is_left_out_stays(library: Library, dataset_id: str) -> None:
    segments.save(library, dataset_id, "staff", ["C1", "C2"])
    by_silence = Definition.of("churned_by_inactivity:days=90")
    listed = definition.save(library, dataset_id, by_silence, LeftOut((("staff", "staff"),)))
    assert library.facts(dataset_id, listed.generation).left_out == 2
    with pytest.raises(Refused, match="leaves out customers by “staff”"):
        segments.remove(library, dataset_id, "staff")


def test_a_definition_that_changes_nothing_or_cannot_be_is_refused(library: Library, dataset_id: str) -> None:
    generation = library.find(dataset_id).generation
    with pytest.raises(Refused, match="in use already"):
        definition.save(library, dataset_id, Definition.of("churned_by_inactivity:days=90"), LeftOut())
    with pytest.raises(Refused, match="needs a file of subscriptions"):
        definition.save(library, dataset_id, Definition.of("churned_by_subscription"), LeftOut())
    with pytest.raises(Refused, match="every customer"):
        everybody = LeftOut(ids=tuple(f"C{i}" for i in range(40)))
        definition.save(library, dataset_id, Definition.of("churned_by_inactivity:days=90"), everybody)
    assert library.find(dataset_id).generation == generation


def press(app: AppTest, label: str) -> None:
    next(button for button in app.button if button.label == label).click()
    app.run()


def test_the_page_changes_the_definition(opened: Open, library: Library, dataset_id: str) -> None:
    app = opened("definition", dataset=dataset_id)
    assert "Lost after 90 days without activity (in use since " in texts(app)
    press(app, "App")
    assert "With 30 days churn is" in texts(app)
    press(app, "Save the definition")
    assert not app.exception and not app.error
    said = texts(app)
    assert "The definition is saved." in said and "the churn rate goes from" in said
    assert library.facts(dataset_id, library.find(dataset_id).generation).churn == Definition.of("churned_by_inactivity:days=30")  # fmt: skip


def test_ids_that_are_nobodys_are_told(opened: Open, dataset_id: str) -> None:
    app = opened("definition", dataset=dataset_id)
    app.text_area[0].set_value("C1\nnobody").run()
    assert "1 id is no customer’s: nobody" in texts(app)


def test_the_churn_page_lists_customers_of_a_bar(opened: Open) -> None:
    app = opened("churn", rate__in_period="2024-03-01", rate__state="lost")
    assert not app.exception and not app.error
    assert "160 customers lost in 2024-03" in texts(app)
    zh = opened("churn", lang="zh_CN", rate__in_period="2024-03-01", rate__state="lost")
    assert "2024-03流失的160位客户" in texts(zh)


def test_an_older_version_shows_its_rows_and_ends_the_page(opened: Open) -> None:
    app = opened("churn", rate__version="1")
    assert not app.exception
    assert "Version 1 of churn_rate is shown" in texts(app)


def test_a_flat_file_shows_the_share_lost(opened: Open, library: Library) -> None:
    flat = "customerID,tenure,Contract,Churn\n" + "".join(
        f"C{i},{i},month,{'Yes' if i < 12 else 'No'}\n" for i in range(40)
    )
    app = opened("churn", dataset=add(library, {"telecom.csv": flat}))
    assert "12 of 40 customers are lost: 30.0%" in texts(app)
    assert "have no dates" in texts(app)


def test_a_watermark_of_today_is_no_matter(make: Make) -> None:
    made = make({"s.csv": contracts("A,2024-01-01,2024-02-01")}, {"s.csv": "subscriptions"})
    assert facts_of(made).watermark == dt.date(2024, 2, 1)
    assert columns(made, "churn_rate", "period", "churned_customers", "complete") == [
        (day("2024-01-01"), 0, True),
        (day("2024-02-01"), 1, False),
    ]


@pytest.mark.parametrize("breakdown", [None, "plan"])
def test_charts_hold_no_nan_that_a_browser_cannot_read(subscription: Path, breakdown: str | None) -> None:
    def frame(query: str) -> pd.DataFrame:
        with open_cursor(subscription) as cursor:
            prepare_scope(cursor, facts_of(subscription), Scope())
            found = Session(cursor).run(queries.catalogue().find(query), {"breakdown": breakdown})
        return found.table.to_pandas()

    rates = frame("churn_rate")
    order = ["Team", "Starter", "Business"] if breakdown else []
    drawn = [
        charts.balance(rates, "month"),
        charts.rate(rates, "month", order),
        charts.dots(findings.last_complete(rates), "x"),
        charts.change(frame("churn_change")),
        charts.shares(frame("churned_share")),
        charts.renewals(frame("renewal_rate"), "month", order),
    ]
    for chart in drawn:
        json.dumps(chart.to_dict(), allow_nan=False, default=str)


def test_accounts_are_left_out_by_two_attributes_at_once(opened: Open, library: Library) -> None:
    customers = "customer_id,kind,city\n" + "".join(f"C{i},{'ab'[i % 2]},{'xyz'[i % 3]}\n" for i in range(12))
    files: dict[str, str | bytes] = {
        "customers.csv": customers,
        "orders.csv": orders(*(f"C{i},2024-0{1 + i % 3}-05" for i in range(12))),
    }
    id = add(library, files)
    app = opened("definition", dataset=id)
    for attribute, value in (("kind", "a"), ("city", "x")):
        next(each for each in app.selectbox if each.label == "By attribute").set_value(attribute).run()
        chosen = next(each for each in app.multiselect if each.label == "Leave out customers with")
        chosen.set_value([*chosen.value, (attribute, value)]).run()
    press(app, "Save the definition")
    assert not app.exception and not app.error
    facts = library.facts(id, library.find(id).generation)
    assert definition.left_out(facts) == LeftOut((("city", "x"), ("kind", "a")))
    assert facts.left_out == 8
