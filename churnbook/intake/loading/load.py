"""Typed tables from mapped sheets: one new dataset file, or nothing."""

from __future__ import annotations

import datetime as dt
import os
import re
from calendar import monthrange
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb

from churnbook.catalogue import queries, schema
from churnbook.datasets.definition import Definition
from churnbook.datasets.facts import FORMAT
from churnbook.engine.duckdb import Session, columns_of
from churnbook.intake.cells.coded import create_names, is_coded
from churnbook.intake.loading import (
    activity,
    attributes,
    churn,
    derived,
    identity,
    order_rows,
    overlap,
    passport,
    published,
    reasons,
    repeated,
    typed,
)
from churnbook.intake.loading.overlap import Batch
from churnbook.intake.loading.report import Progress, Report, Settings
from churnbook.intake.loading.stage import stage, with_lines
from churnbook.intake.loading.stop import Stop, Stopped
from churnbook.intake.mapping.plan import MappedSheet, files_of
from churnbook.words.language import N_
from churnbook.words.message import LOOK, WRONG, Refused

_FILLED = tuple(table for table in schema.LOADABLE.values() if not table.lists_customers)
"""The tables filled before that of the customers, in their order."""


def load(
    mapped: Sequence[MappedSheet],
    target: Path,
    settings: Settings,
    progress: Progress = lambda words, share: None,
    uploaded_on: dt.date | None = None,
    batches: Sequence[Batch] = (),
    stop: Stop | None = None,
) -> Report:
    """Write the dataset file `target` from mapped sheets and report what happened.

    `batches` say of each sheet when it came to the dataset. The file appears whole, by rename, or not at all.
    Raises Refused when nothing could be loaded, Stopped when `stop` was asked to.
    """
    stop = stop or Stop()
    settings.check()
    for each in mapped:
        each.check()
    _refuse_repeated(mapped)
    partial = target.with_name(f"{target.name}.{os.getpid()}.partial")
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with _writer(partial) as connection, stop.watching(connection):
            report = _Import(
                connection,
                mapped,
                settings,
                uploaded_on or dt.datetime.now(ZoneInfo(settings.timezone)).date(),
                stop.told(progress),
                batches or [Batch()] * len(mapped),
            ).run()
        os.replace(partial, target)
    except duckdb.InterruptException:
        raise Stopped from None
    finally:
        for leftover in partial.parent.iterdir():
            if leftover.name.startswith(partial.name):
                leftover.unlink()
    return report


def _refuse_repeated(mapped: Sequence[MappedSheet]) -> None:
    """Refuse a sheet given twice for one table; for two tables it may be, as orders that also tell of customers."""
    seen: dict[tuple[object, ...], str] = {}
    for each in mapped:
        key = (*_content(each), each.table)
        if key in seen:
            raise Refused(
                N_("{file} and {other} have the same content; its rows would count twice. Leave one of them out."),
                file=each.sheet.name,
                other=seen[key],
            )
        seen[key] = each.sheet.name


def _content(mapped: MappedSheet) -> tuple[object, ...]:
    return mapped.sheet.sha256, mapped.sheet.sheet


@contextmanager
def _writer(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    connection = duckdb.connect(str(path), config={"threads": os.cpu_count() or 2, "memory_limit": "2500MB"})
    try:
        connection.execute("set timezone = 'UTC'")
        connection.execute("set python_enable_replacements = false")
        connection.execute("set enable_progress_bar = false")
        yield connection
        connection.execute("checkpoint")
    finally:
        connection.close()


class _Import:
    """One import on its own connection: stage every sheet, number customers, fill tables, derive the rest."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        mapped: Sequence[MappedSheet],
        settings: Settings,
        uploaded_on: dt.date,
        progress: Progress,
        batches: Sequence[Batch],
    ) -> None:
        self.connection = connection
        self.batches = batches
        self.mapped = mapped
        self.settings = settings
        self.uploaded_on = uploaded_on
        self.progress = progress
        self.report = Report(sheets=list(mapped))
        # the sources that read the same sheet before, as orders before the customers they tell of
        self.before = [
            [i for i, other in enumerate(mapped[:number]) if _content(other) == _content(each)]
            for number, each in enumerate(mapped)
        ]

    def run(self) -> Report:
        passport.begin(self.connection, self.mapped)
        for each in self.mapped:
            for note in each.sheet.notes:
                self.report.tell(note)
        for number, each in enumerate(self.mapped):
            self.progress(each.sheet.name, 0.05 + 0.5 * number / len(self.mapped))
            before = [(i, self.mapped[i]) for i in self.before[number]]
            stage(self.connection, number, each, self.settings.timezone, self.report, before)
        identity.settle(self.connection, enumerate(self.mapped), self.report)
        overlap.settle(self.connection, self.mapped, self.batches)
        self._number_customers()
        for index, table in enumerate(_FILLED):
            self.progress(table.name, 0.55 + 0.2 * index / len(_FILLED))
            self._fill(table)
            self._settle_copies(table)
        self.progress("activity_days", 0.75)
        activity.derive(self.connection, self.report.rows, self._activity())
        order_rows.keep_orders_of_nobody(
            self.connection, self._staged("orders"), self.settings.repeated == "once", self.report
        )
        self.progress("customers", 0.9)
        self._fill(schema.CUSTOMERS)
        if not sum(self.report.loaded.values()):
            raise passport.nothing_loaded(self.connection, self.mapped)
        for name in self.settings.activity or ():
            if not self.report.loaded.get(name):
                raise Refused(
                    N_("{activity} is to count as being active, but no file holds any."),
                    activity=schema.LOADABLE[name].label,
                )
        self._derive_attributes()
        definition = churn.settled(
            self.connection,
            self.report.rows,
            self.settings.churn,
            any(each.table == "customers" and {"is_churned", "churned_at"} & set(each.roles) for each in self.mapped),
        )
        self._define(definition)
        churn.leave_out(self.connection, self.settings.left_out)
        attributes.date_as_of_export(self.connection, self.mapped)
        self.progress("reasons", 0.93)
        reasons.keep(self.connection, self.mapped)
        published.keep(self.connection)
        for warned in derived.put_together(self.connection, self.settings.derived):
            self.report.tell(warned)
        self.progress("passport", 0.95)
        passport.finish(self.connection, self.mapped, self.uploaded_on, self.report)
        return self.report

    def _staged(self, table: str) -> list[tuple[int, MappedSheet]]:
        return [(i, each) for i, each in enumerate(self.mapped) if each.table == table]

    def _number_customers(self) -> None:
        """Every customer of any sheet gets an integer, in the order of their ids."""
        of_customers = [i for i, each in enumerate(self.mapped) if schema.LOADABLE[each.table].has_customers]
        # of one sheet alone they are distinct as they are, and the numbers that stand for them stay beside them
        ids = " union ".join(
            f"select {'customer_id' if of_customers[1:] else '*'} from customer_id_{number}" for number in of_customers
        )
        self.connection.execute(
            "create temp table keys as select *, (row_number() over (order by customer_id) - 1)::integer as customer"
            f" from ({ids or 'select null::varchar as customer_id limit 0'})"
        )
        for number in of_customers:
            if is_coded(self.connection, number):
                self.connection.execute(
                    f"create temp {'table' if of_customers[1:] else 'view'} keys_{number} as select digits, customer from keys"
                    f"{f' inner join customer_id_{number} using (customer_id)' if of_customers[1:] else ''}"
                )

    # The canonical tables, in their clustered order

    def _fill(self, table: schema.Table) -> None:
        columns = ", ".join(f"{name} {type_}" for name, type_ in table.columns)
        if table is schema.EVENTS:
            create_names(
                self.connection,
                "type main.event_name",
                [f"select event as name from event_{number}" for number, _ in self._staged("events")],
            )
            columns = columns.replace("event varchar", "event event_name")
        self.connection.execute(f"create table main.{table.name} ({columns})")
        if table.lists_customers:
            self._fill_customers(table)
        elif self._staged(table.name):
            self._fill_rows(table)
            ((self.report.rows[table.name],),) = self.connection.execute(
                f"select count(*) from main.{table.name}"
            ).fetchall()
            order_rows.account_for_refunds(self.connection, self._staged(table.name), self.report)
        if table is schema.ORDER_ITEMS and not self._staged(table.name):
            order_rows.fill_items(self.connection, self._staged("orders"), self.report)

    def _fill_rows(self, table: schema.Table) -> None:
        # a map that holds nothing is not carried through the sort
        has_attributes = any(each.kept() for _number, each in self._staged(table.name))
        columns = [column for column in table.columns if column[0] != "attributes" or has_attributes]
        parts = [each.sql for each in self._rows(table, columns)]
        self.connection.execute(
            f"insert into main.{table.name} ({', '.join(name for name, _ in columns)})"
            f" select * from ({' union all '.join(parts)}) order by {', '.join(table.clustered_by)}",
            self._headers(table),
        )

    def _rows(self, table: schema.Table, columns: Sequence[tuple[str, str]]) -> list[repeated.Loaded]:
        """The rows of each sheet of a table in these of its columns; their SQL binds `_headers`."""
        rows = []
        for number, each in self._staged(table.name):
            join = typed.by_customer(self.connection, number) if table.has_customers else ""
            staged = f"from staged_{number} as staged{join}"
            read = f"select {typed.columns(self.connection, number, each, columns)} {staged}"
            rows.append(repeated.Loaded(number, read))
            if typed.has_refunds(self.connection, number):
                paid_back = typed.columns(self.connection, number, each, columns, of_refund=True)
                rows.append(repeated.Loaded(number, f"select {paid_back} {staged} where refund > 0", is_made=True))
        return rows

    def _headers(self, table: schema.Table) -> dict[str, str]:
        return {
            f"a{number}_{i}": header
            for number, each in self._staged(table.name)
            for i, header in enumerate(each.kept())
        }

    def _settle_copies(self, table: schema.Table) -> None:
        if self._staged(table.name):
            once = self.settings.repeated == "once"
            rows = self._rows(table, table.columns)
            gone = repeated.settle(self.connection, table, rows, self._headers(table), once, self.report)
            if gone:
                self.report.rows[table.name] -= gone.total()
            order_rows.account_for_copies_of_refunds(self.connection, gone, self.report)

    def _fill_customers(self, table: schema.Table) -> None:
        """Customers of the customer files and of all other files; who is known from when, by their rows."""
        roles = ", ".join(f"{role.name} {schema.KINDS[role.kind]}" for role in table.roles)
        self.connection.execute(f"create temp table listed (source integer, record bigint, customer integer, {roles})")
        for number, each in self._staged("customers"):
            is_beside = bool(self.before[number])
            found = [
                _of_rows(r.name, is_beside) if r.name in each.roles else f"null::{schema.KINDS[r.kind]}"
                for r in table.roles
            ]
            self.connection.execute(
                f"insert into listed select {number}, {_of_rows('rowid', is_beside)}, keys.customer, {', '.join(found)}"
                f" from staged_{number} as staged inner join keys on staged.customer_id = keys.customer_id"
                + (" group by keys.customer" if is_beside else "")
            )
        if self._staged("customers"):
            self._set_aside_duplicates()
            ((self.report.rows["customers"],),) = self.connection.execute("select count(*) from listed").fetchall()
        # of a customer in several files, the first file that says something wins
        merged = ", ".join(
            f"arg_min({role.name}, source) filter ({role.name} is not null) as {role.name}"
            for role in table.roles
            if role.name != "customer_id"
        )
        # who only stands in a file of orders is known from the first order on, as if the file were of orders alone
        unknown = [
            number
            for number, each in self._staged("customers")
            if self.before[number] and set(each.roles) == {"customer_id"}
        ]
        self.connection.execute(
            f"create temp table known as select customer, {merged} from listed"
            " where source not in (select unnest($unknown::integer[])) group by customer",
            {"unknown": unknown},
        )
        stored = ", ".join(f"known.{role.name}" for role in table.roles if role.name != "customer_id")
        counted = schema.EVENTS.name in self._activity()
        seen = " union all ".join(
            f"select customer, day, {'day' if table.activity == 'day' else 'null'} as active,"
            f" {'day' if table.activity == 'span' else 'null'} as subscribed, null as started from main.{table.name}"
            for table in _FILLED
            if table.has_customers and not (counted and table is schema.EVENTS)
        )
        if counted:  # the first of their days is that of the first event, or of an order that counts as well
            seen += " union all select customer, days[1], days[1], null, days[1] from main.visit_days"
        self.connection.execute(
            f"""
            insert into main.customers
            with seen as (
                {seen}
                -- what counts of orders and subscriptions; events that count are above
                union all select customer, null, null, null, day from main.activity_sums where is_activity
            ),
            first_seen as (
                select customer, min(day) as day, min(active) as active, min(subscribed) as subscribed, min(started) as started
                from seen
                group by customer
            ),
            -- the file's own first day of activity: who is known from before it is older than the file
            opening as (select min(active) as day from first_seen)
            select
                keys.customer, keys.customer_id, {stored}, known.signed_up_at::date,
                case
                    when known.customer is null then first_seen.day
                    else least(
                        known.signed_up_at::date, case when known.signed_up_at is not null then first_seen.day end
                    )
                end,
                case
                    when least(known.signed_up_at::date, first_seen.subscribed) < opening.day
                    then least(known.signed_up_at::date, first_seen.subscribed)
                end,
                first_seen.started
            from keys
            left join known on keys.customer = known.customer
            left join first_seen on keys.customer = first_seen.customer
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
            qualify row_number() over (partition by source, customer order by record) > 1
            """
        )
        for number, each in self._staged("customers"):
            records = self.connection.execute(
                "select record from duplicates where source = $source order by record", {"source": number}
            ).fetchall()
            if not records:
                continue
            with_lines(self.connection, number, each.sheet, [record for (record,) in records])
            self.connection.execute(
                f"""
                insert into meta.rejected
                select {number}, lines.line, $header, duplicates.customer_id, 'duplicate', staged.given
                from duplicates
                left join lines on duplicates.record = lines.record
                inner join staged_{number} as staged on duplicates.record = staged.rowid
                where duplicates.source = {number}
                """,
                {"header": each.roles["customer_id"]},
            )
            self.report.count_set_aside("customers", len(records))
        self.connection.execute(
            "delete from listed where (source, record) in (select (source, record) from duplicates)"
        )

    # What follows from the loaded tables

    def _derive_attributes(self) -> None:
        attributes.begin(self.connection)
        for number, each in self._staged("customers"):
            kept = each.kept()
            if not kept:
                continue
            pairs = ", ".join(f"struct_pack(attribute := $a{i}, value := staged.k{i})" for i in range(len(kept)))
            if self.before[number]:  # of several rows of a customer the last that says something
                value, among = "arg_max(pair.value, pairs.record)", "listed.customer = pairs.customer"
                grouped = " group by listed.customer, pair.attribute"
            else:
                value, among, grouped = "pair.value", "listed.record = pairs.record", ""
            self.connection.execute(
                f"""
                insert into told
                select listed.customer, pair.attribute, {value}, 'file'
                from (
                    select keys.customer, staged.rowid as record, unnest([{pairs}]) as pair
                    from staged_{number} as staged inner join keys on staged.customer_id = keys.customer_id
                ) as pairs
                inner join listed on listed.source = {number} and {among}
                anti join told as known on listed.customer = known.customer and pair.attribute = known.attribute
                where pair.value is not null{grouped}
                """,
                {f"a{i}": header for i, header in enumerate(kept)},
            )
        attributes.keep_told(self.connection)
        for table in dict.fromkeys(first.table for first in schema.FIRST_VALUES.values()):
            attributes.keep_first(self.connection, table, self._first_rows(table))

    def _first_rows(self, table: str) -> attributes.FirstRows:
        """The rows of each sheet of a table that say something of how customers began; cancelled ones do not count."""
        roles = [first.role for first in schema.FIRST_VALUES.values() if first.table == table]
        moment = schema.LOADABLE[table].moment
        if not any(role in each.roles for _number, each in self._staged(table) for role in roles):
            return []
        found = []
        for number, each in self._staged(table):
            values = ", ".join(f"staged.{role}" if role in each.roles else f"null::varchar as {role}" for role in roles)
            # a view numbers the rows of the table below it
            record = "record" if "record" in columns_of(self.connection, f"staged_{number}") else "rowid"
            held = set(columns_of(self.connection, f"staged_{number}"))
            counts = "not coalesce(is_cancelled, false)" if table == "orders" else "true"
            cancelled = (
                f", {typed.column(number, each, 'is_cancelled', 'boolean', held)} as is_cancelled"
                if table == "orders"
                else ""
            )
            found.append(
                (
                    f"select keys.customer, staged.{record} as record, staged.{moment} as moment,"
                    f" staged.{moment}::date as day, {values}{cancelled}"
                    f" from staged_{number} as staged{typed.by_customer(self.connection, number)}",
                    counts,
                )
            )
        return found

    def _activity(self) -> tuple[str, ...]:
        """What counts as being active: as chosen, else subscriptions where there are any, else all there is."""
        if self.settings.activity:
            return self.settings.activity
        filled = [name for name in schema.ACTIVITIES if self.report.rows.get(name)]
        return tuple(name for name in filled if name not in schema.VISITS) or tuple(filled)

    def _define(self, definition: Definition | None) -> None:
        """Write down what the dataset's numbers rest on: zone, watermark, activity, currency, churn."""
        query = queries.catalogue().find("watermark")
        session = Session(self.connection)
        (found,) = session.run(query, {"uploaded_on": self.uploaded_on}).table.column("watermark").to_pylist()
        session.forget([need.name for need in session.catalogue.order(query)])
        watermark = self.settings.watermark or self._whole_months(found) or self._only_future_dates()
        now = dt.datetime.now(dt.UTC).replace(tzinfo=None)
        self.connection.execute(
            "insert into meta.dataset values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            [
                self.settings.name,
                now,
                self.settings.timezone,
                watermark,
                list(self._activity()),
                self._currency(),
                definition.text if definition else None,
                self.settings.defined_at or now,
                FORMAT,
            ],
        )
        churn.derive(self.connection, definition, watermark)

    def _whole_months(self, found: dt.date | None) -> dt.date | None:
        """The last day of activity; where files only tell months, the last of the last month, and says so."""
        active = [each for each in self.mapped if each.table in schema.VISITS]
        by_month = [each for each in active if each.sheet.unpivot and each.sheet.unpivot.kind == "months"]
        if found is None or not active or len(by_month) < len(active):
            return found
        last = min(found.replace(day=monthrange(found.year, found.month)[1]), self.uploaded_on)
        self.report.warn(
            N_("{file}: the data count up to {day}, the end of the last month that a column tells of."),
            N_("If that month was not over when the file was made, choose an earlier day for “Data to”."),
            LOOK,
            file=files_of(by_month),
            day=last.isoformat(),
        )
        return last

    def _only_future_dates(self) -> dt.date | None:
        """Where every date lies after the upload, the data count up to the upload and hold nothing yet."""
        return self.uploaded_on if any(self.report.rows.get(name) for name in schema.ACTIVITIES) else None

    def _currency(self) -> str | None:
        parts = [
            f"select currency from main.{name} where currency is not null"
            for name, table in schema.LOADABLE.items()
            if any(role.name == "currency" for role in table.roles)
        ]
        rows = self.connection.execute(
            f"select currency, count(*) as rows from ({' union all '.join(parts)})"
            " group by currency order by rows desc, currency"
        ).fetchall()
        if len(rows) > 1:
            self.report.warn(
                N_(
                    "The files use several currencies ({currencies}); amounts are added up as they are, without conversion."
                ),
                N_("Convert them to one currency before loading, or load a dataset for each."),
                WRONG,
                currencies=", ".join(row[0] for row in rows[:5]),
            )
        if self.settings.currency:
            return self.settings.currency
        return (
            _CURRENCIES.get(rows[0][0], rows[0][0].upper() if _CODE.fullmatch(rows[0][0]) else None) if rows else None
        )


def _of_rows(column: str, is_beside: bool) -> str:
    """SQL: a column of a staged sheet of customers; of a sheet beside another its last value for each customer."""
    value = f"staged.{column}"
    return f"arg_max({value}, staged.rowid) filter ({value} is not null)" if is_beside else value


_CODE = re.compile("[A-Za-z]{3}")
_CURRENCIES = {"¥": "CNY", "￥": "CNY", "元": "CNY", "人民币": "CNY", "RMB": "CNY", "$": "USD", "€": "EUR", "£": "GBP"}
