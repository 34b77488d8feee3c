"""What is remembered of a mapping, by the headers of the sheet: kept whole, found again, ignored where it no longer fits."""

import datetime as dt
import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from churnbook.datasets.facts import NoDataset
from churnbook.datasets.library import Library
from churnbook.intake.cells.dates import Choice
from churnbook.intake.files import headers, read
from churnbook.intake.files.sheet import Sheet
from churnbook.intake.files.unpivoted import Unpivot
from churnbook.intake.mapping import companion, map, remembered, unpivot
from churnbook.intake.mapping.plan import MappedSheet
from tests.builders import Open, texts
from tests.intake.built import choose, labelled, newest, uploaded

CONTENT = "Buyer,When,Paid,Country\nA,2024-01-05,10,France\nB,2024-01-06,20,Spain\n"
DAY = dt.date(2026, 11, 20)


def sheet_of(content: str, folder: Path, name: str = "export.csv") -> Sheet:
    (folder / name).write_text(content, encoding="utf-8")
    (found,) = read.inspect(folder / name, name, folder)
    return found


def kept(folder: Path) -> MappedSheet:
    sheet = sheet_of(CONTENT, folder)
    roles = {"customer_id": "Buyer", "occurred_at": "When", "event": "Country"}
    mapped = MappedSheet(sheet, "events", roles, Choice(day_first=True), ("Paid",))
    remembered.keep(folder / "mappings", [mapped], DAY)
    return mapped


def test_a_sheet_with_the_same_headers_starts_from_the_last_mapping(tmp_path: Path) -> None:
    mapped = kept(tmp_path)
    other = sheet_of("Buyer,When,Paid,Country\nC,2025-01-05,1,Peru\n", tmp_path, "december.csv")
    found = remembered.recall(tmp_path / "mappings", other)
    assert found == remembered.Remembered(DAY, (replace(mapped.plan, sheet="december.csv"),))
    assert remembered.recall(tmp_path / "nowhere", other) is None


def test_headers_in_another_case_are_the_same_and_in_another_order_are_not(tmp_path: Path) -> None:
    kept(tmp_path)
    found = remembered.recall(
        tmp_path / "mappings", sheet_of("BUYER,when,Paid ,COUNTRY\nC,2025-01-05,1,Peru\n", tmp_path, "caps.csv")
    )
    assert found is not None
    assert found.plans[0].roles == {"customer_id": "BUYER", "occurred_at": "when", "event": "COUNTRY"}
    assert found.plans[0].left_out == ("Paid",)
    swapped = sheet_of("When,Buyer,Paid,Country\n2025-01-05,C,1,Peru\n", tmp_path, "swapped.csv")
    assert remembered.recall(tmp_path / "mappings", swapped) is None


def test_the_plans_of_a_sheet_that_feeds_two_tables_are_kept_together(tmp_path: Path) -> None:
    sheet = sheet_of("uid,city,2024-01,2024-02,2024-03\nA,Rome,1,2,3\n", tmp_path)
    months = unpivot.months(sheet)
    assert months is not None
    orders = map.propose(unpivot.apply(sheet, months, tmp_path))
    remembered.keep(tmp_path / "mappings", [orders, companion.customers(sheet, orders, ["city"])], DAY)
    again = sheet_of("UID,City,2024-01,2024-02,2024-03\nB,Oslo,4,5,6\n", tmp_path, "again.csv")
    found = remembered.recall(tmp_path / "mappings", again)
    assert found is not None
    assert [plan.table for plan in found.plans] == ["orders", "customers"]
    assert found.plans[0].unpivot == Unpivot("months", ("UID", "City"), ("2024-01", "2024-02", "2024-03"))
    assert found.plans[0].apply(again, tmp_path).sheet.sample[0] == ("B", "Oslo", "2024-01", "4")


@pytest.mark.parametrize(
    "change",
    [
        "not json",
        "[]",
        '{"day": "2026-11-20"}',
        {"day": "yesterday"},
        {"headers": ["Buyer"]},
        {"plans": []},
        {"plans": [{"table": "orders"}]},
        {"plans": "all"},
    ],
)
def test_a_memory_that_is_broken_is_ignored(change: str | dict[str, object], tmp_path: Path) -> None:
    sheet = kept(tmp_path).sheet
    path = tmp_path / "mappings" / f"{headers.signature(sheet.headers)}.json"
    whole = json.loads(path.read_text())
    assert remembered.recall(path.parent, sheet) is not None
    path.write_text(change if isinstance(change, str) else json.dumps(whole | change))
    assert remembered.recall(path.parent, sheet) is None


def test_a_memory_with_a_role_or_header_there_is_no_more_is_ignored(tmp_path: Path) -> None:
    sheet = kept(tmp_path).sheet
    path = tmp_path / "mappings" / f"{headers.signature(sheet.headers)}.json"
    whole = path.read_text()
    for known, unknown in (
        ('"event"', '"colour"'),
        ('"events"', '"parties"'),
        ('"occurred_at": "When"', '"occurred_at": "Then"'),
    ):
        assert known in whole
        path.write_text(whole.replace(known, unknown))
        assert remembered.recall(path.parent, sheet) is None


def test_memories_are_no_datasets_and_are_never_swept(tmp_path: Path) -> None:
    library = Library(tmp_path)
    sheet = kept(tmp_path).sheet
    for path in ((tmp_path / "mappings"), *(tmp_path / "mappings").iterdir()):
        os.utime(path, (0, 0))
    library.sweep()
    assert library.list() == []
    with pytest.raises(NoDataset):
        library.find("mappings")
    assert remembered.recall(tmp_path / "mappings", sheet) is not None
    assert [path.suffix for path in (tmp_path / "mappings").iterdir()] == [".json"]


ORDERS = "Buyer,Order date,Paid amount,Country\n" + "".join(
    f"C{row % 8},2024-01-{row + 1:02},{row},{('France', 'Spain')[row % 2]}\n" for row in range(24)
)


def test_the_page_starts_from_the_last_mapping_and_goes_back_to_the_guess(opened: Open, library: Library) -> None:
    app = uploaded(opened, {"export.csv": ORDERS})
    assert "Mapped as on" not in texts(app)
    choose(app, {"Paid amount": "a"})
    app.button(key="load").click().run()
    assert not app.exception
    assert dict(newest(library).attributes) == {"Country": 2, "Paid amount": 8}

    app = uploaded(opened, {"again.csv": ORDERS.replace("C0", "C9")})
    assert f"Mapped as on {dt.date.today()}" in texts(app)
    (editor,) = app.data_editor
    assert list(editor.value["role"]) == ["customer_id", "ordered_at", "a", "a"]
    assert list(editor.value["known"]) == ["last time"] * 4
    labelled(app.button, "Start from the guess").click().run()
    assert not app.exception
    assert "Mapped as on" not in texts(app)
    (editor,) = app.data_editor
    assert list(editor.value["role"]) == ["customer_id", "ordered_at", "amount", "a"]
