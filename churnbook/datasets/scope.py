"""The scope of a question: a view over each canonical table of which something is not asked."""

from __future__ import annotations

import datetime as dt

from churnbook.catalogue import schema
from churnbook.catalogue.request import Scope
from churnbook.datasets.definition import BY_INACTIVITY
from churnbook.datasets.facts import Facts
from churnbook.engine.duckdb import Cursor

Customers = tuple[int, int]
"""A range of customer numbers: the first, and the one after the last."""


def prepare_scope(cursor: Cursor, facts: Facts, scope: Scope, customers: Customers | None = None) -> None:
    """Make the scope on a cursor: the one-row table `scope`, and a view over each canonical table it leaves out rows of.

    A table asked for as it is, or empty, needs no view: its name then means the table of the file. Query files read
    these names and never know what is left out: rows after the as-of day, values known only later, customers the
    filters exclude, and where a range of customers is given all others.
    """
    cursor.execute(
        "create temp table scope as select $from::date as report_from, $to::date as report_to,"
        " least($as_of::date, $watermark::date) as as_of, $timezone::varchar as timezone, $currency::varchar as currency,"
        " $churn::varchar as churn, $inactive_days::integer as inactive_days, (least($as_of::date, $watermark::date) - $wait_days::integer)::date as churn_to",
        {
            "from": scope.report_from,
            "to": scope.report_to,
            "as_of": scope.as_of,
            "watermark": facts.watermark,
            "timezone": facts.timezone,
            "currency": facts.currency,
            "churn": facts.churn.query if facts.churn else None,
            "inactive_days": facts.churn.days if facts.churn and facts.churn.query == BY_INACTIVITY else None,
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
    spans = any(facts.tables[name].rows for name, table in schema.LOADABLE.items() if table.activity == "span")
    stored: list[_Stored] = [*schema.LOADABLE.values(), *schema.DERIVED.values()]
    for table in stored:
        if not facts.tables[table.name].rows:
            continue
        later = as_of is not None and (_learns(table) or (facts.tables[table.name].last_day or dt.date.max) > as_of)
        if view := _view(table, main, later, chosen, spans, customers):
            cursor.execute(f"create temp view {table.name} as {view}")


_Stored = schema.Table | schema.Derived
_AS_OF = "(select as_of from scope)"


def _known_at(table: _Stored) -> dict[str, str]:
    """The columns whose values become known after the row itself, with the role that says on which day."""
    roles = table.roles if isinstance(table, schema.Table) else ()
    return {role.name: role.known_at for role in roles if role.known_at}


def _learns(table: _Stored) -> bool:
    """Whether a row of the table holds values that become known after its own day."""
    return bool(_known_at(table))


def _view(
    table: _Stored, main: str, later: bool, filters: bool, spans: bool, customers: Customers | None
) -> str | None:
    """The SELECT that shows of a table what the scope leaves, None for all of it.

    `later` says whether it may hold what an as-of day hides.
    """
    rules, known_at = table.as_of, _known_at(table)
    columns = [column for column, _type in table.columns]

    def shown(column: str) -> str:
        if later and column in known_at:
            return f"case when not coalesce({known_at[column]}::date > {_AS_OF}, false) then {column} end as {column}"
        if later and column in rules.hidden:
            return f"case when {column} <= {_AS_OF} then {column} end as {column}"
        if spans and column in rules.ended:
            return f"least(coalesce({column}, {_AS_OF}), {_AS_OF}) as {column}"
        if later and column in rules.cut:
            return f"list_filter({column}, lambda day: day <= scope.as_of) as {column}"
        return column

    conditions = []
    if later and rules.day:
        known = f"{rules.day} <= {_AS_OF}"
        conditions.append(f"({rules.day} is null or {known})" if rules.may_lack_day else known)
    if later:
        conditions += [f"{column}[1] <= scope.as_of" for column in rules.cut]
    if filters and "customer" in columns:
        conditions.append("customer in (select customer from scope_customers)")
    if customers is not None and table is schema.GUEST_ORDERS:
        conditions.append(
            "true" if customers[0] == 0 else "false"
        )  # nobody's rows count once, with the first customers
    elif customers is not None and table.name in schema.OF_CUSTOMERS:
        conditions.append(f"customer >= {customers[0]:d} and customer < {customers[1]:d}")
    kept = [shown(column) for column in columns]
    if not conditions and kept == columns:
        return None
    beside = " cross join scope" if later and rules.cut else ""
    where = f" where {' and '.join(conditions)}" if conditions else ""
    return f"select {', '.join(kept)} from {main}.{table.name}{beside}{where}"


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
                on customers.customer = held.customer
                and asked.attribute = held.attribute
                and not coalesce(held.known_on > {_AS_OF}, false)
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
