"""Workbooks as people read them: laid out as the picture, with the formats of percentages, money and days."""

import datetime as dt
import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from churnbook.analyses import method, workbook
from churnbook.catalogue import queries
from churnbook.catalogue.request import Scope
from churnbook.datasets import ranges
from churnbook.datasets.facts import facts_of
from churnbook.words.language import _, speak
from tests.builders import Make, ask


@pytest.fixture(params=["en", "zh_CN"])
def language(request: pytest.FixtureRequest) -> Any:
    speak(request.param)
    yield request.param
    speak("en")


def made(path: Path, query: str, scope: Scope | None = None, question: str = "How many?", **given: object) -> Any:
    scope = scope or Scope()
    facts = facts_of(path)
    with ranges.session(facts, scope) as session:
        result = session.run(queries.catalogue().find(query), given)
    behind = method.Method(question, "Shop", 1, facts, scope, result, "http://x/?dataset=a")
    return openpyxl.load_workbook(io.BytesIO(workbook.workbook(behind)))


def first(book: Any) -> Worksheet:
    sheet: Worksheet = book.worksheets[0]
    return sheet


def row_of(sheet: Worksheet, text: object, column: int = 1) -> int:
    return next(row for row in range(1, sheet.max_row + 1) if sheet.cell(row, column).value == text)


def shop(size: int) -> str:
    """Cohorts of `size` in January and of ten in February; half come back in the month after, all in the third."""
    rows = [f"A{i},2024-01-05,10,{'app' if i % 4 else 'web'}" for i in range(size)]
    rows += [f"B{i},2024-02-06,20,app" for i in range(10)]
    rows += [f"A{i},2024-02-05,30,web" for i in range(0, size, 2)] + [f"A{i},2024-03-05,12.5,web" for i in range(size)]
    rows += [f"B{i},2024-03-07,5,web" for i in range(5)] + ["Z,2024-03-20,1,web"]
    return "customer_id,ordered_at,amount,channel,currency\n" + "".join(f"{row},USD\n" for row in rows)


@pytest.mark.parametrize("size", [40, 400])
def test_retention_is_laid_out_as_its_heatmap(make: Make, size: int, language: str) -> None:
    book = made(make({"orders.csv": shop(size)}), "cohort_retention")
    sheet = first(book)
    words = {"en": ["Cohort", "Cohort size", "month 0", "month 1", "month 2"], "zh_CN": ["同期群", "群规模", "第0个月"]}
    top = row_of(sheet, words[language][0])
    headings = [cell.value for cell in sheet[top]]
    assert headings[: len(words[language])] == words[language]
    rows = [[cell.value for cell in sheet[top + i]] for i in (1, 2, 3)]
    assert rows[0][:5] == [dt.datetime(2024, 1, 1), size, 1, 0.5, 1]
    assert rows[1][:4] == [dt.datetime(2024, 2, 1), 10, 1, 0.5] and rows[1][4] is None
    assert [sheet.cell(top + 1, column).number_format for column in range(1, 6)] == [
        "yyyy-mm", "#,##0", "0.0%", "0.0%", "0.0%",
    ]  # fmt: skip
    assert sheet.freeze_panes == f"C{top + 1}"
    (scale,) = sheet.conditional_formatting
    assert str(scale.sqref) == f"D{top + 1}:E{top + 1}", "neither the start, which is 100 %, nor fewer than 30"
    assert scale.rules[0].type == "colorScale"
    assert sheet.cell(top + 1, 5).font.italic, "March is not over"
    assert not sheet.cell(top + 1, 4).font.italic
    note = str(sheet.cell(3, 1).value)
    assert {"en": "In italics: the period is still open", "zh_CN": "斜体"}[language] in note
    assert {"en": "fewer than 30 customers", "zh_CN": "少于30"}[language] in note


def test_a_split_heatmap_stands_once_for_each_segment(make: Make, language: str) -> None:
    sheet = first(made(make({"orders.csv": shop(60)}), "cohort_retention", breakdown="first_channel"))
    titles = [
        str(sheet.cell(row, 1).value) for row in range(1, sheet.max_row) if " · " in str(sheet.cell(row, 1).value)
    ]
    assert [title.split(" · ")[1] for title in titles[1:]] == ["app", "web"]
    for name, size in (("app", 45), ("web", 15)):
        top = row_of(sheet, next(title for title in titles if title.endswith(f" · {name}")))
        assert sheet.cell(top + 2, 2).value == size


def test_money_has_its_currency_and_the_cohort_table_shows_what_a_customer_brings(make: Make) -> None:
    sheet = first(made(make({"orders.csv": shop(40)}), "cohort_revenue"))
    top = row_of(sheet, "Cohort")
    assert [sheet.cell(top + 1, column).value for column in range(2, 6)] == [40, 10, 15, 12.5]
    assert {sheet.cell(top + 1, column).number_format for column in range(3, 6)} == {"[$$]#,##0.00"}
    assert sheet.cell(top - 1, 1).value == "Revenue per customer"


@pytest.mark.parametrize("grain", ["day", "week", "month", "quarter", "year"])
def test_periods_go_down_and_segments_across(make: Make, grain: str, language: str) -> None:
    path = make({"orders.csv": shop(40) + "Y,2022-11-05,7,app,USD\n"})
    sheet = first(made(path, "lifecycle_states", grain=grain, breakdown="first_channel"))
    query = queries.catalogue().find("lifecycle_states")
    top = row_of(sheet, _(query.column("active_customers").label)) + 1
    assert [cell.value for cell in sheet[top]][:3] == [_(query.column("period").label), "app", "web"]
    names = [column.name for column in query.columns]
    segment, period, active = (names.index(name) for name in ("segment", "period", "active_customers"))
    expected: dict[Any, dict[str, int]] = {}
    for row in ask(path, "lifecycle_states", grain=grain, breakdown="first_channel"):
        expected.setdefault(row[period], {})[row[segment]] = row[active]
    for down, (day, held) in enumerate(expected.items(), top + 1):
        assert [sheet.cell(down, column).value for column in (2, 3)] == [held.get("app"), held.get("web")]
        shown = sheet.cell(down, 1).value
        assert shown == f"{day.year} Q{(day.month + 2) // 3}" if grain == "quarter" else shown.date() == day
    assert {sheet.cell(top + 1, column).number_format for column in (2, 3)} == {"#,##0"}


def test_without_a_split_the_figures_drawn_stand_side_by_side(make: Make, language: str) -> None:
    book = made(make({"orders.csv": shop(40)}), "churn_rate")
    sheet = first(book)
    query = queries.catalogue().find("churn_rate")
    top = row_of(sheet, _(query.column("period").label))
    drawn = [cell.value for cell in sheet[top] if cell.value is not None]
    assert drawn == [_(query.column(name).label) for name in ("period", *query.picture)]
    rate = drawn.index(_("Churn rate")) + 1
    assert sheet.cell(top + 2, rate).number_format == "0.0%"
    rows = book.worksheets[1]
    assert [cell.value for cell in rows[1]] == [_(column.label) for column in query.columns if column.name != "segment"]
    assert rows.max_row == 1 + len(ask(make({"orders.csv": shop(40)}), "churn_rate"))
    assert rows.cell(2, 1).number_format == "yyyy-mm-dd"


def test_figures_of_the_monitor_are_written_by_their_kind(make: Make) -> None:
    path = make({"orders.csv": shop(40)})
    for figure, look in (("repeat_rate", "0.0%"), ("revenue", "[$$]#,##0.00"), ("customers", "#,##0")):
        sheet = first(made(path, "monitor", figure=figure))
        top = row_of(sheet, "Period")
        looks = {
            sheet.cell(row, 2).number_format for row in range(top + 1, top + 4) if sheet.cell(row, 2).value is not None
        }
        assert looks == {look}, figure


@pytest.mark.parametrize(
    ("query", "given"),
    [
        ("churn_conventions", {"in_period": "2024-02-01"}),
        ("churn_change", {"breakdown": "first_channel"}),
        ("purchases", {}),
        ("purchases", {"breakdown": "first_channel"}),
        ("weekdays", {"breakdown": "first_channel"}),
        ("weekdays", {}),
        ("days_between", {"breakdown": "first_channel"}),
        ("stickiness", {}),
        ("cohort_sizes", {"breakdown": "first_channel"}),
        ("cohort_retention_overall", {"breakdown": "first_channel"}),
        ("cohort_comparison", {"breakdown": "first_channel", "segment_a": "app", "segment_b": "web"}),
        ("funnel", {"steps": '["order","order"]', "breakdown": "first_channel"}),
        ("funnel_trend", {"steps": '["order","order"]', "breakdown": "first_channel"}),
        ("funnel_next", {"steps": '["order","order"]', "attempt": "first"}),
        ("funnel_times", {"steps": '["order","order"]', "window": "60"}),
        ("overview", {}),
        ("inactivity_workbench", {}),
    ],
)
def test_every_number_of_the_picture_stands_in_the_rows(
    make: Make, query: str, given: dict[str, Any], language: str
) -> None:
    book = made(make({"orders.csv": shop(40)}), query, **given)
    shown, rows, _told = book.worksheets
    every = {cell.value for row in rows.iter_rows(min_row=2) for cell in row}
    numbers = [cell.value for row in shown.iter_rows(min_row=5) for cell in row if isinstance(cell.value, int | float)]
    assert numbers and set(numbers) <= every
    assert all(cell.quotePrefix for row in shown.iter_rows() for cell in row if isinstance(cell.value, str))
    if language == "zh_CN":
        heads = " ".join(str(cell.value) for cell in rows[1])
        assert not any("a" <= letter <= "z" for letter in heads), heads


def test_what_would_be_a_formula_stays_a_text(make: Make) -> None:
    lines = "".join(f"C{i},2024-0{1 + i % 3}-05,{'=1+1' if i % 2 else '@SUM(A1)'}\n" for i in range(80))
    path = make({"orders.csv": f"customer_id,ordered_at,channel\n{lines}"})
    book = made(path, "lifecycle_states", question="=How many?", breakdown="first_channel")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert "f" not in {cell.data_type for cell in cells}
    assert {"=1+1", "@SUM(A1)", "=How many?"} <= {cell.value for cell in cells}
    assert all(cell.quotePrefix for cell in cells if isinstance(cell.value, str))


def test_a_list_of_customers_begins_with_the_list(make: Make, language: str) -> None:
    book = made(
        make({"orders.csv": shop(40)}),
        "cohort_retention_customers",
        cohort="2024-01-01",
        period="1",
    )
    assert len(book.worksheets) == 2
    sheet = first(book)
    assert sheet.cell(1, 1).value == {"en": "Customer id", "zh_CN": "客户编号"}[language]
    assert sheet.max_row == 21


def test_a_result_without_rows_is_a_workbook_still(make: Make) -> None:
    book = made(make({"orders.csv": shop(40)}), "cohort_retention", Scope(dt.date(2030, 1, 1)))
    assert [sheet.title for sheet in book] == ["All rows", "How it was computed"]


def test_the_method_tells_the_churn_definition_in_words_and_as_it_is_written(make: Make, language: str) -> None:
    book = made(make({"orders.csv": shop(40)}), "churn_rate")
    told = [[cell.value for cell in row if cell.value is not None] for row in book.worksheets[-1].iter_rows()]
    (line,) = (row for row in told if row and row[0] == _("Churn definition"))
    words = {"en": "Lost after 90 days without activity", "zh_CN": "连续90天没有活跃即为流失"}[language]
    assert line[1:] == [words, "churned_by_inactivity@1:days=90"]
