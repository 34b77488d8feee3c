"""Values that were read as they are written but may not mean what they say: told with counts, never changed.

Dates that stand for "unknown" or "never", ids that differ only in how they are typed, digits a spreadsheet lost.
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from churnbook.catalogue import schema
from churnbook.engine.duckdb import columns_of
from churnbook.intake.cells import values
from churnbook.intake.cells.profile import profiles
from churnbook.intake.loading.report import Report
from churnbook.intake.mapping import guess
from churnbook.intake.mapping.map import explain
from churnbook.intake.mapping.plan import MappedSheet
from churnbook.words.language import N_
from churnbook.words.message import NOTE, WRONG

_STANDING_FOR_NONE = ("1900-01-01", "1900-01-02", "1901-01-01", "1970-01-01")
_LAST_OF_THEM = "1970-01-02"
_FOLDED = "lower(replace(replace(customer_id, ' ', ''), '\u3000', ''))"
_EXACT_DIGITS = 15
"""Spreadsheets keep this many digits of a number and write zeros for the others."""


def warn(connection: duckdb.DuckDBPyConnection, mapped: Sequence[MappedSheet], report: Report) -> None:
    """Add to the report what looks suspicious in the staged sheets and the customers made of them."""
    for number, each in enumerate(mapped):
        _warn_of_ends(connection, number, each, report)
        _warn_of_unread_dates(each, report)
        for assumed in guess.assumed(each.sheet, each.table, each.roles):
            report.tell(assumed)
        _warn_of_dates(connection, number, each, report)
        _warn_of_rounded(connection, number, each, report)
    _warn_of_no_ends(connection, mapped, report)
    _warn_of_spellings(connection, report)
    _warn_of_zeros(connection, report)
    _warn_of_na(connection, report)
    _warn_of_ids(connection, report)
    _warn_of_one(connection, report)


def _warn_of_ends(connection: duckdb.DuckDBPyConnection, number: int, mapped: MappedSheet, report: Report) -> None:
    """Ends so far ahead that they mean: not ended."""
    for flag in (name for name in columns_of(connection, f"staged_{number}") if name.endswith("_is_open")):
        ((rows,),) = connection.execute(f"select count(*) filter ({flag}) from staged_{number}").fetchall()
        if rows:
            report.warn(
                N_("{file}: {rows} rows have a day in {column} that is 2099-12-31 or later; they count as not ended."),
                weight=NOTE,
                file=mapped.sheet.name,
                rows=f"{rows:,}",
                column=mapped.roles[flag.removesuffix("_is_open")],
            )


_LONG = 12
"""Over more months than so many some subscription ends."""


def _warn_of_unread_dates(mapped: MappedSheet, report: Report) -> None:
    """A list of customers that would be orders or the like, if the times of its rows could be read."""
    if mapped.table != "customers" or mapped.sheet.unpivot or set(mapped.roles) - {"customer_id", "currency"}:
        return
    if unread := explain(mapped.sheet, by_recipe=False).unread:
        table, column, value = unread
        report.warn(
            N_(
                "{file} was loaded as a list of customers. It would be {table}, but {column} cannot be read as dates "
                "(for example “{value}”)."
            ),
            N_("Correct the dates in the file, or export it again with dates like 2024-03-05, and load again."),
            WRONG,
            file=mapped.sheet.name,
            table=schema.LOADABLE[table].label,
            column=column,
            value=value[:40],
        )


def _warn_of_no_ends(connection: duckdb.DuckDBPyConnection, mapped: Sequence[MappedSheet], report: Report) -> None:
    """Subscriptions of which none ends, though another date was left out or they cover more than a year."""
    is_told = False
    for each in mapped:
        if each.table != "subscriptions" or guess.ENDS & each.roles.keys():
            continue
        used = (*each.roles.values(), *each.sheet.parts)
        if columns := guess.left_over(each.sheet, profiles(each.sheet), used):
            is_told = True
            report.warn(
                N_(
                    "{file}: no column says when a subscription ends, so nobody is lost; {columns} has dates and was left out."
                ),
                N_("If it holds the end, map it to “Subscription end”, and load again."),
                WRONG,
                file=each.sheet.name,
                columns=", ".join(columns[:3]),
            )
    if is_told:
        return
    ((rows, ends, months),) = connection.execute(
        "select count(*), count(coalesce(ended_at, cancelled_at)),"
        " coalesce(date_sub('month', min(day), (select watermark from meta.dataset)), 0) from main.subscriptions"
    ).fetchall()
    ((lost,),) = connection.execute("select count(churned_on) from main.churns").fetchall()
    if rows and not ends and not lost and months > _LONG:
        report.warn(
            N_(
                "None of the {rows} subscriptions has an end, though they cover {months} months: nobody is ever lost, and "
                "every churn rate is 0 %."
            ),
            N_(
                "If a column says when they end, map it to “Subscription end” and load again; if the file lists only those "
                "that run today, export the ended ones too."
            ),
            WRONG,
            rows=f"{rows:,}",
            months=str(months),
        )


def _warn_of_dates(connection: duckdb.DuckDBPyConnection, number: int, mapped: MappedSheet, report: Report) -> None:
    for role in schema.LOADABLE[mapped.table].roles:
        if role.kind != "timestamp" or role.name not in mapped.roles:
            continue
        ((first, last),) = connection.execute(
            f"select min({role.name}) < timestamp '{_LAST_OF_THEM}', max({role.name}) >= timestamp '{values.OPEN_END}'"
            f" from staged_{number}"
        ).fetchall()
        if not (first or last):
            continue
        days = ", ".join(f"date '{day}'" for day in _STANDING_FOR_NONE)
        for day, rows in connection.execute(
            f"select {role.name}::date as day, count(*) from staged_{number}"
            f" where {role.name}::date in ({days}) or {role.name} >= timestamp '{values.OPEN_END}'"
            " group by day order by count(*) desc, day limit 3"
        ).fetchall():
            report.warn(
                N_(
                    "{file}: {rows} rows have {day} in {column}, a day that often stands for an unknown date; "
                    "they count as written."
                ),
                N_("If it does stand for an unknown date, empty these cells in the file and load again."),
                file=mapped.sheet.name,
                rows=f"{rows:,}",
                day=f"{day:%Y-%m-%d}",
                column=mapped.roles[role.name],
            )


def _warn_of_rounded(connection: duckdb.DuckDBPyConnection, number: int, mapped: MappedSheet, report: Report) -> None:
    """Ids beside the customer's; a rounded customer id sets its row aside."""
    for name in ("order_id", "subscription_id"):
        if name not in mapped.roles:
            continue
        ((rows,),) = connection.execute(
            f"select count(*) filter ({values.is_rounded(name)}) from staged_{number}"
        ).fetchall()
        if rows:
            report.warn(
                N_(
                    "{file}: {rows} values of {column} are long numbers that a spreadsheet rounded, as 1.23E+15, so that "
                    "different ones may look the same. Format the column as text and export again."
                ),
                weight=WRONG,
                file=mapped.sheet.name,
                rows=f"{rows:,}",
                column=mapped.roles[name],
            )


def _warn_of_spellings(connection: duckdb.DuckDBPyConnection, report: Report) -> None:
    """Ids that are one when case and blanks are left aside."""
    ((more,),) = connection.execute(f"select count(*) - count(distinct hash({_FOLDED})) from main.customers").fetchall()
    if not more:
        return
    found = connection.execute(
        f"select count(*) over (), ids[1], ids[2] from (select list(customer_id order by customer_id)[:2] as ids"
        f" from main.customers group by {_FOLDED} having count(*) > 1) order by 2 limit 1"
    ).fetchall()
    for groups, first, second in found:
        report.warn(
            N_(
                "{groups} customer ids are written in several ways that differ only in case or spaces, for instance "
                "{first} and {second}; they count as different customers."
            ),
            N_("If they are the same customers, write their ids the same way in all files and load again."),
            WRONG,
            groups=f"{groups:,}",
            first=first,
            second=second,
        )


_MANY = 1_000
"""Fewer rows than so many are told of nobody."""


def _warn_of_one(connection: duckdb.DuckDBPyConnection, report: Report) -> None:
    """One customer with more than half of all activity: a till, a robot or what guests share, most likely."""
    ((customers,),) = connection.execute("select coalesce(max(customer), 0) + 1 from main.customers").fetchall()
    width = -(-customers // 4096)  # counted in ranges first, which takes a fifth of the time
    found = connection.execute(
        "select slot, total from (select customer // $width as slot, sum(times) as rows, sum(sum(times)) over () as total"
        " from main.activity_days group by slot) where rows * 2 > total and total >= $many",
        {"width": width, "many": _MANY},
    ).fetchall()
    for slot, total in found:
        ((customer_id, rows),) = connection.execute(
            "select min(customers.customer_id), sum(activity_days.times) as rows from main.activity_days"
            " inner join main.customers using (customer) where customer // $width = $slot"
            " group by customer order by rows desc limit 1",
            {"width": width, "slot": slot},
        ).fetchall()
        if rows * 2 > total and customers > 1:
            report.warn(
                N_("{rows} of {total} rows of activity are of one customer: {customer}."),
                N_(
                    "If that is not one customer but a till, a robot or what guests share, leave it out on the page "
                    "Churn definition; what counts customers is right all the same."
                ),
                rows=f"{rows:,}",
                total=f"{total:,}",
                customer=customer_id,
            )


def _warn_of_zeros(connection: duckdb.DuckDBPyConnection, report: Report) -> None:
    """Long ids of digits that all end in zeros, where a spreadsheet keeps no more digits."""
    long = f"length(customer_id) > {_EXACT_DIGITS} and regexp_full_match(customer_id, '[0-9]+')"
    ((ids, ending, example),) = connection.execute(
        f"select count(*), count(*) filter (regexp_full_match(customer_id, '[0-9]{{{_EXACT_DIGITS}}}0+')),"
        f" min(customer_id) from main.customers where {long}"
    ).fetchall()
    if ids > 1 and ids == ending:
        report.warn(
            N_(
                "All {ids} customer ids of more than 15 digits end in zeros, for instance {example}: a spreadsheet has "
                "probably rounded them, and different customers may have become one. Format the column as text and "
                "export again."
            ),
            weight=WRONG,
            ids=f"{ids:,}",
            example=example,
        )


def _warn_of_na(connection: duckdb.DuckDBPyConnection, report: Report) -> None:
    ((rows, attributes),) = connection.execute(
        "select count(*), string_agg(distinct attribute, ', ' order by attribute) from main.customer_attributes"
        " where value = 'NA' and origin = 'file'"
    ).fetchall()
    if rows:
        report.warn(
            N_(
                "{rows} values of {attributes} are NA; it is kept as a value, since it may be a code such as Namibia's."
            ),
            N_("If it means that nothing is known, empty these cells in the file and load again."),
            NOTE,
            rows=f"{rows:,}",
            attributes=attributes,
        )


_IDS = (
    (
        "orders",
        "order_id",
        "min(customer) <> max(customer)",
        N_(
            "Order ids that belong to several customers: {ids}, for instance {example}; each of them is counted with "
            "an order of their own."
        ),
        N_("Check whether {column} really holds the id of the order, or whether ids start again each year or shop."),
    ),
    (
        "subscriptions",
        "subscription_id",
        "count(*) > 1",
        N_("Subscription ids that stand on several rows: {ids}, for instance {example}; every row counts."),
        N_(
            "If rows are renewals or changes of price, this is right. If {column} should stand once, the file holds "
            "older states too: export only the current one."
        ),
    ),
)
"""Tables, the roles of their ids, SQL for what an id should not do, and what is said of those that do."""


def _warn_of_ids(connection: duckdb.DuckDBPyConnection, report: Report) -> None:
    """Ids of orders and subscriptions that stand where one would not expect them."""
    for table, role, odd, sentence, advice in _IDS:
        ((ids, example),) = connection.execute(
            f"select count(*), min({role}) from (select {role} from main.{table} where {role} is not null"
            f" group by {role} having {odd})"
        ).fetchall()
        if ids:
            report.warn(sentence, advice, ids=f"{ids:,}", example=example, column=_header(connection, role))


def _header(connection: duckdb.DuckDBPyConnection, role: str) -> str:
    """The headers that carry a role."""
    ((headers,),) = connection.execute(
        "select string_agg(distinct header, ', ' order by header) from meta.mapping where role = $role", {"role": role}
    ).fetchall()
    return str(headers)
