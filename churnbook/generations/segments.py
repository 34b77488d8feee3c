"""Saved segments: customers picked out of a result, kept with the dataset as an attribute to split and filter by."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from churnbook.catalogue import schema
from churnbook.catalogue.labels import OTHER, OUTSIDE
from churnbook.datasets.facts import Facts
from churnbook.datasets.library import DatasetEntry, Library
from churnbook.engine.duckdb import Cursor, open_cursor
from churnbook.generations.make import amend
from churnbook.words.language import N_
from churnbook.words.message import Notice, Refused

LONGEST_NAME = 60


def save(library: Library, id: str, name: str, customer_ids: Sequence[str]) -> DatasetEntry:
    """Keep customers of the dataset `id` as the attribute `name`, whose value is that name too; OUTSIDE for all others.

    Writes the next generation of the dataset and moves the pointer to it. Raises Refused where the name is
    empty, too long or taken, or where there is nobody to keep.
    """
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME:
        raise Refused(N_("Give the segment a name of 1 to {longest} characters."), longest=str(LONGEST_NAME))
    if not customer_ids:
        raise Refused(N_("There is nobody in this list to keep."))

    def check(facts: Facts) -> None:
        if name in (OTHER, OUTSIDE):
            raise Refused(N_("“{name}” is kept for other customers; choose another name."), name=name)
        if name in facts.attributes or name in schema.FIRST_VALUES:
            raise Refused(N_("Customers already have an attribute “{name}”; choose another name."), name=name)

    def write(connection: Cursor) -> None:
        connection.register("chosen", pd.DataFrame({"customer_id": list(dict.fromkeys(customer_ids))}, dtype="str"))
        connection.execute(
            """
            insert into main.customer_attributes
            select
                customers.customer, $name, case when chosen.customer_id is not null then $name else $outside end,
                null, null, 'saved'
            from main.customers as customers
            left join chosen on customers.customer_id = chosen.customer_id
            order by customers.customer
            """,
            {"name": name, "outside": OUTSIDE},
        )
        connection.unregister("chosen")
        connection.execute(
            """
            insert into meta.attributes
            select attribute, count(distinct value), count(*), 'saved'
            from main.customer_attributes where attribute = $name group by attribute
            """,
            {"name": name},
        )

    return amend(library, id, check, write, Notice(N_("Saved the segment “{name}”."), {"name": name}))


def remove(library: Library, id: str, name: str) -> DatasetEntry:
    """Take a saved segment out of the dataset again, in a next generation. Raises Refused where it is none."""

    def check(facts: Facts) -> None:
        if name not in facts.saved:
            raise Refused(N_("There is no saved segment “{name}” (any more)."), name=name)
        with open_cursor(facts.path) as cursor:
            ((used,),) = cursor.execute(
                "select count(*) from meta.left_out where attribute = $name", {"name": name}
            ).fetchall()
        if used:
            raise Refused(N_("The churn definition leaves out customers by “{name}”; change that first."), name=name)

    def write(connection: Cursor) -> None:
        connection.execute("delete from main.customer_attributes where attribute = $name", {"name": name})
        connection.execute("delete from meta.attributes where attribute = $name", {"name": name})

    return amend(library, id, check, write, Notice(N_("Removed the segment “{name}”."), {"name": name}))


def sizes(facts: Facts) -> dict[str, int]:
    """The saved segments of a dataset by name, with how many customers each has."""
    with open_cursor(facts.path) as cursor:
        found = cursor.execute(
            "select attribute, count(*) filter (value = attribute) from main.customer_attributes"
            " where origin = 'saved' group by attribute order by attribute"
        ).fetchall()
    return dict(found)
