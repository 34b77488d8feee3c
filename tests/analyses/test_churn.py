"""Churn, by hand: the definitions, the balance of a period, the two textbook formulas, and identities on the samples."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from churnbook.catalogue import queries
from churnbook.catalogue.query import QueryError
from churnbook.catalogue.request import Scope
from churnbook.datasets.definition import Definition
from churnbook.datasets.facts import facts_of
from churnbook.datasets.scope import prepare_scope
from churnbook.engine.duckdb import open_cursor
from churnbook.intake.loading.report import LeftOut
from churnbook.words.message import Refused
from tests.analyses.built import contracts, day, hundred, in_february, orders
from tests.builders import Make, columns

FEBRUARY = dt.date(2024, 2, 1)
BALANCE = ("opening_customers", "new_customers", "returned_customers", "churned_customers", "closing_customers")


def churns(path: Path) -> list[tuple[str, Any, Any]]:
    """Customer id, day lost, day returned of every churn of a dataset."""
    with open_cursor(path) as cursor:
        prepare_scope(cursor, facts_of(path), Scope())
        return cursor.execute(
            "select customer_id, churned_on, returned_on from churns inner join customers using (customer)"
            " order by customer_id, churned_on"
        ).fetchall()


# The fixture of 100 customers


def test_of_100_customers_10_leave_and_of_20_who_join_5(make: Make) -> None:
    made = make({"subscriptions.csv": hundred()}, watermark=day("2024-02-29"))
    assert in_february(made, "churn_rate", *BALANCE) == (100, 20, 0, 15, 105)
    assert in_february(made, "churn_rate", "opening_lost", "joined_and_left", "complete") == (10, 5, True)
    assert in_february(made, "churn_rate", "churn_rate", "retention_rate") == (0.1, 0.9)
    # from totals, those who joined and left count as lost
    assert in_february(made, "churn_rate", "retention_rate_by_counts") == (0.85,)
    assert in_february(made, "churn_rate@1", "churn_rate", "retention_rate") == pytest.approx((0.15, 0.85))


def test_four_who_return_can_lift_retention_from_totals(make: Make) -> None:
    made = make({"subscriptions.csv": hundred(returning=4)}, watermark=day("2024-02-29"))
    assert in_february(made, "churn_rate", *BALANCE) == (100, 20, 4, 15, 109)
    assert in_february(made, "churn_rate", "churn_rate") == (0.1,)
    assert in_february(made, "churn_rate@1", "retention_rate") == (0.89,)


def test_the_interval_is_wilsons_and_rates_compound(make: Make) -> None:
    made = make({"subscriptions.csv": hundred()}, watermark=day("2024-02-29"))
    low, high = in_february(made, "churn_rate", "ci_low", "ci_high")
    assert (low, high) == pytest.approx((0.05522914, 0.17436566))
    monthly, annual = in_february(made, "churn_rate", "monthly_churn_rate", "annual_churn_rate")
    assert monthly == pytest.approx(1 - 0.9 ** (365 / 12 / 29))
    assert annual == pytest.approx(1 - 0.9 ** (365 / 29))


def test_a_rate_of_nobody_is_null(make: Make) -> None:
    made = make({"subscriptions.csv": contracts("A,2024-02-05,")}, watermark=day("2024-02-29"))
    rows = columns(
        made, "churn_rate", "opening_customers", "churn_rate", "retention_rate", "ci_low", "annual_churn_rate"
    )
    assert rows == [(0, None, None, None, None)]


# Contracts


def test_a_customer_who_changes_plan_is_not_lost(make: Make) -> None:
    made = make({"s.csv": contracts("A,2024-01-01,2024-02-01", "A,2024-02-01,", "B,2024-01-01,2024-03-01", "B,2024-01-15,2024-02-01")}, {"s.csv": "subscriptions"}, watermark=day("2024-04-30"))  # fmt: skip
    assert churns(made) == [("B", day("2024-03-01"), None)]


def test_gaps_up_to_the_one_allowed_are_bridged(make: Make) -> None:
    rows = contracts("A,2024-01-01,2024-01-31", "A,2024-02-05,", "B,2024-01-01,2024-01-31", "B,2024-02-06,")
    strict = make({"s.csv": rows}, {"s.csv": "subscriptions"}, watermark=day("2024-03-31"))
    assert [lost for _id, lost, _back in churns(strict)] == [day("2024-01-31")] * 2
    allowed = make({"s.csv": rows}, {"s.csv": "subscriptions"}, watermark=day("2024-03-31"), churn="churned_by_subscription:gap_days=5")  # fmt: skip
    assert churns(allowed) == [("B", day("2024-01-31"), day("2024-02-06"))]


def test_until_the_gap_allowed_has_passed_nothing_is_settled(make: Make) -> None:
    rows = contracts("A,2024-01-01,2024-02-25", "B,2024-01-01,")
    made = make({"s.csv": rows}, {"s.csv": "subscriptions"}, watermark=day("2024-03-02"), churn="churned_by_subscription:gap_days=7")  # fmt: skip
    assert columns(made, "churn_rate", "period", "churned_customers", "complete") == [
        (day("2024-01-01"), 0, True),
        (FEBRUARY, 0, False),
        (day("2024-03-01"), 0, False),
    ]


def test_a_start_and_an_end_on_one_day_are_one_who_joined_and_left(make: Make) -> None:
    # B ends before it starts and is set aside
    rows = contracts("A,2024-02-05,2024-02-05", "B,2024-02-05,2024-02-01", "C,2024-01-01,")
    made = make({"s.csv": rows}, {"s.csv": "subscriptions"}, watermark=day("2024-02-29"))
    assert in_february(made, "churn_rate", *BALANCE, "joined_and_left") == (1, 1, 0, 1, 1, 1)
    assert facts_of(made).set_aside == 1


def test_who_leaves_and_returns_within_a_period_is_kept(make: Make) -> None:
    rows = contracts("A,2024-01-01,2024-02-05", "A,2024-02-20,", "B,2024-01-01,")
    made = make({"s.csv": rows}, {"s.csv": "subscriptions"}, watermark=day("2024-02-29"))
    assert in_february(made, "churn_rate", *BALANCE, "churn_rate") == (2, 0, 0, 0, 2, 0.0)
    assert (FEBRUARY, 1, 1) in columns(made, "churn_balance", "period", "left_and_returned", "losses")


def test_an_end_in_the_course_of_a_day_leaves_that_day_paid_for(make: Make) -> None:
    seamless = contracts("A,2024-01-01 00:00:00,2024-01-31 23:59:59", "A,2024-02-01 00:00:00,", "B,2024-01-01,")
    made = make({"s.csv": seamless}, {"s.csv": "subscriptions"}, watermark=day("2024-02-29"))
    assert churns(made) == []
    whole_days = contracts("A,2024-01-01,2024-01-31", "A,2024-02-01,", "B,2024-01-01,")
    made = make({"s.csv": whole_days}, {"s.csv": "subscriptions"}, watermark=day("2024-02-29"))
    assert churns(made) == [("A", day("2024-01-31"), day("2024-02-01"))]


# No contract


def test_lost_on_the_last_day_of_activity_and_so_many_days(make: Make) -> None:
    # A: 30 days between two orders are not too long, 31 are; B's last 30 days end on the last day of the data
    rows = orders("A,2024-01-01", "A,2024-01-31", "A,2024-03-02", "B,2024-03-01", "C,2024-03-02")
    made = make(
        {"o.csv": rows}, {"o.csv": "orders"}, watermark=day("2024-03-31"), churn="churned_by_inactivity:days=30"
    )
    assert churns(made) == [("A", day("2024-03-01"), day("2024-03-02")), ("B", day("2024-03-31"), None)]


def test_days_longer_than_the_data_lose_nobody(make: Make) -> None:
    made = make({"o.csv": orders("A,2024-01-01", "B,2024-03-01")}, {"o.csv": "orders"}, churn="churned_by_inactivity:days=400")  # fmt: skip
    assert churns(made) == []
    assert {rate for (rate,) in columns(made, "churn_rate", "churn_rate")} == {None, 0.0}


def test_everybody_can_be_lost(make: Make) -> None:
    made = make({"o.csv": orders("A,2024-01-01", "B,2024-01-02")}, {"o.csv": "orders"}, watermark=day("2024-03-31"), churn="churned_by_inactivity:days=31")  # fmt: skip
    assert columns(made, "churn_rate", "period", "opening_customers", "churned_customers") == [
        (day("2024-01-01"), 0, 0),
        (FEBRUARY, 2, 2),
        (day("2024-03-01"), 0, 0),
    ]


def reference(days: list[int], silence: int, last: int) -> list[tuple[int, int | None]]:
    """The churns of one customer active on these days, straight from the definition: a day is a churn when the
    last activity lies exactly `silence` days back."""
    found = []
    for today in range(min(days), last + 1):
        if max(each for each in days if each <= today) == today - silence:
            later = [each for each in days if each > today]
            found.append((today, min(later) if later else None))
    return found


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    logs=st.lists(st.lists(st.integers(0, 60), min_size=1, max_size=8), min_size=1, max_size=12),
    silence=st.integers(1, 40),
)
def test_the_definition_agrees_with_a_day_by_day_reference(make: Make, logs: list[list[int]], silence: int) -> None:
    first = day("2023-12-20")
    text = orders(*(f"C{i},{first + dt.timedelta(days=each)}" for i, log in enumerate(logs) for each in log))
    made = make({"o.csv": text}, {"o.csv": "orders"}, watermark=first + dt.timedelta(days=60), churn=f"churned_by_inactivity:days={silence}")  # fmt: skip
    at = lambda k: None if k is None else first + dt.timedelta(days=k)  # noqa: E731
    assert churns(made) == sorted(
        (f"C{i}", at(lost), at(back)) for i, log in enumerate(logs) for lost, back in reference(log, silence, 60)
    )


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    logs=st.lists(st.lists(st.integers(0, 60), min_size=1, max_size=12), min_size=1, max_size=12),
    silence=st.integers(1, 12),
    grain=st.sampled_from(["day", "week", "month", "year"]),
)
def test_counts_agree_with_the_first_and_last_move_of_each_customer(
    make: Make, logs: list[list[int]], silence: int, grain: str
) -> None:
    first = day("2023-12-20")
    text = orders(*(f"C{i},{first + dt.timedelta(days=each)}" for i, log in enumerate(logs) for each in log))
    made = make({"o.csv": text}, {"o.csv": "orders"}, watermark=first + dt.timedelta(days=60), churn=f"churned_by_inactivity:days={silence}")  # fmt: skip
    names = ("new_customers", "returned_customers", "opening_lost", "joined_and_left", "churned_customers",
             "left_and_returned", "lost_at_all", "losses")  # fmt: skip
    for period, *counts in columns(made, "churn_balance", "period", *names, grain=grain):
        moves = columns(made, "churn_steps", "first_move", "last_move", grain=grain, in_period=period)
        expected = [
            sum(first == 0 for first, _last in moves),
            sum(first > 0 and first % 2 == 0 for first, _last in moves),
            sum(first % 2 == 1 and last % 2 == 1 for first, last in moves),
            sum(first == 0 and last % 2 == 1 for first, last in moves),
            sum(last % 2 == 1 for _first, last in moves),
            sum(first % 2 == 1 and last % 2 == 0 for first, last in moves),
            sum(first % 2 == 1 or last > first for first, last in moves),
            sum((last + 1) // 2 - first // 2 for first, last in moves),
        ]
        assert counts == expected


# As recorded


def test_as_recorded_takes_the_list_and_exits(make: Make) -> None:
    files = {
        # A: only an exit, and orders after it; B: marked for good, though orders follow; C: marked as active again;
        # D: marked without a day; E: left twice
        "customers.csv": "customer_id,signed_up_at,churned_at,is_churned\nA,2024-01-01,,\nB,2024-01-01,2024-02-10,yes\n"
        "C,2024-01-01,2024-02-10,no\nD,2024-01-01,,yes\nE,2024-01-01,2024-03-20,yes\n",
        "exits.csv": "customer_id,churned_at,reason\nA,2024-02-05,price\nE,2024-02-01,price\nE,2024-03-22,price\n",
        "orders.csv": orders("A,2024-02-20", "B,2024-02-20", "C,2024-02-25", "E,2024-03-01", "F,2024-03-31"),
    }
    made = make(files, churn="churned_as_recorded")
    assert churns(made) == [
        ("A", day("2024-02-05"), day("2024-02-20")),
        ("B", day("2024-02-10"), None),
        ("C", day("2024-02-10"), day("2024-02-25")),
        ("D", None, None),
        ("E", day("2024-02-01"), day("2024-03-01")),
        ("E", day("2024-03-20"), None),
    ]


def test_after_the_day_the_list_names_nothing_counts(make: Make) -> None:
    files = {
        "customers.csv": "customer_id,churned_at,is_churned\nA,2024-02-01,yes\nB,2024-05-01,yes\n",
        "exits.csv": "customer_id,churned_at,reason\nA,2024-03-20,price\nB,2024-02-01,price\n",
        "orders.csv": orders("A,2024-03-01", "B,2024-03-01", "C,2024-04-10"),
    }
    made = make(files, churn="churned_as_recorded")
    # B is marked after the data end, which is not known yet
    assert churns(made) == [("A", day("2024-02-01"), None), ("B", day("2024-02-01"), day("2024-03-01"))]
    truncated = {**files, "exits.csv": "customer_id,churned_at,reason\nB,2024-02-01,price\n"}
    earlier = make(truncated, churn="churned_as_recorded", watermark=day("2024-03-10"))
    assert churns(earlier) == churns(made)


def test_a_list_where_nobody_has_churned_yet_may_be_gone_by(make: Make) -> None:
    files = {
        "customers.csv": "customer_id,signed_up_at,churned_at\nA,2024-01-01,\n",
        "orders.csv": orders("A,2024-01-01"),
    }
    assert churns(make(files, churn="churned_as_recorded")) == []


def test_a_customer_list_with_dates_is_enough(make: Make) -> None:
    text = "customer_id,signed_up_at,churned_at\nA,2024-01-05,2024-02-10\nB,2024-01-06,\nC,2024-02-07,\nD,2024-02-29,\n"
    made = make({"customers.csv": text})
    facts = facts_of(made)
    assert (facts.churn, facts.watermark) == (Definition.of("churned_as_recorded"), day("2024-02-29"))
    assert in_february(made, "churn_rate", *BALANCE, "churn_rate") == (2, 2, 0, 1, 3, 0.5)


def test_who_is_marked_without_any_day_counts_from_the_beginning(make: Make) -> None:
    text = "customer_id,churned_at\nA,2024-02-10\nB,\nC,2024-01-31\n"
    made = make({"customers.csv": text})
    assert columns(made, "churn_rate", "period", *BALANCE) == [
        (day("2024-01-01"), 3, 0, 0, 1, 2),
        (FEBRUARY, 2, 0, 0, 1, 1),
    ]


# Which definition


def test_the_usual_definition_follows_from_the_files(make: Make) -> None:
    def usual(**files: str) -> str | None:
        made = make({f"{name}.csv": text for name, text in files.items()}, {f"{name}.csv": name for name in files})
        churn = facts_of(made).churn
        return churn.text if churn else None

    flat = "customer_id,city\nA,Rome\nB,Rome\n"
    flagged = "customer_id,is_churned\nA,yes\nB,no\n"
    assert usual(subscriptions=contracts("A,2024-01-01,"), orders=orders("A,2024-01-01")) == "churned_by_subscription@1:gap_days=0"  # fmt: skip
    assert usual(orders=orders("A,2024-01-01"), customers=flat) == "churned_by_inactivity@1:days=90"
    assert usual(orders=orders("A,2024-01-01"), customers=flagged) == "churned_as_recorded@1"
    assert usual(customers=flat) is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("churned_by_magic", "no churn definition 'churned_by_magic'"),
        ("churned_by_inactivity:days=0", "a whole number from 1 to 3650"),
        ("churned_by_inactivity:days=soon", "not allowed"),
        ("churned_by_inactivity:weeks=3", "no parameter 'weeks'"),
        ("churned_by_inactivity:90", "name=value"),
        ("churned_by_inactivity@9", "no version 9"),
        ("churn_rate", "no churn definition"),
    ],
)
def test_a_definition_that_is_none_is_refused(text: str, message: str) -> None:
    with pytest.raises(QueryError, match=message):
        Definition.of(text)


def test_a_definition_the_files_do_not_allow_is_refused(make: Make) -> None:
    with pytest.raises(Refused, match="needs a file of subscriptions; the files have none"):
        make({"o.csv": orders("A,2024-01-01")}, {"o.csv": "orders"}, churn="churned_by_subscription")
    with pytest.raises(Refused, match="a whole number from 1 to 3650"):
        make({"o.csv": orders("A,2024-01-01")}, {"o.csv": "orders"}, churn="churned_by_inactivity:days=0")


def test_accounts_left_out_are_in_no_figure(make: Make) -> None:
    files = {
        "customers.csv": "customer_id,kind\nA,real\nB,test\nC,real\nD,real\n",
        "orders.csv": orders("A,2024-01-01", "B,2024-01-02", "C,2024-01-03", "D,2024-03-31"),
    }
    left_out = LeftOut((("kind", "test"),), ("C", "nobody"))
    made = make(files, churn="churned_by_inactivity:days=30", left_out=left_out)
    assert facts_of(made).left_out == 2
    assert columns(made, "overview", "customers", "orders") == [(2, 2)]
    assert columns(made, "overview", "customers", scope=Scope(where=(("kind", "real"),))) == [(2,)]
    assert columns(made, "overview", "customers", scope=Scope(where=(("kind", "test"),))) == [(0,)]
    assert columns(made, "churn_rate", "churned_customers")[0] == (1,)
    with pytest.raises(Refused, match="leave out every customer"):
        make(files, left_out=LeftOut((("kind", "test"), ("kind", "real")), ()))


# Identities on the samples


@pytest.fixture(params=["shop", "subscription"])
def company(request: pytest.FixtureRequest) -> Path:
    path: Path = request.getfixturevalue(request.param)
    return path


@pytest.mark.parametrize("grain", ["day", "week", "month", "quarter", "year"])
def test_the_balance_balances(company: Path, grain: str) -> None:
    rows = columns(company, "churn_rate", *BALANCE, "churn_rate", "retention_rate", "opening_lost", grain=grain)
    assert len(rows) > 1
    before = 0
    for opening, new, returned, lost, closing, churn, retention, opening_lost in rows:
        assert opening == before
        assert opening + new + returned - lost == closing
        assert churn is None or churn + retention == pytest.approx(1)
        assert churn is None or churn == opening_lost / opening
        before = closing


def test_segments_add_up(company: Path) -> None:
    attribute = next(iter(facts_of(company).attributes))
    for name in (*BALANCE, "opening_lost"):
        parts: dict[Any, int] = {}
        for period, n in columns(company, "churn_rate", "period", name, breakdown=attribute, top=2):
            parts[period] = parts.get(period, 0) + n
        assert parts == dict(columns(company, "churn_rate", "period", name))


def test_what_is_complete_at_an_earlier_day_does_not_change_later(company: Path) -> None:
    names = ("period", *BALANCE, "churn_rate")
    earlier = columns(company, "churn_rate", *names, "complete", scope=Scope(as_of=day("2024-03-20")))
    settled = [row[:-1] for row in earlier if row[-1]]
    assert len(settled) == 14
    assert columns(company, "churn_rate", *names)[:14] == settled


def test_both_versions_run_and_say_how_they_differ() -> None:
    catalogue = queries.catalogue()
    assert [query.version for query in catalogue.versions("churn_rate")] == [1, 2]
    assert "instead of from totals" in next(c.note for c in catalogue.find("churn_rate").changes if c.version == 2)


def test_only_figures_made_of_losses_cite_the_churn_definition() -> None:
    catalogue = queries.catalogue()

    def cites(name: str, **given: object) -> bool:
        query = catalogue.find(name)
        return catalogue.counts_churn(query, catalogue.bind(query, given))

    assert all(map(cites, ("churn_rate", "churn_conventions", "churned_share")))
    assert cites("monitor", figure="churn_rate") and not cites("monitor", figure="revenue")
    assert not any(map(cites, ("cohort_retention", "purchases", "stickiness", "lifecycle_states", "cohort_revenue")))
