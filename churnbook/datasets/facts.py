"""What a generation says about itself: tables, attributes, events, sources, rows set aside."""

from __future__ import annotations

import datetime as dt
import difflib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from churnbook.catalogue import schema
from churnbook.catalogue.query import Parameter, QueryError, Value
from churnbook.catalogue.request import Scope
from churnbook.datasets.definition import Definition
from churnbook.engine.duckdb import UNREADABLE, Cursor, open_cursor
from churnbook.words.language import N_
from churnbook.words.message import WRONG, Notice

FORMAT = 13
"""The layout of a dataset file; raised when files made before can no longer be read."""


class NoDataset(Exception):
    """There is no such dataset, or no such generation of it."""


@dataclass(frozen=True)
class Covered:
    """How many rows a table holds, the days they span, None where it has no days, and the columns that hold something."""

    rows: int
    first_day: dt.date | None
    last_day: dt.date | None
    filled: tuple[str, ...] = ()


@dataclass(frozen=True)
class Facts:
    """What a generation says about itself.

    `attributes` maps each customer attribute to its number of distinct values, `saved` are those saved as
    segments, `knows_customers` says whether any is known by the end of the data, `events` each event
    name to how often it happened, `derived` the same of events put together from others. `watermark` is
    None for files without dates. `orders` are orders, of which a file can have several lines each; `wrong` is how many
    warnings say that numbers are likely wrong.
    """

    path: Path
    name: str
    timezone: str
    watermark: dt.date | None
    activity: tuple[str, ...]
    currency: str | None
    tables: Mapping[str, Covered]
    attributes: Mapping[str, int]
    saved: tuple[str, ...]
    events: Mapping[str, int]
    derived: Mapping[str, int]
    warnings: tuple[tuple[str, Mapping[str, str]], ...]
    wrong: int
    orders: int
    set_aside: int
    churn: Definition | None
    defined_on: dt.date
    left_out: int
    knows_customers: bool

    @property
    def is_of_nobody(self) -> bool:
        """Whether the orders of this dataset are all that is known, and nothing tells whose they are."""
        return not self.knows_customers and self.tables["guest_orders"].rows > 0

    @property
    def filled(self) -> tuple[str, ...]:
        """What queries may need: the tables that have rows, and their columns that hold something (orders.amount).

        A table whose rows all lie after the end of the data has none that count.
        """
        tables = tuple(name for name, covered in self.tables.items() if covered.rows and not self._is_later(name))
        return tables + tuple(f"{name}.{column}" for name in tables for column in self.tables[name].filled)

    def _is_later(self, table: str) -> bool:
        """Whether all rows of a table lie after the end of the data."""
        if table == schema.CUSTOMERS.name:
            return not self.knows_customers
        rules = (schema.LOADABLE.get(table) or schema.DERIVED[table]).as_of
        first = self.tables[table].first_day
        return bool(not rules.may_lack_day and first and self.watermark and first > self.watermark)


_DERIVED = """
select defined.name, coalesce(sum(moments.times), 0)::bigint
from (select name, min(rowid) as position from main.derived_events group by name) as defined
left join main.derived_moments as moments on defined.name = moments.name
group by defined.name, defined.position order by defined.position
"""


@lru_cache(maxsize=64)
def facts_of(path: Path) -> Facts:
    """The facts of a dataset file; NoDataset where it is none of ours."""
    try:
        with open_cursor(path) as cursor:
            return _facts(path, cursor)
    except UNREADABLE:
        raise NoDataset(f"{path} is not a Churnbook dataset") from None


def _facts(path: Path, cursor: Cursor) -> Facts:
    format = cursor.execute("select format from meta.dataset").fetchone()
    if format is None:
        raise NoDataset(f"{path} is not a Churnbook dataset")
    if format[0] != FORMAT:
        raise NoDataset(f"{path} was made by another version of Churnbook; import the files again")
    ((name, timezone, watermark, activity, currency, churn, defined_at),) = cursor.execute(
        "select name, timezone, watermark, activity, currency, churn, defined_at from meta.dataset"
    ).fetchall()
    ((set_aside, left_out, wrong, orders, knows_customers),) = cursor.execute(
        "select (select count(*) from meta.rejected), (select count(*) from main.left_out),"
        " (select count(*) from meta.warnings where weight = $wrong),"
        " (select coalesce(sum(times), 0)::bigint from main.activity_days where source = 'orders')"
        " + (select coalesce(sum(times), 0)::bigint from main.guest_orders),"
        " $watermark::date is null or exists (from main.customers where not coalesce(known_from > $watermark::date, false))",
        {"wrong": WRONG, "watermark": watermark},
    ).fetchall()
    return Facts(
        path=path,
        name=name,
        timezone=timezone,
        watermark=watermark,
        activity=tuple(activity),
        currency=currency,
        tables={
            name: Covered(rows, first_day, last_day, tuple(filled))
            for name, rows, first_day, last_day, filled in cursor.execute("from meta.tables").fetchall()
        },
        attributes=dict(cursor.execute("select attribute, distinct_values from meta.attributes").fetchall()),
        saved=tuple(
            name
            for (name,) in cursor.execute(
                "select attribute from meta.attributes where origin = 'saved' order by attribute"
            ).fetchall()
        ),
        events=dict(cursor.execute("select name, times from meta.events order by times desc, name").fetchall()),
        derived=dict(cursor.execute(_DERIVED).fetchall()),
        warnings=tuple(
            (sentence, json.loads(fields))
            for sentence, fields in cursor.execute("select sentence, fields from meta.warnings").fetchall()
        ),
        wrong=wrong,
        orders=orders,
        set_aside=set_aside,
        churn=Definition.of(churn) if churn else None,
        defined_on=defined_at.date(),
        left_out=left_out,
        knows_customers=knows_customers,
    )


@dataclass(frozen=True)
class Source:
    """A sheet a dataset was made of: what it was read as, (role, header) pairs, and the known export it was."""

    name: str
    table: str
    format: str
    encoding: str | None
    sha256: str
    roles: tuple[tuple[str, str], ...]
    recipe: str | None = None


def sources_of(facts: Facts) -> list[Source]:
    """The sheets of a dataset in the order they were given."""
    with open_cursor(facts.path) as cursor:
        rows = cursor.execute(
            """
            select
                source, file || coalesce(' · ' || sheet, ''), table_name, format, encoding, sha256, recipe
            from meta.sources order by source
            """
        ).fetchall()
        roles = cursor.execute("select source, role, header from meta.mapping").fetchall()
    return [
        Source(
            name,
            table,
            format,
            encoding,
            sha256,
            tuple((role, header) for each, role, header in roles if each == source),
            recipe,
        )
        for source, name, table, format, encoding, sha256, recipe in rows
    ]


@dataclass(frozen=True)
class SetAside:
    """A row set aside: where it stood, the first cell that could not be used and why, all its cells."""

    file: str
    line: int | None
    column: str
    value: str | None
    reason: str
    cells: tuple[str | None, ...]


def rejected_of(facts: Facts) -> list[SetAside]:
    """Every row set aside, by file and line."""
    with open_cursor(facts.path) as cursor:
        rows = cursor.execute(
            "select file || coalesce(' · ' || sheet, ''), line, header, value, reason, cells"
            " from meta.rejected inner join meta.sources using (source) order by source, line"
        ).fetchall()
    return [
        SetAside(file, line, column, value, reason, tuple(cells)) for file, line, column, value, reason, cells in rows
    ]


# Scope


def unknown_filters(facts: Facts, scope: Scope) -> tuple[str, ...]:
    """The attributes a scope filters by that the dataset does not have."""
    return tuple(attribute for attribute, _ in scope.where if attribute not in facts.attributes)


def check_names(facts: Facts, parameters: Mapping[str, Parameter], values: Mapping[str, Value]) -> None:
    """Raises QueryError where a parameter names an attribute the dataset does not have."""
    for name, parameter in parameters.items():
        if name == "taxonomy" and values.get(name) is not None:
            made = facts.tables["reason_versions"].rows
            if int(str(values[name])) > made:
                raise QueryError(f"{name}: the list of reasons of this dataset has {made} versions")
        if parameter.kind != "attribute":
            continue
        known = [name for name in (*facts.attributes, parameter.default) if isinstance(name, str)]
        chosen = values.get(name)
        if chosen is not None and chosen not in known:
            raise QueryError(f"{name}: this dataset has no {chosen!r}; it has {', '.join(known) or 'none'}")


def absent_events(facts: Facts, parameters: Mapping[str, Parameter], values: Mapping[str, Value]) -> tuple[Notice, ...]:
    """What is to be said of events that parameters name and that do not occur in the dataset: they count 0."""
    found: dict[str, Notice] = {}
    for name, parameter in parameters.items():
        if parameter.kind not in ("event", "events"):
            continue
        known = _events_for(facts, parameter)
        chosen = values.get(name)
        for each in chosen if isinstance(chosen, tuple) else (chosen,):
            if isinstance(each, str) and each not in known:
                found.setdefault(each, _absent(each, known))
    return tuple(found.values())


def _events_for(facts: Facts, parameter: Parameter) -> list[str]:
    """The events of a dataset that a parameter can name."""
    known = [*facts.events, *facts.derived]
    if parameter.kind == "events" or parameter.name == "exclude":
        known += (name for name, table in schema.TOLD_BY.items() if table in facts.tables and facts.tables[table].rows)
        known += (name for name, own in schema.IN_LOG.items() if own in facts.events)
    elif parameter.name == "start" and facts.tables[schema.CUSTOMERS.name].first_day:
        known.append("signup")
    return list(dict.fromkeys(known))


def _absent(event: str, known: Sequence[str]) -> Notice:
    alike = {name.casefold(): name for name in reversed(known)}
    for nearest in difflib.get_close_matches(event.casefold(), alike, n=1, cutoff=_ALIKE):
        return Notice.of(
            N_("These data have no event “{event}” (any more), so that it counts 0; the nearest is “{nearest}”."),
            event=event,
            nearest=alike[nearest],
        )
    return Notice.of(N_("These data have no event “{event}” (any more), so that it counts 0."), event=event)


_ALIKE = 0.4
"""From this likeness on a name may be what was meant."""


def attribute_values(facts: Facts, attribute: str, most: int = 1000) -> list[str]:
    """The values of a customer attribute, commonest first."""
    with open_cursor(facts.path) as cursor:
        rows = cursor.execute(
            "select value from main.customer_attributes where attribute = $attribute"
            " group by value order by count(*) desc, value limit $most",
            {"attribute": attribute, "most": most},
        ).fetchall()
    return [value for (value,) in rows]
