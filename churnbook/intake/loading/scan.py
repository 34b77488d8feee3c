"""SQL that reads the rows of a sheet; column names of files never reach it, headers travel as values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from churnbook.intake.files import joined, parquet
from churnbook.intake.files.sheet import Sheet


def careful(sheet: Sheet, torn: str = "store_rejects") -> tuple[str, dict[str, Any]]:
    """The data rows as text columns c0, c1, … and the values bound.

    Lines that are no rows go to the table reject_errors, or with "ignore_errors" for `torn` nowhere.
    """
    names = [f"c{i}" for i in range(sheet.width)]
    if sheet.format == "parquet" and not sheet.has_lines:
        return _with_joined(sheet, parquet.text(len(names))), {"path": str(sheet.path)}
    columns = ["line", *names] if sheet.has_lines else names
    options = "" if sheet.has_lines else f", {torn} = true"
    text, bound = _read_csv(sheet, {name: "VARCHAR" for name in columns}, options)
    return _with_joined(sheet, text), bound


def _with_joined(sheet: Sheet, rows: str) -> str:
    """SQL: rows with the columns that are joined from two of them."""
    if not sheet.joined:
        return rows
    cells = [
        f"{joined.cell_sql(f'c{day}', f'c{clock}')} as c{index}"
        for index, (day, clock) in enumerate(sheet.joined, sheet.width)
    ]
    return f"select *, {', '.join(cells)} from ({rows})"


def plain(sheet: Sheet, columns: Mapping[str, str], timestamp: str) -> tuple[str, dict[str, Any]]:
    """The data rows of a text file in these types, times in this one format; any cell that is not fails."""
    text, bound = _read_csv(sheet, columns, ", timestampformat = $timestamp")
    return text, bound | {"timestamp": timestamp}


def _read_csv(sheet: Sheet, columns: Mapping[str, str], options: str) -> tuple[str, dict[str, Any]]:
    return (
        "select * from read_csv($path, delim = $delimiter, skip = $skip, columns = $columns, header = false,"
        " auto_detect = false, compression = 'none', quote = '\"', escape = '\"', max_line_size = 16777216, buffer_size = 33554432"
        f"{options})",
        {
            "path": str(sheet.path),
            "delimiter": "," if sheet.has_lines else sheet.delimiter or ",",
            "skip": sheet.skipped_records,
            "columns": dict(columns),
        },
    )


def record_lines(sheet: Sheet, records: list[int]) -> tuple[dict[int, int], list[int]]:
    """The 1-based line in the user's file of each 0-based data record, and the lines that are no records.

    Counts as DuckDB does: lines with a wrong number of fields never became records, blank ones neither.
    """
    wanted = set(records)
    width = sheet.width
    lines: dict[int, int] = {}
    torn: list[int] = []
    record = 0
    for begins, cells in sheet.lines():
        if len(cells) == width:
            if record in wanted:
                lines[record] = begins
            record += 1
        elif cells:
            torn.append(begins)
    return lines, torn
