"""What a dataset file says about itself, in its schema `meta`: sources, mapping, rows set aside, warnings."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from itertools import compress

import duckdb

from churnbook.catalogue import schema
from churnbook.datasets.passport import BY_RULE, LOADED, MADE, NOBODY, NOT_DATA, READ, REASONS, REPEATED, REPLACED
from churnbook.intake.cells import values
from churnbook.intake.loading import accounts, blanks, coverage, matches, repeated, suspicious, tables
from churnbook.intake.loading.report import Rejected, Report
from churnbook.intake.mapping.plan import MappedSheet, files_of
from churnbook.words.language import N_
from churnbook.words.message import LOOK, NOTE, WRONG, Refused

REJECTED_SHOWN = 100
_MANY = 0.01
"""From this share of rows set aside on, numbers are probably wrong without them."""

_TABLES = """
create schema meta;
create table meta.dataset (
    name varchar, created_at timestamp, timezone varchar, watermark date, activity varchar[], currency varchar,
    churn varchar, defined_at timestamp, format integer
);
create table meta.sources (
    source integer, file varchar, sheet varchar, table_name varchar, size bigint, sha256 varchar,
    format varchar, encoding varchar, delimiter varchar, header_row integer, recipe varchar
);
create table meta.mapping (source integer, role varchar, header varchar);
create table meta.states (source integer, value varchar, rows bigint, meaning varchar, is_known boolean);
create table meta.rejected (
    source integer, line bigint, header varchar, value varchar, reason varchar, cells varchar[]
);
create table meta.tables (name varchar, rows bigint, first_day date, last_day date, filled varchar[]);
create table meta.attributes (attribute varchar, distinct_values bigint, customers bigint, origin varchar);
create table meta.events (name varchar, times bigint);
create table meta.warnings (sentence varchar, fields varchar, advice varchar, weight varchar);
create table meta.made_of (content varchar);
create table meta.history (changed_at timestamp, sentence varchar, fields varchar);
create table meta.left_out (attribute varchar, value varchar);
create table main.left_out (customer integer);
"""

_COUNTS = """
insert into meta.attributes
select attribute, count(distinct value), count(*), min(origin)
from main.customer_attributes group by attribute order by attribute;
insert into meta.events
select name::varchar, sum(times) from main.activity_days group by name order by name::varchar;
"""


def begin(connection: duckdb.DuckDBPyConnection, mapped: Sequence[MappedSheet]) -> None:
    """Make the tables of `meta` and write down what is going to be loaded."""
    connection.execute(_TABLES)
    for derived in (schema.DERIVED_EVENTS, schema.DERIVED_MOMENTS):
        tables.create(connection, derived)
    accounts.begin(connection)
    connection.execute(blanks.TABLES)
    repeated.begin(connection)
    matches.begin(connection)
    for number, each in enumerate(mapped):
        sheet = each.sheet
        connection.execute(
            "insert into meta.sources values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
            [
                number,
                sheet.file,
                sheet.sheet,
                each.table,
                sheet.size,
                sheet.sha256,
                sheet.format,
                sheet.encoding,
                sheet.delimiter,
                sheet.header_row,
                each.rules.recipe,
            ],
        )
        connection.executemany(
            "insert into meta.mapping values ($1, $2, $3)",
            [(number, role, header) for role, header in each.roles.items()],
        )


def _span(name: str) -> tuple[str, str]:
    """SQL: the first and the last day of a row of a table."""
    if name in schema.LOADABLE:
        return ("day", "day") if schema.LOADABLE[name].moment else ("null::date", "null::date")
    derived = schema.DERIVED[name]
    if derived.spanned in derived.as_of.cut:
        return f"{derived.spanned}[1]", f"{derived.spanned}[-1]"
    return (derived.spanned, derived.spanned) if derived.spanned else ("null::date", "null::date")


def _counted(name: str) -> str:
    """The SELECT of what is in a table: its rows, first and last day, and the columns that are filled."""
    first, last = _span(name)
    columns = [column for column, _type in schema.LOADABLE[name].columns] if name in schema.LOADABLE else []
    filled = ", ".join(f"case when count({column}) > 0 then '{column}' end" for column in columns)
    return (
        f"select '{name}', count(*), min({first}), max({last}),"
        f" list_filter([{filled}]::varchar[], lambda each: each is not null) from main.{name}"
    )


def finish(
    connection: duckdb.DuckDBPyConnection, mapped: Sequence[MappedSheet], uploaded_on: dt.date, report: Report
) -> None:
    """Write down what was loaded, and add to the report the warnings that follow from it."""
    ((*rows,),) = connection.execute(
        f"select {', '.join(f'(select count(*) from main.{name})' for name in schema.TABLES)}"
    ).fetchall()
    # most tables are empty, and looking through each of their columns takes its time
    connection.execute(
        f"insert into meta.tables {' union all '.join(map(_counted, compress(schema.TABLES, rows)))}"
        " union all select unnest($1::varchar[]), 0, null, null, []",
        [[name for name, n in zip(schema.TABLES, rows, strict=True) if not n]],
    )
    connection.execute(_COUNTS)
    accounts.close(connection, mapped, report)
    _warn_of_sources(connection, mapped, report)
    _warn_of_rows(connection, uploaded_on, report)
    matches.compare(connection, mapped, report.rows, report)
    coverage.keep(connection, uploaded_on, report)
    suspicious.warn(connection, mapped, report)
    if report.warnings:
        connection.executemany(
            "insert into meta.warnings values ($1, $2, $3, $4)",
            [
                (warned.sentence, schema.to_json(warned.fields), warned.advice, warned.weight)
                for warned in report.warnings
            ],
        )
    report.rejected = [
        Rejected(*row)
        for row in connection.execute(
            "select sources.file, rejected.line, rejected.header, rejected.value, rejected.reason"
            " from meta.rejected inner join meta.sources using (source) order by source, line limit $1",
            [REJECTED_SHOWN],
        ).fetchall()
    ]


def _warn_of_sources(connection: duckdb.DuckDBPyConnection, mapped: Sequence[MappedSheet], report: Report) -> None:
    became: dict[int, Counter[str]] = {number: Counter() for number in range(len(mapped))}
    for source, what, rows in connection.execute("select source, what, rows from meta.accounts").fetchall():
        became[source][what] += rows
    others = (*NOT_DATA, *BY_RULE, READ, LOADED, REPEATED, REPLACED, MADE, NOBODY)
    for number, each in enumerate(mapped):
        counted = became[number]
        set_aside = sum(rows for what, rows in counted.items() if what not in others)
        no_data = sum(counted[reason] for reason in NOT_DATA)
        if set_aside:
            report.warn(
                N_("{file}: rows set aside: {rows}; the list says line, column and reason."),
                N_("Download the list, correct the rows in the file or the mapping of the column, and load again."),
                WRONG if set_aside > _MANY * counted[READ] else LOOK,
                file=each.sheet.name,
                rows=f"{set_aside:,}",
            )
        if no_data:
            report.warn(
                N_("{file}: rows that are totals, headers again or blank: {rows}; they were not loaded."),
                N_("They stand in the list of rows set aside."),
                NOTE,
                file=each.sheet.name,
                rows=f"{no_data:,}",
            )
        for reason in BY_RULE:
            if left_out := counted[reason]:
                report.warn(
                    N_("{file}: {rows} rows were left out: {reason}."),
                    weight=NOTE,
                    file=each.sheet.name,
                    rows=f"{left_out:,}",
                    reason=REASONS[reason],
                )
        if each.table == "orders" and "order_id" in each.roles and not {"is_cancelled", "status"} & each.roles.keys():
            form = values.literal(values.CANCELLED_ID)
            marked = _count(
                connection, f"select count(*) from staged_{number} where regexp_full_match(order_id, {form})"
            )
            if marked:
                report.warn(
                    N_(
                        "{file}: {rows} rows have an order id like C536379, which often marks a cancellation. "
                        "They count as orders until {column} is also mapped to “Cancelled”."
                    ),
                    weight=WRONG,
                    file=each.sheet.name,
                    rows=f"{marked:,}",
                    column=each.roles["order_id"],
                )


def _warn_of_rows(connection: duckdb.DuckDBPyConnection, uploaded_on: dt.date, report: Report) -> None:
    unread = _count(
        connection, "select count(*) from main.subscriptions where mrr is null and amount is not null and amount <> 0"
    )
    if unread:
        report.warn(
            N_(
                "{rows} subscription rows have an amount but no billing interval that can be read "
                "(month, quarter, year …); their monthly value is left empty."
            ),
            N_("Map a column with the interval, or one with the monthly value, and load again."),
            WRONG,
            rows=f"{unread:,}",
        )
    negative = _count(
        connection, "select count(*) from main.orders where amount < 0 and not coalesce(is_cancelled, false)"
    )
    if negative:
        report.warn(
            N_("{rows} order rows have a negative amount; they are taken as refunds and subtracted."),
            N_(
                "If they are something else, map a column that marks them as “Cancelled”, or take them out of the file."
            ),
            NOTE,
            rows=f"{negative:,}",
        )
    for name in (name for name, table in schema.LOADABLE.items() if table.moment and name != "customers"):
        late = _count(connection, f"select count(*) from main.{name} where day > $day", {"day": uploaded_on})
        if late:
            report.warn(
                N_("{rows} rows of {table} lie after the day of the upload and are left out."),
                N_("Correct their dates in the file, or check how day and month were read, and load again."),
                rows=f"{late:,}",
                table=schema.LOADABLE[name].label,
            )


def nothing_loaded(connection: duckdb.DuckDBPyConnection, mapped: Sequence[MappedSheet]) -> Refused:
    """The refusal for an import without a single usable row; names the first problem."""
    row = connection.execute("select header, value, reason from meta.rejected order by source, line limit 1").fetchone()
    column, value, reason = row if row else ("", "", "missing")
    return Refused(
        N_(
            "No row of {file} could be loaded. The first problem: {reason}, column {column}, value “{value}”. "
            "Check the mapping of that column."
        ),
        file=files_of(mapped),
        reason=REASONS[reason],
        column=column,
        value=(value or "")[:60],
    )


def _count(connection: duckdb.DuckDBPyConnection, sql: str, bound: dict[str, object] | None = None) -> int:
    ((number,),) = connection.execute(sql, bound or {}).fetchall()
    return int(number)
