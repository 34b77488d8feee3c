"""Changing the churn definition of a dataset and who is left out of it, and what that moves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from churnbook.catalogue import queries, schema
from churnbook.catalogue.request import Scope
from churnbook.datasets import ranges
from churnbook.datasets.definition import AS_RECORDED, NEEDS, Definition, possible
from churnbook.datasets.facts import Facts, NoDataset
from churnbook.datasets.library import DatasetEntry, Library
from churnbook.engine.duckdb import Cursor, open_cursor
from churnbook.generations.made_of import MadeOf, made_of_dataset, remember_settings
from churnbook.generations.make import amend
from churnbook.intake.loading import churn as derived
from churnbook.intake.loading import tables
from churnbook.intake.loading.report import LeftOut
from churnbook.words.language import N_
from churnbook.words.message import Notice, Refused


def left_out(facts: Facts) -> LeftOut:
    """The accounts a dataset leaves out, as they were named."""
    with open_cursor(facts.path) as cursor:
        rows = cursor.execute("select attribute, value from meta.left_out order by attribute, value").fetchall()
    return LeftOut(
        tuple((attribute, value) for attribute, value in rows if attribute is not None),
        tuple(value for attribute, value in rows if attribute is None),
    )


def allowed(facts: Facts) -> tuple[str, ...]:
    """The definitions the tables of a dataset allow, the one in use among them."""
    with open_cursor(facts.path) as cursor:
        is_recorded = derived.says_who_churned(cursor)
    is_used = facts.churn is not None and facts.churn.query == AS_RECORDED
    return possible({name: covered.rows for name, covered in facts.tables.items()}, is_recorded or is_used)


def unknown_ids(facts: Facts, ids: Sequence[str]) -> list[str]:
    """Those of some customer ids that the dataset does not have, in their order."""
    with open_cursor(facts.path) as cursor:
        rows = cursor.execute(
            "select given.id from (select unnest($ids::varchar[]) as id) as given"
            " anti join main.customers on given.id = customers.customer_id",
            {"ids": list(ids)},
        ).fetchall()
    missing = {id for (id,) in rows}
    return [id for id in dict.fromkeys(ids) if id in missing]


def save(library: Library, id: str, definition: Definition, out: LeftOut) -> DatasetEntry:
    """Give a dataset another churn definition, in a next generation that is dated now.

    Raises Refused where nothing would change, where the tables do not allow it, or where nobody would be left.
    """

    def check(facts: Facts) -> None:
        if definition.query not in allowed(facts):
            raise Refused(N_("This definition needs {needs}; the files have none."), needs=NEEDS[definition.query])
        if definition == facts.churn and out == left_out(facts):
            raise Refused(N_("That is the definition in use already."))

    def write(connection: Cursor) -> None:
        now = dt.datetime.now(dt.UTC).replace(tzinfo=None)
        ((watermark,),) = connection.execute("select watermark from meta.dataset").fetchall()
        connection.execute("update meta.dataset set churn = $1, defined_at = $2", [definition.text, now])
        derived.derive(connection, definition, watermark)
        derived.leave_out(connection, out)
        tables.count(connection, schema.CHURNS)
        remember_settings(connection, lambda held: replace(held, churn=definition.text, defined_at=now, left_out=out))

    what = Notice(
        N_("Changed the churn definition. {definition}; accounts left out: {n}."),
        {"definition": definition.text, "n": str(len(out.ids) + len(out.where))},
    )
    return amend(library, id, check, write, what)


@dataclass(frozen=True)
class Moved:
    """A figure before and after a change of the definition: the last period complete in both, by month."""

    period: dt.date
    churn_rate: tuple[float | None, float | None]
    churned_customers: tuple[int, int]
    closing_customers: tuple[int, int]


def other(library: Library, listed: DatasetEntry) -> Facts | None:
    """The state that going back leads to, where only the definition or who is left out differs; None elsewhere."""
    if listed.before is None:
        return None
    try:
        current, found = (library.facts(listed.id, each) for each in (listed.generation, listed.before))
    except NoDataset:
        return None
    differs = current.churn != found.churn or left_out(current) != left_out(found)
    return found if differs and _made_of_apart(current) == _made_of_apart(found) else None


def _made_of_apart(facts: Facts) -> MadeOf | None:
    """What a dataset is made of, apart from the definition and who is left out."""
    made_of = made_of_dataset(facts)
    if made_of is None:
        return None
    return replace(made_of, settings=replace(made_of.settings, churn=None, defined_at=None, left_out=LeftOut()))


def moved(before: Facts, after: Facts) -> Moved | None:
    """What the churn rate of the last complete month is by each of two generations; None where one has none."""
    rows = [{row["period"]: row for row in _months(facts) if row["complete"]} for facts in (before, after)]
    shared = sorted(rows[0].keys() & rows[1].keys())
    if not shared:
        return None
    one, two = rows[0][shared[-1]], rows[1][shared[-1]]
    return Moved(
        shared[-1],
        (one["churn_rate"], two["churn_rate"]),
        (one["churned_customers"], two["churned_customers"]),
        (one["closing_customers"], two["closing_customers"]),
    )


def _months(facts: Facts) -> list[dict[str, Any]]:
    with ranges.session(facts, Scope()) as session:
        rows: list[dict[str, Any]] = session.run(queries.catalogue().find("churn_rate"), {}).table.to_pylist()
    return rows
