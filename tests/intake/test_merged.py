"""Cells merged over the lines of one order: each line has them, amounts count once, and both are said."""

import datetime as dt
import io
from pathlib import Path

import openpyxl
import pytest

from churnbook.datasets.facts import facts_of
from churnbook.intake.files import read
from churnbook.intake.files.sheet import Sheet
from tests.builders import Make, rows_of
from tests.intake.written import Cells, Merged, xls

ROWS: Cells = [
    ["订单编号", "买家id", "下单时间", "商品", "数量", "金额"],
    ["D1", "U1", "2024-01-05", "皂", 2, 18],
    [None, None, None, "刷", 1, 14],
    ["D2", "U2", "2024-01-09", "皂", 1, 9],
    ["D3", "U1", "2024-02-06", "巾", 1, 20],
    [None, None, None, "皂", 3, 27],
    [None, None, None, "刷", 1, 14],
]
MERGED: list[Merged] = [(first, last, index) for first, last in ((1, 2), (4, 6)) for index in range(3)]


def xlsx(rows: Cells, merged: list[Merged], below: int = 0) -> bytes:
    book = openpyxl.Workbook()
    assert book.active is not None
    for r, row in enumerate(rows, below + 1):
        for c, value in enumerate(row, 1):
            book.active.cell(r, c, value)
    for first, last, index in merged:
        book.active.merge_cells(
            start_row=below + first + 1, end_row=below + last + 1, start_column=index + 1, end_column=index + 1
        )
    sink = io.BytesIO()
    book.save(sink)
    return sink.getvalue()


def page(rows: Cells, merged: list[Merged]) -> bytes:
    high = {(first, index): last - first + 1 for first, last, index in merged}
    covered = {(r, index) for first, last, index in merged for r in range(first + 1, last + 1)}
    lines = [
        "".join(
            f"<td rowspan={high.get((r, c), 1)}>{'' if value is None else value}</td>"
            for c, value in enumerate(row)
            if (r, c) not in covered
        )
        for r, row in enumerate(rows)
    ]
    return f"<table>{''.join(f'<tr>{line}</tr>' for line in lines)}</table>".encode()


FILES = {
    "订单.xlsx": xlsx(ROWS, MERGED),
    "订单 below.xlsx": xlsx(ROWS, MERGED, below=3),
    "订单.xls": xls(ROWS, merged=MERGED),
    "订单 a page.xls": page(ROWS, MERGED),
}


def sheet_of(folder: Path, name: str, content: bytes) -> Sheet:
    (folder / "file").write_bytes(content)
    (sheet,) = read.inspect(folder / "file", name, folder)
    return sheet


@pytest.mark.parametrize("name", FILES)
def test_merged_cells_hold_for_all_the_rows_they_cover(tmp_path: Path, name: str) -> None:
    sheet = sheet_of(tmp_path, name, FILES[name])
    assert [row[:4] for row in sheet.sample] == [
        ("D1", "U1", "2024-01-05", "皂"),
        ("D1", "U1", "2024-01-05", "刷"),
        ("D2", "U2", "2024-01-09", "皂"),
        ("D3", "U1", "2024-02-06", "巾"),
        ("D3", "U1", "2024-02-06", "皂"),
        ("D3", "U1", "2024-02-06", "刷"),
    ]
    assert [note.english for note in sheet.notes if "merged" in note.english] == [
        f"{sheet.name}: cells merged over several rows were filled for each of them: 9 cells in 订单编号, 买家id, 下单时间."
    ]


def test_orders_with_merged_cells_load_whole(make: Make) -> None:
    made = make({"订单.xlsx": FILES["订单.xlsx"]})
    assert facts_of(made).set_aside == 0
    by_month = "select date_trunc('month', day)::date, count(*), sum(amount) from main.orders group by all order by 1"
    assert rows_of(made, by_month) == [(dt.date(2024, 1, 1), 3, 41), (dt.date(2024, 2, 1), 3, 61)]


def test_an_amount_merged_over_rows_stays_in_the_first(tmp_path: Path) -> None:
    rows = [[*row, total] for row, total in zip(ROWS, ["订单总金额", 32, None, 9, 61, None, None], strict=True)]
    sheet = sheet_of(tmp_path, "x.xlsx", xlsx(rows, [*MERGED, (1, 2, 6), (4, 6, 6)]))
    assert [row[6] for row in sheet.sample] == ["32", None, "9", "61", None, None]
    assert sheet.sample[5][:3] == ("D3", "U1", "2024-02-06")
    assert sheet.notes[1].english == (
        "x.xlsx · Sheet: amounts merged over several rows stand in the first of them only, so that each counts once: 2 in 订单总金额."
    )


def test_a_price_and_an_id_of_digits_merged_over_rows_are_filled(tmp_path: Path) -> None:
    rows: Cells = [["单号", "单价", "数量"], [1001, 9.5, 2], [None, None, 3], [1002, 5, 1]]
    sheet = sheet_of(tmp_path, "x.xlsx", xlsx(rows, [(1, 2, 0), (1, 2, 1)]))
    assert sheet.sample == (("1001", "9.5", "2"), ("1001", "9.5", "3"), ("1002", "5", "1"))


def test_headers_and_titles_merged_downwards_are_no_data(tmp_path: Path) -> None:
    rows: Cells = [
        ["报表", *[None] * 3],
        ["id", 2024, None, "城市"],
        [None, "Q1", "Q2", None],
        ["A", 1, 2, "X"],
        [None, 3, 4, "Y"],
    ]
    content = xlsx(rows, [(1, 2, 0), (1, 2, 3), (3, 4, 0)])
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert book.active is not None
    book.active.merge_cells("B2:C2")
    book.active.merge_cells("A1:D1")
    book.save(tmp_path / "x.xlsx")
    sheet = sheet_of(tmp_path, "x.xlsx", (tmp_path / "x.xlsx").read_bytes())
    assert sheet.headers == ("id", "2024 Q1", "2024 Q2", "城市")
    assert sheet.sample == (("A", "1", "2", "X"), ("A", "3", "4", "Y"))


def test_cells_left_blank_without_being_merged_stay_blank(tmp_path: Path) -> None:
    sheet = sheet_of(tmp_path, "x.xlsx", xlsx(ROWS, []))
    assert sheet.sample[1][:3] == (None, None, None) and sheet.notes == ()
