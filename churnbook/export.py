"""Tables as files people open in a spreadsheet: CSV with a byte order mark, XLSX; formulas stay text."""

from __future__ import annotations

import csv
import datetime as dt
import decimal
import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

_MOST_ROWS = 1_048_576
_LONGEST_TEXT = 32_767


class TooLong(ValueError):
    """A table with more rows than a workbook's sheet holds."""


_FORMULA_MARKS = ("=", "+", "-", "@", "\t", "\r", "\n")


def guarded(value: Any) -> Any:
    """A text that a spreadsheet would run as a formula, made inert by a leading apostrophe."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA_MARKS) else value


def table_csv(table: pa.Table) -> bytes:
    """The table as CSV that Excel opens rightly in any language (UTF-8 with a byte order mark)."""
    return rows_csv(table.column_names, [list(row.values()) for row in table.to_pylist()])


def rows_csv(header: Sequence[str], rows: Sequence[Sequence[Any]]) -> bytes:
    """Rows as CSV that Excel opens rightly in any language (UTF-8 with a byte order mark)."""
    sink = io.StringIO(newline="")
    writer = csv.writer(sink)
    writer.writerow([guarded(name) for name in header])
    writer.writerows([guarded(value) for value in row] for row in rows)
    return sink.getvalue().encode("utf-8-sig")


def xlsx(table: pa.Table) -> bytes:
    """The table as a workbook of one sheet; texts are written as texts, never as formulas or links.

    Raises TooLong for more rows than a sheet holds; a text longer than a cell holds is cut by Excel's rule.
    """
    if table.num_rows >= _MOST_ROWS:
        raise TooLong(
            f"a workbook holds {_MOST_ROWS:,} rows and this table has {table.num_rows:,}; choose CSV or Parquet"
        )
    import xlsxwriter  # here, so that the command line starts without it

    sink = io.BytesIO()
    with xlsxwriter.Workbook(
        sink,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "default_date_format": "yyyy-mm-dd",
        },
    ) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, table.column_names)
        for number, row in enumerate(table.to_pylist(), 1):
            for column, value in enumerate(row.values()):
                _write_cell(sheet, number, column, value)
    return sink.getvalue()


def _write_cell(sheet: Any, row: int, column: int, value: Any) -> None:
    if isinstance(value, str):
        sheet.write_string(row, column, value[:_LONGEST_TEXT])
    elif isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, int | float | decimal.Decimal):
        sheet.write_number(row, column, float(value))
    elif isinstance(value, dt.date | dt.datetime):
        sheet.write_datetime(row, column, value)
    elif value is not None:
        sheet.write_string(row, column, str(value))
