"""Every query file keeps its contract, checked by DuckDB itself; versions and publishing on a folder of two."""

import hashlib
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from churnbook import page
from churnbook.analyses.overview import findings
from churnbook.catalogue import labels, publishing, queries, schema
from churnbook.catalogue.query import NotAllowed, Parameter, QueryError, Value, sql_value
from churnbook.catalogue.request import Scope
from churnbook.datasets.definition import DEFINITIONS
from churnbook.datasets.facts import facts_of
from churnbook.datasets.scope import prepare_scope
from churnbook.engine import contract
from churnbook.engine.duckdb import Session, open_cursor
from churnbook.page import contents
from churnbook.words.language import _, speak
from tests.builders import Make, ask

TINY = Path(__file__).parents[1] / "tiny_queries"
CATALOGUE = queries.catalogue()


@pytest.fixture(scope="module")
def session(shop: Path) -> Iterator[Session]:
    """A session on the sample shop; what one query needs is there for the next."""
    with open_cursor(shop) as cursor:
        prepare_scope(cursor, facts_of(shop), Scope())
        yield Session(cursor)


@pytest.mark.parametrize("reference", CATALOGUE.queries)
def test_header_and_sql_agree(reference: str, session: Session) -> None:
    query = CATALOGUE.queries[reference]
    session.run(query, {})
    assert contract.broken(CATALOGUE, query, session.cursor) == []


@pytest.mark.parametrize(
    "reference",
    [
        reference
        for reference, query in CATALOGUE.queries.items()
        if any(parameter.kind in ("event", "events") for parameter in CATALOGUE.parameters(query).values())
    ],
)
def test_events_that_do_not_occur_break_no_query(reference: str, session: Session) -> None:
    query = CATALOGUE.queries[reference]
    absent = {"event": "nosuch", "events": ("访问", "nosuch")}
    named = {name: absent[p.kind] for name, p in CATALOGUE.parameters(query).items() if p.kind in absent}
    session.run(query, named)


NEEDED = {need for query in CATALOGUE.queries.values() for need in query.needs}
"""What others need runs in their scripts."""


@pytest.mark.parametrize("reference", [reference for reference in CATALOGUE.queries if reference not in NEEDED])
def test_the_script_with_its_needs_runs_as_printed(reference: str, shop: Path) -> None:
    query = CATALOGUE.queries[reference]
    values = {name: sql_value(p.default) for name, p in CATALOGUE.parameters(query).items()}
    with open_cursor(shop) as cursor:
        prepare_scope(cursor, facts_of(shop), Scope())
        for statement in cursor.extract_statements(CATALOGUE.script(query)):
            cursor.execute(statement, {name: values[name] for name in statement.named_parameters})


WRITTEN_OUT = ("funnel_paths", "funnel_mixed")
"""Queries that write out the same few lines for each of ten steps: the engine joins them only one after the other."""


@pytest.mark.parametrize("reference", CATALOGUE.queries)
def test_rows_are_ordered_and_short_enough(reference: str) -> None:
    query = CATALOGUE.queries[reference]
    assert query.order.startswith("order by ") and len(query.order.splitlines()) <= 2
    body = [line for line in query.sql.splitlines() if not line.startswith("--")]
    assert len(body) <= 100 or query.name in WRITTEN_OUT, "a query this long is two queries"
    assert query.name not in schema.TABLES


def test_published_files_are_as_published() -> None:
    assert publishing.changed(queries.FOLDER) == []


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("-- nam: x", "is not understood"),
        ("-- param: grain choice(a, b) | no default", "needs a default"),
        ("-- param: grain choice(a, b) = c | bad default", "not allowed"),
        ("-- param: n integer = 1 | unknown kind", "is not understood"),
        ("-- needs: nothing.v1", "neither a canonical table nor a pinned query"),
        ("-- needs: tickets if days in some", "if days in some, which it never is"),
        ("-- needs: active_customers", "neither a canonical table nor a pinned query"),
    ],
)
def test_a_bad_header_names_file_and_fault(tmp_path: Path, line: str, message: str) -> None:
    text = "-- name: bad\n-- version: 1\n-- title: t\n-- description: d\n" + line + "\nselect 1 as one order by one\n"
    (tmp_path / "bad.v1.sql").write_text(text)
    with pytest.raises(QueryError, match=message) as caught:
        queries.load(tmp_path)
    assert "bad.v1.sql" in str(caught.value)


def test_a_header_line_may_go_on_in_the_next(tmp_path: Path) -> None:
    text = "-- name: x\n-- version: 1\n-- title: t\n-- description: d\n-- param: a choice(p,\n-- q) = q | a choice\n"
    (tmp_path / "x.v1.sql").write_text(text + "select $a as one order by one\n")
    (parameter,) = queries.load(tmp_path).find("x").own_parameters
    assert (parameter.choices, parameter.default, parameter.note) == (("p", "q"), "q", "a choice")


def test_circles_of_needs_are_found(tmp_path: Path) -> None:
    for name, need in (("a", "b"), ("b", "a")):
        (tmp_path / f"{name}.v1.sql").write_text(
            f"-- name: {name}\n-- version: 1\n-- title: t\n-- description: d\n-- needs: {need}.v1\nselect * from {need} order by 1\n"
        )
    with pytest.raises(QueryError, match="circle"):
        queries.load(tmp_path)


@pytest.mark.parametrize(
    ("sql", "fault"),
    [
        ("select $days as days from customers order by days", "days is used but not declared"),
        ("select count(*) as n from orders order by n", "orders is read but not declared"),
        ("select 1 as n from customers order by n", "returns"),
        ("select 1; select 2", "exactly one SELECT"),
        ("delete from customers", "exactly one SELECT"),
    ],
)
def test_a_broken_contract_is_told(tmp_path: Path, shop: Path, sql: str, fault: str) -> None:
    header = "-- name: q\n-- version: 1\n-- title: t\n-- description: d\n-- needs: customers\n-- adds: one row\n"
    header += "-- column: n bigint | n\n"
    (tmp_path / "q.v1.sql").write_text(header + "-- change: 1 2026-11-22 first\n" + sql + "\n")
    catalogue = queries.load(tmp_path)
    with open_cursor(shop) as cursor:
        prepare_scope(cursor, facts_of(shop), Scope())
        problems = contract.broken(catalogue, catalogue.find("q"), cursor)
    assert any(fault in problem for problem in problems), problems


def test_a_plain_name_means_the_newest_version() -> None:
    catalogue = queries.load(TINY)
    assert catalogue.find("active_customers").version == 2
    assert catalogue.find("active_customers@1").reference == "active_customers.v1"
    assert catalogue.find("active_customers.v1").version == 1
    with pytest.raises(QueryError, match="no version 3; there is 1, 2"):
        catalogue.find("active_customers@3")
    with pytest.raises(QueryError, match="no query named"):
        catalogue.find("nobody; drop table x")


def test_parameters_of_needs_become_the_readers(shop: Path) -> None:
    catalogue = queries.load(TINY)
    share = catalogue.find("active_share")
    assert list(catalogue.parameters(share)) == ["days", "digits"]
    with open_cursor(shop) as cursor:
        prepare_scope(cursor, facts_of(shop), Scope())
        session = Session(cursor, catalogue)
        everyone = session.run(share, {"days": 10_000}).table.to_pylist()
        nobody = session.run(share, {"days": 0}).table.to_pylist()
    assert everyone == [{"share": 1.0}]
    assert nobody == [{"share": 0.0}]


SIZE = """-- name: size
-- version: 1
-- title: Size
-- description: One of two numbers.
-- needs: active_customers.v2 if which in number
-- needs: active_share.v1, costs if which in share
-- param: which choice(number, share) = number | Which | the number to give
-- choice: which number | Number
-- choice: which share | Share
-- column: size double | the number
-- change: 1 2026-11-24 first version
with
    either as (
        select customers::double as size from active_customers where $which = 'number'
        union all
        select share from active_share where $which = 'share'
        union all
        select count(*) from costs where $which = 'neither' having count(*) < 0
    )
select * from either
order by size
"""


@pytest.fixture
def with_size(tmp_path: Path) -> queries.Catalogue:
    folder = tmp_path / "queries"
    shutil.copytree(TINY, folder)
    (folder / "size.v1.sql").write_text(SIZE)
    return queries.load(folder)


def test_a_need_is_made_only_where_it_is_wanted(with_size: queries.Catalogue, shop: Path) -> None:
    size = with_size.find("size")
    with open_cursor(shop) as cursor:
        prepare_scope(cursor, facts_of(shop), Scope())
        session = Session(cursor, with_size)
        assert session.run(size, {"which": "number", "days": 10_000}).table.num_rows == 1
        assert cursor.sql("select count(*) from active_share").fetchall() == [(0,)]
        assert session.run(size, {"which": "share", "days": 10_000}).table.to_pylist() == [{"size": 1.0}]
        # what is wanted again is still there, though it was not wanted in between
        assert session.run(size, {"which": "number", "days": 10_000}).table.num_rows == 1
        assert contract.broken(with_size, size, cursor) == []


def test_a_need_demands_its_tables_only_where_it_is_wanted(with_size: queries.Catalogue) -> None:
    size = with_size.find("size")
    number, share = with_size.bind(size, {}), with_size.bind(size, {"which": "share"})
    assert with_size.tables(size) == ()
    assert with_size.tables(size, number) == ("activity_days",)
    assert with_size.tables(size, share) == ("activity_days", "costs")
    assert with_size.missing(size, ["activity_days"], share) == ("costs",)
    assert [each.name for each in with_size.order(size, number)] == ["active_customers", "size"]
    assert [each.name for each in with_size.unwanted(size, number)] == ["active_share"]


@pytest.mark.parametrize("which", ["number", "share"])
def test_the_script_makes_only_what_is_wanted_and_gives_the_same(
    with_size: queries.Catalogue, shop: Path, which: str
) -> None:
    size = with_size.find("size")
    values = with_size.bind(size, {"which": which})
    short, whole = with_size.script(size, values), with_size.script(size)
    assert "create or replace temp table active_share (share double);" in short or which == "share"
    with open_cursor(shop) as cursor:
        prepare_scope(cursor, facts_of(shop), Scope())
        found = []
        for script in (short, whole):
            for statement in cursor.extract_statements(script):
                rows = cursor.execute(statement, {name: values[name] for name in statement.named_parameters})
            found.append(rows.fetchall())
    assert found[0] == found[1] and len(found[0]) == 1


def test_both_versions_run_and_differ(shop: Path) -> None:
    catalogue = queries.load(TINY)
    with open_cursor(shop) as cursor:
        prepare_scope(cursor, facts_of(shop), Scope())
        session = Session(cursor, catalogue)
        (first,) = session.run(catalogue.find("active_customers@1"), {"days": 30}).table.to_pylist()
        (second,) = session.run(catalogue.find("active_customers@2"), {"days": 30}).table.to_pylist()
    assert first["customers"] > second["customers"], "version 1 counts orders, version 2 customers"


def test_publishing_freezes_files_and_sha256sum_agrees(tmp_path: Path) -> None:
    folder = tmp_path / "queries"
    shutil.copytree(TINY, folder)
    assert publishing.publish(folder) == ["active_customers.v1.sql", "active_customers.v2.sql", "active_share.v1.sql"]
    assert publishing.publish(folder) == []
    subprocess.run(["sha256sum", "-c", publishing.LEDGER], cwd=folder, check=True, capture_output=True)
    ledger = (folder / publishing.LEDGER).read_text()

    changed = folder / "active_customers.v2.sql"
    changed.write_text(changed.read_text() + "-- one more byte\n")
    (problem,) = publishing.changed(folder)
    assert (
        problem == "active_customers.v2.sql is published and was changed: copy it to active_customers.v3.sql, or undo"
    )
    assert subprocess.run(["sha256sum", "-c", publishing.LEDGER], cwd=folder, capture_output=True).returncode == 1
    with pytest.raises(QueryError, match="copy it to"):
        publishing.publish(folder)
    assert (folder / publishing.LEDGER).read_text() == ledger

    changed.unlink()
    assert publishing.changed(folder) == ["active_customers.v2.sql is published but missing: restore it from git"]


def test_a_new_version_is_added_without_touching_a_line(tmp_path: Path) -> None:
    folder = tmp_path / "queries"
    shutil.copytree(TINY, folder)
    publishing.publish(folder)
    before = (folder / publishing.LEDGER).read_text()
    third = (folder / "active_customers.v2.sql").read_text().replace("-- version: 2", "-- version: 3")
    (folder / "active_customers.v3.sql").write_text(third)
    assert publishing.publish(folder) == ["active_customers.v3.sql"]
    digest = hashlib.sha256(third.encode()).hexdigest()
    assert (folder / publishing.LEDGER).read_text() == before + f"{digest}  active_customers.v3.sql\n"


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("grain", "fortnight"),
        ("grain", "month'; drop table orders; --"),
        ("grain", None),
        ("periods", "many"),
        ("periods", "1e9"),
        ("periods", str(2**40)),
        ("measure", ["on"]),
    ],
)
def test_values_outside_the_header_are_refused(name: str, given: object) -> None:
    with pytest.raises(NotAllowed) as caught:
        CATALOGUE.bind(CATALOGUE.find("cohort_retention"), {name: given})
    assert caught.value.parameter.name == name


def test_unknown_parameters_are_refused() -> None:
    with pytest.raises(QueryError, match="no parameter 'graim'; it has"):
        CATALOGUE.bind(CATALOGUE.find("cohort_retention"), {"graim": "month"})


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("int", -3),
        ("float", 0.25),
        ("bool", True),
        ("text", "a=b&c 中文"),
        ("events", ("visit", "支付")),
        ("events", ()),
    ],
)
def test_values_survive_the_address(kind: str, value: Value) -> None:
    parameter = Parameter("p", kind, value, "note")
    assert parameter.read(parameter.text(value)) == value


# What a reader is shown


PAGES = Path(page.__file__).parent
SHOWN = sorted(
    {
        name
        for path in [*contents.FOLDER.glob("*.py"), *PAGES.rglob("*.py")]
        for name in re.findall(r'"([a-z_]+)"', path.read_text(encoding="utf-8"))
        if CATALOGUE.versions(name) and name not in (*DEFINITIONS, "periods")
    }
    | {name for each in contents.pages() for name in each.shown}
)
"""Queries that pages name: their rows, columns and parameters are shown and exported."""


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("name", SHOWN)
def test_every_column_and_parameter_shown_has_a_heading(name: str, language: str) -> None:
    speak(language)
    try:
        for query in CATALOGUE.versions(name):
            for column in query.columns:
                assert column.label and labels.column(column), f"{query.reference}: {column.name}"
            parameters = CATALOGUE.parameters(query)
            words = [
                *(column.label for column in query.columns),
                *(parameter.label for parameter in parameters.values()),
                *(name for parameter in parameters.values() for name in parameter.names.values()),
            ]
            assert all(words)
            untranslated = [each for each in words if language != "en" and _(each) == each and each not in SAME]
            assert untranslated == []
    finally:
        speak("en")


SAME = ("NPS",)
"""Words that read alike in every language."""


def test_pages_that_a_query_is_scanned_for_are_found() -> None:
    assert {"monitor", "funnel", "cohort_retention", "customer_rows", "event_attributes"} <= set(SHOWN)


@pytest.mark.parametrize(
    ("lines", "fault"),
    [
        ("-- column: n bigint %\n", "q.v1.sql line 5: .* needs a note after a bar"),
        ("-- column: n Bigint | n\n", "line 5: -- column: n Bigint .* write it like share double %"),
        ("-- param: n int = 3 | N | n\n", r"line 5: .* write it like top int\(1\.\.\) = 20"),
        ("-- param: n int(1..3) = 4 | N | n\n", "line 5: the default of n: '4' is not allowed; give a whole number from 1 to 3"),
        ("-- choice: n a | A\n", "line 5: names n, which is no parameter of this file"),
        ("-- param: n choice(a, b) = a | N | n\n-- choice: n c | C\n", "line 6: n has no choice c; it has a, b"),
        ("-- picked: n\n", "line 5: names n, which is no parameter of this file"),
        ("-- needs: orders, orders\n", "line 5: needs orders twice"),
        ("-- needs: orders with top = 3\n", "line 5: orders is a table and has no parameters"),
        ("-- needs: orders.amuont\n", "line 5: orders.amuont is no column of a canonical table"),
        ("-- uses: orders.amount\n", "line 5: uses orders.amount, which is no canonical table"),
        ("-- param: n int(5..1) = 3 | N | n\n", "line 5: n is to lie from 5 to 1: the lower bound first"),
        ("-- param: n int(0.5..3) = 3 | N | n\n", "line 5: n is a whole number, so its bounds are whole numbers"),
        ("-- param: n int(1.2.3..4) = 3 | N | n\n", "line 5: .* is not understood"),
        ("-- change: 2 2026-13-01 x\n", "line 5: 2026-13-01 is no day"),
        ("-- Needs: orders\n", "line 5: this header line is not understood: -- Needs: orders; its key is one of adds, change"),
        ("-- unit: x\n", "line 5: this header line is not understood"),
    ],
)  # fmt: skip
def test_a_broken_header_names_the_line_and_what_was_expected(tmp_path: Path, lines: str, fault: str) -> None:
    header = "-- name: q\n-- version: 1\n-- title: t\n-- description: d\n"
    (tmp_path / "q.v1.sql").write_text(header + lines + "select 1\n")
    with pytest.raises(QueryError, match=fault):
        queries.load(tmp_path)


# Needs that are bound, and finer than a table


INNER = """-- name: inner
-- version: 1
-- title: t
-- description: d
-- param: which choice(one, two) = one | Which | which
-- choice: which one | One
-- choice: which two | Two
-- column: n integer | n
-- change: 1 2026-11-30 first version
select case when $which = 'one' then 1 else 2 end as n order by n
"""
OUTER = """-- name: {name}
-- version: 1
-- title: t
-- description: d
-- needs: {needs}
-- column: n integer | n
-- change: 1 2026-11-30 first version
select n from {read} order by n
"""


def test_a_need_can_be_bound(tmp_path: Path, shop: Path) -> None:
    (tmp_path / "below.v1.sql").write_text(INNER.replace("inner", "below"))
    (tmp_path / "q.v1.sql").write_text(OUTER.format(name="q", needs="below.v1 with which = two", read="below"))
    (tmp_path / "r.v1.sql").write_text(OUTER.format(name="r", needs="q.v1", read="q"))
    catalogue = queries.load(tmp_path)
    top = catalogue.find("r")
    assert dict(catalogue.parameters(top)) == {} and catalogue.fixed(top) == {"which": "two"}
    with pytest.raises(QueryError, match="has no parameter 'which'"):
        catalogue.bind(top, {"which": "one"})
    with open_cursor(shop) as cursor:
        prepare_scope(cursor, facts_of(shop), Scope())
        session = Session(cursor, catalogue)
        assert session.run(catalogue.find("below"), {}).table.to_pylist() == [{"n": 1}]
        assert session.run(top, {}).table.to_pylist() == [{"n": 2}]
        assert session.run(catalogue.find("below"), {}).table.to_pylist() == [{"n": 1}]
        assert "$which" not in catalogue.script(top)
        cursor.execute("drop table if exists q; drop table if exists below")
        for statement in catalogue.script(top).split(";\n\n"):
            rows = cursor.execute(statement).fetchall()
        assert rows == [(2,)]


@pytest.mark.parametrize(
    ("needs", "fault"),
    [
        ("below.v1 with witch = two", "sets witch for below.v1, which has no such parameter"),
        ("below.v1 with which = three", "which: 'three' is not allowed"),
        ("below.v1 with which = two\n-- needs: beside.v1", "which is set for one need and left free for another"),
        ("below.v1 with which = two\n-- needs: beside.v1 with which = one", "which is set to two values"),
    ],
)
def test_a_need_bound_in_a_wrong_way_is_told(tmp_path: Path, needs: str, fault: str) -> None:
    for name in ("below", "beside"):
        (tmp_path / f"{name}.v1.sql").write_text(INNER.replace("inner", name))
    (tmp_path / "q.v1.sql").write_text(OUTER.format(name="q", needs=needs, read="below"))
    with pytest.raises(QueryError, match=fault):
        queries.load(tmp_path)


def test_a_need_can_be_a_column_that_is_filled(make: Make) -> None:
    bare = make({"orders.csv": "customer_id,ordered_at\nA,2024-01-01\nA,2024-02-02\n"})
    empty = make({"orders.csv": "customer_id,ordered_at,amount\nA,2024-01-01,\nA,2024-02-02,\n"})
    paid = make({"orders.csv": "customer_id,ordered_at,amount\nA,2024-01-01,5\nA,2024-02-02,\n"})
    revenue = CATALOGUE.find("cohort_revenue")
    values = CATALOGUE.bind(CATALOGUE.find("monitor"), {"figure": "average_order_value"})
    for path, missing in ((bare, True), (empty, True), (paid, False)):
        filled = facts_of(path).filled
        assert bool(CATALOGUE.missing(revenue, filled)) == missing
        assert bool(CATALOGUE.missing(CATALOGUE.find("monitor"), filled, values)) == missing
    assert CATALOGUE.missing(revenue, facts_of(bare).filled) == ("orders.amount or events.amount or subscriptions.mrr",)
    with pytest.raises(QueryError, match="needs orders with amount, events with amount or subscriptions with"):
        raise QueryError(f"needs {labels.need(CATALOGUE.missing(revenue, facts_of(bare).filled)[0])}")


def test_the_revenue_of_the_monitor_asks_for_no_return(shop: Path) -> None:
    monitor = CATALOGUE.find("monitor")
    assert "returning" not in CATALOGUE.parameters(monitor)
    assert "returning" not in CATALOGUE.parameters(CATALOGUE.find("movers"))
    with pytest.raises(QueryError, match="no parameter 'returning'"):
        ask(shop, "monitor", figure="revenue", returning="order")
    assert len(ask(shop, "monitor", figure="revenue")) > 12
    assert "$returning" not in CATALOGUE.script(monitor)


def test_every_figure_says_how_it_is_counted_and_what_its_n_is() -> None:
    figure = CATALOGUE.parameters(CATALOGUE.find("monitor"))["figure"]
    assert set(figure.notes) == set(figure.choices)
    assert {findings.made_of(each) for each in figure.choices} >= {"Customers", "Orders", "Answers"}
    assert all(findings.what_it_is(str(each), None) for each in figure.choices)
