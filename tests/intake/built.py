"""What tests of intake share: small files and what they hold, a column read, files given to the page."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import duckdb
import openpyxl
from streamlit.testing.v1 import AppTest

from churnbook.datasets.facts import Facts
from churnbook.datasets.library import Library
from churnbook.intake.cells import dates, numbers, values
from churnbook.intake.cells.dates import Choice
from tests.builders import Open

SHANGHAI = "Asia/Shanghai"

ORDERS = "customer_id,ordered_at,amount\nA,2024-01-05,10.50\nB,2024-01-06,20\n"


ORDER_ROWS = "select customer_id, ordered_at, amount from main.orders inner join main.customers using (customer) order by customer_id"


TWO = [("A", dt.datetime(2024, 1, 5), Decimal("10.5")), ("B", dt.datetime(2024, 1, 6), Decimal("20"))]


def workbook(rows: list[list[object]], **others: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    for title, content in others.items():
        sheet = book.create_sheet(title)
        for row in content:
            sheet.append(row)
    sink = io.BytesIO()
    book.save(sink)
    return sink.getvalue()


def read(
    kind: str, cells: Sequence[str], choice: Choice = dates.AS_WRITTEN, timezone: str = SHANGHAI
) -> tuple[list[Any], values.Written | None]:
    """What a column of these cells is read as, and how it was judged to write its values."""
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")

        def selected(expressions: Sequence[str]) -> list[tuple[Any, ...]]:
            bound = {"timezone": timezone} if any("$timezone" in each for each in expressions) else {}
            return connection.execute(
                f"select {', '.join(expressions)} from (select unnest($cells::varchar[]) as cell)",
                {"cells": list(cells)} | bound,
            ).fetchall()

        written: values.Written | None = None
        if kind == "timestamp":
            written = dates.judge(connection, cells, lambda aggregates: selected(aggregates)[0], choice)
        elif kind in values.JUDGED:
            written = numbers.judge(cells)
        typed = values.typed("cell", kind, written)
        bound = {"timezone": timezone} if "$timezone" in typed else {}
        rows = connection.execute(
            f"select {values.checked('value', kind, 'cell')} from (select cell, {typed} as value from"
            " (select unnest($cells::varchar[]) as cell))",
            {"cells": list(cells)} | bound,
        ).fetchall()
    return [value for (value,) in rows], written


def uploaded(opened: Open, files: dict[str, str], **address: str) -> AppTest:
    app = opened("your_data", **address)
    app.file_uploader[0].set_value([(name, content.encode(), "text/csv") for name, content in files.items()]).run()
    assert not app.exception
    return app


def choose(app: AppTest, roles: dict[str, str]) -> None:
    """Choose what columns mean, as clicks in the table do."""
    (editor,) = app.data_editor
    indexes = list(editor.value["column"])
    edited = {indexes.index(header): {"role": role} for header, role in roles.items()}
    edits = {"edited_rows": edited, "added_rows": [], "deleted_rows": []}
    app.session_state[str(editor.key)] = edits
    app.run()
    assert not app.exception


def meanings(app: AppTest) -> dict[str, str]:
    """The meaning each column starts with; "a" is an attribute of the customer, "-" none."""
    (editor,) = app.data_editor
    return dict(zip(editor.value["column"], editor.value["role"], strict=True))


def labelled(elements: Any, label: str) -> Any:
    (found,) = [each for each in elements if each.label == label]
    return found


def newest(library: Library) -> Facts:
    (listed,) = [each for each in library.list() if not each.is_sample]
    facts = library.facts(listed.id, listed.generation)
    library.delete(listed.id)
    return facts
