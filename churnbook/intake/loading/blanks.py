"""What a sheet does not say, or says in vain: blank cells of used columns, words read as blank, columns nobody uses."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

import duckdb

from churnbook.catalogue import schema
from churnbook.engine.duckdb import columns_of, in_memory
from churnbook.intake.cells import values
from churnbook.intake.cells.dates import looks_written
from churnbook.intake.cells.profile import FITS, profile_of
from churnbook.intake.files.sheet import Sheet
from churnbook.intake.loading import scan
from churnbook.intake.loading.report import Blank, Report, Unused
from churnbook.intake.mapping.plan import MappedSheet, made, said_otherwise
from churnbook.words.language import N_
from churnbook.words.message import LOOK, NOTE, Notice

DATES, MONEY, LISTS, OTHER = "dates", "numbers", "lists", "text"
_SHOWN = 8
_JUDGED = 50
_AMOUNT = re.compile(r"'?[-+(]?[¥￥$€£]? ?\d[\d,. ]*[.,]\d{1,2}\)? ?(?:元|[A-Z]{3})?")
_WORDS_SHOWN = 3

TABLES = """
create table meta.blanks (source integer, header varchar, role varchar, rows bigint, blank bigint, words varchar);
create table meta.unused (source integer, header varchar, holds varchar);
"""


def of_sample(mapped: MappedSheet) -> list[Blank]:
    """The used columns in which some of the first rows of a sheet are blank, and the words read as that."""
    kinds = tuple(
        (each.role.name, each.header, each.role.kind)
        for each in mapped.carried()
        if each.name in mapped.roles and each.name not in made(mapped.sheet, mapped.table)
    )
    return list(_of_sample(mapped.sheet, kinds))


@lru_cache(maxsize=32)
def _of_sample(sheet: Sheet, kinds: tuple[tuple[str, str, str], ...]) -> tuple[Blank, ...]:
    found = []
    with in_memory() as connection:
        for role, header, kind in kinds:
            cells = [row[sheet.headers.index(header)] or "" for row in sheet.sample]
            blank = connection.execute(
                f"select trim(cell), count(*) from (select unnest($cells::varchar[]) as cell)"
                f" where {values.is_null('cell', kind)} group by 1 order by 2 desc, 1",
                {"cells": cells},
            ).fetchall()
            if blank:
                words = {word: rows for word, rows in blank if word}
                found.append(Blank(sheet.name, header, role, len(cells), sum(rows for _word, rows in blank), words))
    return tuple(found)


def forgotten(mapped: MappedSheet, free: Sequence[Unused]) -> list[Unused]:
    """Of the columns that are not used those that may matter: with dates, money or lists, and left out by nobody."""
    return [each for each in free if each.holds != OTHER and each.column not in mapped.left_out]


def unused(mapped: MappedSheet) -> list[Unused]:
    """The columns of a sheet that are not loaded, in its order, with what they hold; those left out by choice too."""
    used = {*mapped.roles.values(), *mapped.rules.headers, *mapped.kept()}
    used |= set(said_otherwise(mapped.sheet, used))
    free = [header for header in mapped.sheet.headers if header not in used]
    found = [Unused(mapped.sheet.name, each, _holds(mapped.sheet, each)) for each in free]
    how = mapped.sheet.unpivot
    if how and how.kind == "questions":  # what is no question and names nobody is in none of the rows made
        gone = [each for each in mapped.sheet.headers_in_file if each not in (*how.keys, *how.columns)]
        found += [Unused(mapped.sheet.name, each, OTHER) for each in gone]
    return found


def _holds(sheet: Sheet, header: str) -> str:
    index = sheet.headers.index(header)
    cells = [cell.strip() for row in sheet.sample[:_JUDGED] if (cell := row[index]) and cell.strip()]
    if not cells:
        return OTHER
    if all(cell[0] in "[{" for cell in cells):
        return LISTS
    if sum(bool(_AMOUNT.fullmatch(cell)) for cell in cells) >= FITS * len(cells):
        return MONEY
    may_be_dates = sum(looks_written(cell) for cell in cells) >= FITS * len(cells)
    return DATES if may_be_dates and profile_of(cells).is_dated else OTHER


def keep(connection: duckdb.DuckDBPyConnection, number: int, mapped: MappedSheet, report: Report) -> None:
    """Note in `meta` and the report what was blank in the used columns of a staged sheet, and what was not used."""
    found = _blank(connection, number, mapped)
    if found:
        connection.executemany(
            "insert into meta.blanks values ($1, $2, $3, $4, $5, $6)",
            [(number, each.column, each.role, each.rows, each.blank, _listed(each.words)) for each in found],
        )
    report.blanks += found
    if any(each.words for each in found):
        report.tell(_told_of_words(mapped, found))
    free = unused(mapped)
    if free:
        connection.executemany(
            "insert into meta.unused values ($1, $2, $3)", [(number, each.column, each.holds) for each in free]
        )
        report.unused += free
        for notice in told_of_unused(mapped, free):
            report.tell(notice)


def told_of_unused(mapped: MappedSheet, free: Sequence[Unused]) -> list[Notice]:
    """That columns are not used, in sentences: louder where one holds dates, money or lists and nobody chose to leave it out."""
    loud = forgotten(mapped, free)
    others = [each for each in free if each not in loud]
    told = []
    if loud:
        told.append(
            Notice.of(
                N_("{file}: these columns hold dates, amounts or lists and are not used: {columns}."),
                N_("If one of them matters, say in the mapping what it means, and load again."),
                LOOK,
                file=mapped.sheet.name,
                columns=_names(loud),
            )
        )
    if others:
        told.append(
            Notice.of(
                N_("{file}: {n} columns are not used: {columns}."),
                weight=NOTE,
                file=mapped.sheet.name,
                n=f"{len(others):,}",
                columns=_names(others),
            )
        )
    return told


def _names(columns: Sequence[Unused]) -> str:
    names = ", ".join(each.column for each in columns[:_SHOWN])
    return f"{names}, …" if len(columns) > _SHOWN else names


def _told_of_words(mapped: MappedSheet, found: Sequence[Blank]) -> Notice:
    said = [
        f"{each.column}: {', '.join(f'{word} ({rows:,})' for word, rows in list(each.words.items())[:_WORDS_SHOWN])}"
        for each in found
        if each.words
    ]
    return Notice.of(
        N_("{file}: words that mean nothing were read as blank cells. {columns}"),
        N_("If one of them is a value, write it differently in the file, and load again."),
        NOTE,
        file=mapped.sheet.name,
        columns="; ".join(said),
    )


def _blank(connection: duckdb.DuckDBPyConnection, number: int, mapped: MappedSheet) -> list[Blank]:
    held = columns_of(connection, f"staged_{number}")
    known = mapped.roles.keys() - made(mapped.sheet, mapped.table)  # an answer is a score or words
    carried = [each for each in mapped.carried() if each.name in known and each.name in held]
    if "record" in held:  # read plainly: nothing required is blank, but for the customer of orders
        lacks = schema.LOADABLE[mapped.table].may_lack_customer and "digits" not in held
        carried = [each for each in carried if not each.role.required or (lacks and each.name == "customer_id")]
    if not carried:
        return []
    ((rows, *filled),) = connection.execute(
        f"select count(*), {', '.join(f'count({each.name})' for each in carried)} from staged_{number}"
        f"{' where problem is null' if 'problem' in held else ''}"
    ).fetchall()
    blank = [each for each, n in zip(carried, filled, strict=True) if n < rows]
    if not blank:
        return []
    # what a file read plainly has in columns of numbers and times is blank or of its type
    can_be_words = [each for each in blank if "record" not in held or each.role.kind in ("text", "id", "name")]
    words = _words(connection, mapped, [(each.header, each.role.kind) for each in can_be_words])
    counts = {each.name: rows - n for each, n in zip(carried, filled, strict=True)}
    return [
        Blank(mapped.sheet.name, each.header, each.role.name, rows, counts[each.name], words.get(each.header, {}))
        for each in blank
    ]


def _words(
    connection: duckdb.DuckDBPyConnection, mapped: MappedSheet, columns: Sequence[tuple[str, str]]
) -> dict[str, dict[str, int]]:
    """The words of these columns that were read as blank, with their rows, the commonest first."""
    if not columns:
        return {}
    rows, bound = scan.careful(mapped.sheet, torn="ignore_errors")
    cells = [f"c{mapped.sheet.headers.index(header)}" for header, _kind in columns]
    counted = ", ".join(
        f"histogram(trim({cell})) filter (trim({cell}) <> '' and {values.is_null(cell, kind)})"
        for cell, (_header, kind) in zip(cells, columns, strict=True)
    )
    (found,) = connection.execute(f"select {counted} from ({rows})", bound).fetchall()
    return {
        header: dict(sorted(words.items(), key=lambda pair: (-pair[1], pair[0])))
        for (header, _kind), words in zip(columns, found, strict=True)
        if words
    }


def _listed(words: Mapping[str, int]) -> str:
    return ", ".join(f"{word} ({rows})" for word, rows in words.items())
