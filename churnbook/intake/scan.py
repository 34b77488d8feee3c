"""SQL that reads the rows of a sheet; column names of files never reach it, headers travel as values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from churnbook.intake.read import Sheet


def careful(sheet: Sheet) -> tuple[str, dict[str, Any]]:
    """The data rows as text columns c0, c1, … and the values bound; lines that are no rows go to reject_errors."""
    names = [f"c{i}" for i in range(len(sheet.headers))]
    if sheet.format == "parquet":
        texts = ", ".join(f"{name}::varchar as {name}" for name in names)
        return f"select {texts} from read_parquet($path) as cells({', '.join(names)})", {"path": str(sheet.path)}
    columns = ["line", *names] if sheet.format == "xlsx" else names
    options = "" if sheet.format == "xlsx" else ", store_rejects = true"
    return _read_csv(sheet, {name: "VARCHAR" for name in columns}, options)


def plain(sheet: Sheet, columns: Mapping[str, str], timestamp: str) -> tuple[str, dict[str, Any]]:
    """The data rows of a text file in these types, times in this one format; any cell that is not fails."""
    text, bound = _read_csv(sheet, columns, ", timestampformat = $timestamp")
    return text, bound | {"timestamp": timestamp}


def _read_csv(sheet: Sheet, columns: Mapping[str, str], options: str) -> tuple[str, dict[str, Any]]:
    return (
        "select * from read_csv($path, delim = $delimiter, skip = $skip, columns = $columns, header = false,"
        " auto_detect = false, quote = '\"', escape = '\"', max_line_size = 16777216, buffer_size = 33554432"
        f"{options})",
        {
            "path": str(sheet.path),
            "delimiter": sheet.delimiter or ",",
            "skip": sheet.skipped_lines,
            "columns": dict(columns),
        },
    )
