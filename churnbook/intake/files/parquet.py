"""Parquet to a sheet: the engine reads it, every value as text."""

from __future__ import annotations

import duckdb

from churnbook.intake.files import shape
from churnbook.intake.files.sheet import SAMPLE_ROWS, File, Sheet, no_rows
from churnbook.words.language import N_
from churnbook.words.message import Refused


def sheet(file: File) -> Sheet:
    """The sheet of a Parquet file; raises Refused where it cannot be read or holds no rows."""
    with duckdb.connect() as connection:
        try:
            connection.execute("set timezone = 'UTC'")
            relation = connection.execute(
                "select * from read_parquet($path, binary_as_string = true) limit 1", {"path": str(file.path)}
            )
            headers = [column[0] for column in relation.description or []]
            rows = connection.execute(
                f"select * from ({text(len(headers))}) limit {SAMPLE_ROWS}", {"path": str(file.path)}
            ).fetchall()
        except duckdb.Error:
            raise Refused(
                N_("{file} is a Parquet file that cannot be read. Write it again and choose the new file."),
                file=file.name,
            ) from None
    if not rows:
        raise no_rows(file.name)
    return Sheet(
        file=file.name,
        sheet=None,
        format="parquet",
        encoding=None,
        delimiter=None,
        header_row=0,
        headers=shape.unique(headers),
        sample=tuple(rows),
        path=file.path,
        size=file.size,
        sha256=file.sha256,
    )


def text(columns: int) -> str:
    """SQL: the rows of the Parquet file $path as text columns c0, c1, …; text stored as bytes is read as UTF-8."""
    names = [f"c{index}" for index in range(columns)]
    texts = ", ".join(f"{name}::varchar as {name}" for name in names)
    return f"select {texts} from read_parquet($path, binary_as_string = true) as cells({', '.join(names)})"
