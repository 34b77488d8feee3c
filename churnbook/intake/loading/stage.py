"""Staging: one pass over a sheet, typed, into the temporary table `staged_<number>`.

Rows that cannot be typed go to meta.rejected, word for word.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb

from churnbook.catalogue import schema
from churnbook.datasets.passport import READ
from churnbook.engine.duckdb import columns_of
from churnbook.intake.cells import totals, values
from churnbook.intake.cells.dates import Dates
from churnbook.intake.cells.values import Written
from churnbook.intake.files.sheet import Sheet
from churnbook.intake.loading import accounts, columns, scan
from churnbook.intake.loading.plain import are_floats, distinct_values, stage_plain
from churnbook.intake.loading.report import Report
from churnbook.intake.mapping.map import MappedSheet
from churnbook.words.language import N_
from churnbook.words.message import LOOK, WRONG


def stage(
    connection: duckdb.DuckDBPyConnection,
    number: int,
    mapped: MappedSheet,
    timezone: str,
    report: Report,
    before: Sequence[tuple[int, MappedSheet]] = (),
) -> None:
    """Make `staged_<number>`: a typed column for each role, k0, k1, … for columns kept as they are.

    Beside it `customer_id_<number>`, and for events `event_<number>`, hold the distinct values. `before` are the
    sources that read the same sheet before: what they set aside is not read again, nor counted again.
    """
    connection.execute("set timezone = 'UTC'")
    written = columns.judge(connection, mapped, timezone)
    if not before and stage_plain(
        connection, number, mapped, {n: each for n, each in written.items() if isinstance(each, Dates)}
    ):
        report.count_set_aside(mapped.table, 0)
        ((rows,),) = connection.execute(f"select count(*) from staged_{number}").fetchall()
        accounts.enter(connection, number, READ, rows)
        columns.warn(connection, mapped, timezone, written, report)
        return
    keeps_cells = mapped.table == "customers" and not before
    _stage_carefully(connection, number, mapped, timezone, written, keeps_cells)
    unread = columns.unread(connection, number, mapped)
    if unread and (judged := columns.judge(connection, mapped, timezone, unread)) != written:
        written = judged
        connection.execute(f"drop table staged_{number}")
        _forget_torn(connection, mapped.sheet)
        _stage_carefully(connection, number, mapped, timezone, written, keeps_cells)
    for other, each in before:
        if each.sheet.path == mapped.sheet.path and _set_some_aside(connection, other):
            connection.execute(
                f"delete from staged_{number} where rowid not in (select kept.rowid from staged_{other} as kept)"
            )
    _set_aside(connection, number, mapped, report, [other for other, _each in before])
    distinct_values(connection, number, mapped)
    columns.warn(connection, mapped, timezone, written, report)


def _set_some_aside(connection: duckdb.DuckDBPyConnection, number: int) -> bool:
    """Whether a sheet was staged with care; of one staged plainly, which is a view, every row is kept."""
    return "problem" in columns_of(connection, f"staged_{number}")


def _stage_carefully(
    connection: duckdb.DuckDBPyConnection,
    number: int,
    mapped: MappedSheet,
    timezone: str,
    written: Mapping[str, Written],
    keeps_cells: bool,
) -> None:
    """Stage cell by cell, with what is wrong in a row; a rowid is the record's position in the sheet."""
    sheet, table = mapped.sheet, schema.LOADABLE[mapped.table]
    rows, bound = scan.careful(sheet)
    cell_of = {header: f"c{i}" for i, header in enumerate(sheet.headers)}
    read_cells, checked = [], []
    problems = [*_no_data(mapped)]
    for role in table.roles:
        if role.name not in mapped.roles:
            continue
        header = mapped.roles[role.name]
        cell, index = cell_of[header], sheet.headers.index(header)
        if role.name == "is_cancelled" and header == mapped.roles.get("order_id"):
            expression = values.cancelled_id(cell)
        else:
            expression = values.typed(cell, role.kind, written.get(role.name))
        if role.kind == "id" and are_floats(sheet, index):
            expression = f"regexp_replace({expression}, '[.]0$', '')"
        read_cells.append(f"{expression} as {role.name}")
        value = values.checked(role.name, role.kind, cell)
        wrong = f"{role.name} is null"
        if role.kind == "id":
            problems.append(_problem(values.is_rounded(role.name), index, "rounded"))
        if not role.required:
            wrong += f" and not {values.is_null(cell, role.kind)}"
        if role in open_roles(mapped):
            is_open = f"{role.name} >= timestamp '{values.OPEN_END}'"
            value = f"case when {is_open} then null else {value} end"
            checked.append(f"coalesce({is_open}, false) as {role.name}_is_open")
            wrong += f" and not {role.name}_is_open"
        checked.append(f"{value} as {role.name}")
        if role.required or role.kind not in ("text", "id", "name"):
            problems.append(_problem(wrong, index, role.kind))
    if table.name == "subscriptions" and "ended_at" in mapped.roles:
        problems.append(_problem("ended_at < started_at", sheet.headers.index(mapped.roles["ended_at"]), "end"))
    for i, header in enumerate(mapped.kept()):
        read_cells.append(f"{values.typed(cell_of[header], 'text')} as k{i}")
        checked.append(f"{values.checked(f'k{i}', 'text', cell_of[header])} as k{i}")
    cells = ", ".join(cell_of.values())
    line = "line" if sheet.has_lines else "null::varchar as line"
    roles = ", ".join(name for name in mapped.roles)
    opens = [f"{role.name}_is_open" for role in open_roles(mapped)]
    names = ", ".join([roles, *opens, *(f"k{i}" for i in range(len(mapped.kept()))), "line"])
    kept_cells = "true" if keeps_cells else "problem is not null"
    connection.execute(
        f"""
        create temp table staged_{number} as
        with cells as ({rows}),
        typed as (select {", ".join([*read_cells, line])}, {cells} from cells),
        checked as (select {", ".join(checked)}, line, {cells} from typed),
        judged as (select *, case {" ".join(problems)} end as problem from checked)
        select {names}, problem, case when {kept_cells} then [{cells}] end as given from judged
        """,
        bound
        | {"headers": list(sheet.headers)}
        | ({"timezone": timezone} if any("$timezone" in each for each in read_cells) else {}),
    )


def _no_data(mapped: MappedSheet) -> list[str]:
    """Conditions for rows that are no data: blank ones, totals, and the header again where files were put together."""
    headers = list(mapped.sheet.headers)
    cells = [f"c{i}" for i in range(len(headers))]
    required = [role.name for role in schema.LOADABLE[mapped.table].required]
    of_required = {name: headers.index(mapped.roles[name]) for name in required}
    first = totals.first_filled(cells)
    odd = " or ".join(
        [
            *(f"{name} is null" for name in required),
            *(totals.is_total(f"c{index}") for name, index in of_required.items() if name == "customer_id"),
        ]
    )
    again = " and ".join(f"trim(c{index}) = $headers[{index + 1}]" for index in of_required.values())
    return [
        f"when {required[0]} is null and {first} is null then struct_pack(cell := 0, kind := 'blank')",
        f"when ({odd}) and {totals.is_total(first)}"
        f" then struct_pack(cell := {totals.place_of_first(cells)}, kind := 'total')",
        f"when {again} then struct_pack(cell := {min(of_required.values())}, kind := 'header')",
    ]


def _problem(condition: str, index: int, kind: str) -> str:
    return f"when {condition} then struct_pack(cell := {index}, kind := {values.literal(kind)})"


def open_roles(mapped: MappedSheet) -> list[schema.Role]:
    """The roles of ends that may lie so far ahead that they mean: not ended."""
    return [
        role
        for role in schema.LOADABLE[mapped.table].roles
        if role.name in mapped.roles and role.kind == "timestamp" and role.known_at == role.name
    ]


def _forget_torn(connection: duckdb.DuckDBPyConnection, sheet: Sheet) -> None:
    """Drop what the engine noted about lines that are no rows."""
    if sheet.is_direct:
        connection.execute("drop table reject_errors; drop table reject_scans")


def _set_aside(
    connection: duckdb.DuckDBPyConnection, number: int, mapped: MappedSheet, report: Report, before: Sequence[int]
) -> None:
    """Move the rows that cannot be typed, and the lines that are no rows, to meta.rejected, unless they are there."""
    sheet = mapped.sheet
    added = 0
    records = "count(distinct customer_id)" if before and mapped.table == "customers" else "count(*)"
    problems = connection.execute(
        f"select rowid from staged_{number} where problem is not null order by rowid"
    ).fetchall()
    torn: list[tuple[int, str]] = []
    if sheet.is_direct:
        torn = connection.execute(
            "select line, any_value(csv_line) from reject_errors group by line order by line"
        ).fetchall()
        _forget_torn(connection, sheet)
    if torn and not before:
        _records, found = scan.record_lines(sheet, [])
        lines = found if len(found) == len(torn) else [line for line, _text in torn]
        connection.execute(
            f"""
            insert into meta.rejected
            select
                {number}, line, '', given,
                case when {totals.begins_total("given", "$delimiter")} then 'total' else 'fields' end, [given]
            from (select unnest($lines::bigint[]) as line, unnest($given::varchar[]) as given)
            """,
            {"lines": lines, "given": [text for _line, text in torn], "delimiter": sheet.delimiter},
        )
        added += len(torn)
    if sheet.aside and not before:
        connection.executemany(
            f"insert into meta.rejected values ({number}, $1, '', $2, $3, $4)",
            [(aside.line, aside.cells[0], aside.reason, list(aside.cells)) for aside in sheet.aside],
        )
        added += len(sheet.aside)
    if problems:
        if mapped.table == "orders":
            _warn_of_nobody(connection, number, mapped, report)
        with_lines(connection, number, sheet, [record for (record,) in problems])
        ((rows,),) = connection.execute(
            f"""
            insert into meta.rejected
            select {number}, lines.line, $headers[problem.cell + 1], given[problem.cell + 1],
                case
                    when problem.kind not in ('blank', 'total', 'header') and {values.is_null("given[problem.cell + 1]", "timestamp")} then 'missing'
                    else problem.kind
                end,
                given
            from staged_{number} as staged left join lines on staged.rowid = lines.record
            where staged.problem is not null and not exists (
                from meta.rejected
                where source in (select unnest($before::integer[])) and rejected.line is not distinct from lines.line
            )
            """,
            {"headers": list(sheet.headers), "before": list(before)},
        ).fetchall()
        added += rows
        connection.execute(f"delete from staged_{number} where problem is not null")
    # what another source has told of is not told again, and its customers are read from many rows each
    ((left,),) = connection.execute(f"select {records} from staged_{number}").fetchall()
    accounts.enter(connection, number, READ, left + added)
    report.count_set_aside(mapped.table, added)


_MUCH = 0.01
"""From this part of all money on, what is left out makes numbers wrong."""


def _warn_of_nobody(connection: duckdb.DuckDBPyConnection, number: int, mapped: MappedSheet, report: Report) -> None:
    """Order rows without a customer: who bought is not known, so their money is in no figure."""
    if {"quantity", "unit_price"} <= mapped.roles.keys():
        money = "coalesce(amount, quantity * unit_price)" if "amount" in mapped.roles else "quantity * unit_price"
    elif "amount" in mapped.roles:
        money = "amount"
    else:
        return
    counts = "not coalesce(is_cancelled, false)" if "is_cancelled" in mapped.roles else "true"
    ((rows, of_nobody, of_all),) = connection.execute(
        f"""
        select
            count(*) filter (nobody), coalesce(sum({money}) filter (nobody), 0), coalesce(sum(abs({money})), 0)
        from (
            select *, coalesce(customer_id is null and problem.kind = 'id', false) as nobody
            from staged_{number} where {counts} and coalesce(problem.kind not in ('blank', 'total', 'header'), true)
        )
        """
    ).fetchall()
    if rows and of_nobody:
        report.of_nobody[mapped.sheet.name] = rows
        report.warn(
            N_("{file}: {rows} rows name no customer; their {amount} are in no figure, in no revenue either."),
            N_("If another column tells who bought, map it to the customer; or fill the customers in, and load again."),
            WRONG if abs(of_nobody) > _MUCH * float(of_all) else LOOK,
            file=mapped.sheet.name,
            rows=f"{rows:,}",
            amount=f"{round(of_nobody):,}",
        )


def with_lines(connection: duckdb.DuckDBPyConnection, number: int, sheet: Sheet, records: list[int]) -> None:
    """A temporary table `lines` with the line in the user's file of each record."""
    if sheet.has_lines:
        source = f"select rowid as record, line::bigint as line from staged_{number}"
    elif sheet.format == "parquet":
        source = f"select rowid as record, rowid + 1 as line from staged_{number}"
    else:
        from pandas import DataFrame  # here, so that clean files load without it

        lines, _torn = scan.record_lines(sheet, records)
        found = DataFrame({"record": list(lines), "line": list(lines.values())}, dtype="int64")
        connection.register("found_lines", found)
        source = "select record, line from found_lines"
    connection.execute(f"create or replace temp table lines as {source}")
