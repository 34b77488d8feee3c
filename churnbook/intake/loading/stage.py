"""Staging: one pass over a sheet, typed, into the temporary table `staged_<number>`.

Rows that cannot be typed go to meta.rejected, word for word.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb

from churnbook.catalogue import schema
from churnbook.datasets.passport import BY_RULE, NOT_DATA, READ
from churnbook.engine.duckdb import columns_of
from churnbook.intake.cells import totals, values
from churnbook.intake.cells.dates import Dates
from churnbook.intake.cells.values import Written
from churnbook.intake.files.marks import alike, unmarked_sql
from churnbook.intake.files.sheet import Sheet
from churnbook.intake.loading import accounts, blanks, columns, order_lines, scan
from churnbook.intake.loading.plain import are_floats, distinct_values, stage_plain
from churnbook.intake.loading.report import Report
from churnbook.intake.loading.states import can_leave_out, settle_states
from churnbook.intake.mapping.plan import MappedSheet


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
        blanks.keep(connection, number, mapped, report)
        if mapped.table == "orders":
            order_lines.find(connection, number, mapped, report)
            order_lines.count_once(connection, number, mapped, report)
        columns.warn(connection, mapped, timezone, written, report)
        return
    keeps_cells = (mapped.table == "customers" and not before) or can_leave_out(mapped)
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
    if before and mapped.table == "customers":
        _forget_nobody(connection, number, mapped)
    if not before:
        blanks.keep(connection, number, mapped, report)
    if mapped.table == "orders":
        order_lines.find(connection, number, mapped, report)
        order_lines.spread(connection, number, mapped, report)
        _mark_undated(connection, number, mapped)
        order_lines.count_once(connection, number, mapped, report)
    settle_states(connection, number, mapped, report)
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
    problems = [*_no_data(mapped), *_dropped(mapped, cell_of)]
    carried = mapped.carried()
    for role in table.roles:
        columns = [each for each in carried if each.role is role]
        if not columns:
            continue
        index = sheet.headers.index(columns[0].header)
        found = []
        for each in columns:
            cell = cell_of[each.header]
            if role.name == "is_cancelled" and each.header == mapped.roles.get("order_id"):
                expression = values.cancelled_id(cell)
            else:
                expression = values.typed(cell, role.kind, written.get(each.name))
            if role.kind == "id" and are_floats(sheet, sheet.headers.index(each.header)):
                expression = f"regexp_replace({expression}, '[.]0$', '')"
            read_cells.append(f"{expression} as {each.name}")
            found.append(values.checked(each.name, role.kind, cell))
        wrong = f"{role.name} is null"
        if role.kind == "id":
            # further ids stay beside the first: together they tell who is who
            problems.append(_problem(values.is_rounded(role.name), index, "rounded"))
            checked += [f"{value} as {each.name}" for value, each in zip(found, columns, strict=True)]
            wrong = f"coalesce({', '.join(each.name for each in columns)}) is null"
        else:
            value = f"coalesce({', '.join(found)})" if found[1:] else found[0]
            if not role.required:
                blank = " and ".join(values.is_null(cell_of[each.header], role.kind) for each in columns)
                wrong += f" and not ({blank})"
            if role in open_roles(mapped):
                first = f"coalesce({', '.join(each.name for each in columns)})" if found[1:] else role.name
                is_open = f"{first} >= timestamp '{values.OPEN_END}'"
                value = f"case when {is_open} then null else {value} end"
                checked.append(f"coalesce({is_open}, false) as {role.name}_is_open")
                wrong += f" and not {role.name}_is_open"
            checked.append(f"{value} as {role.name}")
        if role.required and role.name == table.moment and "order_id" in mapped.roles:
            blank = " and ".join(values.is_null(cell_of[each.header], role.kind) for each in columns)
            wrong += f" and not (order_id is not null and {blank})"  # another row of the order may say it
        if role.name == "customer_id" and table.may_lack_customer:
            continue
        if role.required or role.kind not in ("text", "id", "name"):
            problems.append(_problem(wrong, index, role.kind))
    if table.has_customers and "customer_id" not in mapped.roles:
        checked.append("null::varchar as customer_id")
    if table.name == "subscriptions" and "ended_at" in mapped.roles:
        problems.append(_problem("ended_at < started_at", sheet.headers.index(mapped.roles["ended_at"]), "end"))
    for i, header in enumerate(mapped.kept()):
        read_cells.append(f"{values.typed(cell_of[header], 'text')} as k{i}")
        checked.append(f"{values.checked(f'k{i}', 'text', cell_of[header])} as k{i}")
    cells = ", ".join(cell_of.values())
    line = "line" if sheet.has_lines else "null::varchar as line"
    roles = [
        *mapped.roles,
        *(each.name for each in carried if each.role.kind == "id" and each.name not in mapped.roles),
    ]
    if table.has_customers and "customer_id" not in mapped.roles:
        roles.append("customer_id")
    opens = [f"{role.name}_is_open" for role in open_roles(mapped)]
    names = ", ".join([*roles, *opens, *(f"k{i}" for i in range(len(mapped.kept()))), "line"])
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
        | {f"dropped_{i}": list(map(alike, each)) for i, each in enumerate(mapped.rules.dropped.values())}
        | ({"timezone": timezone} if any("$timezone" in each for each in read_cells) else {}),
    )


def _dropped(mapped: MappedSheet, cell_of: Mapping[str, str]) -> list[str]:
    """Conditions for rows that are no data by a rule of the mapping, as those of test accounts."""
    return [
        _problem(
            f"list_contains($dropped_{i}::varchar[], lower(trim({unmarked_sql(cell_of[header])})))",
            mapped.sheet.headers.index(header),
            "dropped",
        )
        for i, header in enumerate(mapped.rules.dropped)
    ]


def _mark_undated(connection: duckdb.DuckDBPyConnection, number: int, mapped: MappedSheet) -> None:
    """Orders of which no row says when they were made cannot be loaded."""
    if "order_id" in mapped.roles:
        index = mapped.sheet.headers.index(mapped.roles["ordered_at"])
        connection.execute(
            f"update staged_{number} set problem = struct_pack(cell := {index}, kind := 'missing')"
            " where ordered_at is null and problem is null"
        )


def _no_data(mapped: MappedSheet) -> list[str]:
    """Conditions for rows that are no data: blank ones, totals, and the header again where files were put together."""
    headers = list(mapped.sheet.headers)
    cells = [f"c{i}" for i in range(len(headers))]
    required = [role.name for role in schema.LOADABLE[mapped.table].required if role.name in mapped.roles]
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


def _forget_nobody(connection: duckdb.DuckDBPyConnection, number: int, mapped: MappedSheet) -> None:
    """Of a sheet read again for its customers, rows that name none are no loss: the first reading told of them."""
    keys = [each.name for each in mapped.carried() if each.role.name == "customer_id"]
    connection.execute(f"delete from staged_{number} where coalesce({', '.join(keys)}) is null")


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
        with_lines(connection, number, sheet, [record for (record,) in problems])
        ((rows,),) = connection.execute(
            f"""
            insert into meta.rejected
            select {number}, lines.line, $headers[problem.cell + 1], given[problem.cell + 1],
                case
                    when problem.kind not in ({", ".join(map(values.literal, (*NOT_DATA, *BY_RULE)))}) and {values.is_null("given[problem.cell + 1]", "timestamp")} then 'missing'
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
