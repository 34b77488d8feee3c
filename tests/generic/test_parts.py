"""Every query gives for all customers what it gives for some of them, put together: by itself, in three uneven ranges.

One range holds the first customer alone, one nobody, one all the others (of the samples none holds nobody). The made
dataset has a dozen customers, and every table, mark, sum of money and scale is filled for some of them only, so that whatever looks at all customers in
secret finds something else in a part.
"""

import datetime as dt
import math
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from churnbook.catalogue import queries
from churnbook.catalogue.queries import Catalogue
from churnbook.catalogue.query import Phase, Query, QueryError, Value
from churnbook.catalogue.request import Scope
from churnbook.datasets import ranges
from churnbook.datasets.facts import facts_of
from churnbook.datasets.ranges import Range, Ranges
from churnbook.datasets.scope import prepare_scope
from churnbook.engine import contract
from churnbook.engine.duckdb import Session, open_cursor
from churnbook.engine.session import TooLittleMemory, TooSlow
from churnbook.generations.derived_events import DerivedEvent
from tests.builders import Make, ask, imported, rows_of

CATALOGUE = queries.catalogue()

CUSTOMERS = """customer_id,signed_up_at,channel,plan,churned_at,monthly_value
a,2023-12-20,rare,gold,,
b,,ads,gold,,20.5
c,,ads,free,,
d,,shop,,,
e,2024-01-02,shop,free,,
f,,shop,,,
g,,ads,,,
h,,,,2024-04-02,
i,,odd,gold,,
j,,ads,,,
k,,shop,,,
l,,,,,
"""
EVENTS = """customer_id,event,occurred_at,amount,page
a,view,2024-01-03 10:00,,rare
a,cart,2024-01-03 10:05,,
a,bow,2024-01-03 11:00,,
b,view,2024-01-03 09:00,,home
b,cart,2024-01-04 09:00,,
b,pay,2024-01-05 09:00,30,
b,view,2024-03-05 09:00,,home
c,view,2024-01-10 09:00,,home
c,cart,2024-01-10 09:00,,
c,pay,2024-02-11 09:00,12.5,
d,view,2024-02-03 12:00,,sale
d,call,2024-02-05 12:00,,
d,view,2024-02-06 12:00,,sale
d,call,2024-02-07 12:00,,
g,view,2024-02-10 08:00,,sale
g,cart,2024-02-10 08:30,,
g,call,2024-02-12 08:00,,
i,view,2024-03-01 08:00,,odd
i,cart,2024-03-01 09:00,,
j,view,2024-05-20 08:00,,home
j,view,2024-06-20 08:00,,home
l,login,2024-06-25 08:00,,
"""
ORDERS = """customer_id,ordered_at,order_id,amount,category,is_cancelled
a,2024-01-04 12:00,1,100.25,tea,no
a,2024-03-04 12:00,2,49.99,tea,no
b,2024-02-01 12:00,3,,tea,no
c,2024-02-20 12:00,4,,,no
c,2024-02-20 12:00,5,,,yes
e,2024-05-01 12:00,6,,milk,no
e,2024-06-20 12:00,7,,milk,no
,2024-02-11 12:00,8,11.5,tea,no
,2024-03-30 12:00,9,-3,,yes
"""
SUBSCRIPTIONS = """customer_id,started_at,ended_at,mrr,interval
d,2024-01-10,,19,month
e,2024-01-05,2024-03-05,,month
e,2024-04-01,2024-05-15,,
f,2024-02-29,2024-04-30,5.5,month
"""
TICKETS = """customer_id,opened_at,first_response_at,resolved_at,category,score
a,2024-01-05 10:00,2024-01-05 10:30,2024-01-06 10:00,bill,
g,2024-02-12 10:00,,2024-02-20 10:00,bill,3
h,2024-03-12 10:00,2024-03-13 10:00,,,
"""
SURVEYS = """customer_id,answered_at,question,score
a,2024-01-02,How satisfied are you?,9
b,2024-01-21,How satisfied are you?,5
c,2024-02-21,How satisfied are you?,4
g,2024-02-22,How satisfied are you?,5
a,2024-03-20,Would you recommend us?,10
d,2024-03-21,Would you recommend us?,3
"""
FILES: dict[str, str | bytes] = {
    "customers.csv": CUSTOMERS,
    "events.csv": EVENTS,
    "orders.csv": ORDERS,
    "subscriptions.csv": SUBSCRIPTIONS,
    "tickets.csv": TICKETS,
    "surveys.csv": SURVEYS,
    "exits.csv": "customer_id,churned_at,reason,comment\nh,2024-04-02,price,\nk,2024-02-02,,gone\n",
    "assignments.csv": "customer_id,experiment,variant,assigned_at\na,hello,new,2024-01-02\nj,hello,old,2024-05-02\n",
    "costs.csv": "period,cost,channel\n2024-01-01,100,ads\n2024-02-01,90,ads\n",
}
TOUCHED = DerivedEvent("touched", (("view", (("page", ("sale",)),)), ("call", ())))

FIGURES = CATALOGUE.parameters(CATALOGUE.find("monitor"))["figure"].choices


@dataclass(frozen=True)
class Company:
    """A dataset, and the values that ask its queries for something it has."""

    path: Path
    attribute: str
    entry_attribute: str
    steps: tuple[str, ...]
    day: dt.date
    segments: tuple[str, str]
    is_small: bool = False

    @property
    def given(self) -> dict[tuple[str, str], object]:
        """Values by name and kind of a parameter."""
        ((customer_id,),) = rows_of(
            self.path, "select customer_id from main.customers order by customer offset 1 limit 1"
        )
        return {
            ("steps", "events"): self.steps,
            ("events", "events"): self.steps[:1],
            ("attribute", "text"): self.entry_attribute,
            ("customer", "text"): customer_id,
            ("cohort", "date"): self.day,
            ("in_period", "date"): self.day,
            ("period", "date"): self.day,
            ("period_a", "date"): self.day,
            ("period_b", "date"): self.day,
            ("uploaded_on", "date"): dt.date(2026, 11, 1),
            ("derived", "text"): "touched",
            ("window", "int"): 60,
            ("after_step", "int"): 2,
            ("smallest", "int"): 1,
        }

    @property
    def variants(self) -> list[dict[str, object]]:
        """What every query is asked with that has such parameters: its defaults, a split, and other ways to count."""
        a, b = self.segments
        split: dict[str, object] = {"breakdown": self.attribute, "top": 2, "segment_a": a, "segment_b": b}
        if not self.is_small:
            return [{}, split]
        return [
            {},
            split,
            {
                "entry_attribute": self.entry_attribute,
                "top": 2,
                "clock": "rolling",
                "of": "activity",
                "measure": "on_or_after",
                "most": 2,
            },
        ]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Company:
    path = imported(
        tmp_path_factory.mktemp("dozen"),
        FILES,
        churn="churned_by_inactivity:days=30",
        activity=("orders", "events", "subscriptions"),
        derived=(TOUCHED,),
    )
    return Company(path, "channel", "page", ("view", "cart", "satisfied"), dt.date(2024, 2, 1), ("ads", "shop"), True)


@pytest.fixture(scope="module")
def companies(made: Company, shop: Path, subscription: Path) -> dict[str, Company]:
    day = dt.date(2023, 9, 1)
    return {
        "made": made,
        "shop": Company(shop, "渠道", "设备", ("访问", "加购", "satisfied"), day, ("推荐", "直播")),
        "subscription": Company(
            subscription, "channel", "platform", ("login", "report_created", "satisfied"), day, ("referral", "ads")
        ),
    }


@contextmanager
def uneven(
    path: Path,
    catalogue: Catalogue = CATALOGUE,
    scope: Scope = Scope(),  # noqa: B008
    nobody: bool = True,
) -> Iterator[Session]:
    """A session that asks everything of the first customer, of nobody where it says so, and of all the others."""
    facts = facts_of(path)
    ((end,),) = rows_of(path, "select max(customer) + 1 from main.customers")
    with ExitStack() as held:
        cursor = held.enter_context(open_cursor(path))
        prepare_scope(cursor, facts, scope)
        cut = [(0, 1), *([(1, 1)] if nobody else []), (1, end)]
        parts = Ranges(facts, scope, catalogue, held, [Range(each, 1) for each in cut])
        yield Session(cursor, catalogue, lambda query, values, did_not_fit: parts)


@contextmanager
def whole(path: Path, catalogue: Catalogue = CATALOGUE, scope: Scope = Scope()) -> Iterator[Session]:  # noqa: B008
    """A session that looks at all customers at once."""
    with open_cursor(path) as cursor:
        prepare_scope(cursor, facts_of(path), scope)
        yield Session(cursor, catalogue)


NUMBERED = {"table_moments": {"number"}, "funnel_rows": {"number"}}
"""Columns that tell rows apart in the order of the file: another count of them does the same."""


def differing(query: Query, phase: Phase, at_once: pa.Table, put_together: pa.Table) -> str | None:
    """What tells two results apart; None where they agree.

    Rows of customers and sums agree exactly, in whatever order; what is made of sums to the last digits, in its order.
    """
    if at_once.equals(put_together):
        return None
    left_out = NUMBERED.get(query.name, set())
    one, two = ([_row(row, left_out) for row in table.to_pylist()] for table in (at_once, put_together))
    if at_once.schema != put_together.schema:
        return f"{at_once.schema} and {put_together.schema}"
    if phase is not Phase.WHOLE:
        more, less = (
            Counter(map(repr, one)) - Counter(map(repr, two)),
            Counter(map(repr, two)) - Counter(map(repr, one)),
        )
        return f"{len(one)} and {len(two)} rows: {list(more)[:2]} and {list(less)[:2]}" if more or less else None
    if len(one) != len(two):
        return f"{len(one)} and {len(two)} rows"
    return next((f"{a} and {b}" for a, b in zip(one, two, strict=True) if not _alike(a, b)), None)


def _row(row: Mapping[str, Any], left_out: set[str]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in left_out}


def _alike(one: Mapping[str, Any], two: Mapping[str, Any]) -> bool:
    return all(
        value == two[name]
        or (isinstance(value, float) and isinstance(two[name], float) and math.isclose(value, two[name], rel_tol=1e-9))
        for name, value in one.items()
    )


def asked(company: Company, catalogue: Catalogue, query: Query) -> list[dict[str, object]]:
    """The values to ask a query with: each variant that means something else to it, every figure where it has some."""
    known = catalogue.parameters(query)
    base = {name: value for (name, kind), value in company.given.items() if name in known and known[name].kind == kind}
    found = []
    for variant in company.variants:
        told = {name: value for name, value in variant.items() if name in known}
        if not variant or told:
            found.append({**base, **told})
    if not company.is_small:
        return found
    if query.name == "figure_values":
        found += [{**base, "figure": figure} for figure in FIGURES]
    if query.name == "movers":  # of each kind of figure one: it reads them from the same query
        found += [{**base, "figure": figure} for figure in ("churn_rate", "revenue", "nps", "first_response")]
    if "mode" in known:
        found += [{**base, "mode": mode} for mode in ("strict", "any")]
    return found


def faults(company: Company, catalogue: Catalogue, names: Mapping[str, Query]) -> list[str]:
    """Where queries, each asked by itself, give for parts something else than for the whole."""
    found = []
    parts = uneven(company.path, catalogue, nobody=company.is_small)
    with whole(company.path, catalogue) as all_at_once, parts as in_parts:
        questions = [
            (number, query, given)
            for query in names.values()
            for number, given in enumerate(asked(company, catalogue, query))
        ]
        # what is asked with the same values one after the other, so that what several need is there already
        for _number, query, given in sorted(questions, key=lambda each: each[0]):
            one, two = (session.run(query, given).table for session in (all_at_once, in_parts))
            if told := differing(query, catalogue.phase(query), one, two):
                found.append(f"{query.reference} {given}: {told}")
    return found


@pytest.mark.parametrize("name", ["made", "shop", "subscription"])
def test_every_query_is_the_same_in_parts(companies: Mapping[str, Company], name: str) -> None:
    assert faults(companies[name], CATALOGUE, CATALOGUE.queries) == []


# What a query may hide, and that the test above sees it


def replaced(text: str, *pairs: tuple[str, str]) -> str:
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new)
    return text


LARGEST = "(select {value}, case when row_number() over (order by count(*) desc, {value}) <= greatest($top, 1) then {value} else '(other)' end as {name} from {table} where {value} is not null group by {value}) as {known}"  # fmt: skip
SCALES = (
    "(select question, max(score) as highest from surveys where score between 0 and 10 group by question) as scales"
)

HIDDEN: dict[str, tuple[str, list[tuple[str, str]]]] = {
    "the largest segments": (
        "customer_segments",
        [
            ("-- needs: segment_names.v1 if breakdown\n", ""),
            (
                "-- column: customer integer",
                "-- param: breakdown attribute = null | Split by | split\n-- param: top int(1..5000) = 20 | Top | so many\n-- column: customer integer",
            ),
            (
                "            segment_names\n",
                "            (select attribute, value, case when row_number() over (partition by attribute order by count(*) desc,"
                " value) <= $top then value else '(other)' end as segment from customer_attributes where attribute ="
                " $breakdown::varchar group by attribute, value) as segment_names\n",
            ),
        ],
    ),
    "the largest values entered with": (
        "funnel_attempts",
        [
            ("funnel_entry_values.v1, funnel_entry_names.v1 if entry", "funnel_entry_values.v1 if entry"),
            ("-- column: customer integer", "-- param: top int(1..5000) = 20 | Top | so many\n-- column: customer integer"),
            (
                "inner join funnel_entry_names on",
                f"inner join {LARGEST.format(value='value', name='segment', table='funnel_entry_values', known='funnel_entry_names')} on",
            ),
        ],
    ),
    "the commonest of what came next": (
        "funnel_followed",
        [
            ("funnel_next_events.v1, funnel_next_names.v1", "funnel_next_events.v1"),
            ("-- column: customer integer", "-- param: top int(1..5000) = 20 | Top | so many\n-- column: customer integer"),
            (
                "left join funnel_next_names as names on",
                f"left join {LARGEST.format(value='event', name='name', table='funnel_next_events', known='names')} on",
            ),
        ],
    ),
    "the highest score, for steps": (
        "table_moments",
        [(", survey_scales.v1", ""), ("survey_scales as scales", SCALES)],
    ),
    "the highest score, for events": (
        "table_occurrences",
        [("-- needs: survey_scales.v1\n", ""), ("survey_scales as scales", SCALES)],
    ),
    "whether any order has money": (
        "revenue_moments",
        [
            ("-- needs: priced_rows.v1\n", ""),
            ("select orders > 0 as paid from priced_rows", "select count(amount) > 0 as paid from orders"),
        ],
    ),
    "a list cut off in each part alone": (
        "customer_search",
        [("order by customer_id <> $beginning::varchar, customer_id\nlimit greatest($most, 0)", "order by customer_id")],
    ),
    "small groups left out": (
        "churned_counts",
        [("        group by 1\n", "        group by 1\n        having count(*) > 1\n")],
    ),
    "the slowest left out": (
        "funnel_durations",
        [
            (
                "            and $from_step between",
                "            and entered_at < (select max(entered_at) from funnel_attempts)\n            and $from_step between",
            )
        ],
    ),
    "a mean of means": (
        "survey_counts",
        [("            count(*) as customers,\n", "            (count(*) / count(distinct answers.score))::bigint as customers,\n")],
    ),
}  # fmt: skip
"""By what is hidden: the query, and its text as it would hide it. The first seven were there once."""


def hiding(folder: Path, name: str, changes: list[tuple[str, str]]) -> Catalogue:
    shutil.copytree(queries.FOLDER, folder)
    path = folder / CATALOGUE.find(name).file
    path.write_text(replaced(path.read_text(encoding="utf-8"), *changes), encoding="utf-8")
    return queries.load(folder)


@pytest.mark.parametrize("hidden", HIDDEN)
def test_what_looks_at_all_customers_in_secret_is_found(made: Company, tmp_path: Path, hidden: str) -> None:
    name, changes = HIDDEN[hidden]
    catalogue = hiding(tmp_path / "queries", name, changes)
    found = faults(made, catalogue, {name: catalogue.find(name)})
    assert found and all(fault.startswith(f"{name}.v") for fault in found)


# What the header says


HEAD = """-- name: q
-- version: 1
-- title: t
-- description: d
"""
LAST = "-- change: 1 2026-11-30 first version\n"


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (
            "-- needs: orders\n-- column: n bigint | n\n",
            r"reads rows of customers \(orders\), has no column customer or customer_id and does not add up. Say in its header",
        ),
        ("-- needs: active_periods.v1\n-- column: n bigint | n\n", r"reads rows of customers \(active_periods.v1\)"),
        ("-- uses: orders\n-- adds: day\n-- column: n bigint | n\n", "-- adds: names day, which is no column of it"),
        ("-- adds: share\n-- column: share double | n\n-- column: n bigint | n\n", "share is a key of -- adds: and may not be a double"),
        ("-- adds: one row\n-- column: revenue double | n\n", "revenue is a sum by -- adds:, which a double does not hold exactly"),
        ("-- adds: one row\n-- column: day date | n\n", "day is a sum by -- adds:, which a date does not hold exactly"),
        ("-- adds: one row; last day\n-- column: day date | n\n", "-- adds: one row; last day is not understood"),
        ("-- adds: a\n-- adds: b\n-- column: a bigint | n\n-- column: b bigint | n\n", "at most one line -- adds:"),
        ("-- slices: customers\n-- column: n bigint | n\n", "this header line is not understood"),
        ("-- column: n bigint | n\n-- Adds: one row\n", "this header line is not understood: -- Adds: one row"),
        ("-- column: n bigint | n\n-- adds:one row\n", "this header line is not understood: -- adds:one row"),
        ("-- uses: costs\n-- adds: one row\n-- column: n bigint | n\n", "says -- adds:, but reads no rows of customers"),
        ("-- uses: orders\n-- adds: day; least day\n-- column: day date | n\n", "-- adds: names day twice"),
        ("-- uses: orders\n-- adds: one row\n-- column: n smallint | n\n", "which a smallint does not hold exactly"),
        ("-- needs: orders\n-- needs: orders if g in a\n-- param: g choice(a, b) = a | n\n-- column: customer integer | n\n", "needs orders twice"),
        ("-- needs: orders if n\n-- column: customer integer | n\n", "needs something if n, which is none of its parameters"),
        ("-- needs: orders if n\n-- param: n int(1..9) = 3 | N | n\n-- column: customer integer | n\n", "needs something if n, which is never null"),
    ],
)  # fmt: skip
def test_a_header_that_does_not_say_how_it_adds_up_is_told(tmp_path: Path, lines: str, message: str) -> None:
    for needed in CATALOGUE.order(CATALOGUE.find("active_periods")):
        shutil.copy(needed.path, tmp_path)
    (tmp_path / "q.v1.sql").write_text(HEAD + lines + LAST + "select 1 as n\norder by n\n")
    with pytest.raises(QueryError, match=message) as caught:
        queries.load(tmp_path)
    assert "q.v1.sql" in str(caught.value)


def test_a_list_put_in_order_by_what_it_does_not_return_breaks_its_contract(made: Company, tmp_path: Path) -> None:
    (tmp_path / "q.v1.sql").write_text(
        HEAD + "-- needs: customers\n-- column: customer_id varchar | n\n" + LAST
        + "select customer_id\nfrom customers\norder by customer\n"
    )  # fmt: skip
    catalogue = queries.load(tmp_path)
    with whole(made.path, catalogue) as session:
        assert contract.broken(catalogue, catalogue.find("q"), session.cursor) == [
            "the closing order by names something it does not return"
        ]


def test_rows_alike_in_their_keys_are_added_up(tmp_path: Path) -> None:
    lines = (
        "-- uses: orders\n-- adds: segment, number; least first_day; greatest last_day\n-- column: segment varchar | n\n"
        "-- column: number integer | n\n-- column: times bigint | n\n-- column: money decimal(38,4) | n\n"
        "-- column: first_day date | n\n-- column: last_day date | n\n"
    )
    (tmp_path / "q.v1.sql").write_text(HEAD + lines + LAST + "select 1\norder by 1\n")
    query = queries.load(tmp_path).find("q")
    assert query.adds is not None
    with duckdb.connect() as connection:
        connection.execute(f"create table q {query.empty}")
        connection.execute(
            "insert into q values (null, 1, 2, 0.1, '2024-01-05', '2024-01-06'), ('', 1, 1, null, null, null),"
            " (null, 1, 3, 0.2, '2024-01-02', null), (null, 2, 5, null, '2024-01-01', '2024-01-09')"
        )
        rows = connection.execute(f"{query.adds.merged(query)} order by segment nulls last, number").fetchall()
    day = dt.date
    assert [tuple(map(str, row)) for row in rows] == [
        ("", "1", "1", "None", "None", "None"),
        ("None", "1", "5", "0.3000", str(day(2024, 1, 2)), str(day(2024, 1, 6))),
        ("None", "2", "5", "None", str(day(2024, 1, 1)), str(day(2024, 1, 9))),
    ]


# Ranges


def limited(monkeypatch: pytest.MonkeyPatch, rows: int) -> None:
    """Let so many rows be looked at in one go, whatever the memory."""
    monkeypatch.setattr(ranges, "ROWS_PER_GB", rows)
    monkeypatch.setattr(ranges, "memory_limit", lambda cursor: 1e9)


def test_with_more_rows_than_fit_every_kind_of_answer_is_the_same(
    subscription: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: dict[str, object] = {"steps": ["signup", "login", "export"], "breakdown": "channel"}
    questions: list[tuple[str, dict[str, object]]] = [
        ("funnel", steps),
        ("funnel_customers", {**steps, "step": 2}),
        ("cohort_retention", {"grain": "day", "periods": 60}),
        ("cohort_revenue", {"breakdown": "channel"}),
        ("monitor", {"figure": "churn_rate"}),
        ("stickiness", {}),
        ("customer_search", {"beginning": "", "most": 7}),
        ("active_counts", {}),
        ("periods", {}),
    ]
    scope = Scope(dt.date(2023, 5, 1), dt.date(2024, 3, 31), dt.date(2024, 5, 15), (("channel", "referral"),))
    catalogue = queries.catalogue()
    for chosen in (Scope(), scope):
        at_once = [ask(subscription, query, chosen, **given) for query, given in questions]
        with monkeypatch.context() as patched:
            limited(patched, 5_000)
            facts = facts_of(subscription)
            with ranges.session(facts, chosen) as session:
                results = [session.run(catalogue.find(query), given) for query, given in questions]
        for (query, _given), one, two in zip(questions, at_once, results, strict=True):
            rows = [tuple(row.values()) for row in two.table.to_pylist()]
            assert len(rows) == len(one) and all(_near(a, b) for a, b in zip(one, rows, strict=True)), query
            assert two.parts > 1 or query == "periods", query
        assert one


def _near(one: tuple[Any, ...], two: tuple[Any, ...]) -> bool:
    return _alike(dict(enumerate(one)), dict(enumerate(two)))  # type: ignore[arg-type]


def test_what_is_small_enough_is_asked_at_once(subscription: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    limited(monkeypatch, 60_000)
    facts, catalogue = facts_of(subscription), queries.catalogue()
    assert facts.tables["events"].rows < 60_000
    with ranges.session(facts, Scope()) as session:
        assert session.run(catalogue.find("funnel"), {"steps": ["login"]}).parts == 1
    limited(monkeypatch, 20_000)
    with ranges.session(facts, Scope()) as session:
        assert session.run(catalogue.find("funnel"), {"steps": ["login"]}).parts in (3, 4)
        # days of customers are counted, which takes less than rows that are sorted
        assert session.run(catalogue.find("stickiness"), {}).parts == 1
        # one customer is found at once
        assert session.run(catalogue.find("customer_days"), {"customer": "A00001"}).parts == 1


def test_ranges_hold_about_the_same_number_of_rows_and_everybody_once(subscription: Path) -> None:
    slots = ranges._slots(subscription)
    ((end, rows),) = rows_of(
        subscription,
        "select (select max(customer) + 1 from main.customers), (select count(*) from main.events)"
        " + (select count(*) from main.subscriptions) + (select count(*) from main.tickets)"
        " + (select count(*) from main.surveys) + (select count(*) from main.exits) + (select count(*) from main.assignments)",
    )
    assert sum(each.rows for each in slots) == rows
    cut = ranges.joined(slots, rows / 5)
    assert [each.customers[0] for each in cut] == [0, *(each.customers[1] for each in cut[:-1])]
    assert cut[-1].customers[1] == end
    assert 5 <= len(cut) <= 6 and max(each.rows for each in cut) <= rows / 5


def test_customers_with_many_rows_next_to_each_other_are_ranges_of_their_own(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = {"c000": 400, "c001": 900, "c003": 500, "c040": 800}
    lines = [f"c{i:03d},visit,2024-01-{1 + n % 28:02d}\n" for i in range(64) for n in range(many.get(f"c{i:03d}", 3))]
    path = make({"events.csv": "customer_id,event,occurred_at\n" + "".join(lines)})
    monkeypatch.setattr(ranges, "_SLOTS", 16)
    slots = ranges._slots(path)
    assert sum(each.rows for each in slots) == len(lines) and min(each.rows for each in slots) > 0
    assert [each.customers[0] for each in slots] == [0, *(each.customers[1] for each in slots[:-1])]
    assert slots[:4] == (Range((0, 1), 400), Range((1, 2), 900), Range((2, 3), 3), Range((3, 4), 500))
    assert Range((40, 41), 800) in slots and slots[-1].customers[1] == 64


def test_a_customer_with_most_of_the_rows_is_a_range_of_its_own_and_told(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [f"till,visit,2024-01-{1 + i % 28:02d} 10:00\n" for i in range(9_000)]
    lines += [f"c{i:04d},visit,2024-01-{1 + i % 28:02d} 11:00\n" for i in range(5_000)]
    path = make({"events.csv": "customer_id,event,occurred_at\n" + "".join(lines)})
    monkeypatch.setattr(ranges, "_SLOTS", 16)
    slots = ranges._slots(path)
    (till,) = (each for each in slots if each.rows >= 9_000)
    assert till.customers[1] - till.customers[0] == 1
    assert sum(each.customers[1] - each.customers[0] for each in slots) == 5_001
    assert [sentence.format(**fields) for sentence, fields in facts_of(path).warnings if "{customer}" in sentence] == [
        "9,000 of 14,000 rows of activity are of one customer: till."
    ]
    at_once = ask(path, "cohort_retention", grain="day")
    limited(monkeypatch, 3_000)
    assert ask(path, "cohort_retention", grain="day") == at_once
    assert ask(path, "funnel", steps=["visit", "visit"]) != []


def test_nobody_at_all_is_no_range(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    path = make({"costs.csv": "period,cost\n2024-01-01,5\n"})
    limited(monkeypatch, 1)
    assert ranges._slots(path) == () and ranges.joined((), 5) == []
    assert ask(path, "coverage") == [("costs", dt.date(2024, 1, 1), 1)]
    assert ask(path, "overview")[0][0] == 0


def test_what_does_not_fit_is_cut_until_it_does_and_a_customer_who_never_fits_is_told(
    subscription: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalogue = queries.catalogue()
    steps: dict[str, Any] = {"steps": ["signup", "login", "export"]}
    at_once = ask(subscription, "funnel", **steps)
    answer = Session._answer
    most = 300
    asked_of: list[int] = []

    def short(self: Session, query: Query, values: Mapping[str, Value]) -> pa.Table:
        ((customers,),) = self.cursor.execute("select count(*) from customers").fetchall()
        asked_of.append(customers)
        if self.divide is None and customers > most:
            raise duckdb.OutOfMemoryException("too little")
        return answer(self, query, values)

    monkeypatch.setattr(Session, "_answer", short)
    limited(monkeypatch, 100_000)
    facts = facts_of(subscription)
    at_once_method = Session._answer_at_once

    def too_large(self: Session, query: Query, values: Mapping[str, Value]) -> pa.Table:
        if self.divide is not None and self._parts is None:
            raise duckdb.OutOfMemoryException("too little")
        return at_once_method(self, query, values)

    monkeypatch.setattr(Session, "_answer_at_once", too_large)
    monkeypatch.setattr(ranges, "_FEWEST", 10)
    with ranges.session(facts, Scope()) as session:
        result = session.run(catalogue.find("funnel"), steps)
    assert [tuple(row.values()) for row in result.table.to_pylist()] == at_once
    assert result.parts >= 4 and max(asked_of[1:]) > most
    most = 0
    monkeypatch.setattr(ranges, "_FEWEST", 0)
    with ranges.session(facts, Scope()) as session, pytest.raises(TooLittleMemory) as caught:
        session.run(catalogue.find("funnel"), steps)
    assert caught.value.customer_id == "A00001" and "rows of customer A00001 alone" in str(caught.value)


def test_what_could_not_be_handed_over_is_not_taken_for_there(
    subscription: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    limited(monkeypatch, 4_000)
    monkeypatch.setattr(ranges, "_MOST_CUTS", 0)
    query = queries.catalogue().find("cohort_retention")
    at_once = ask(subscription, "cohort_retention")
    put = Session._put
    failing = False

    def short(self: Session, name: str, table: pa.Table) -> None:
        if failing and self.divide is None and name == "periods":
            raise duckdb.OutOfMemoryException("too little")
        put(self, name, table)

    monkeypatch.setattr(Session, "_put", short)
    with ranges.session(facts_of(subscription), Scope()) as session:
        assert session.run(query, {}).parts > 1
        failing = True
        with pytest.raises(TooLittleMemory, match="cohort_retention"):
            session.run(query, {"grain": "week"})
        failing = False
        assert [tuple(row.values()) for row in session.run(query, {}).table.to_pylist()] == at_once


def test_a_stop_between_ranges_ends_the_question(subscription: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    limited(monkeypatch, 9_000)
    asked_of: list[float] = []
    answer = Ranges._answer

    with ranges.session(facts_of(subscription), Scope()) as session:

        def stopping(self: Ranges, *given: Any) -> Any:
            asked_of.append(session.progress())
            if len(asked_of) == 3:
                session.interrupt()
            return answer(self, *given)

        monkeypatch.setattr(Ranges, "_answer", stopping)
        with pytest.raises(TooSlow):
            session.run(queries.catalogue().find("funnel"), {"steps": ["login"]})
    assert len(asked_of) == 3 and asked_of == sorted(asked_of) and 0 < asked_of[-1] < 1


def test_facts_of_a_scope_are_found_once(subscription: Path) -> None:
    ranges.kept.cache_clear()
    facts, catalogue = facts_of(subscription), queries.catalogue()
    scope = Scope(where=(("channel", "referral"),))
    with ranges.session(facts, scope) as session:
        session.run(catalogue.find("stickiness"), {})
    kept = ranges.kept(facts.path, scope)
    (first_day,) = (table for (text, _), table in kept.items() if text == catalogue.find("first_days").digest)
    ((first,),) = rows_of(
        facts.path,
        "select min(day) from main.activity_days semi join (from main.customer_attributes where value = 'referral')"
        " using (customer)",
    )
    assert first_day.to_pylist() == [{"day": first}]
    later = first_day.set_column(0, "day", pa.array([dt.date(2024, 1, 1)]))
    ranges.kept(facts.path, scope).update({key: later for key, table in kept.items() if table is first_day})
    with ranges.session(facts, scope) as session:
        assert session.run(catalogue.find("periods"), {}).table.column("day")[0].as_py() == dt.date(2024, 1, 1)
    assert ranges.kept(facts.path, Scope()) == {}, "another scope is another question"
