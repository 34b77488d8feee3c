"""Who is lost by the churn definition of a dataset, and who is left out of it, written into its file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import duckdb

from churnbook.catalogue import schema
from churnbook.datasets.definition import KINDS, NEEDS, Definition, possible, usual
from churnbook.intake.loading.report import LeftOut
from churnbook.words.language import N_
from churnbook.words.message import Refused


def settled(
    connection: duckdb.DuckDBPyConnection, rows: Mapping[str, int], chosen: str | None, has_column: bool
) -> Definition | None:
    """The definition chosen, else the one usual for such tables; `rows` of each, which are loaded.

    A list that `has_column` for churn allows to go by it, also while nobody is marked. Raises Refused where the
    tables do not allow the one chosen.
    """
    is_recorded = says_who_churned(connection)
    if chosen is None:
        return usual(rows, is_recorded)
    definition = Definition.of(chosen)
    if definition.query not in possible(rows, is_recorded or has_column):
        raise Refused(
            N_("“{kind}” needs {needs}; the files have none."),
            kind=KINDS[definition.query],
            needs=NEEDS[definition.query],
        )
    return definition


def says_who_churned(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether the customer list of a dataset marks or dates churn."""
    ((found,),) = connection.execute("select count(is_churned) + count(churned_at) > 0 from main.customers").fetchall()
    return bool(found)


def derive(connection: duckdb.DuckDBPyConnection, definition: Definition | None, watermark: dt.date | None) -> None:
    """Make `main.churns` by a definition; the data count up to the watermark."""
    columns = ", ".join(f"{name} {type_}" for name, type_ in schema.CHURNS.columns)
    connection.execute(f"create or replace table main.churns ({columns})")
    if definition is None:
        return
    connection.execute("create temp table scope as select $1::date as as_of", [watermark])
    try:
        definition.derive(connection)
    finally:
        connection.execute("drop table temp.scope")


def leave_out(connection: duckdb.DuckDBPyConnection, wanted: LeftOut) -> None:
    """Make `main.left_out`: the customers with one of the ids, or one of the attribute values; `meta` keeps these.

    Raises Refused where that would be all of them.
    """
    connection.execute("delete from main.left_out")
    connection.execute("delete from meta.left_out")
    connection.execute(
        "insert into meta.left_out select unnest($1::varchar[]), unnest($2::varchar[])",
        [
            [name for name, _value in wanted.where] + [None] * len(wanted.ids),
            [value for _name, value in wanted.where] + list(wanted.ids),
        ],
    )
    connection.execute(
        """
        insert into main.left_out
        with wanted as (select unnest($attributes::varchar[]) as attribute, unnest($values::varchar[]) as value),
        listed as (select unnest($ids::varchar[]) as customer_id)
        select customers.customer
        from main.customers as customers
        semi join listed on customers.customer_id = listed.customer_id
        union
        select held.customer
        from main.customer_attributes as held
        semi join wanted on held.attribute = wanted.attribute and held.value = wanted.value
        order by 1
        """,
        {
            "attributes": [name for name, _value in wanted.where],
            "values": [value for _name, value in wanted.where],
            "ids": list(wanted.ids),
        },
    )
    kept = connection.execute("select count(*) from main.customers anti join main.left_out using (customer)").fetchone()
    if kept == (0,) and (wanted.where or wanted.ids):
        raise Refused(N_("That would leave out every customer."))
