"""The same orders in every format and container, and containers that are refused before they cost anything."""

import datetime as dt
import gzip
import json
import zipfile
from decimal import Decimal
from pathlib import Path

import duckdb
import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from churnbook import __main__ as command_line
from churnbook.datasets.facts import facts_of
from churnbook.intake.files import read
from churnbook.intake.files.sheet import Sheet
from churnbook.intake.loading import load
from churnbook.intake.loading.report import Settings
from churnbook.intake.mapping.plan import MappedSheet
from churnbook.words.message import Refused
from tests.builders import Make, rows_of
from tests.intake.built import ORDER_ROWS, ORDERS, TWO, workbook
from tests.intake.written import ods, xls, zipped

ROWS: list[list[object]] = [
    ["customer_id", "ordered_at", "amount"],
    ["A", "2024-01-05", 10.5],
    ["B", "2024-01-06", 20],
]
OBJECTS = [dict(zip(["customer_id", "ordered_at", "amount"], row, strict=True)) for row in ROWS[1:]]
LINES = "\n".join(json.dumps(each) for each in OBJECTS)
PAGE = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in ROWS)
XML_2003 = "".join(
    f"<Row>{''.join(f'<Cell><Data ss:Type={chr(34)}String{chr(34)}>{cell}</Data></Cell>' for cell in row)}</Row>"
    for row in ROWS
)

FILES: dict[str, bytes] = {
    "orders.xls": xls(ROWS),
    "an old workbook.xlsx": xls(ROWS),
    "orders.ods": ods(ROWS),
    "orders.csv": ods(ROWS),
    "orders.json": json.dumps(OBJECTS).encode(),
    "one array inside.json": json.dumps({"code": 0, "data": {"list": OBJECTS}}).encode(),
    "orders.jsonl": LINES.encode(),
    "orders.ndjson": LINES.replace("\n", "\r\n\r\n").encode("utf-8-sig"),
    "a page.xls": f"<html><head><style>td {{}}</style></head><table>{PAGE}</table></html>".encode(),
    "a page in GBK.xls": f"<html><table><caption>订单表</caption>{PAGE}</table></html>".encode("gb18030"),
    "tabs.xls": ORDERS.replace(",", "\t").encode("gb18030"),
    "excel 2003.xls": f'<?xml version="1.0"?><Workbook><Worksheet><Table>{XML_2003}</Table></Worksheet></Workbook>'.encode(),
    "orders.csv.gz": gzip.compress(ORDERS.encode()),
    "orders.zip": zipped({"orders.csv": ORDERS.encode()}, zipfile.ZIP_DEFLATED),
    "a workbook in a zip.zip": zipped({"__MACOSX/._a.xlsx": b"x", "folder/": b"", "folder/a.xlsx": workbook(ROWS)}),
    "a zip in a zip.zip": zipped({"inner.zip": zipped({"../../../orders.csv": ORDERS.encode()})}),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_the_same_orders_in_every_format(make: Make, name: str) -> None:
    assert rows_of(make({name: FILES[name]}), ORDER_ROWS) == TWO


def sheets(tmp_path: Path, name: str, content: bytes) -> list[Sheet]:
    (tmp_path / "given").write_bytes(content)
    return read.inspect(tmp_path / "given", name, tmp_path)


def said(found: list[Sheet]) -> str:
    return " ".join(dict.fromkeys(each.english for sheet in found for each in sheet.notes))


def test_json_keeps_numbers_as_written_and_flattens_objects(tmp_path: Path) -> None:
    lines = '{"id": 9007199254740993, "a": {"b": 1.50, "c": {"d": true}}}\n{"id": 2, "more": [1, "x"], "a": null}\n'
    (sheet,) = found = sheets(tmp_path, "x.jsonl", lines.encode())
    assert sheet.headers == ("id", "a.b", "a.c.d", "more", "a")
    assert sheet.sample == (("9007199254740993", "1.50", "true", None, None), ("2", None, None, '["1", "x"]', None))
    assert "the first that differs is 2" in said(found)


def test_a_zip_of_several_tables_tells_what_it_left_out(tmp_path: Path) -> None:
    found = sheets(tmp_path, "店铺.zip", _gbk_zip({"订单.csv": ORDERS.encode(), "说明.pdf": b"%PDF-1.7"}))
    assert [sheet.file for sheet in found] == ["店铺.zip/订单.csv"]
    assert "店铺.zip/说明.pdf is a PDF document" in said(found)


def _gbk_zip(files: dict[str, bytes]) -> bytes:
    """As Chinese Windows packs: names in GBK without the flag that says UTF-8."""
    plain = {f"{number}".zfill(len(name.encode("gb18030"))): name for number, name in enumerate(files)}
    packed = zipped({short: files[name] for short, name in plain.items()})
    for short, name in plain.items():
        packed = packed.replace(short.encode(), name.encode("gb18030"))
    return packed


def test_hidden_sheets_and_formulas_without_results_are_told(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in (["customer_id", "ordered_at", "amount"], ["A", "2024-01-05", "=1+1"], ["B", "2024-01-06", 2]):
        book.active.append(row)
    hidden = book.create_sheet("secret")
    hidden.append(["a", "b"])
    hidden.append([1, 2])
    hidden.sheet_state = "hidden"
    book.save(tmp_path / "x.xlsx")
    found = read.inspect(tmp_path / "x.xlsx", "x.xlsx", tmp_path)
    assert [sheet.sheet for sheet in found] == ["Sheet"]
    assert found[0].sample[0] == ("A", "2024-01-05", None)
    assert "hidden sheets, which were left out: secret" in said(found) and "1 formulas have no stored result" in said(
        found
    )


def test_a_table_away_from_the_corner_with_cells_of_many_kinds(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    cells = [" A ", 'say "x", y', "two\nlines", 5, 0.5, True, dt.datetime(2024, 1, 5), dt.datetime(2024, 1, 5, 6, 7, 8)]
    for row, values in enumerate([("id", "is", "name"), *((f"u{n}", cell, "N") for n, cell in enumerate(cells))], 3):
        for column, value in enumerate(values, 3):
            book.active.cell(row, column, value)
    book.save(tmp_path / "x.xlsx")
    (sheet,) = read.inspect(tmp_path / "x.xlsx", "x.xlsx", tmp_path)
    written = ["A", 'say "x", y', "two\nlines", "5", "0.5", "true", "2024-01-05", "2024-01-05 06:07:08"]
    assert (sheet.header_row, sheet.headers) == (3, ("id", "is", "name"))
    assert [cells[1] for cells in sheet.sample] == written
    assert [cells for _, cells in sheet.lines()] == [[str(n + 4), f"u{n}", each, "N"] for n, each in enumerate(written)]


def test_merged_headers_of_two_rows_are_joined(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in (["销售报表"], ["客户编号", 2024, None, 2025, None], [None, "Q1", "Q2", "Q1", "Q2"], ["A", 1, 2, 3, 4]):
        book.active.append(row)
    for cells in ("A1:E1", "A2:A3", "B2:C2", "D2:E2"):
        book.active.merge_cells(cells)
    book.save(tmp_path / "x.xlsx")
    (sheet,) = read.inspect(tmp_path / "x.xlsx", "x.xlsx", tmp_path)
    assert sheet.headers == ("客户编号", "2024 Q1", "2024 Q2", "2025 Q1", "2025 Q2")
    assert sheet.sample == (("A", "1", "2", "3", "4"),)


def test_parquet_of_odd_types(make: Make, tmp_path: Path) -> None:
    with duckdb.connect() as connection:
        connection.execute(
            "copy (select 'A'::blob as customer_id, timestamptz '2024-01-05 00:00:00+00' as ordered_at,"
            " 10.5::decimal(18, 4) as amount, [1, 2] as list, {'x': 1} as struct"
            " union all select 'B'::blob, timestamptz '2024-01-06 00:00:00+00', 20, null, null)"
            f" to '{tmp_path / 'odd.parquet'}' (format parquet)"
        )
    assert rows_of(make({"orders.parquet": (tmp_path / "odd.parquet").read_bytes()}), ORDER_ROWS) == TWO


def _encrypted() -> bytes:
    packed = bytearray(zipped({"a.csv": ORDERS.encode()}))
    packed[6] |= 1
    packed[packed.index(b"PK\x01\x02") + 8] |= 1
    return bytes(packed)


ENTITIES = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><x>&b;</x>'
ZEROS = zipped({"zeros.csv": b"0" * (600 << 20)}, zipfile.ZIP_DEFLATED)

REFUSED: dict[str, tuple[bytes, str]] = {
    "bomb.zip": (ZEROS, "would unpack to far more"),
    "bomb in a zip.zip": (zipped({"bomb.zip": ZEROS}), "would unpack to far more"),
    "bomb.csv.gz": (gzip.compress(b"0" * (600 << 20), 1), "would unpack to far more"),
    "lying about its size.zip": (ZEROS.replace((600 << 20).to_bytes(4, "little"), (100).to_bytes(4, "little")), "damaged"),
    "entities.xlsx": (zipped({"xl/workbook.xml": ENTITIES}), "cannot be opened as a workbook"),
    "repeated.ods": (ods(ROWS).replace(b"<table:table-row>", b'<table:table-row table:number-rows-repeated="99999999">'), "damaged"),
    "encrypted.zip": (_encrypted(), "protected with a password"),
    "empty.zip": (zipped({}), "an archive with no file inside"),
    "no name.zip": (zipped({"X": b"1"}).replace(b"X", b"\x00"), "an archive with no file inside"),
    "nested.zip": (zipped({"a.zip": zipped({"a.zip": zipped({"a.zip": zipped({"a.csv": ORDERS.encode()})})})}), "archives inside archives"),
    "letter.docx": (zipped({"[Content_Types].xml": b"<x/>", "word/document.xml": b"<x/>"}), "a text document or a presentation"),
    "cut off.csv.gz": (gzip.compress(ORDERS.encode() * 100)[:-20], "is damaged"),
    "deep.json": (b"[" * 100_000 + b"]" * 100_000, "nested too deeply"),
    "deep.jsonl": (b'{"a": 1}\n' + b'{"a": ' * 100_000 + b"1" + b"}" * 100_000, "nested too deeply"),
    "cut off.json": (b'[{"a": 1}, {"a"', "is damaged"),
    "two lists.json": (b'{"a": [{"x": 1}], "b": [{"y": 1}]}', "several lists of objects"),
    "numbers.json": (b"[1, 2, 3]", "without a list of objects"),
    "page.xls": (b"<html><body>Log in</body></html>", "a web page without a table"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_opened_is_told(tmp_path: Path, name: str) -> None:
    content, words = REFUSED[name]
    with pytest.raises(Refused) as caught:
        sheets(tmp_path, name, content)
    assert words in str(caught.value) and name in str(caught.value)


def test_names_in_an_archive_are_never_paths(tmp_path: Path) -> None:
    work = tmp_path / "work"
    work.mkdir()
    (tmp_path / "x.zip").write_bytes(zipped({"../escaped.csv": ORDERS.encode(), "/abs.csv": b"id,x\n1,2\n"}))
    found = read.inspect(tmp_path / "x.zip", "x.zip", work)
    assert [sheet.file for sheet in found] == ["x.zip/escaped.csv", "x.zip/abs.csv"]
    assert sorted(each.name for each in tmp_path.iterdir()) == ["work", "x.zip"]
    assert all(sheet.path.parent == work for sheet in found)


def test_a_folder_is_imported_with_what_was_skipped(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    below = tmp_path / "export" / "2024"
    below.mkdir(parents=True)
    (below / "orders.csv").write_text(ORDERS)
    (below / "paper.pdf").write_bytes(b"%PDF-1.7")
    into = tmp_path / "x.duckdb"
    assert command_line.main(["import", "--folder", str(tmp_path / "export"), "--into", str(into), "--json"]) == 0
    files = json.loads(capsys.readouterr().out)["files"]
    assert [(each["file"], each["status"]) for each in files] == [
        ("2024/orders.csv", "loaded"),
        ("2024/paper.pdf", "skipped"),
    ]
    assert "a PDF document" in files[1]["reason"]
    assert facts_of(into).tables["orders"].rows == 2


def test_notes_reach_the_passport(make: Make) -> None:
    lines = LINES + '\n{"customer_id": "C", "ordered_at": "2024-01-07"}\n'
    made = make({"orders.jsonl": lines.encode()})
    assert rows_of(made, ORDER_ROWS)[2][2] is None
    assert any("do not all have the same keys" in sentence for sentence, _ in facts_of(made).warnings)
    assert rows_of(made, "select sum(amount) from main.orders") == [(Decimal("30.5"),)]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_the_bytes_there_are_sheets_or_a_refusal(tmp_path: Path, data: st.DataObject) -> None:
    if data.draw(st.booleans()):
        content = data.draw(st.binary(min_size=1, max_size=3000))
    else:
        changed = bytearray(FILES[data.draw(st.sampled_from(sorted(FILES)))])
        for _ in range(data.draw(st.integers(1, 8))):
            changed[data.draw(st.integers(0, len(changed) - 1))] = data.draw(st.integers(0, 255))
        content = bytes(changed[: data.draw(st.integers(1, len(changed)))])
    try:
        found = sheets(tmp_path, "given.csv", content)
    except Refused as refused:
        assert "given.csv" in str(refused)
    else:
        assert found and all(len(row) == len(sheet.headers) for sheet in found for row in sheet.sample)


# Names that promise something else

TEXTS = {
    "a CSV": b"customer_id,ordered_at,amount\nA,2024-01-05,10.5\nB,2024-01-06,20\n",
    "JSON": json.dumps(OBJECTS).encode(),
    "a page": f"<html><body><table>{PAGE}</table></body></html>".encode(),
}


@pytest.mark.parametrize("ending", ["xlsx", "XLS", "ods", "parquet", "zip", "gz"])
@pytest.mark.parametrize("what", TEXTS)
def test_text_with_the_name_of_something_else_is_read_and_told(tmp_path: Path, what: str, ending: str) -> None:
    path = tmp_path / f"orders.{ending}"
    path.write_bytes(TEXTS[what])
    target = tmp_path / "made.duckdb"
    assert command_line.main(["import", str(path), "--into", str(target)]) == 0
    assert rows_of(target, "select count(*) from orders") == [(2,)]
    (sheet,) = read.inspect(path, path.name, tmp_path)
    told = [note.english for note in sheet.notes]
    assert f"The name of {path.name} ends in .{ending.lower()}, but it is a text file; it was read as text." in told


@pytest.mark.parametrize("content", [b"hello", b"\n\n", b"a,b\n"])
def test_text_without_a_table_and_with_the_name_of_a_workbook_is_refused_with_what_it_is(
    tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "orders.xlsx"
    path.write_bytes(content)
    with pytest.raises(Refused, match=r"ends in \.xlsx, but it is a text file, and no table was found in it"):
        read.inspect(path, path.name, tmp_path)


def test_a_name_that_says_text_is_not_told(tmp_path: Path) -> None:
    path = tmp_path / "orders.txt"
    path.write_bytes(TEXTS["a CSV"])
    (sheet,) = read.inspect(path, path.name, tmp_path)
    assert not sheet.notes


def test_a_refusal_names_a_file_of_two_tables_once(tmp_path: Path) -> None:
    """Orders whose customers have attributes are read for both tables."""
    path = tmp_path / "orders.csv"
    path.write_text("customer_id,ordered_at,city\n,soon,x\n,later,y\n")
    (sheet,) = read.inspect(path, path.name, tmp_path)
    orders = MappedSheet(sheet, "orders", {"customer_id": "customer_id", "ordered_at": "ordered_at"})
    customers = MappedSheet(sheet, "customers", {"customer_id": "customer_id"})
    with pytest.raises(Refused) as refused:
        load.load([orders, customers], tmp_path / "made.duckdb", Settings("made"))
    assert str(refused.value).startswith("No row of orders.csv could be loaded.")
