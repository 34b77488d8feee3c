"""Text as offices write it: bytes, line ends, quotation marks, headers, totals; read rightly or told."""

import datetime as dt
import random
from decimal import Decimal
from pathlib import Path

import pytest

from churnbook.datasets.facts import facts_of, rejected_of
from churnbook.intake.files import read
from churnbook.intake.files.sheet import Sheet
from churnbook.words.message import Refused
from tests.builders import Make, rows_of
from tests.intake.built import ORDER_ROWS, ORDERS, TWO

CHINESE = "客户编号,下单时间,实付金额,商品\nA,2024-01-05,10.50,连衣裙\nB,2024-01-06,20,运动鞋\n"
TAIWAN = "客戶編號,下單時間,實付金額,商品\nA,2024-01-05,10.50,連衣裙\nB,2024-01-06,20,運動鞋\n"
WESTERN = "customer_id,ordered_at,amount,product\nA,2024-01-05,10.50,Crème brûlée\nB,2024-01-06,20,Käsespätzle\n"

FILES: dict[str, bytes] = {
    "big5.csv": TAIWAN.replace("客戶編號,下單時間,實付金額", "customer_id,ordered_at,amount").encode("cp950"),
    "windows-1252.csv": WESTERN.encode("cp1252"),
    "four-byte characters.csv": CHINESE.replace("鞋", "𠮷").encode("gb18030"),
    "utf-16 le.csv": CHINESE.encode("utf-16-le"),
    "utf-16 be.csv": CHINESE.encode("utf-16-be"),
    "utf-16 le with mark.csv": b"\xff\xfe" + CHINESE.encode("utf-16-le"),
    "utf-16 be with mark.csv": b"\xfe\xff" + CHINESE.encode("utf-16-be"),
    "utf-16 tabs.xls": CHINESE.replace(",", "\t").encode("utf-16"),
    "padded.csv": ORDERS.encode() + b"\x00" * 512,
    "ends of old Macs.csv": ORDERS.replace("\n", "\r").encode(),
    "mixed ends.csv": ORDERS.encode().replace(b"\n", b"\r\n", 2),
    "ends of a mainframe.csv": ORDERS.encode() + b"\x1a",
    "sep.csv": b"sep=;\r\n" + ORDERS.replace(",", ";").replace("\n", "\r\n").encode(),
    "comments.csv": b"# made by export 1.2, on 2024-02-01, for shop\n# utf-8\n" + ORDERS.encode(),
    "header in a comment.csv": b"#" + ORDERS.encode(),
    "padded title.csv": "订单明细,,\n导出时间：2024-02-01,,\n".encode() + ORDERS.encode(),
    "blank lines above.csv": b"\n\n" + ORDERS.encode(),
    "header of two lines.csv": b'"customer_id","ordered_at","amount\n(CNY)"\nA,2024-01-05,10.50\nB,2024-01-06,20\n',
    "cells of two lines.csv": b'customer_id,ordered_at,amount,note\r\nA,2024-01-05,10.50,"a\nb"\r\nB,2024-01-06,20,"c, d"\r\n',
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_the_same_orders_however_they_are_written(make: Make, name: str) -> None:
    assert rows_of(make({name: FILES[name]}), ORDER_ROWS) == TWO


def sheet_of(tmp_path: Path, content: bytes) -> Sheet:
    (tmp_path / "x.csv").write_bytes(content)
    (sheet,) = read.inspect(tmp_path / "x.csv", "x.csv", tmp_path)
    return sheet


def said(sheet: Sheet) -> str:
    return " ".join(each.english for each in sheet.notes)


@pytest.mark.parametrize(
    ("text", "encoding", "read_as", "told"),
    [
        (CHINESE, "gb18030", "gb18030", ""),
        (CHINESE, "utf-8", "utf-8", ""),
        (TAIWAN, "gb18030", "gb18030", ""),
        (TAIWAN, "cp950", "cp950", "read as Big5, by its characters, for example “客戶編號"),
        (WESTERN, "cp1252", "cp1252", "read as Windows-1252, by its characters, for example “-01-05,10.50,Crème"),
        ("id,name\n1,José\n2,Zoë\n", "cp1252", "cp1252", "read as Windows-1252"),
        ("id,性别\n1,女\n2,男\n3,女\n", "gb18030", "gb18030", ""),
        (
            "顧客番号,住所\n1,東京都渋谷区\n2,ありがとう\n",
            "shift_jis",
            "gb18030",
            "its characters are unusual, for example",
        ),
    ],
)
def test_encodings_are_told_apart_and_assumptions_said(
    tmp_path: Path, text: str, encoding: str, read_as: str, told: str
) -> None:
    sheet = sheet_of(tmp_path, text.encode(encoding))
    assert sheet.encoding == read_as
    assert told in said(sheet) and bool(told) == bool(sheet.notes)
    if encoding == read_as:
        assert sheet.headers == tuple(text.split("\n")[0].split(","))
        assert [",".join(cell or "" for cell in row) for row in sheet.sample] == text.split("\n")[1:-1]


@pytest.mark.parametrize(
    ("content", "first", "second"),
    [
        (CHINESE.encode() + "C,2024-01-07,5,连衣裙\n".encode("gb18030"), 1, 4),
        (CHINESE.encode("gb18030") + "C,2024-01-07,5,连衣裙\n".encode(), 4, 1),
        (WESTERN.encode() + "C,2024-01-07,5,Müsli\n".encode("cp1252"), 2, 4),
        (CHINESE.encode("utf-8-sig") + "C,2024-01-07,5,连衣裙\n".encode("gb18030"), 1, 4),
        (ORDERS.encode() * 90_000 + CHINESE.encode() + CHINESE.encode("gb18030"), 270_001, 270_004),
    ],
)
def test_two_encodings_in_a_file_are_refused_with_their_lines(
    tmp_path: Path, content: bytes, first: int, second: int
) -> None:
    with pytest.raises(Refused, match=rf"in two encodings: line {first} is UTF-8, line {second} is not"):
        sheet_of(tmp_path, content)


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16-le"])
def test_a_file_that_ends_within_a_character_is_told(tmp_path: Path, encoding: str) -> None:
    sheet = sheet_of(tmp_path, CHINESE.rstrip("\n").encode(encoding)[:-1])
    assert "ends in the middle of a character" in said(sheet)
    assert sheet.sample[-1][:3] == ("B", "2024-01-06", "20")


def test_nul_bytes_are_removed_and_told(tmp_path: Path) -> None:
    sheet = sheet_of(tmp_path, ORDERS.encode().replace(b"A,", b"A\x00,"))
    assert sheet.sample[0][0] == "A" and "holds 1 NUL characters" in said(sheet)


def test_a_stray_quotation_mark_swallows_no_lines(make: Make) -> None:
    rows = 'A,2024-01-05,1,"5 inch\nB,2024-01-06,2,x\nC,2024-01-07,3,y"\nD,2024-01-08,4,"6"" pipe"\nE,2024-01-09,"7,z\n'
    made = make({"orders.csv": "customer_id,ordered_at,amount,product\n" + rows})
    assert rows_of(made, "select customer_id from main.customers order by 1") == [("A",), ("B",), ("C",), ("D",)]
    assert rows_of(made, "select product from main.orders order by ordered_at") == [
        ('"5 inch',),
        ("x",),
        ('y"',),
        ('6" pipe',),
    ]
    told = [(row.line, row.reason) for row in rejected_of(facts_of(made))]
    assert told == [(6, "money")]
    assert any(
        "3 lines have a quotation mark" in sentence.format(**fields) for sentence, fields in facts_of(made).warnings
    )


def test_a_stray_quotation_mark_that_hides_a_delimiter_sets_its_line_aside(make: Make) -> None:
    rows = 'A,2024-01-05,"x, y\nB,2024-01-06,z\n'
    made = make({"orders.csv": "customer_id,ordered_at,product\n" + rows})
    assert [(row.line, row.reason, row.value) for row in rejected_of(facts_of(made))] == [
        (2, "quote", 'A,2024-01-05,"x, y')
    ]
    assert facts_of(made).tables["orders"].rows == 1


def test_totals_are_set_aside_and_customers_called_so_are_told(make: Make) -> None:
    rows = "A,2024-01-05,10.50\n小计,,10.50\nB,2024-01-06,20\nSubtotal,,20\n合 计：,,30.5\nTotal\nTotal,2024-01-07,1\n"
    made = make({"orders.csv": "customer_id,ordered_at,amount\n" + rows})
    assert rows_of(made, ORDER_ROWS) == TWO
    assert [(row.line, row.value, row.reason) for row in rejected_of(facts_of(made))] == [
        (3, "小计", "total"),
        (5, "Subtotal", "total"),
        (6, "合 计：", "total"),
        (7, "Total", "total"),
        (8, "Total", "total"),
    ]


def test_a_product_called_total_is_data(make: Make) -> None:
    made = make(
        {"orders.csv": "product,customer_id,ordered_at,amount\nTotal,A,2024-01-05,10.50\nShell,B,2024-01-06,20\n"}
    )
    assert rows_of(made, ORDER_ROWS) == TWO


def test_a_header_that_stands_again_is_set_aside(make: Make) -> None:
    made = make({"customers.csv": "customer_id,city\nA,Bonn\ncustomer_id,city\nB,Ulm\n"})
    assert rows_of(made, "select customer_id from main.customers order by 1") == [("A",), ("B",)]
    assert [(row.line, row.reason) for row in rejected_of(facts_of(made))] == [(3, "header")]


@pytest.mark.parametrize(
    ("text", "headers", "first_row"),
    [
        (",2024,,2025,\nid,Q1,Q2,Q1,Q2\nA,1,2,3,4\n", ("id", "2024 Q1", "2024 Q2", "2025 Q1", "2025 Q2"), ("A", "1", "2", "3", "4")),
        ("id,2024,,2025,\n,Q1,Q2,Q1,Q2\nA,1,2,3,4\n", ("id", "2024 Q1", "2024 Q2", "2025 Q1", "2025 Q2"), ("A", "1", "2", "3", "4")),
        ("id,,amount,price\nA,x,y,y\nB,x,y,y\n", ("id", "column 2", "amount", "price"), ("A", "x", "y", "y")),
        ("id,plan,,city\nA,,x,Bonn\nB,,y,Ulm\n", ("id", "plan", "column 3", "city"), ("A", None, "x", "Bonn")),
        ("#,id,plan\n1,A,x\n2,B,y\n", ("#", "id", "plan"), ("1", "A", "x")),
        ("Name,id\n#1001,A\n#1002,B\n", ("Name", "id"), ("#1001", "A")),
        ("customer_id\nA\nB\n", ("customer_id",), ("A",)),
        ("=1+1,'; drop table x; --,id\na,b,c\n", ("=1+1", "'; drop table x; --", "id"), ("a", "b", "c")),
        (f"{'h' * 500},id\na,b\n", (f"{'h' * 119}…", "id"), ("a", "b")),
        (f"id,note\nA,{'n' * 10_000}\n", ("id", "note"), ("A", "n" * 10_000)),
        (",".join(f"c{i}" for i in range(300)) + "\n" + ",".join("x" for _ in range(300)) + "\n", tuple(f"c{i}" for i in range(300)), ("x",) * 300),
    ],
)  # fmt: skip
def test_headers_and_cells_of_many_shapes(
    tmp_path: Path, text: str, headers: tuple[str, ...], first_row: tuple[str | None, ...]
) -> None:
    sheet = sheet_of(tmp_path, text.encode())
    assert (sheet.headers, sheet.sample[0]) == (headers, first_row)


def test_lines_are_those_of_the_users_file(make: Make) -> None:
    text = '# a comment\n\ncustomer_id,ordered_at,"amount\n(CNY)"\n"A",2024-01-05,1\n\nB,never,2\nC,2024-01-06,3\n'
    made = make({"orders.csv": text}, tables={"orders.csv": "orders"}, roles={"ordered_at": "ordered_at"})
    assert [(row.line, row.value) for row in rejected_of(facts_of(made))] == [(7, "never")]
    assert rows_of(made, "select max(ordered_at) from main.orders") == [(dt.datetime(2024, 1, 6),)]


CONTROLLED = "customer_id,ordered_at,amount\n\x02A\x03,2024-01-05,10.50\nB,2024-01-06\x08,\x1f20\x7f\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_control_characters_are_removed_and_counted(make: Make, encoding: str) -> None:
    text = CONTROLLED if encoding != "gb18030" else CONTROLLED.replace("customer_id", "客户编号")
    made = make({"orders.csv": text.encode(encoding)})
    assert rows_of(made, ORDER_ROWS) == TWO
    told = [sentence.format(**fields) for sentence, fields in facts_of(made).warnings]
    assert "orders.csv holds 5 control characters, the first in line 2; they were removed." in told, told


def test_control_characters_far_down_are_removed_too(tmp_path: Path) -> None:
    rows = "".join(f"A{n},2024-01-05,1.50\n" for n in range(60_000))
    sheet = sheet_of(tmp_path, f"customer_id,ordered_at,amount\n{rows}A\x101,2024-01-05,2\n".encode())
    assert "1 control characters, the first in line 60,002" in said(sheet).replace("60002", "60,002")
    *_, (line, cells) = sheet.lines()
    assert (line, cells) == (60_002, ["A1", "2024-01-05", "2"])


@pytest.mark.parametrize("seed", range(3))
def test_what_is_no_text_is_still_refused(tmp_path: Path, seed: int) -> None:
    noise = random.Random(seed).randbytes(5000).replace(b"\x00", b"")
    for content in (noise, b"a,b\n" + noise, bytes(range(1, 32)) * 20, b"id,amount\n" + b"\x02\x03\x04\x05" * 9):
        with pytest.raises(Refused, match="neither text nor a workbook"):
            sheet_of(tmp_path, content)


@pytest.mark.parametrize(
    "rows",
    [
        '="A",2024-01-05,="10.50"\n="B",2024-01-06,="20"\n',
        '"=""A""",2024-01-05,"=""10.50"""\n"=""B""","=""2024-01-06""",20\n',
        "`A,2024-01-05,10.50\nB,'2024-01-06,'20\n",
        "\tA,2024-01-05,\t10.50\n\tB,\t2024-01-06,20\t\n",
        "`A,`2024-01-05,`10.50\n`B,`2024-01-06,`20\n",
    ],
)
def test_values_marked_as_text_are_read_past_their_marks(make: Make, rows: str) -> None:
    made = make({"orders.csv": "customer_id,ordered_at,amount\n" + rows})
    assert rows_of(made, ORDER_ROWS) == TWO
    assert facts_of(made).set_aside == 0


def test_marks_far_down_in_a_column_are_read_past_too(make: Make) -> None:
    rows = "".join(f"C{n},2024-01-05,1,web\n" for n in range(3000))
    marked = "'007,'2024-01-06,'-2.50,'0086\n`C1,`2024-01-07,`3,`app\n"
    made = make({"orders.csv": "customer_id,ordered_at,amount,channel\n" + rows + marked})
    late = "select customer_id, ordered_at, amount, channel from main.orders inner join main.customers using (customer) where ordered_at > '2024-01-05' order by 2"
    assert rows_of(made, late) == [
        ("007", dt.datetime(2024, 1, 6), Decimal("-2.5"), "0086"),
        ("C1", dt.datetime(2024, 1, 7), 3, "app"),
    ]
