"""What stands under a cell: older versions and their difference, the method that travels along, addresses that age."""

import io
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qs, urlparse

import openpyxl
import pyarrow as pa
import pytest
import xlsxwriter
from streamlit.testing.v1 import AppTest

from churnbook.analyses import export, method, workbook
from churnbook.catalogue import difference, queries
from churnbook.catalogue.queries import Catalogue
from churnbook.catalogue.query import Query
from churnbook.catalogue.request import Request, Scope
from churnbook.datasets.facts import Facts, NoDataset, facts_of
from churnbook.datasets.library import Library
from churnbook.datasets.scope import prepare_scope
from churnbook.engine.duckdb import Session, open_cursor
from churnbook.engine.session import Result
from churnbook.page import contents
from churnbook.page.cell import results
from churnbook.words.language import speak
from tests.builders import Make, Open, add, choose_chinese, texts

TINY = Path(__file__).parents[1] / "tiny_queries"

# Versions


PAGE = """# title: Tiny
# icon: grid_on
# section: Understand
# order: 1
# asks: ?
import streamlit as st
from churnbook import page
with page.cell("tiny", "{query}", "How many?") as cell:
    cell.choose({choices})
    (counted,) = cell.run()
    st.metric("counted", int(counted["customers"].iloc[0]))
    cell.evidence()
"""
TALLY = """-- name: tally
-- version: {version}
-- title: Tally
-- description: Tally.
-- needs: customers
-- adds: one row
{parameters}
{columns}
-- change: {version} 2026-11-23 {change}
select {select} from customers order by 1
"""


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of pages for queries that have several versions, among the app's own."""
    (tmp_path / "tally.v1.sql").write_text(
        TALLY.format(
            version=1,
            parameters="-- param: factor int(0..99) = 1 | Factor | times",
            columns="-- column: rows bigint | rows",
            change="first *draft*",
            select="count(*) * $factor as rows",
        )
    )
    (tmp_path / "tally.v2.sql").write_text(
        TALLY.format(
            version=2,
            parameters="-- param: plus int(0..99) = 0 | Plus | more",
            columns="-- column: customers bigint | customers",
            change="customers, not *rows*",
            select="count(*) + $plus as customers",
        )
    )
    tallies = queries.load(tmp_path).queries
    known = MappingProxyType({**queries.load().queries, **queries.load(TINY).queries, **tallies})
    monkeypatch.setattr(queries, "catalogue", lambda: Catalogue(TINY, known))
    (tmp_path / "tiny.py").write_text(PAGE.format(query="active_customers", choices='"days"'))
    (tmp_path / "tally.py").write_text(PAGE.format(query="tally", choices='"plus"'))
    pages = (contents.read(tmp_path / "tiny.py"), contents.read(tmp_path / "tally.py"), *contents.pages())
    monkeypatch.setattr(contents, "pages", lambda: pages)
    return tmp_path


@pytest.fixture
def orders(library: Library) -> str:
    rows = "customer_id,ordered_at\nA,2024-01-05\nA,2024-01-06\nB,2024-01-06\n"
    return add(library, {"orders.csv": rows})


def counted(app: Any) -> int:
    return int(app.metric[0].value)


def test_an_older_version_is_chosen_run_and_compared(opened: Open, tiny: Path, orders: str) -> None:
    app = opened("tiny", tiny, dataset=orders)
    assert counted(app) == 2 and not app.expander
    app.button_group(key="widget:tiny.version").set_value(1).run()
    assert not app.exception
    assert counted(app) == 3, "version 1 counts orders, version 2 customers"
    assert app.query_params["tiny.version"] == "1"
    assert "Version 1 of active_customers is shown; the newest is version 2." in texts(app)
    assert app.expander[0].label == "What changed from version 1 to version 2"
    assert "Version 2, 2026-11-23: counted by customer" in texts(app)
    left, right = (code.value for code in app.expander[0].code)
    assert "- -- column: customers bigint | rows, not customers" in left.splitlines()
    assert "+ -- column: customers bigint | customers" in right.splitlines()
    app.button(key="newest-tiny").click().run()
    assert counted(app) == 2 and "tiny.version" not in app.query_params


def test_the_cited_address_of_an_older_version_opens_it(opened: Open, tiny: Path, orders: str) -> None:
    app = opened("tiny", tiny, dataset=orders, tiny__version="1", tiny__days="7")
    cited = next(code.value for code in app.code if "tiny.version=1" in code.value)
    assert "tiny.days=7" in cited and f"dataset={orders}" in cited and "generation=1" in cited


def test_an_older_version_with_other_columns_shows_its_rows(opened: Open, tiny: Path, orders: str) -> None:
    assert counted(opened("tally", tiny, dataset=orders, tiny__plus="5")) == 7
    app = opened("tally", tiny, dataset=orders, tiny__version="1", tiny__factor="3", tiny__plus="5")
    assert not app.exception and not app.metric
    assert "This version has other columns than the newest" in texts(app)
    assert app.dataframe[0].value["rows"].tolist() == [6], "its own parameter counts, the one it lacks does not"
    assert app.number_input(key="widget:tiny.factor").value == 3
    cited = next(code.value for code in app.code if "tiny.version=1" in code.value)
    assert "tiny.factor=3" in cited and "plus" not in cited


@pytest.mark.parametrize(("version", "shown"), [("9", 2), ("0", 2), ("x", 2), ("１", 2)])
def test_a_version_that_is_not_here_is_told(opened: Open, tiny: Path, orders: str, version: str, shown: int) -> None:
    app = opened("tiny", tiny, dataset=orders, tiny__version=version)
    assert not app.exception and counted(app) == 2
    assert f"There is no version {version} of active_customers (any more); version {shown} is shown." in texts(app)
    choose_chinese(app)
    assert "tiny.version" not in app.query_params


def test_the_nearest_later_version_stands_in_for_one_that_is_gone() -> None:
    known = queries.load(TINY).queries["active_customers.v2"]
    versions = {2: known, 5: Query(**{**vars_of(known), "version": 5})}
    catalogue = Catalogue(TINY, {query.reference: query for query in versions.values()})
    assert [catalogue.nearest("active_customers", n).version for n in (1, 2, 3, 5, 6)] == [2, 2, 5, 5, 5]


def vars_of(query: Query) -> dict[str, Any]:
    return {name: getattr(query, name) for name in query.__dataclass_fields__}


# Differences


def test_texts_side_by_side_keep_step() -> None:
    old, new = "a\nb\nc\nd", "a\nB\nB2\nc\nd\ne"
    left, right = difference.side_by_side(old, new)
    assert left.split("\n") == ["  a", "- b", "", "  c", "  d", ""]
    assert right.split("\n") == ["  a", "+ B", "+ B2", "  c", "  d", "+ e"]


def test_long_equal_stretches_are_folded() -> None:
    same = [str(i) for i in range(20)]
    left, right = difference.side_by_side("\n".join([*same, "x", *same]), "\n".join([*same, "y", *same]))
    expected = ["@@ 17 equal lines @@", "  17", "  18", "  19", "? x", "  0", "  1", "  2", "@@ 17 equal lines @@"]
    assert left.split("\n") == [line.replace("? ", "- ") for line in expected]
    assert right.split("\n") == [line.replace("? x", "+ y") for line in expected]


def test_equal_texts_have_nothing_marked() -> None:
    assert difference.side_by_side("a\nb", "a\nb") == ("@@ 2 equal lines @@",) * 2


# The method that travels with the numbers


@pytest.fixture
def behind(shop: Path) -> method.Method:
    scope = Scope(where=(("渠道", "=直播"),))
    with open_cursor(shop) as cursor:
        prepare_scope(cursor, facts_of(shop), scope)
        query = queries.catalogue().find("cohort_retention")
        result = Session(cursor).run(query, {"grain": "quarter", "start": "=evil\n; drop table x"})
    return method.Method("=How many?", "+Shop", 3, facts_of(shop), scope, result, "http://x/cohorts?a=b")


@pytest.fixture
def chinese() -> Iterator[None]:
    speak("zh_CN")
    yield
    speak("en")


def sheet_rows(content: bytes, sheet: str) -> list[tuple[Any, ...]]:
    book = openpyxl.load_workbook(io.BytesIO(content))
    return [tuple(cell.value for cell in row if cell.value is not None) for row in book[sheet].iter_rows()]


def test_the_workbook_says_how_its_numbers_were_computed(behind: method.Method) -> None:
    rows = sheet_rows(workbook.workbook(behind), "How it was computed")
    told = {row[0]: row[1:] for row in rows if len(row) > 1}
    assert told["Question asked"] == ("=How many?",)
    assert told["Dataset"] == ("+Shop",)
    assert told["Data state"] == ("state 3 · data to 2024-06-30 · times in Asia/Shanghai",)
    assert told["Scope"] == ("渠道: =直播", "where=渠道==直播")
    assert told["Query"][1] == "cohort_retention" and told["Version"] == ("1", "draft")
    assert told["Address to cite"] == ("http://x/cohorts?a=b",)
    by_name = {row[-1]: row[:-1] for row in rows if len(row) == 4}
    assert by_name["grain=quarter"][:2] == ("Period", "Quarter") and by_name["periods=12"][1] == "12", "defaults too"
    for column in behind.result.query.columns:
        assert by_name[column.name] == (
            column.label,
            " ".join(filter(None, (column.type, column.unit))),
            column.note,
        )
    script = [row[0] for row in rows[[row[:1] for row in rows].index(("SQL",)) + 1 :] if row]
    assert "-- $grain = quarter" in script and r"-- $start = =evil\n; drop table x" in script
    assert "create or replace temp table cohort_members as" in script


def test_the_method_is_told_in_chinese(chinese: None, behind: method.Method) -> None:
    told = {row[0]: row[1:] for row in sheet_rows(workbook.workbook(behind), "怎么算的") if row}
    assert "问题" in told and told["分析范围"][0] == "渠道：=直播"


def test_every_text_of_the_workbook_is_inert(behind: method.Method) -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook.workbook(behind)))
    assert book.sheetnames == ["All rows", "How it was computed"]
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f"
                if isinstance(cell.value, str):
                    assert cell.quotePrefix, "a text stays a text even when its cell is edited"


def test_a_text_longer_than_a_cell_goes_on_below() -> None:
    sink = io.BytesIO()
    with xlsxwriter.Workbook(sink, export.SAFE) as book:
        export.write_method(book.add_worksheet("told"), [("-- " + "x" * 40_000,), ("after",)], export.formats_of(book))
    rows = sheet_rows(sink.getvalue(), "told")
    assert [len(row[0]) for row in rows] == [32_767, 40_003 - 32_767, 5]


def test_types_survive_the_workbook() -> None:
    import datetime as dt
    import decimal

    table = pa.table(
        {
            "day": [dt.date(2024, 3, 5), dt.date(1600, 1, 1)],
            "moment": [dt.datetime(2024, 3, 5, 10, 30), None],
            "number": [0.5, float("nan")],
            "whole": [3, 2**60],
            "money": [decimal.Decimal("1.50"), None],
            "flag": [True, None],
            "pairs": pa.array([[("a", "=b")], None], pa.map_(pa.string(), pa.string())),
        }
    )
    header, first, second = sheet_rows(export.xlsx(table), "Rows")
    assert header == tuple(table.column_names)
    assert first == (dt.datetime(2024, 3, 5), dt.datetime(2024, 3, 5, 10, 30), 0.5, 3, 1.5, True, "a: =b")
    assert second == ("1600-01-01", "nan", str(2**60))
    assert "a: =b" in export.table_csv(table).decode("utf-8-sig")


# Addresses that age


@pytest.fixture
def third(library: Library, make: Make) -> Iterator[str]:
    """A dataset whose third generation is the current one; the second is kept while somebody reads it."""
    rows = "customer_id,ordered_at\nA,2024-01-05\n"
    id = add(library, {"orders.csv": rows})
    second = library.next_path(id)
    second.write_bytes(make({"orders.csv": rows + "B,2024-01-06\n"}).read_bytes())
    library.publish(id, second, "mine")
    with open_cursor(second):
        path = library.next_path(id)
        path.write_bytes(make({"orders.csv": rows + "B,2024-01-06\nC,2024-01-07\n"}).read_bytes())
        library.publish(id, path, "mine")
        yield id


@pytest.mark.parametrize(
    ("generation", "customers", "words", "kept"),
    [
        ("1", 2, "it names state 1, and state 2 is shown", "2"),
        ("2", 2, "This is state 2 of these data, as the link says; there is a newer one, state 3.", "2"),
        ("3", 3, "", "3"),
        ("4", 3, "names state 4 of these data, which is not here; the newest, state 3, is shown", None),
        ("0", 3, "“0” in the address is not a value for Data state", None),
        ("-1", 3, "“-1” in the address is not a value for Data state", None),
        ("²", 3, "“²” in the address is not a value for Data state", None),
        ("9" * 30, 3, "in the address is not a value for Data state", None),
        ("*2*", 3, "“*2*” in the address is not a value for Data state", None),
    ],
)
def test_a_generation_that_is_gone_opens_the_nearest_and_says_so(
    opened: Open, third: str, generation: str, customers: int, words: str, kept: str | None
) -> None:
    app = opened(dataset=third, generation=generation)
    assert not app.exception and not app.error
    assert app.metric[0].value == str(customers)
    assert words in texts(app) if words else not app.warning
    assert app.query_params["generation"] == generation, "nothing is written that nobody asked for"
    choose_chinese(app)
    assert app.query_params.get("generation") == kept


def test_a_dataset_of_another_version_of_the_app_is_told(
    opened: Open, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = add(library, {"orders.csv": "customer_id,ordered_at\nA,2024-01-05\n"}, "*Old*")
    opened()
    real = Library.facts

    def facts(self: Library, of: str, generation: int) -> Facts:
        if of == id:
            raise NoDataset("made by another version")
        return real(self, of, generation)

    monkeypatch.setattr(Library, "facts", facts)
    app = opened(dataset=id, generation="1")
    assert not app.exception
    assert "“*Old*” was made by another version of Churnbook and cannot be read" in texts(app)
    choose_chinese(app)
    assert app.query_params["dataset"] in ("sample-subscription", ["sample-subscription"]), "the one for the reader"


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_a_cited_address_leaves_the_language_to_its_reader(opened: Open, language: str) -> None:
    cited = [code.value for code in opened("cohorts", lang=language).code if "dataset=" in code.value]
    assert cited and not [each for each in cited if "lang=" in each]


@pytest.mark.parametrize(("page", "start"), [("overview", "/?dataset="), ("churn", "/churn?dataset=")])
def test_a_cited_address_opens_the_page(opened: Open, page: str, start: str) -> None:
    cited = [code.value for code in opened(page).code if "dataset=" in code.value]
    assert cited and all(each.startswith(start) for each in cited), cited


@pytest.mark.parametrize(
    ("page", "given"),
    [
        ("overview", {}),
        ("churn", {"rate__breakdown": "渠道", "rate__grain": "quarter", "change__in_period": "2024-01-01"}),
        ("cohorts", {"retention__breakdown": "渠道", "retention__minimum": "2", "comparison__segment_a": "直播"}),
        ("activity", {"states__grain": "week", "between__of": "activity"}),
        ("funnels", {"funnel__steps": '["signup","order"]', "funnel__window": "7", "funnel__attempt": "first"}),
        (
            "funnels",
            {"trend__grain": "week", "comparison__period_a": "2024-01-01", "comparison__period_b": "2023-12-25"},
        ),
        ("customer", {"customer": "C00003"}),
        ("definition", {}),
        (
            "reasons",
            {"reasons__level": "reason", "reasons__source": "words", "segments__breakdown": "渠道"},
        ),
        (
            "benchmarks",
            {
                "history__figure": "repeat_rate", "history__against": "last_year", "gaps__breakdown": "渠道",
                "change__changed_on": "2024-01-15", "change__affected": "直播", "change__unaffected": "推荐",
            },
        ),
    ],
)  # fmt: skip
def test_every_cited_address_asks_the_same_again(
    opened: Open, monkeypatch: pytest.MonkeyPatch, page: str, given: dict[str, str]
) -> None:
    answer, asked = results.answer, set[Request]()

    def noted(requests: Sequence[Request], facts: Facts) -> list[Result]:
        asked.update(requests)
        return answer(requests, facts)

    def questions(app_given: dict[str, str]) -> tuple[AppTest, dict[str, set[Request]]]:
        asked.clear()
        app = opened(page, **app_given)
        assert not app.exception and [each.value for each in app.warning] == []
        return app, {name: {each for each in asked if each.query == name} for name in {each.query for each in asked}}

    monkeypatch.setattr(results, "answer", noted)
    app, first = questions(given)
    (header,) = (each for each in contents.pages() if each.name == page)
    query_of = dict(re.findall(r'cell\("(\w+)", "(\w+)"', header.path.read_text(encoding="utf-8")))
    cited = [code.value for code in app.code if "dataset=" in code.value]
    assert cited
    for address in cited:
        values = {name: each[0] for name, each in parse_qs(urlparse(address).query, keep_blank_values=True).items()}
        _again, then = questions({name.replace(".", "__"): value for name, value in values.items()})
        for cell in {
            name.removesuffix(".version") for name in values if name.count(".") == 1 and name.endswith(".version")
        }:
            query = query_of.get(cell, "monitor")
            assert first[query] == then[query], (cell, address)
