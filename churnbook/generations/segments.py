"""Saved segments: customers picked out of a result, kept with the dataset as an attribute to split and filter by."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb
import pandas as pd

from churnbook.catalogue import schema
from churnbook.datasets.facts import Facts
from churnbook.datasets.library import DatasetEntry, Library
from churnbook.engine.duckdb import open_cursor
from churnbook.generations.amend import CannotSave, next_generation
from churnbook.words.language import N_
from churnbook.words.message import LOOK, Notice

LONGEST_NAME = 60


def save(library: Library, id: str, name: str, customer_ids: Sequence[str], inside: str, outside: str) -> DatasetEntry:
    """Keep customers of the dataset `id` as the attribute `name`: `inside` for those given, `outside` for all others.

    Writes the next generation of the dataset and moves the pointer to it. Raises CannotSave where the name is
    empty, too long or taken, or where there is nobody to keep.
    """
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME:
        raise CannotSave(N_("Give the segment a name of 1 to {longest} characters."), longest=str(LONGEST_NAME))
    if not customer_ids:
        raise CannotSave(N_("There is nobody in this list to keep."))

    def check(facts: Facts) -> None:
        if name in facts.attributes:
            raise CannotSave(N_("Customers already have an attribute “{name}”; choose another name."), name=name)

    def write(connection: duckdb.DuckDBPyConnection) -> None:
        connection.register("chosen", pd.DataFrame({"customer_id": list(dict.fromkeys(customer_ids))}, dtype="str"))
        connection.execute(
            """
            insert into main.customer_attributes
            select customers.customer, $name, case when chosen.customer_id is not null then $inside else $outside end
            from main.customers as customers
            left join chosen on customers.customer_id = chosen.customer_id
            order by customers.customer
            """,
            {"name": name, "inside": inside, "outside": outside},
        )
        connection.unregister("chosen")
        connection.execute(
            """
            insert into meta.attributes
            select attribute, count(distinct value), count(*), true
            from main.customer_attributes where attribute = $name group by attribute
            """,
            {"name": name},
        )

    return next_generation(library, id, check, write, Notice(N_("Saved the segment “{name}”."), {"name": name}))


def remove(library: Library, id: str, name: str) -> DatasetEntry:
    """Take a saved segment out of the dataset again, in a next generation. Raises CannotSave where it is none."""

    def check(facts: Facts) -> None:
        if name not in saved(facts):
            raise CannotSave(N_("There is no saved segment “{name}” (any more)."), name=name)
        with open_cursor(facts.path) as cursor:
            ((used,),) = cursor.execute(
                "select count(*) from meta.left_out where attribute = $name", {"name": name}
            ).fetchall()
        if used:
            raise CannotSave(N_("The churn definition leaves out customers by “{name}”; change that first."), name=name)

    def write(connection: duckdb.DuckDBPyConnection) -> None:
        connection.execute("delete from main.customer_attributes where attribute = $name", {"name": name})
        connection.execute("delete from meta.attributes where attribute = $name", {"name": name})

    return next_generation(library, id, check, write, Notice(N_("Removed the segment “{name}”."), {"name": name}))


def saved(facts: Facts) -> list[str]:
    """The names of the saved segments of a dataset."""
    with open_cursor(facts.path) as cursor:
        rows = cursor.execute("select attribute from meta.attributes where is_saved order by attribute").fetchall()
    return [name for (name,) in rows]


def carry_over(former: Facts, connection: duckdb.DuckDBPyConnection) -> None:
    """Take the saved segments of a former generation into the one a connection writes to.

    Customers who are new belong to none of a segment's values; where the files now have an attribute of the
    same name, that stays and the segment goes, which is told.
    """
    with open_cursor(former.path) as cursor:
        held = cursor.sql(
            """
            select customers.customer_id, held.attribute, held.value
            from main.customer_attributes as held
            inner join main.customers as customers on held.customer = customers.customer
            semi join meta.attributes as saved on held.attribute = saved.attribute and saved.is_saved
            """
        ).to_arrow_table()
    connection.register("held", held)
    taken = connection.execute(
        "select distinct attribute from held semi join meta.attributes using (attribute) order by attribute"
    ).fetchall()
    connection.execute(
        """
        insert into main.customer_attributes
        select customers.customer, held.attribute, held.value
        from held inner join main.customers as customers on held.customer_id = customers.customer_id
        anti join meta.attributes as taken on held.attribute = taken.attribute
        order by held.attribute, customers.customer
        """
    )
    connection.execute(
        """
        insert into meta.attributes
        select attribute, count(distinct value), count(*), true
        from main.customer_attributes anti join meta.attributes using (attribute)
        group by attribute order by attribute
        """
    )
    gone = connection.execute(
        "select distinct attribute from held anti join main.customer_attributes using (attribute) order by attribute"
    ).fetchall()
    connection.unregister("held")
    for (name,) in gone:
        connection.execute(
            "insert into meta.warnings values ($1, $2, '', $3)", [_EMPTY, schema.to_json({"name": name}), LOOK]
        )
    for (name,) in taken:
        connection.execute(
            "insert into meta.warnings values ($1, $2, '', $3)", [_TAKEN, schema.to_json({"name": name}), LOOK]
        )


_EMPTY = N_("The saved segment “{name}” was removed, because none of its customers is in the files any more.")
_TAKEN = N_("The saved segment “{name}” was removed, because the files now have a column of that name.")
