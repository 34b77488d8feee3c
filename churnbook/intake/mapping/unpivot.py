"""Columns that are rows: months beside each other, dates of a customer, questions of a survey, written below each other."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import duckdb

from churnbook.catalogue import schema
from churnbook.engine.duckdb import in_memory
from churnbook.intake.cells import numbers, scores, values
from churnbook.intake.cells.profile import profiles
from churnbook.intake.files import joined, parquet, shape
from churnbook.intake.files.headers import likeness, month, months_in_row
from churnbook.intake.files.sheet import Aside, Sheet, sample_of, write
from churnbook.intake.files.unpivoted import Unpivot
from churnbook.words.language import N_
from churnbook.words.message import Notice, Refused

_MADE = {
    "months": (("month", "amount"), ("月份", "金额")),
    "dates": (("event", "time"), ("行为", "时间")),
    "questions": (("question", "score", "comment"), ("题目", "评分", "原话")),
}
"""The headers of the columns that are made, in English and in Chinese."""
_ASKED_AS: Mapping[str, str] = {"months": "money", "dates": "timestamp", "questions": "text"}
"""By kind, as what the cells of the columns are asked whether they say anything."""
_SKIPPED = ("(跳过)", "（跳过）")
"""Cells of questions that were not asked."""
_LONGEST_NOTHING = 40
_AMOUNT = re.compile("[1-9１-９]")
_NAMED = 6
"""Of more questions than these only the first and the last are named."""


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


def apply(sheet: Sheet, how: Unpivot, work: Path) -> Sheet:
    """A copy of a sheet with its columns turned into rows, in a file of the folder `work`.

    Raises Refused where a column is gone or no cell of the columns says anything.
    """
    for header in (*how.keys, *how.columns):
        if header not in sheet.headers:
            raise missing_column(sheet, header)
    torn: list[Aside] = []
    nothing = _nothing(sheet, how)
    path, sample = write(_unpivoted(sheet, how, nothing, torn), headers(sheet, how), work)
    if not sample:
        path.unlink()
        raise Refused(
            N_("{file}: the columns {columns} hold nothing that could become rows. Leave them as they stand."),
            file=sheet.name,
            columns=", ".join(how.columns),
        )
    return replace(
        sheet,
        delimiter=None,
        headers=headers(sheet, how),
        sample=sample_of(sample),
        path=path,
        skipped_lines=1,
        skipped_records=1,
        has_lines=True,
        joined=(),
        unpivot=how,
        headers_before=sheet.headers,
        notes=(*sheet.notes, _said(sheet, how)),
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


def _said(sheet: Sheet, how: Unpivot) -> Notice:
    about = {"file": sheet.name, "columns": ", ".join(how.columns)}
    if how.kind == "months":
        about["columns"] = f"{how.columns[0]} … {how.columns[-1]}"
        return Notice.of(
            N_("{file}: each cell of the months {columns} was read as a row; cells that are blank or zero give none."),
            **about,
        )
    if how.kind == "questions":
        if len(how.columns) > _NAMED:
            about["columns"] = f"{how.columns[0]} … {how.columns[-1]}"
        return Notice.of(
            N_("{file}: each answer to the questions {columns} was read as a row; cells that are blank, or say that nothing was answered, give none."),
            **about,
        )  # fmt: skip
    return Notice.of(
        N_("{file}: each date in {columns} was read as an event of that name; blank cells give none."), **about
    )


def headers(sheet: Sheet, how: Unpivot) -> tuple[str, ...]:
    """The headers a sheet has once turned: the keys, and those that are made."""
    is_chinese = any(re.search("[\u4e00-\u9fff]", header) for header in sheet.headers)
    return shape.unique([*how.keys, *_MADE[how.kind][is_chinese]])


def _unpivoted(
    sheet: Sheet, how: Unpivot, nothing: frozenset[str], torn: list[Aside]
) -> Iterator[tuple[int, list[str]]]:
    keys = [sheet.headers.index(header) for header in how.keys]
    columns = [(sheet.headers.index(header), header) for header in how.columns]
    if how.kind == "months":
        columns = [(index, month(header) or header) for index, header in columns]
    for line, cells in _records(sheet, torn):
        beside = [cells[index] for index in keys]
        if how.kind == "questions":
            beside = _named(how, beside)
        for index, header in columns:
            cell = cells[index]
            if cell not in nothing:
                yield line, [*beside, header, *(_answer(cell) if how.kind == "questions" else (cell,))]


def _answer(cell: str) -> tuple[str, str]:
    """An answer as a score and a comment, one of which is blank."""
    score = scores.score(cell)
    return ("", cell) if score is None else (score, "")


def _named(how: Unpivot, beside: list[str]) -> list[str]:
    """The keys of a response: its number, which others have in other surveys, with its header and its time."""
    if how.response is None:
        return beside
    place = how.keys.index(how.response)
    number = beside[place].strip()
    if not number:
        return beside
    return [*beside[:place], f"{how.response} {number} · {beside[-1].strip()}", *beside[place + 1 :]]


def _nothing(sheet: Sheet, how: Unpivot) -> frozenset[str]:
    """The cells of the columns that give no row: those that say nothing, and amounts of zero."""
    indexes = [sheet.headers.index(header) for header in how.columns]
    # only short cells without a digit other than zero are in question, and of those there are few different ones
    asked = {
        cells[index]
        for _line, cells in _records(sheet, [])
        for index in indexes
        if len(cells[index]) <= _LONGEST_NOTHING and not _AMOUNT.search(cells[index])
    }
    kind = _ASKED_AS[how.kind]
    says_nothing = values.is_null("cell", kind)
    if kind == "money":
        says_nothing += f" or coalesce({values.typed('cell', kind, numbers.judge(sorted(asked)))} = 0, false)"
    with in_memory() as connection:
        found = connection.execute(
            f"select cell from (select unnest($cells::varchar[]) as cell) where {says_nothing}",
            {"cells": sorted(asked)},
        ).fetchall()
    return frozenset(cell for (cell,) in found) | (frozenset(_SKIPPED) if how.kind == "questions" else frozenset())


def _records(sheet: Sheet, torn: list[Aside]) -> Iterator[tuple[int, list[str]]]:
    """Every row of a sheet with its line in the user's file; lines of another width are added to `torn`."""
    for line, cells in _records_in_file(sheet, torn):
        yield line, joined.row(sheet, cells)


def _records_in_file(sheet: Sheet, torn: list[Aside]) -> Iterator[tuple[int, list[str]]]:
    width = sheet.width
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
