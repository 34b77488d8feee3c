"""Typed tables from mapped sheets: one new dataset file, or nothing.

Rows that cannot be typed are kept word for word with file, line, column, value and reason.
Column names of files never reach SQL: sheets are scanned as c0, c1, …, headers travel as values.
"""

from __future__ import annotations

import datetime as dt
import os
import zoneinfo
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from churnbook import queries, schema
from churnbook.intake import REASONS, Refused, read, values
from churnbook.intake.map import Mapped, profiles
from churnbook.intake.read import Sheet
from churnbook.wording import N_

Progress = Callable[[str, float], None]
ACTIVITIES = ("orders", "events", "subscriptions")
REJECTED_SHOWN = 100


@dataclass(frozen=True)
class Settings:
    """What the user chose about the dataset; None leaves it to the data.

    `timezone` is an IANA name, `watermark` a local day, `activity` some of ACTIVITIES.
    """

    name: str
    timezone: str = "UTC"
    watermark: dt.date | None = None
    activity: tuple[str, ...] | None = None

    def check(self) -> None:
        """Raises Refused for a time zone that does not exist or an activity that is none."""
        if self.timezone not in zoneinfo.available_timezones():
            raise Refused(
                N_("There is no time zone {zone}; write it like Asia/Shanghai or Europe/Paris."), zone=self.timezone
            )
        for activity in self.activity or ():
            if activity not in ACTIVITIES:
                raise Refused(
                    N_("{activity} cannot count as being active; choose from {all}."),
                    activity=activity,
                    all=", ".join(ACTIVITIES),
                )


@dataclass(frozen=True)
class Warned:
    """Something the user should know: a message id and its fields."""

    sentence: str
    fields: dict[str, str]

    @property
    def english(self) -> str:
        """The sentence, untranslated."""
        return self.sentence.format(**self.fields)


@dataclass(frozen=True)
class Rejected:
    """A row set aside, with the first cell that could not be used."""

    file: str
    line: int | None
    column: str
    value: str | None
    reason: str


@dataclass
class Report:
    """What an import read, loaded, set aside and assumed.

    `rows` counts loaded rows by table, `set_aside` rows set aside by table.
    """

    sheets: list[Mapped] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)
    set_aside: dict[str, int] = field(default_factory=dict)
    rejected: list[Rejected] = field(default_factory=list)
    warnings: list[Warned] = field(default_factory=list)


def load(
    mapped: Sequence[Mapped],
    target: Path,
    settings: Settings,
    progress: Progress = lambda words, share: None,
    uploaded_on: dt.date | None = None,
) -> Report:
    """Write the dataset file `target` from mapped sheets and report what happened.

    The file appears whole, by rename, or not at all. Raises Refused when nothing could be loaded.
    """
    settings.check()
    for each in mapped:
        each.check()
    partial = target.with_name(f"{target.name}.{os.getpid()}.partial")
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with _writer(partial) as connection:
            report = _Import(connection, mapped, settings, uploaded_on or dt.date.today(), progress).run()
        os.replace(partial, target)
    finally:
        for leftover in partial.parent.glob(f"{partial.name}*"):
            leftover.unlink()
    return report


@contextmanager
def _writer(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    connection = duckdb.connect(str(path), config={"threads": os.cpu_count() or 2, "memory_limit": "2500MB"})
    try:
        connection.execute("set timezone = 'UTC'")
        connection.execute("set python_enable_replacements = false")
        yield connection
        connection.execute("checkpoint")
    finally:
        connection.close()


class _Import:
    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        mapped: Sequence[Mapped],
        settings: Settings,
        uploaded_on: dt.date,
        progress: Progress,
    ) -> None:
        self.connection = connection
        self.mapped = mapped
        self.settings = settings
        self.uploaded_on = uploaded_on
        self.progress = progress
        self.report = Report(sheets=list(mapped))

    def run(self) -> Report:
        self._create_meta()
        for number, each in enumerate(self.mapped):
            self.progress(each.sheet.name, 0.05 + 0.6 * number / len(self.mapped))
            self._stage(number, each)
        self.progress("customers", 0.65)
        self._number_customers()
        for table in schema.LOADABLE.values():
            self.progress(table.name, 0.7)
            self._fill(table)
        if not sum(self.report.rows.values()):
            raise self._nothing_loaded()
        self.progress("activity_days", 0.85)
        self._derive()
        self.progress("passport", 0.95)
        self._describe()
        return self.report

    # Staging: one pass over each sheet, typed, with the cells of rows that cannot be typed

    def _stage(self, number: int, each: Mapped) -> None:
        sheet, table = each.sheet, schema.LOADABLE[each.table]
        scan, bound = _scan(sheet)
        position = {header: f"c{i}" for i, header in enumerate(sheet.headers)}
        dates = self._dates(each)
        typed, problems = [], []
        for role in table.roles:
            if role.name not in each.roles:
                continue
            cell = position[each.roles[role.name]]
            if role.name == "is_cancelled" and each.roles[role.name] == each.roles.get("order_id"):
                expression = values.cancelled_id(cell)
            else:
                expression = values.typed(cell, role.kind, dates.get(role.name, values.Dates()))
            typed.append(f"{expression} as {role.name}")
            index = sheet.headers.index(each.roles[role.name])
            if role.required:
                problems.append(f"when {role.name} is null then struct_pack(cell := {index}, kind := '{role.kind}')")
            elif role.kind not in ("text", "id", "name"):
                problems.append(
                    f"when {role.name} is null and not {values.is_null(cell)}"
                    f" then struct_pack(cell := {index}, kind := '{role.kind}')"
                )
        if table.name == "subscriptions" and "ended_at" in each.roles:
            index = sheet.headers.index(each.roles["ended_at"])
            problems.append(f"when ended_at < started_at then struct_pack(cell := {index}, kind := 'end')")
        kept = [f"{position[header]} as k{i}" for i, header in enumerate(self._kept(each))]
        cells = ", ".join(position.values())
        line = "line" if sheet.format == "xlsx" else "null::varchar as line"
        self.connection.execute(
            f"create temp table staged_{number} as"
            f" with cells as ({scan}), typed as (select {', '.join([*typed, *kept, line])}, {cells} from cells)"
            f" select *, case {' '.join(problems)} end as problem, case when problem is not null then [{cells}] end as given"
            " from typed",
            bound | ({"timezone": self.settings.timezone} if dates else {}),
        )
        for name in position.values():
            self.connection.execute(f"alter table staged_{number} drop column {name}")
        self._set_aside(number, each)

    def _kept(self, each: Mapped) -> tuple[str, ...]:
        rest = schema.LOADABLE[each.table].rest
        return each.rest() if rest != "left" else ()

    def _dates(self, each: Mapped) -> dict[str, values.Dates]:
        """For every timestamp role how its column writes dates, judged on the whole column where day and month could be confused."""
        table = schema.LOADABLE[each.table]
        roles = [role for role in table.roles if role.kind == "timestamp" and role.name in each.roles]
        if not roles:
            return {}
        judged = profiles(each.sheet)
        found = {}
        for role in roles:
            header = each.roles[role.name]
            usual = judged[header].usual_format
            day_first = False
            if usual in values.MONTH_FIRST or usual in values.DAY_FIRST:
                day_first = self._day_first(each, header)
                swapped = dict(zip(values.MONTH_FIRST, values.DAY_FIRST, strict=True))
                usual = swapped.get(usual, usual) if day_first else usual
            found[role.name] = values.Dates(usual, day_first)
        return found

    def _day_first(self, each: Mapped, header: str) -> bool:
        scan, bound = _scan(each.sheet)
        cell = f"c{each.sheet.headers.index(header)}"
        month = values.typed(cell, "timestamp", values.Dates(None, day_first=False))
        day = values.typed(cell, "timestamp", values.Dates(None, day_first=True))
        row = self.connection.execute(
            f"select count({month}), count({day}) from ({scan})", bound | {"timezone": self.settings.timezone}
        ).fetchone()
        assert row is not None
        month_first_reads, day_first_reads = row
        if month_first_reads == day_first_reads:
            self._warn(
                N_(
                    "{file}: the dates in {column} could be read month first or day first; "
                    "month first was assumed. Write them as 2024-03-05 if that is wrong."
                ),
                file=each.sheet.name,
                column=header,
            )
        return bool(day_first_reads > month_first_reads)

    def _set_aside(self, number: int, each: Mapped) -> None:
        """Move the rows that cannot be typed, and the lines that are no rows, to meta.rejected."""
        connection, sheet = self.connection, each.sheet
        problems = connection.execute(
            f"select rowid from staged_{number} where problem is not null order by rowid"
        ).fetchall()
        torn: list[tuple[int, str]] = []
        if sheet.format in ("csv", "tsv"):
            torn = connection.execute(
                "select line, any_value(csv_line) from reject_errors group by line order by line"
            ).fetchall()
            connection.execute("drop table reject_errors; drop table reject_scans")
        if torn:
            _records, found = read.record_lines(sheet, [])
            lines = found if len(found) == len(torn) else [line for line, _text in torn]
            connection.register("torn_lines", pd.DataFrame({"line": lines, "given": [text for _line, text in torn]}))
            connection.execute(
                f"insert into meta.rejected select {number}, line, '', given, 'fields', [given] from torn_lines"
            )
            connection.unregister("torn_lines")
        if problems:
            self._with_lines(number, sheet, [record for (record,) in problems])
            connection.execute(
                f"""
                insert into meta.rejected
                select {number}, lines.line, $headers[problem.cell + 1], given[problem.cell + 1],
                    case when {values.is_null("given[problem.cell + 1]")} then 'missing' else problem.kind end, given
                from staged_{number} as staged inner join lines on staged.rowid = lines.record
                where staged.problem is not null
                """,
                {"headers": list(sheet.headers)},
            )
            connection.execute(f"delete from staged_{number} where problem is not null")
        self._count_set_aside(each.table, len(problems) + len(torn))

    def _count_set_aside(self, table: str, rows: int) -> None:
        self.report.set_aside[table] = self.report.set_aside.get(table, 0) + rows

    def _with_lines(self, number: int, sheet: Sheet, records: list[int]) -> None:
        """A temporary table `lines` with the line in the user's file of each record."""
        if sheet.format == "xlsx":
            source = f"select rowid as record, line::bigint as line from staged_{number}"
        elif sheet.format == "parquet":
            source = f"select rowid as record, rowid + 1 as line from staged_{number}"
        else:
            lines, _torn = read.record_lines(sheet, records)
            found = pd.DataFrame({"record": list(lines), "line": list(lines.values())}, dtype="int64")
            self.connection.register("found_lines", found)
            source = "select record, line from found_lines"
        self.connection.execute(f"create or replace temp table lines as {source}")

    # Customers get their integer, then the canonical tables are written in their clustered order

    def _number_customers(self) -> None:
        ids = " union all ".join(f"select customer_id from staged_{i}" for i in range(len(self.mapped)))
        self.connection.execute(
            "create temp table keys as select customer_id, (row_number() over (order by customer_id) - 1)::integer as customer"
            f" from (select distinct customer_id from ({ids}))"
        )

    def _staged(self, table: str) -> list[tuple[int, Mapped]]:
        return [(i, each) for i, each in enumerate(self.mapped) if each.table == table]

    def _fill(self, table: schema.Table) -> None:
        if table.name == "events":
            self._create_event_names()
        columns = ", ".join(f"{name} {type_}" for name, type_ in table.columns).replace(
            "event varchar", "event event_name"
        )
        self.connection.execute(f"create table main.{table.name} ({columns})")
        if table.name == "customers":
            self._fill_customers(table)
        elif self._staged(table.name):
            self._fill_rows(table)
        if self._staged(table.name):
            self.report.rows[table.name] = self._count(table.name)

    def _fill_rows(self, table: schema.Table) -> None:
        parts = []
        for number, each in self._staged(table.name):
            chosen = ["keys.customer"]
            for name, type_ in table.columns[1:]:
                chosen.append(f"{self._column(number, each, name, type_)} as {name}")
            parts.append(
                f"select {', '.join(chosen)} from staged_{number} as staged inner join keys on staged.customer_id = keys.customer_id"
            )
        order = {
            "events": "event, customer, occurred_at",
            "orders": "customer, ordered_at",
            "subscriptions": "customer, started_at",
        }[table.name]
        rows = " union all ".join(parts)
        bound = self._attribute_names() if table.rest == "event attributes" else {}
        self.connection.execute(f"insert into main.{table.name} select * from ({rows}) order by {order}", bound)

    def _column(self, number: int, each: Mapped, name: str, type_: str) -> str:
        """SQL for one column of a canonical table from a staged sheet, derived where the sheet allows it."""
        roles = each.roles
        table = schema.LOADABLE[each.table]
        if name == "day":
            return f"staged.{table.moment}::date"
        if name == "event":
            return "staged.event::event_name"
        if name == "attributes":
            kept = range(len(self._kept(each)))
            if not kept:
                return "null::map(varchar, varchar)"
            pairs = ", ".join(f"struct_pack(k := $a{number}_{i}, v := nullif(trim(staged.k{i}), ''))" for i in kept)
            return f"map_from_entries(list_filter([{pairs}], lambda pair: pair.v is not null))"
        if name == "amount" and table.name == "orders" and {"unit_price", "quantity"} <= set(roles):
            product = "(staged.unit_price::double * staged.quantity)::decimal(18, 4)"
            return f"coalesce(staged.amount, {product})" if "amount" in roles else product
        if name == "mrr" and table.name == "subscriptions" and {"amount", "interval"} <= set(roles):
            monthly = "(staged.amount::double * " + _MONTHLY + ")::decimal(18, 4)"
            return f"coalesce(staged.mrr, {monthly})" if "mrr" in roles else monthly
        return f"staged.{name}" if name in roles else f"null::{type_}"

    def _attribute_names(self) -> dict[str, str]:
        return {
            f"a{number}_{i}": header
            for number, each in self._staged("events")
            for i, header in enumerate(self._kept(each))
        }

    def _create_event_names(self) -> None:
        sources = [f"select event as name from staged_{number}" for number, _ in self._staged("events")]
        constants = ["select 'order' as name", "select 'subscription' as name"]
        names = " union ".join([*sources, *constants])
        self.connection.execute(f"create type main.event_name as enum (select name from ({names}) order by name)")

    def _fill_customers(self, table: schema.Table) -> None:
        self.connection.execute(
            "create temp table listed (source integer, record bigint, customer integer, "
            + ", ".join(f"{role.name} {schema.KINDS[role.kind]}" for role in table.roles)
            + ")"
        )
        for number, each in self._staged("customers"):
            roles = [
                f"staged.{r.name}" if r.name in each.roles else f"null::{schema.KINDS[r.kind]}" for r in table.roles
            ]
            self.connection.execute(
                f"insert into listed select {number}, staged.rowid, keys.customer, {', '.join(roles)}"
                f" from staged_{number} as staged inner join keys on staged.customer_id = keys.customer_id"
            )
        self._set_aside_duplicates()
        moments = []
        for name in ("orders", "events", "subscriptions"):
            moment = schema.LOADABLE[name].moment
            for number, _ in self._staged(name):
                moments.append(f"select customer_id, {moment}::date as day, '{name}' as source from staged_{number}")
        seen = (
            " union all ".join(moments)
            or "select null::varchar as customer_id, null::date as day, '' as source where false"
        )
        stored = ", ".join(f"listed.{role.name}" for role in table.roles if role.name != "customer_id")
        self.connection.execute(
            f"""
            insert into main.customers
            with seen as ({seen}),
            first_seen as (
                select customer_id, min(day) as day, min(day) filter (source = 'subscriptions') as subscribed
                from seen group by customer_id
            ),
            -- the file's own first day of activity: who is known from before it is older than the file
            opening as (select min(day) as day from seen where source <> 'subscriptions')
            select
                keys.customer, keys.customer_id, {stored}, listed.signed_up_at::date,
                case
                    when listed.customer is null then first_seen.day
                    else least(listed.signed_up_at::date, case when listed.signed_up_at is not null then first_seen.day end)
                end,
                case
                    when least(listed.signed_up_at::date, first_seen.subscribed) < opening.day
                    then least(listed.signed_up_at::date, first_seen.subscribed)
                end
            from keys
            left join listed on keys.customer = listed.customer
            left join first_seen on keys.customer_id = first_seen.customer_id
            cross join opening
            order by keys.customer
            """
        )

    def _set_aside_duplicates(self) -> None:
        """Keep the first row of a customer listed twice; the others are set aside."""
        self.connection.execute(
            """
            create temp table duplicates as
            select source, record, customer_id from listed
            qualify row_number() over (partition by customer order by source, record) > 1
            """
        )
        for number, each in self._staged("customers"):
            records = self.connection.execute(
                "select record from duplicates where source = $source order by record", {"source": number}
            ).fetchall()
            if not records:
                continue
            self._with_lines(number, each.sheet, [record for (record,) in records])
            self.connection.execute(
                f"""
                insert into meta.rejected
                select {number}, lines.line, $header, duplicates.customer_id, 'duplicate', [duplicates.customer_id]
                from duplicates inner join lines on duplicates.record = lines.record where duplicates.source = {number}
                """,
                {"header": each.roles["customer_id"]},
            )
            self._count_set_aside("customers", len(records))
        self.connection.execute(
            "delete from listed where (source, record) in (select (source, record) from duplicates)"
        )

    # What follows from the loaded tables

    def _derive(self) -> None:
        connection = self.connection
        connection.execute("create table main.customer_attributes (customer integer, attribute varchar, value varchar)")
        for number, each in self._staged("customers"):
            kept = self._kept(each)
            if not kept:
                continue
            pairs = ", ".join(
                f"struct_pack(attribute := $a{i}, value := nullif(trim(staged.k{i}), ''))" for i in range(len(kept))
            )
            connection.execute(
                f"""
                insert into main.customer_attributes
                select listed.customer, pair.attribute, pair.value
                from (
                    select {number} as source, staged.rowid as record, unnest([{pairs}]) as pair from staged_{number} as staged
                ) as pairs
                inner join listed on pairs.source = listed.source and pairs.record = listed.record
                where pair.value is not null
                """,
                {f"a{i}": header for i, header in enumerate(kept)},
            )
        activity = self.settings.activity or self._default_activity()
        query = queries.catalogue().find("daily_activity")
        columns = ", ".join(f"{name} {type_}" for name, type_ in schema.ACTIVITY_DAYS.columns)
        connection.execute(f"create table main.activity_days ({columns})")
        connection.execute(
            f"insert into main.activity_days {query.sql}", {f"{name}_count": name in activity for name in ACTIVITIES}
        )
        watermark = self.settings.watermark or self._one(
            queries.catalogue().find("watermark").sql, {"uploaded_on": self.uploaded_on}
        )
        currency = self._currency()
        connection.execute(
            "insert into meta.dataset values ($1, $2, $3, $4, $5, $6, $7)",
            [
                self.settings.name,
                dt.datetime.now(dt.UTC).replace(tzinfo=None),
                self.settings.timezone,
                watermark,
                list(activity),
                currency,
                FORMAT,
            ],
        )

    def _default_activity(self) -> tuple[str, ...]:
        if self.report.rows.get("subscriptions"):
            return ("subscriptions",)
        return tuple(name for name in ("orders", "events") if self.report.rows.get(name))

    def _currency(self) -> str | None:
        parts = [
            f"select currency from main.{name} where currency is not null"
            for name in ("orders", "subscriptions", "customers")
        ]
        rows = self.connection.execute(
            f"select currency, count(*) as rows from ({' union all '.join(parts)}) group by currency order by rows desc, currency"
        ).fetchall()
        if len(rows) > 1:
            self._warn(
                N_(
                    "The files use several currencies ({currencies}); amounts are added up as they are, without conversion."
                ),
                currencies=", ".join(row[0] for row in rows[:5]),
            )
        return rows[0][0] if rows else None

    # What the dataset file says about itself

    def _create_meta(self) -> None:
        self.connection.execute(
            """
            create schema meta;
            create table meta.dataset (
                name varchar, created_at timestamp, timezone varchar, watermark date, activity varchar[], currency varchar, format integer
            );
            create table meta.sources (
                source integer, file varchar, sheet varchar, table_name varchar, size bigint, sha256 varchar,
                format varchar, encoding varchar, delimiter varchar, header_row integer
            );
            create table meta.mapping (source integer, role varchar, header varchar);
            create table meta.rejected (source integer, line bigint, header varchar, value varchar, reason varchar, cells varchar[]);
            create table meta.tables (name varchar, rows bigint, first_day date, last_day date);
            create table meta.attributes (attribute varchar, distinct_values bigint, customers bigint);
            create table meta.events (name varchar, times bigint);
            create table meta.warnings (sentence varchar, fields varchar);
            """
        )

    def _describe(self) -> None:
        connection = self.connection
        for number, each in enumerate(self.mapped):
            sheet = each.sheet
            connection.execute(
                "insert into meta.sources values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
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
                ],
            )
            connection.executemany(
                "insert into meta.mapping values ($1, $2, $3)",
                [(number, role, header) for role, header in each.roles.items()],
            )
        for name in schema.TABLES:
            moment = (
                "day"
                if name in ("activity_days",) or (name in schema.LOADABLE and schema.LOADABLE[name].moment)
                else "null::date"
            )
            connection.execute(
                f"insert into meta.tables select '{name}', count(*), min({moment}), max({moment}) from main.{name}"
            )
        connection.execute(
            """
            insert into meta.attributes
            select attribute, count(distinct value), count(*) from main.customer_attributes group by attribute order by attribute;
            insert into meta.events
            select name::varchar, sum(times) from main.activity_days group by name order by name::varchar;
            """
        )
        self._tell()
        if self.report.warnings:
            connection.executemany(
                "insert into meta.warnings values ($1, $2)",
                [(warned.sentence, schema.to_json(warned.fields)) for warned in self.report.warnings],
            )
        self.report.rejected = [
            Rejected(*row)
            for row in connection.execute(
                "select sources.file, rejected.line, rejected.header, rejected.value, rejected.reason"
                " from meta.rejected inner join meta.sources using (source) order by source, line limit $1",
                [REJECTED_SHOWN],
            ).fetchall()
        ]

    def _tell(self) -> None:
        """Warnings that follow from the loaded rows."""
        for number, each in enumerate(self.mapped):
            total = self._one(f"select count(*) from meta.rejected where source = {number}")
            if total:
                self._warn(
                    N_("{file}: {rows} rows were set aside; the list says line, column and reason."),
                    file=each.sheet.name,
                    rows=f"{total:,}",
                )
            if each.table == "orders" and "order_id" in each.roles and "is_cancelled" not in each.roles:
                marked = self._one(
                    f"select count(*) from staged_{number} where regexp_full_match(order_id, {values.literal(values.CANCELLED_ID)})"
                )
                if marked:
                    self._warn(
                        N_(
                            "{file}: {rows} rows have an order id like C536379, which often marks a cancellation. "
                            "They count as orders until {column} is also mapped to “Cancelled”."
                        ),
                        file=each.sheet.name,
                        rows=f"{marked:,}",
                        column=each.roles["order_id"],
                    )
        negative = self._one("select count(*) from main.orders where amount < 0")
        if negative:
            self._warn(
                N_("{rows} order rows have a negative amount; they are taken as refunds and subtracted."),
                rows=f"{negative:,}",
            )
        for name in ("orders", "events", "subscriptions"):
            late = self._one(f"select count(*) from main.{name} where day > $day", {"day": self.uploaded_on})
            if late:
                self._warn(
                    N_("{rows} rows of {table} lie after the day of the upload and are left out."),
                    rows=f"{late:,}",
                    table=schema.LOADABLE[name].label,
                )

    def _nothing_loaded(self) -> Refused:
        row = self.connection.execute(
            "select header, value, reason from meta.rejected order by source, line limit 1"
        ).fetchone()
        column, value, reason = row if row else ("", "", "missing")
        return Refused(
            N_(
                "No row of {file} could be loaded. The first problem: {reason}, column {column}, value “{value}”. "
                "Check the mapping of that column."
            ),
            file=", ".join(each.sheet.name for each in self.mapped),
            reason=REASONS[reason],
            column=column,
            value=(value or "")[:60],
        )

    def _warn(self, sentence: str, **fields: str) -> None:
        self.report.warnings.append(Warned(sentence, fields))

    def _count(self, table: str) -> int:
        if table == "customers":
            return int(self._one("select count(*) from listed"))
        return int(self._one(f"select count(*) from main.{table}"))

    def _one(self, sql: str, bound: dict[str, Any] | None = None) -> Any:
        row = self.connection.execute(sql, bound or {}).fetchone()
        return row[0] if row else None


FORMAT = 1
"""The layout of a dataset file; raised when an older file can no longer be read."""

_MONTHLY = """case
    when lower(trim(staged.interval)) in ('month', 'monthly', 'months', '1 month', '月', '月付', '每月', '按月') then 1.0
    when lower(trim(staged.interval)) in ('year', 'yearly', 'annual', 'annually', '12 months', '年', '年付', '每年', '按年') then 1.0 / 12
    when lower(trim(staged.interval)) in ('half-year', 'half year', 'semiannual', '6 months', '半年', '半年付') then 1.0 / 6
    when lower(trim(staged.interval)) in ('quarter', 'quarterly', '3 months', '季', '季度', '季付', '按季') then 1.0 / 3
    when lower(trim(staged.interval)) in ('week', 'weekly', '周', '每周') then 52.0 / 12
    when lower(trim(staged.interval)) in ('day', 'daily', '天', '日', '每天') then 365.0 / 12
end"""


def _scan(sheet: Sheet) -> tuple[str, dict[str, Any]]:
    """SQL that yields the sheet's data rows as text columns c0, c1, …, and the values it binds."""
    names = [f"c{i}" for i in range(len(sheet.headers))]
    if sheet.format == "parquet":
        texts = ", ".join(f"{name}::varchar as {name}" for name in names)
        return f"select {texts} from read_parquet($path) as cells({', '.join(names)})", {"path": str(sheet.path)}
    columns = ["line", *names] if sheet.format == "xlsx" else names
    rejects = "" if sheet.format == "xlsx" else ", store_rejects = true"
    return (
        "select * from read_csv($path, delim = $delimiter, skip = $skip, columns = $columns, header = false,"
        f" auto_detect = false, quote = '\"', escape = '\"', max_line_size = 16777216{rejects})",
        {
            "path": str(sheet.path),
            "delimiter": sheet.delimiter or ",",
            "skip": sheet.skipped_lines,
            "columns": {name: "VARCHAR" for name in columns},
        },
    )
