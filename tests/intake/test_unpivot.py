"""Columns that become rows: months beside each other, and the dates of a customer."""

import datetime as dt
import json
from pathlib import Path

import pytest

from churnbook.datasets.facts import facts_of
from churnbook.intake.cells.dates import Choice
from churnbook.intake.files import headers, read
from churnbook.intake.files.sheet import Sheet
from churnbook.intake.files.unpivoted import Unpivot
from churnbook.intake.loading import load
from churnbook.intake.loading.report import Settings
from churnbook.intake.mapping import unpivot
from churnbook.intake.mapping.plan import MappedSheet, Plan
from churnbook.words.message import Refused
from tests.builders import UPLOADED_ON

WIDE = "客户编号,城市,2024-01,2024-02,2024-03\nA,北京,100,0,50.5\nB,上海,,20,-\nC,广州,0.00,暂无数据,30\n"
MONTHS = Unpivot("months", ("客户编号", "城市"), ("2024-01", "2024-02", "2024-03"))


def sheet_of(content: str, folder: Path, name: str = "wide.csv") -> Sheet:
    (folder / name).write_text(content, encoding="utf-8")
    (found,) = read.inspect(folder / name, name, folder)
    return found


def rows(sheet: Sheet) -> list[str]:
    return [",".join([line, *cells]) for _begins, (line, *cells) in sheet.lines()]


def test_each_month_becomes_a_row_with_its_line_where_the_cell_says_something(tmp_path: Path) -> None:
    turned = unpivot.apply(sheet_of(WIDE, tmp_path), MONTHS, tmp_path)
    assert turned.headers == ("客户编号", "城市", "月份", "金额")
    assert rows(turned) == [
        "2,A,北京,2024-01,100",
        "2,A,北京,2024-03,50.5",
        "3,B,上海,2024-02,20",
        "4,C,广州,2024-02,暂无数据",
        "4,C,广州,2024-03,30",
    ]
    assert turned.sample[0] == ("A", "北京", "2024-01", "100")
    assert (turned.name, turned.sha256, turned.unpivot) == ("wide.csv", sheet_of(WIDE, tmp_path).sha256, MONTHS)
    assert "blank or zero" in turned.notes[-1].english


def test_a_plan_kept_as_json_loads_the_same_again(tmp_path: Path) -> None:
    sheet = sheet_of(WIDE, tmp_path)
    roles = {"customer_id": "客户编号", "ordered_at": "月份", "amount": "金额"}
    mapped = MappedSheet(unpivot.apply(sheet, MONTHS, tmp_path), "orders", roles, Choice(day_first=False), ("城市",))
    plan = Plan.of_json(json.loads(json.dumps(mapped.plan.to_json())))
    assert plan == mapped.plan and plan.sheet == "wide.csv" and plan.left_out == ("城市",)
    again = plan.apply(sheet, tmp_path)
    report = load.load([again], tmp_path / "made.duckdb", Settings("made"), uploaded_on=UPLOADED_ON)
    assert report.rows == {"orders": 4}
    assert [(each.line, each.column, each.value, each.reason) for each in report.rejected] == [
        (4, "金额", "暂无数据", "money")
    ]


@pytest.mark.parametrize(
    "plan",
    [
        Plan("wide.csv", "orders", {"customer_id": "买家", "ordered_at": "月份"}, unpivot=MONTHS),
        Plan("wide.csv", "orders", {"customer_id": "客户编号"}, unpivot=Unpivot("months", ("买家",), ("2024-01",))),
        Plan("wide.csv", "orders", {"customer_id": "客户编号"}),
    ],
)
def test_a_plan_refuses_a_sheet_that_lacks_its_headers_or_roles(plan: Plan, tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"has no column 买家|no column is mapped to Order time"):
        plan.apply(sheet_of(WIDE, tmp_path), tmp_path)


@pytest.mark.parametrize(
    "change",
    [
        {"table": "invoices"},
        {"roles": {"colour": "城市"}},
        {"roles": ["城市"]},
        {"left_out": None},
        {"choice": {"first": True}},
        {"unpivot": {"kind": "weeks", "keys": ["a"], "columns": ["b"]}},
        {"unpivot": {"kind": "months", "keys": [], "columns": ["b"]}},
    ],
)
def test_json_that_is_no_plan_is_refused(change: dict[str, object]) -> None:
    sound = Plan("wide.csv", "orders", {"customer_id": "客户编号"}).to_json()
    assert Plan.of_json(sound).table == "orders"
    with pytest.raises(ValueError, match=r"no plan|no unpivot"):
        Plan.of_json(sound | change)


def test_left_out_columns_are_not_kept(tmp_path: Path) -> None:
    sheet = sheet_of(WIDE, tmp_path)
    assert MappedSheet(sheet, "customers", {"customer_id": "客户编号"}, left_out=("2024-01",)).kept() == (
        *("城市", "2024-02", "2024-03"),
    )


@pytest.mark.parametrize(
    ("header", "month"),
    [
        ("2024-01", "2024-01"),
        ("2024/1", "2024-01"),
        ("2024.01", "2024-01"),
        ("2024年1月", "2024-01"),
        ("2024年 12月", "2024-12"),
        ("２０２４年１月", "2024-01"),
        ("202401", "2024-01"),
        ("Jan 2024", "2024-01"),
        ("January 2024", "2024-01"),
        ("Jan-24", "2024-01"),
        ("2024 Feb", "2024-02"),
        ("2024-03-01", "2024-03"),
        ("2024-03-01 00:00:00", "2024-03"),
        ("2024-13", None),
        ("2024-03-15", None),
        ("Max 2024", None),
        ("202413", None),
        ("123456", None),
        ("1月", None),
        ("金额", None),
    ],
)
def test_the_month_a_header_names(header: str, month: str | None) -> None:
    assert headers.month(header) == month


def test_years_above_their_months_are_one_header(tmp_path: Path) -> None:
    sheet = sheet_of("客户编号,2023年,,2024年,\n,11月,12月,1月,2月\nA,1,2,3,4\nB,5,6,7,8\n", tmp_path)
    assert unpivot.months(sheet) == Unpivot(
        "months", ("客户编号",), ("2023年 11月", "2023年 12月", "2024年 1月", "2024年 2月")
    )


def test_months_under_a_header_without_an_id_word_are_no_data(tmp_path: Path) -> None:
    assert sheet_of("uid,202411,202412,202501\nA,1,2,3\n", tmp_path).headers == ("uid", "202411", "202412", "202501")


@pytest.mark.parametrize(
    ("uploaded_on", "watermark"), [(UPLOADED_ON, dt.date(2024, 3, 31)), (dt.date(2024, 3, 20), dt.date(2024, 3, 20))]
)
def test_the_last_month_counts_whole_unless_it_is_not_over_yet(
    tmp_path: Path, uploaded_on: dt.date, watermark: dt.date
) -> None:
    roles = {"customer_id": "客户编号", "ordered_at": "月份", "amount": "金额"}
    mapped = MappedSheet(unpivot.apply(sheet_of(WIDE, tmp_path), MONTHS, tmp_path), "orders", roles)
    load.load([mapped], tmp_path / "made.duckdb", Settings("made"), uploaded_on=uploaded_on)
    facts = facts_of(tmp_path / "made.duckdb")
    assert facts.watermark == watermark
    assert any("the end of the last month" in sentence for sentence, _fields in facts.warnings)


def test_a_mapping_remembered_under_its_former_name_is_still_known() -> None:
    plan = Plan("wide.csv", "orders", {"customer_id": "买家", "ordered_at": "月份", "amount": "金额"}, unpivot=MONTHS)
    for each in (plan, Plan("o.csv", "orders", {"customer_id": "a", "ordered_at": "b"})):
        content = each.to_json()
        content["reading"] = content.pop("unpivot")
        assert Plan.of_json(content) == each
