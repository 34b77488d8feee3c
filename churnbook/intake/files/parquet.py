"""Parquet to a sheet: the engine reads it, every value as text; fields of records by dotted names."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import duckdb
from duckdb.sqltypes import DuckDBPyType

from churnbook.intake.files import shape
from churnbook.intake.files.objects import kept_as_text
from churnbook.intake.files.sheet import SAMPLE_ROWS, File, Sheet, no_rows
from churnbook.words.language import N_
from churnbook.words.message import Refused

_LISTS = ("list", "array", "map")


def sheet(file: File) -> Sheet:
    """The sheet of a Parquet file; raises Refused where it cannot be read or holds no rows."""
    with duckdb.connect() as connection:
        try:
            connection.execute("set timezone = 'UTC'")
            relation = connection.sql(
                "select * from read_parquet($path, binary_as_string = true)", params={"path": str(file.path)}
            )
            columns = [
                field
                for index, (name, type) in enumerate(zip(relation.columns, relation.types, strict=True))
                for field in _fields(name, f"c{index}", type)
            ]
            is_flat = len(columns) == len(relation.columns)
            path = file.path if is_flat else _flattened(connection, file, len(relation.columns), columns)
            rows = connection.execute(
                f"select * from ({text(len(columns))}) limit {SAMPLE_ROWS}", {"path": str(path)}
            ).fetchall()
        except duckdb.Error:
            raise Refused(
                N_("{file} is a Parquet file that cannot be read. Write it again and choose the new file."),
                file=file.name,
            ) from None
    if not rows:
        raise no_rows(file.name)
    names = [name for name, _cell, _type in columns]
    lists = [name for name, _cell, type in columns if type.id in _LISTS]
    return Sheet(
        file=file.name,
        sheet=None,
        format="parquet",
        encoding=None,
        delimiter=None,
        header_row=0,
        headers=shape.unique(names),
        sample=tuple(rows),
        path=path,
        size=file.size,
        sha256=file.sha256,
        notes=(*shape.said_of_repeated(file.name, shape.repeated(names)), *kept_as_text(file.name, lists)),
    )


def text(columns: int) -> str:
    """SQL: the rows of the Parquet file $path as text columns c0, c1, …; text stored as bytes is read as UTF-8."""
    names = [f"c{index}" for index in range(columns)]
    texts = ", ".join(f"{name}::varchar as {name}" for name in names)
    return f"select {texts} from {_cells(names)}"


def _cells(names: list[str]) -> str:
    return f"read_parquet($path, binary_as_string = true) as cells({', '.join(names)})"


def _fields(name: str, cell: str, type: DuckDBPyType) -> list[tuple[str, str, DuckDBPyType]]:
    """The dotted name, the SQL and the type of a column, or of each field of the record it holds."""
    if type.id != "struct":
        return [(name, cell, type)]
    return [
        field
        for place, (inner, inner_type) in enumerate(type.children, 1)
        if isinstance(inner_type, DuckDBPyType)
        for field in _fields(f"{name}.{inner}", f"struct_extract_at({cell}, {place})", inner_type)
    ]


def _flattened(
    connection: duckdb.DuckDBPyConnection, file: File, width: int, columns: list[tuple[str, str, DuckDBPyType]]
) -> Path:
    """A copy with a column for each field, since the names of fields are nothing to put into SQL."""
    handle, path = tempfile.mkstemp(".parquet", dir=file.work)
    os.close(handle)
    cells = ", ".join(f"{cell} as c{index}" for index, (_name, cell, _type) in enumerate(columns))
    connection.execute(
        f"copy (select {cells} from {_cells([f'c{index}' for index in range(width)])}) to $target (format parquet)",
        {"path": str(file.path), "target": path},
    )
    return Path(path)
