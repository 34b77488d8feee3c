"""Charts render from tidy tables; exports keep text inert."""

import csv
import datetime as dt
import io
import re
from pathlib import Path

import altair as alt
import openpyxl
import pandas as pd
import pyarrow as pa
import pytest

from churnbook.analyses import export
from churnbook.analyses.activity import charts as activity_charts
from churnbook.analyses.churn import charts as churn_charts
from churnbook.analyses.cohorts import charts
from churnbook.analyses.draw import theme
from churnbook.analyses.draw.finished import finish, on
from churnbook.analyses.draw.picture import picture, picture_kind
from churnbook.analyses.draw.theme import PERCENT, SHORT, SIGNED_PERCENT, number_axis
from churnbook.catalogue import queries
from churnbook.catalogue.request import Scope
from churnbook.datasets.facts import facts_of
from churnbook.datasets.scope import prepare_scope
from churnbook.engine.duckdb import Session, open_cursor
from tests.builders import ask


@pytest.fixture
def tables(shop: object) -> tuple[pd.DataFrame, pd.DataFrame]:
    names = ["segment", "cohort", "cohort_size", "period", "retained", "retention", "ci_low", "ci_high", "complete"]
    retention = pd.DataFrame(ask(shop, "cohort_retention"), columns=names)  # type: ignore[arg-type]
    names = ["segment", "period", "cohorts", "customers", "retained", "retention", "ci_low", "ci_high"]
    return retention, pd.DataFrame(ask(shop, "cohort_retention_overall"), columns=names)  # type: ignore[arg-type]


def test_the_triangle_draws_numbers_sizes_and_what_is_open(tables: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    spec = charts.triangle(tables[0], "month", {"cohort": "2023-04-01", "period": 3}).to_dict()
    rows = next(iter(spec["datasets"].values()))
    assert {row["period"] for row in rows} == set(range(1, 13)), "the start's own period is 100 % and left out"
    assert rows[0]["row"].startswith("2023-01  ·  ")
    assert {row["state"] for row in rows} <= {"complete", "period still open", "too few customers"}


@pytest.mark.parametrize("kind", ["png", "svg"])
def test_pictures_are_pictures(tables: tuple[pd.DataFrame, pd.DataFrame], kind: str) -> None:
    for chart in (charts.triangle(tables[0], "month"), charts.curve(tables[1], "month", "All")):
        drawn = picture(chart, kind)
        assert drawn.startswith(b"\x89PNG" if kind == "png" else b"<svg")


@pytest.mark.parametrize(
    ("format", "values", "labels"),
    [
        (SHORT, [0, 1500], {"0", "500", "1k", "1.5k"}),
        (SHORT, [0, 1], {"0", "0.2", "0.4", "0.6", "0.8", "1"}),
        (PERCENT, [0, 0.02], {"0%", "0.5%", "1%", "1.5%", "2%"}),
        (PERCENT, [0, 0], {"0%"}),
        (SIGNED_PERCENT, [-0.4, 0.4], {"−40%", "−20%", "+0%", "+20%", "+40%"}),
    ],
)
def test_axes_write_numbers_as_they_are_read(format: str, values: list[float], labels: set[str]) -> None:
    rows = pd.DataFrame({"row": ["a", "b"], "value": values})
    chart = on(rows).mark_bar().encode(x="row:N", y=alt.Y("value:Q", axis=number_axis(format, 4)))
    assert set(re.findall(r">([+−]?[\d.]+[%a-zA-Z]*)</text>", picture(chart, "svg").decode())) == labels


def test_a_picture_with_chinese_needs_a_font(
    tables: tuple[pd.DataFrame, pd.DataFrame], monkeypatch: pytest.MonkeyPatch
) -> None:
    chart, english = (finish(charts.curve(tables[1], "month", title)) for title in ("全部同期群", "All"))
    monkeypatch.setattr("churnbook.analyses.draw.picture.cjk_font", lambda: None)
    assert picture_kind(lambda: chart) == "svg"
    assert picture_kind(lambda: english) == "png"
    monkeypatch.setattr("churnbook.analyses.draw.picture.cjk_font", lambda: "Noto Sans CJK SC")
    assert picture_kind(lambda: chart) == "png"


def test_many_cohorts_are_cut_to_the_last() -> None:
    days = pd.date_range("2024-01-01", periods=100)
    table = pd.DataFrame(
        {
            "segment": None,
            "cohort": days,
            "cohort_size": 50,
            "period": 1,
            "retained": 5,
            "retention": 0.1,
            "ci_low": 0.0,
            "ci_high": 0.2,
            "complete": True,
        }
    )
    assert charts.cohorts_left_out(table) == 40
    rows = next(iter(charts.triangle(table, "day").to_dict()["datasets"].values()))
    assert len(rows) == 60 and rows[-1]["cohort"] == "2024-04-09"


EVIL = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "plain", "<b>", "中文"]


def test_csv_opens_in_excel_and_formulas_are_inert() -> None:
    content = export.table_csv(pa.table({"=header": EVIL, "n": range(len(EVIL))}))
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert rows[0] == ["'=header", "n"]
    assert [row[0] for row in rows[1:]] == ["'=1+1", "'+1", "'-1", "'@SUM(A1)", "'\tx", "plain", "<b>", "中文"]
    assert [row[1] for row in rows[1:]] == [str(i) for i in range(len(EVIL))], "numbers stay numbers"


def test_xlsx_keeps_texts_as_texts() -> None:
    book = openpyxl.load_workbook(io.BytesIO(export.xlsx(pa.table({"=header": EVIL, "n": [-1.5] * len(EVIL)}))))
    sheet = book.active
    assert sheet is not None
    cells = [sheet.cell(row, 1) for row in range(2, len(EVIL) + 2)]
    assert [cell.value for cell in cells] == EVIL
    assert {cell.data_type for cell in cells} == {"s"}
    assert sheet["B2"].value == -1.5


@pytest.mark.parametrize("query", ["churn_rate", "lifecycle_states"])
def test_the_bar_picked_is_outlined_without_a_split(subscription: Path, query: str) -> None:
    with open_cursor(subscription) as cursor:
        prepare_scope(cursor, facts_of(subscription), Scope())
        rows = Session(cursor).run(queries.catalogue().find(query), {}).table.to_pandas()
    day = dt.date(2024, 6, 1)
    drawn = (
        churn_charts.balance(rows, "month", {"in_period": day, "state": "lost", "segment": None})
        if query == "churn_rate"
        else activity_charts.states(rows, "month", {"period": day, "state": "new", "segment": None})
    )
    (bars,) = [each for each in drawn.to_dict()["datasets"].values() if "is_picked" in each[0]]
    assert [row["period"] for row in bars if row["is_picked"]] == ["2024-06-01"]


def test_colours_too_dark_for_a_dark_page_are_lighter_there() -> None:
    drawn = {"mark": {"color": theme.KEPT}, "layer": [{"range": [theme.LOST, theme.CAUTION]}], "opacity": 0.5}
    lighter = {"mark": {"color": "#52A3A3"}, "layer": [{"range": ["#D8716D", theme.CAUTION]}], "opacity": 0.5}
    assert theme.on_dark(drawn) == lighter
