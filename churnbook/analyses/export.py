"""Tables as files people open in a spreadsheet: CSV with a byte order mark, XLSX; formulas stay text."""

from __future__ import annotations

import csv
import datetime as dt
import decimal
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

from churnbook.words.language import _

_MOST_ROWS = 1_048_576
_LONGEST_TEXT = 32_767
_EXACT = 1e15
"""Excel keeps fifteen digits; a longer number stays whole as a text."""
_FIRST_YEAR = 1901
"""Excel's calendar has no days before 1900, and one too many in it."""


class TooLong(ValueError):
    """A table with more rows than a workbook's sheet holds."""


_FORMULA_MARKS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")


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
    writer.writerows([guarded(_text(value) if isinstance(value, list) else value) for value in row] for row in rows)
    return sink.getvalue().encode("utf-8-sig")


SAFE = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
"""How a workbook is opened: no text becomes a formula or a link."""


def xlsx(table: pa.Table) -> bytes:
    """The table as a workbook of one sheet, under the names of its columns; texts are written as texts.

    Raises TooLong for more rows than a sheet holds; a text longer than a cell holds is cut by Excel's rule.
    """
    check_length(table)
    import xlsxwriter  # here, so that the command line starts without it

    sink = io.BytesIO()
    with xlsxwriter.Workbook(sink, SAFE) as book:
        _write_table(book.add_worksheet(_("Rows")), table, formats_of(book))
    return sink.getvalue()


def check_length(table: pa.Table) -> None:
    """Raises TooLong where a table has more rows than a workbook's sheet holds."""
    if not fits_sheet(table):
        raise TooLong(
            f"a workbook holds {_MOST_ROWS:,} rows and this table has {table.num_rows:,}; choose CSV or Parquet"
        )


def fits_sheet(table: pa.Table) -> bool:
    """Whether a workbook's sheet holds the table and its header."""
    return bool(table.num_rows < _MOST_ROWS)


@dataclass(frozen=True)
class Formats:
    """The cell formats of a workbook; a quote prefix keeps a text a text even when its cell is edited."""

    heading: Any
    inert: Any
    wrapped: Any
    code: Any
    day: Any
    moment: Any


def formats_of(book: Any) -> Formats:
    """The cell formats of a plain table and of a method, made in a workbook."""
    return Formats(
        heading=book.add_format({"bold": True, "quote_prefix": True}),
        inert=book.add_format({"quote_prefix": True}),
        wrapped=book.add_format({"quote_prefix": True, "text_wrap": True, "valign": "top"}),
        code=book.add_format({"quote_prefix": True, "font_name": "Consolas", "font_size": 9}),
        day=book.add_format({"num_format": "yyyy-mm-dd"}),
        moment=book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
    )


def _write_table(sheet: Any, table: pa.Table, formats: Formats) -> None:
    for column, name in enumerate(table.column_names):
        sheet.write_string(0, column, name, formats.heading)
    sheet.set_column(0, max(table.num_columns - 1, 0), 16)
    sheet.freeze_panes(1, 0)
    for number, row in enumerate(table.to_pylist(), 1):
        for column, value in enumerate(row.values()):
            look = (
                formats.moment
                if isinstance(value, dt.datetime)
                else formats.day
                if isinstance(value, dt.date)
                else None
            )
            write_value(sheet, number, column, value, look, formats.inert)


def write_method(sheet: Any, rows: Sequence[Sequence[str]], formats: Formats) -> None:
    """Write how it was computed: a row of one cell is a line of code, the first cell of others a heading.

    A text longer than a cell holds goes on below.
    """
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 3, 48)
    number = 0
    for row in rows:
        pieces = [[text[i : i + _LONGEST_TEXT] for i in range(0, len(text), _LONGEST_TEXT)] or [""] for text in row]
        for column, texts in enumerate(pieces):
            look = formats.code if len(row) == 1 else formats.wrapped if column else formats.heading
            for below, text in enumerate(texts):
                sheet.write_string(number + below, column, text, look)
        number += max(map(len, pieces), default=1)


def write_value(sheet: Any, row: int, column: int, value: Any, look: Any, inert: Any) -> None:
    """Write a value in the format `look`; what Excel cannot hold as a number or day is a text, in `inert` then.

    A text is written as it is: nothing in a cell is ever run as a formula.
    """
    match value:
        case None:
            return
        case bool():
            sheet.write_boolean(row, column, value, look)
        case int() | float() | decimal.Decimal() if math.isfinite(number := float(value)) and abs(number) < _EXACT:
            sheet.write_number(row, column, number, look)
        case dt.date() if value.year >= _FIRST_YEAR and getattr(value, "tzinfo", None) is None:
            sheet.write_datetime(row, column, value, look)
        case str() if look is not None:
            sheet.write_string(row, column, value[:_LONGEST_TEXT], look)
        case _:
            sheet.write_string(row, column, _text(value)[:_LONGEST_TEXT], inert)


def _text(value: Any) -> str:
    if isinstance(value, list):  # a map comes as a list of pairs
        return ", ".join(": ".join(map(str, item)) if isinstance(item, tuple) else str(item) for item in value)
    return value.isoformat(" ") if isinstance(value, dt.datetime) else str(value)
