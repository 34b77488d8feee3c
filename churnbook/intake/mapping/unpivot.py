"""Columns that are rows: months beside each other, or the dates of a customer, written below each other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import duckdb

from churnbook.catalogue import schema
from churnbook.intake.cells import numbers, values
from churnbook.intake.cells.profile import profiles
from churnbook.intake.files import parquet, shape
from churnbook.intake.files.headers import likeness, month, months_in_row
from churnbook.intake.files.sheet import Aside, Sheet, sample_of, write
from churnbook.intake.files.unpivoted import Unpivot
from churnbook.words.language import N_
from churnbook.words.message import Notice, Refused

_MADE = {
    "months": (("month", "amount"), ("月份", "金额")),
    "dates": (("event", "time"), ("行为", "时间")),
}
"""The headers of the two columns that are made, in English and in Chinese."""


def months(sheet: Sheet) -> Unpivot | None:
    """How a sheet with a column for each month is read; None where it is none."""
    found = months_in_row(sheet.headers)
    others = tuple(header for header in sheet.headers if header not in found)
    customer = schema.ORDERS.role("customer_id")
    if not found or not any(likeness(customer, header) for header in others):
        return None
    judged = [profile for header, profile in profiles(sheet).items() if header in found and profile.filled]
    amounts = sum(profile.fits("money") for profile in judged)
    return Unpivot("months", others, tuple(found)) if 2 * amounts > len(judged) else None


def apply(sheet: Sheet, reading: Unpivot, work: Path) -> Sheet:
    """A copy of a sheet with its columns turned into rows, in a file of the folder `work`.

    Raises Refused where a column is gone or no cell of the columns says anything.
    """
    for header in (*reading.keys, *reading.columns):
        if header not in sheet.headers:
            raise missing_column(sheet, header)
    torn: list[Aside] = []
    nothing = _nothing(sheet, reading)
    path, sample = write(_turned(sheet, reading, nothing, torn), headers(sheet, reading), work)
    if not sample:
        path.unlink()
        raise Refused(
            N_("{file}: the columns {columns} hold nothing that could become rows. Leave them as they stand."),
            file=sheet.name,
            columns=", ".join(reading.columns),
        )
    return replace(
        sheet,
        delimiter=None,
        headers=headers(sheet, reading),
        sample=sample_of(sample),
        path=path,
        skipped_lines=1,
        skipped_records=1,
        has_lines=True,
        reading=reading,
        unturned=sheet.headers,
        notes=(*sheet.notes, _said(sheet, reading)),
        aside=(*sheet.aside, *torn),
    )


def missing_column(sheet: Sheet, header: str) -> Refused:
    """The refusal of a mapping to a header that the sheet does not have."""
    return Refused(
        N_("{file} has no column {column}; its columns are: {columns}."),
        file=sheet.name,
        column=header,
        columns=", ".join(sheet.headers),
    )


def _said(sheet: Sheet, reading: Unpivot) -> Notice:
    about = {"file": sheet.name, "columns": ", ".join(reading.columns)}
    if reading.kind == "months":
        about["columns"] = f"{reading.columns[0]} … {reading.columns[-1]}"
        return Notice.of(
            N_("{file}: each cell of the months {columns} was read as a row; cells that are blank or zero give none."),
            **about,
        )
    return Notice.of(
        N_("{file}: each date in {columns} was read as an event of that name; blank cells give none."), **about
    )


def headers(sheet: Sheet, reading: Unpivot) -> tuple[str, ...]:
    """The headers a sheet has once turned: the keys, and two that are made."""
    is_chinese = any(re.search("[\u4e00-\u9fff]", header) for header in sheet.headers)
    return shape.unique([*reading.keys, *_MADE[reading.kind][is_chinese]])


def _turned(
    sheet: Sheet, reading: Unpivot, nothing: frozenset[str], torn: list[Aside]
) -> Iterator[tuple[int, list[str]]]:
    keys = [sheet.headers.index(header) for header in reading.keys]
    columns = [(sheet.headers.index(header), header) for header in reading.columns]
    for line, cells in _records(sheet, torn):
        beside = [cells[place] for place in keys]
        for place, header in columns:
            cell = cells[place]
            if cell not in nothing:
                yield (
                    line,
                    [*beside, month(header) or header, cell] if reading.kind == "months" else [*beside, header, cell],
                )


def _nothing(sheet: Sheet, reading: Unpivot) -> frozenset[str]:
    """The cells of the columns that give no row: those that say nothing, and amounts of zero."""
    places = [sheet.headers.index(header) for header in reading.columns]
    # only cells without a digit other than zero are in question, and of those there are few different ones
    asked = {
        cells[place]
        for _line, cells in _records(sheet, [])
        for place in places
        if not re.search("[1-9１-９]", cells[place])
    }
    kind = "money" if reading.kind == "months" else "timestamp"
    says_nothing = values.is_null("cell", kind)
    if kind == "money":
        says_nothing += f" or coalesce({values.typed('cell', kind, numbers.judge(sorted(asked)))} = 0, false)"
    with duckdb.connect() as connection:
        found = connection.execute(
            f"select cell from (select unnest($cells::varchar[]) as cell) where {says_nothing}",
            {"cells": sorted(asked)},
        ).fetchall()
    return frozenset(cell for (cell,) in found)


def _records(sheet: Sheet, torn: list[Aside]) -> Iterator[tuple[int, list[str]]]:
    """Every row of a sheet with its line in the user's file; lines of another width are added to `torn`."""
    width = len(sheet.headers)
    if sheet.format == "parquet" and not sheet.has_lines:
        with duckdb.connect() as connection:
            connection.execute(parquet.text(width), {"path": str(sheet.path)})
            line = 0
            while rows := connection.fetchmany(10_000):
                for row in rows:
                    line += 1
                    yield line, [cell or "" for cell in row]
        return
    for begins, cells in sheet.lines():
        if sheet.has_lines:
            yield int(cells[0]), cells[1:]
        elif len(cells) == width:
            yield begins, cells
        elif cells:
            torn.append(Aside(begins, "fields", ((sheet.delimiter or ",").join(cells),)))
