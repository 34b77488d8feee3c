"""What goes from one generation of a dataset into one that is loaded anew: its history and its saved segments."""

from __future__ import annotations

from churnbook.catalogue import schema
from churnbook.datasets import taxonomy
from churnbook.datasets.facts import Facts
from churnbook.engine.duckdb import Cursor, open_cursor
from churnbook.generations.made_of import history
from churnbook.intake.loading import reasons, written
from churnbook.words.language import N_
from churnbook.words.message import LOOK


def carry_history(former: Facts, connection: Cursor) -> None:
    """Take the history of a former generation into the one a connection writes to."""
    for change in reversed(history(former)):
        connection.execute(
            "insert into meta.history values ($1, $2, $3)",
            [change.at, change.what.sentence, schema.to_json(dict(change.what.fields))],
        )


def carry_segments(former: Facts, connection: Cursor) -> None:
    """Take the saved segments of a former generation into the one a connection writes to.

    Customers who are new belong to none of a segment's values; where the files now have an attribute of the
    same name, that stays and the segment goes, and says so.
    """
    with open_cursor(former.path) as cursor:
        held = cursor.sql(
            """
            select customers.customer_id, held.attribute, held.value
            from main.customer_attributes as held
            inner join main.customers as customers on held.customer = customers.customer
            semi join meta.attributes as saved on held.attribute = saved.attribute and saved.origin = 'saved'
            """
        ).to_arrow_table()
    connection.register("held", held)
    taken = connection.execute(
        "select distinct attribute from held semi join meta.attributes using (attribute) order by attribute"
    ).fetchall()
    connection.execute(
        """
        insert into main.customer_attributes
        select customers.customer, held.attribute, held.value, null, null, 'saved'
        from held inner join main.customers as customers on held.customer_id = customers.customer_id
        anti join meta.attributes as taken on held.attribute = taken.attribute
        order by held.attribute, customers.customer
        """
    )
    connection.execute(
        """
        insert into meta.attributes
        select attribute, count(distinct value), count(*), 'saved'
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


def carry_written(former: Facts, connection: Cursor) -> None:
    """Take what the user wrote in the app, marked days and benchmarks, into the generation a connection writes to."""
    for table in schema.WRITTEN:
        with open_cursor(former.path) as cursor:
            held = cursor.sql(f"from main.{table.name}").to_arrow_table()
        written.put(connection, table, held)


def carry_taxonomy(former: Facts, connection: Cursor) -> None:
    """Take every version of the list of reasons of a former generation into the one a connection writes to.

    What was said is coded anew by each of them; where nothing was said, one's own wait for files that say something.
    """
    ((said,),) = connection.execute("select count(*) from main.reason_statements").fetchall()
    held = taxonomy.versions(former)
    if not held or (not said and len(held) == 1):
        return
    for version in reversed(held):
        made = taxonomy.of_dataset(former, version.number)
        reasons.put(connection, version.number, version.made_at, version.note, made)
    reasons.count(connection)


_EMPTY = N_("The saved segment “{name}” was removed, because none of its customers is in the files any more.")
_TAKEN = N_("The saved segment “{name}” was removed, because the files now have a column of that name.")
