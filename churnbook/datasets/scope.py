"""The scope of a question: a view over each canonical table that leaves out what is not asked."""

from __future__ import annotations

import datetime as dt

from churnbook.catalogue import schema
from churnbook.catalogue.request import Scope
from churnbook.datasets.facts import Facts
from churnbook.engine.duckdb import Cursor

Customers = tuple[int, int]
"""A range of customer numbers: the first, and the one after the last."""


def prepare_scope(cursor: Cursor, facts: Facts, scope: Scope, customers: Customers | None = None) -> None:
    """Make the scope on a cursor: the one-row table `scope`, and a view over each canonical table.

    Query files read these names and never know what is left out: rows after the as-of day, values
    known only later, customers the filters exclude, and where a range of customers is given all others.
    """
    cursor.execute(
        "create temp table scope as select $from::date as report_from, $to::date as report_to,"
        " least($as_of::date, $watermark::date) as as_of, $timezone::varchar as timezone, $currency::varchar as currency,"
        " $churn::varchar as churn, (least($as_of::date, $watermark::date) - $wait_days::integer)::date as churn_to",
        {
            "from": scope.report_from,
            "to": scope.report_to,
            "as_of": scope.as_of,
            "watermark": facts.watermark,
            "timezone": facts.timezone,
            "currency": facts.currency,
            "churn": facts.churn.query if facts.churn else None,
            "wait_days": facts.churn.wait_days if facts.churn else 0,
        },
    )
    catalogue = cursor.execute("select current_database()").fetchone()
    assert catalogue is not None
    main = '"' + catalogue[0].replace('"', '""') + '".main'
    chosen = bool(scope.where or facts.left_out)
    if chosen:
        _choose_customers(cursor, main, scope, customers)
    as_of = min(scope.as_of or dt.date.max, facts.watermark) if facts.watermark else None
    spans = facts.tables["subscriptions"].rows > 0
    for name, columns in _columns():
        later = as_of is not None and (_learns(name) or (facts.tables[name].last_day or dt.date.max) > as_of)
        cursor.execute(f"create temp view {name} as {_view(name, columns, main, later, chosen, spans, customers)}")


_ACTIVE = ("activity_days", "derived_moments")
"""The tables of what customers did, day by day."""


def _learns(name: str) -> bool:
    """Whether a row of the table holds values that become known after its own day."""
    return name in schema.LOADABLE and any(role.known_at for role in schema.LOADABLE[name].roles)


def _may_lack_day(table: schema.Table) -> bool:
    return bool(table.moment) and not table.role(str(table.moment)).required


def _columns() -> list[tuple[str, list[str]]]:
    loadable = [(name, [column for column, _ in table.columns]) for name, table in schema.LOADABLE.items()]
    return loadable + [(name, [column for column, _ in derived.columns]) for name, derived in schema.DERIVED.items()]


def _view(
    name: str, columns: list[str], main: str, later: bool, filters: bool, spans: bool, customers: Customers | None
) -> str:
    as_of = "(select as_of from scope)"
    chosen, conditions = list(columns), []
    if later and name in schema.LOADABLE:
        table = schema.LOADABLE[name]
        known_at = {role.name: role.known_at for role in table.roles if role.known_at}
        chosen = [
            f"case when not coalesce({known_at[column]}::date > {as_of}, false) then {column} end as {column}"
            if column in known_at
            else column
            for column in columns
        ]
        if name == "customers":
            conditions.append(f"(known_from is null or known_from <= {as_of})")
            first = f"case when active_from <= {as_of} then active_from end as active_from"
            chosen = [first if column == "active_from" else column for column in chosen]
        elif table.moment:
            conditions.append(f"(day is null or day <= {as_of})" if _may_lack_day(table) else f"day <= {as_of}")
    if name in _ACTIVE and spans:
        chosen = [
            f"least(coalesce(last_day, {as_of}), {as_of}) as last_day" if column == "last_day" else column
            for column in columns
        ]
    if later and name in _ACTIVE:
        conditions.append(f"day <= {as_of}")
    beside = ""
    if later and name in ("purchase_days", "visit_days"):
        chosen = [
            "list_filter(days, lambda day: day <= scope.as_of) as days" if column == "days" else column
            for column in columns
        ]
        beside = " cross join scope"
        conditions.append("days[1] <= scope.as_of")
    if later and name == "churns":
        chosen = [
            f"case when returned_on <= {as_of} then returned_on end as returned_on"
            if column == "returned_on"
            else column
            for column in columns
        ]
        conditions.append(f"(known_on is null or known_on <= {as_of})")
    if filters and "customer" in columns:
        conditions.append("customer in (select customer from scope_customers)")
    if customers is not None and name in schema.OF_CUSTOMERS:
        conditions.append(f"customer >= {customers[0]:d} and customer < {customers[1]:d}")
    where = f" where {' and '.join(conditions)}" if conditions else ""
    return f"select {', '.join(chosen)} from {main}.{name}{beside}{where}"


def _choose_customers(cursor: Cursor, main: str, scope: Scope, customers: Customers | None) -> None:
    """Customers who count and have, for every attribute asked, one of the values given; the empty value means none."""
    cursor.execute(
        f"""
        create temp table scope_customers as
        with wanted as (select unnest($attributes::varchar[]) as attribute, unnest($values::varchar[]) as value),
        asked as (select distinct attribute from wanted),
        counted as (
            select customers.customer
            from {main}.customers as customers
            anti join {main}.left_out as left_out on customers.customer = left_out.customer
            where customers.customer >= $first_customer and customers.customer < $end_customer
        ),
        held as (
            select customers.customer, asked.attribute, coalesce(held.value, '') as value
            from {main}.customers as customers
            cross join asked
            left join {main}.customer_attributes as held
                on customers.customer = held.customer and asked.attribute = held.attribute
            where customers.customer >= $first_customer and customers.customer < $end_customer
        )
        select counted.customer
        from counted
        left join (select held.* from held semi join wanted on held.attribute = wanted.attribute and held.value = wanted.value)
            as meeting on counted.customer = meeting.customer
        group by counted.customer
        having count(meeting.customer) = (select count(*) from asked)
        """,
        {
            "attributes": [a for a, _ in scope.where],
            "values": [v for _, v in scope.where],
            "first_customer": customers[0] if customers else 0,
            "end_customer": customers[1] if customers else 2**31 - 1,
        },
    )
