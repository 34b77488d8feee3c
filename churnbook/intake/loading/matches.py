"""Whether the tables fit together: which customers of orders, events … the customer files know, and the other way round."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb

from churnbook.catalogue import schema
from churnbook.datasets.passport import NONE_SHARED, OTHER_ZEROS, UNLISTED
from churnbook.intake.loading.report import Report
from churnbook.intake.mapping.plan import MappedSheet
from churnbook.words.language import N_
from churnbook.words.message import LOOK, WRONG

_SPELLED = "lower(replace(replace(customer_id, ' ', ''), '\u3000', ''))"
_MANY = 0.01
"""From this share of rows on, customers that are not in the customer file probably make numbers wrong."""


def begin(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the empty `meta.matches`: a row for each table with customers where there is a customer file."""
    connection.execute(
        "create table meta.matches (table_name varchar, rows bigint, customers bigint, unlisted_rows bigint,"
        " unlisted_customers bigint, examples varchar[], alike_customers bigint, absent_customers bigint)"
    )


def compare(
    connection: duckdb.DuckDBPyConnection, mapped: Sequence[MappedSheet], rows: Mapping[str, int], report: Report
) -> None:
    """Compare the customers of every table with those of the customer files, which are in `known`."""
    files = [each.sheet.name for number, each in enumerate(mapped) if _is_list(number, mapped)]
    if not files:
        return
    _find_strangers(connection)
    for name, table in schema.LOADABLE.items():
        sources = [number for number, each in enumerate(mapped) if each.table == name]
        if sources and table.has_customers and name != "customers":
            _compare(connection, name, sources, rows[name])
    _warn(connection, ", ".join(files), report)


def _is_list(number: int, mapped: Sequence[MappedSheet]) -> bool:
    """Whether a sheet is a list of customers: not one of orders or the like, read again for the customers it names."""
    content = (mapped[number].sheet.sha256, mapped[number].sheet.sheet)
    before = [(each.sheet.sha256, each.sheet.sheet) for each in mapped[:number]]
    return mapped[number].table == "customers" and content not in before


def _find_strangers(connection: duckdb.DuckDBPyConnection) -> None:
    """Make `strangers`: the customers of no customer file, with the id there that reads the same but for how it is typed."""
    connection.execute(
        f"""
        create temp table strangers as
        with unlisted as (
            select customer, customer_id, ltrim({_SPELLED}, '0') as bare from keys anti join known using (customer)
        ),
        alike as (
            select ltrim({_SPELLED}, '0') as bare, min(customer_id) as listed_id
            from keys semi join known using (customer) where exists (from unlisted)
            group by bare
        )
        select unlisted.customer, unlisted.customer_id, alike.listed_id
        from unlisted left join alike on unlisted.bare = alike.bare
        """
    )


def _compare(connection: duckdb.DuckDBPyConnection, table: str, sources: Sequence[int], rows: int) -> None:
    ids = " union ".join(f"select customer_id from customer_id_{number}" for number in sources)
    connection.execute(
        f"""
        insert into meta.matches
        with unlisted as (select strangers.* from strangers semi join ({ids}) as ids using (customer_id)),
        counted as (
            select
                (select count(*) from ({ids})) as customers,
                (select count(*) from unlisted) as unlisted_customers,
                (select count(*) from unlisted where listed_id is not null) as alike_customers
        )
        select
            $table,
            $rows,
            customers,
            case when unlisted_customers > 0 then (select count(*) from main.{table} semi join strangers using (customer)) else 0 end,
            unlisted_customers,
            (select list(customer_id order by customer_id)[:3] from unlisted),
            alike_customers,
            (select count(*) from known) - (customers - unlisted_customers)
        from counted
        """,
        {"table": table, "rows": rows},
    )


def _warn(connection: duckdb.DuckDBPyConnection, files: str, report: Report) -> None:
    found = connection.execute(
        "select table_name, rows, unlisted_rows, examples from meta.matches where unlisted_rows > 0 order by rowid"
    ).fetchall()
    ((shared,),) = connection.execute(
        "select coalesce(sum(customers - unlisted_customers), 1) from meta.matches where list_contains($tables, table_name)",
        {"tables": list(schema.ACTIVITIES)},
    ).fetchall()
    if not shared:
        report.warn(
            NONE_SHARED,
            weight=WRONG,
        )
    for name, rows, unlisted, examples in found:
        if shared or name not in schema.ACTIVITIES:
            report.warn(
                UNLISTED,
                N_("Compare how the ids are written, or export the customer list again."),
                WRONG if unlisted >= _MANY * rows else LOOK,
                table=schema.LOADABLE[name].label,
                share=f"{unlisted / rows:.1%}",
                file=files,
                examples=", ".join(examples),
            )
    _warn_of_zeros(connection, files, report)


def _warn_of_zeros(connection: duckdb.DuckDBPyConnection, files: str, report: Report) -> None:
    """Ids a spreadsheet took the leading zeros from; other spellings are told for all files together."""
    ((ids, first, listed),) = connection.execute(
        f"select count(*), min(customer_id), arg_min(listed_id, customer_id) from strangers"
        f" where listed_id is not null and {_SPELLED} <> {_SPELLED.replace('customer_id', 'listed_id')}"
    ).fetchall()
    if ids:
        report.warn(
            OTHER_ZEROS,
            N_("Format the column as text, so that a spreadsheet keeps the zeros, and export again."),
            WRONG,
            ids=f"{ids:,}",
            file=files,
            first=first,
            second=listed,
        )
