"""How the columns of a sheet write their values: judged on its first rows, then on the cells that could not be read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

import duckdb

from churnbook.catalogue import schema
from churnbook.engine.duckdb import in_memory
from churnbook.intake.cells import dates, numbers, values
from churnbook.intake.cells.dates import Choice, Dates
from churnbook.intake.cells.numbers import Numbers
from churnbook.intake.cells.values import Written
from churnbook.intake.files.sheet import Sheet
from churnbook.intake.loading import scan
from churnbook.intake.loading.report import Report
from churnbook.intake.mapping.plan import Carried, MappedSheet
from churnbook.words.language import N_
from churnbook.words.message import NOTE, WRONG

_CELLS_JUDGED = 5000
_CELLS_SHOWN = 20


def judge(
    connection: duckdb.DuckDBPyConnection,
    mapped: MappedSheet,
    timezone: str,
    unread: Mapping[str, Sequence[str]] | None = None,
) -> dict[str, Written]:
    """How each column that carries a role writes its values, by the sample and by cells that could not be read.

    The keys are those of `MappedSheet.carried`.
    """
    found: dict[str, Written] = {}
    for each in _judged(mapped):
        index = mapped.sheet.headers.index(each.header)
        cells = [cell for row in mapped.sheet.sample if (cell := row[index]) is not None]
        cells += (unread or {}).get(each.name, ())
        if each.role.kind == "timestamp":
            column = _Column(connection, mapped, index, timezone)
            found[each.name] = dates.judge(connection, cells, column.count, mapped.choice)
        else:
            found[each.name] = _numbers(_Column(connection, mapped, index, timezone), cells)
    return found


def _numbers(column: _Column, cells: Sequence[str]) -> Numbers:
    """How a column writes its numbers; where cells speak for both decimal marks, all of its rows decide."""
    written = numbers.judge(cells)
    if not written.mixed:
        return written
    point, comma = column.count([f"count(*) filter ({numbers.shows_decimal('cell', mark)})" for mark in ".,"])
    return replace(written, decimal="," if comma > point else ".")


def unread(connection: duckdb.DuckDBPyConnection, number: int, mapped: MappedSheet) -> dict[str, list[str]]:
    """For each column that carries a role, cells of a staged sheet that its way of writing does not read."""
    found = {}
    for each in _judged(mapped):
        cell = f"given[{mapped.sheet.headers.index(each.header) + 1}]"
        rows = connection.execute(
            f"select distinct {cell} from staged_{number}"
            f" where problem is not null and {each.role.name} is null and not {values.is_null(cell, each.role.kind)}"
            f" order by 1 limit {_CELLS_JUDGED}"
        ).fetchall()
        if rows:
            found[each.name] = [cell for (cell,) in rows]
    return found


def readings(mapped: MappedSheet) -> Mapping[str, tuple[str, object]]:
    """For each role that is read from writing, the first cell of its column that is read, and its value in UTC."""
    return _readings(mapped.sheet, mapped.table, tuple(mapped.roles.items()), mapped.choice)


@lru_cache(maxsize=32)
def _readings(
    sheet: Sheet, table: str, roles: tuple[tuple[str, str], ...], choice: Choice
) -> Mapping[str, tuple[str, object]]:
    mapped = MappedSheet(sheet, table, dict(roles), choice)
    found = {}
    with in_memory() as connection:
        connection.execute("set timezone = 'UTC'")
        for role, written in judge(connection, mapped, "UTC").items():
            kind = schema.LOADABLE[table].role(role).kind
            index = sheet.headers.index(mapped.roles[role])
            value = values.checked("value", kind, "cell")
            typed = values.typed("cell", kind, written)
            rows = connection.execute(
                f"select cell, {value} from (select cell, {typed} as value from"
                f" (select unnest($cells::varchar[]) as cell)) where {value} is not null limit 1",
                {"cells": list(dict.fromkeys(filter(None, (row[index] for row in sheet.sample))))[:_CELLS_SHOWN]}
                | ({"timezone": "UTC"} if "$timezone" in typed else {}),
            ).fetchall()
            if rows:
                found[role] = rows[0]
    return found


def open_dates(mapped: MappedSheet) -> tuple[str, str, str, str] | None:
    """A header whose dates fit day first and month first, a cell of it, and that cell read month first and day first.

    None where every column says which it is.
    """
    return _open_dates(mapped.sheet, mapped.table, _dated(mapped))


def counted_days(mapped: MappedSheet) -> tuple[str, str, str, str] | None:
    """A header whose dates are a spreadsheet's numbers of days, a cell of it, and the day that is from 1900 and from 1904.

    None where no column has such numbers.
    """
    return _counted_days(mapped.sheet, mapped.table, _dated(mapped))


def _dated(mapped: MappedSheet) -> tuple[tuple[str, str], ...]:
    return tuple(
        (each.name, each.header)
        for each in mapped.carried()
        if each.name in mapped.roles and each.role.kind == "timestamp"
    )


@lru_cache(maxsize=32)
def _counted_days(sheet: Sheet, table: str, dated: tuple[tuple[str, str], ...]) -> tuple[str, str, str, str] | None:
    mapped = MappedSheet(sheet, table, dict(dated))
    with in_memory() as connection:
        connection.execute("set timezone = 'UTC'")
        for role, written in judge(connection, mapped, "UTC").items():
            if isinstance(written, Dates) and "days" in written.counted:
                header = mapped.roles[role]
                cells = [row[sheet.headers.index(header)] or "" for row in sheet.sample]
                for cell in (each for each in cells if dates.is_counted(each, "days")):
                    since_1900, since_1904 = (
                        _example(connection, [cell], replace(written, since_1904=since))[1] for since in (False, True)
                    )
                    return header, cell, since_1900, since_1904
    return None


@lru_cache(maxsize=32)
def _open_dates(sheet: Sheet, table: str, dated: tuple[tuple[str, str], ...]) -> tuple[str, str, str, str] | None:
    mapped = MappedSheet(sheet, table, dict(dated))
    with in_memory() as connection:
        connection.execute("set timezone = 'UTC'")
        for role, written in judge(connection, mapped, "UTC").items():
            if isinstance(written, Dates) and written.is_open:
                header = mapped.roles[role]
                cells = [row[sheet.headers.index(header)] for row in sheet.sample]
                for cell in filter(None, cells):
                    month, day = (_example(connection, [cell], each)[1] for each in dates.both_ways(written))
                    if month and day and month != day:
                        return header, cell, month, day
    return None


def warn(
    connection: duckdb.DuckDBPyConnection,
    mapped: MappedSheet,
    timezone: str,
    written: Mapping[str, Written],
    report: Report,
) -> None:
    """Tell what was assumed about how columns write their values."""
    for carried in _judged(mapped):
        each, header = written[carried.name], carried.header
        index = mapped.sheet.headers.index(header)
        cells = [cell for row in mapped.sheet.sample if (cell := row[index]) is not None]
        about = {"file": mapped.sheet.name, "column": header}
        if isinstance(each, Dates):
            _warn_of_dates(connection, cells, each, about, report)
        else:
            _warn_of_numbers(_Column(connection, mapped, index, timezone), each, about, report)


def _warn_of_dates(
    connection: duckdb.DuckDBPyConnection, cells: Sequence[str], written: Dates, about: dict[str, str], report: Report
) -> None:
    if written.is_open:
        cell, moment = _example(connection, cells, written)
        report.warn(
            N_(
                "{file}: the dates in {column} could be read month first or day first; month first was assumed: "
                "{written} was read as {read}. If that is wrong, load the file again with the day first."
            ),
            weight=WRONG,
            **about, written=cell, read=moment,
        )  # fmt: skip
    if written.is_pointed:
        cell, moment = _example(connection, cells, written)
        report.warn(
            N_(
                "{file}: the dates in {column} have points between day and month and were read day first: "
                "{written} as {read}. If that is wrong, load the file again with the month first."
            ),
            weight=NOTE,
            **about, written=cell, read=moment,
        )  # fmt: skip
    if written.is_of_republic:
        cell, moment = _example(connection, [cell for cell in cells if dates.counts_from_1911(cell)], written)
        report.warn(
            N_(
                "{file}: years in {column} were read as years of the Republic of China (Minguo), counted from 1911: "
                "{written} as {read}."
            ),
            weight=NOTE,
            **about, written=cell, read=moment,
        )  # fmt: skip
    if written.other_rows:
        report.warn(_OTHER_ROWS[written.day_first], _ONE_WAY, WRONG, **about, rows=f"{written.other_rows:,}")
    if written.has_short_years:
        cell, moment = _example(connection, cells, written)
        report.warn(
            N_(
                "{file}: years of two digits in {column} were read as 1969 to 2068, for instance {written} as {read}."
            ),
            N_("If that is wrong, export the dates with four digits of the year."),
            NOTE,
            **about, written=cell, read=moment,
        )  # fmt: skip
    for unit in written.counted:
        counted = [cell for cell in cells if dates.is_counted(cell, unit)]
        cell, moment = _example(connection, counted, written)
        since = "1904" if written.since_1904 else "1900"
        report.warn(_COUNTED[unit], weight=NOTE, **about, written=cell, read=moment, since=since)


_ONE_WAY = N_("Export the column with one way of writing dates, best as 2024-03-05, and load again.")
_OTHER_ROWS = {
    False: N_(
        "{file}: most dates in {column} can only be month first, but {rows} only day first; these were set aside. "
        "If the column mixes both, other dates in it may be read wrong."
    ),
    True: N_(
        "{file}: most dates in {column} can only be day first, but {rows} only month first; these were set aside. "
        "If the column mixes both, other dates in it may be read wrong."
    ),
}

_COUNTED = {
    "days": N_(
        "{file}: numbers in {column} were read as a spreadsheet's days counted from {since}: {written} as {read}. "
        "Workbooks from old Macs count from 1904; if that is so here, choose it in the mapping (--since-1904 on the command line)."
    ),
    "seconds": N_("{file}: numbers in {column} were read as Unix time in seconds: {written} as {read} (UTC)."),
    "milliseconds": N_(
        "{file}: numbers in {column} were read as Unix time in milliseconds: {written} as {read} (UTC)."
    ),
    "microseconds": N_(
        "{file}: numbers in {column} were read as Unix time in microseconds: {written} as {read} (UTC)."
    ),
    "nanoseconds": N_("{file}: numbers in {column} were read as Unix time in nanoseconds: {written} as {read} (UTC)."),
}


def _warn_of_numbers(column: _Column, written: Numbers, about: dict[str, str], report: Report) -> None:
    if written.mixed:
        report.warn(
            N_(
                "{file}: {column} writes decimals both with a point and with a comma; “{mark}”, which more cells use, "
                "was taken, and cells that only fit the other were set aside."
            ),
            N_("Export the column with one way of writing numbers and load again."),
            WRONG,
            **about, mark=written.decimal,
        )  # fmt: skip
    for mark in written.open_marks:
        report.warn(_OPEN_MARKS[mark], N_("If that is wrong, export the column without marks of thousands."), **about)
    if len(written.currencies) > 1:
        named = [f"count(*) filter ({numbers.names_currency('cell', each)})" for each in written.currencies]
        counts = dict(zip(written.currencies, column.count(named), strict=True))
        report.warn(
            N_(
                "{file}: the amounts in {column} are in several currencies ({currencies}); they are added up as they "
                "are, without conversion."
            ),
            N_("Convert them to one currency before loading, or load a dataset for each."),
            WRONG,
            **about, currencies=", ".join(f"{name}: {rows:,}" for name, rows in counts.items()),
        )  # fmt: skip


_OPEN_MARKS = {
    ",": N_(
        "{file}: in {column} a comma always stands before three digits; it was read as a mark of thousands (1,234 as 1234)."
    ),
    ".": N_("{file}: in {column} a point always stands before three digits; it was read as a decimal point."),
}


class _Column:
    """A column of a sheet, to count in all of its rows."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, mapped: MappedSheet, index: int, timezone: str) -> None:
        self.connection, self.sheet, self.index, self.timezone = connection, mapped.sheet, index, timezone

    def count(self, aggregates: list[str]) -> tuple[int, ...]:
        """The values of SQL aggregates over `cell`."""
        rows, bound = scan.careful(self.sheet, torn="ignore_errors")
        if any("$timezone" in each for each in aggregates):
            bound |= {"timezone": self.timezone}
        found = self.connection.execute(
            f"select {', '.join(aggregates)} from (select c{self.index} as cell from ({rows}))", bound
        ).fetchall()
        return tuple(int(each) for each in found[0])


def _judged(mapped: MappedSheet) -> list[Carried]:
    return [each for each in mapped.carried() if each.role.kind in values.JUDGED]


def _example(connection: duckdb.DuckDBPyConnection, cells: Sequence[str], written: Dates) -> tuple[str, str]:
    """The first of these cells that is read, and what it is read as in UTC, to the minute; else empty texts."""
    moment = dates.read("cell", written)
    rows = connection.execute(
        f"select cell, moment from (select cell, {moment} as moment from (select unnest($cells::varchar[]) as cell))"
        " where moment is not null",
        {"cells": list(cells)} | ({"timezone": "UTC"} if "$timezone" in moment else {}),
    ).fetchall()
    if not rows:
        return "", ""
    cell, read = rows[0]
    return cell, f"{read:%Y-%m-%d}" if (read.hour, read.minute) == (0, 0) else f"{read:%Y-%m-%d %H:%M}"
