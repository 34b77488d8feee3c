"""Datasets: a folder of generations with a pointer, the facts of a generation, and its scope views."""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import secrets
import shutil
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import duckdb

from churnbook import database, schema, uploads
from churnbook.churn import Definition
from churnbook.queries import Parameter, QueryError, Value
from churnbook.request import Scope

_ID = re.compile(r"[a-z0-9-]{3,64}")
_POINTER = "current.json"
_UPLOADS = "uploads"
_GENERATION = re.compile(r"\d+\.duckdb(\.wal)?")
_PARTIAL = re.compile(r"\d+\.duckdb\.\d+\.partial.*")


FORMAT = 8
"""The layout of a dataset file; raised when files made before can no longer be read."""


class NoDataset(Exception):
    """There is no such dataset, or no such generation of it."""


@dataclass(frozen=True)
class Covered:
    """How many rows a table holds and the days they span; None where the table has no days."""

    rows: int
    first_day: dt.date | None
    last_day: dt.date | None


@dataclass(frozen=True)
class Facts:
    """What a generation says about itself.

    `attributes` maps each customer attribute to its number of distinct values, `events` each event
    name to how often it happened, `derived` the same of events put together from others. `watermark` is
    None for files without dates.
    """

    path: Path
    name: str
    timezone: str
    watermark: dt.date | None
    activity: tuple[str, ...]
    currency: str | None
    tables: Mapping[str, Covered]
    attributes: Mapping[str, int]
    events: Mapping[str, int]
    derived: Mapping[str, int]
    warnings: tuple[tuple[str, Mapping[str, str]], ...]
    set_aside: int
    churn: Definition | None
    defined_on: dt.date
    left_out: int

    @property
    def filled(self) -> tuple[str, ...]:
        """The tables that have rows."""
        return tuple(name for name, covered in self.tables.items() if covered.rows)


_DERIVED = """
select defined.name, coalesce(sum(moments.times), 0)::bigint
from (select name, min(rowid) as place from main.derived_events group by name) as defined
left join main.derived_moments as moments on defined.name = moments.name
group by defined.name, defined.place order by defined.place
"""


@lru_cache(maxsize=64)
def facts(path: Path) -> Facts:
    """The facts of a dataset file; NoDataset where it is none of ours."""
    try:
        with database.reading(path) as cursor:
            return _facts(path, cursor)
    except (duckdb.CatalogException, duckdb.IOException, duckdb.InvalidInputException):
        raise NoDataset(f"{path} is not a Churnbook dataset") from None


def _facts(path: Path, cursor: duckdb.DuckDBPyConnection) -> Facts:
    format = cursor.execute("select format from meta.dataset").fetchone()
    if format is None:
        raise NoDataset(f"{path} is not a Churnbook dataset")
    if format[0] != FORMAT:
        raise NoDataset(f"{path} was made by another version of Churnbook; import the files again")
    ((name, timezone, watermark, activity, currency, churn, defined_at),) = cursor.execute(
        "select name, timezone, watermark, activity, currency, churn, defined_at from meta.dataset"
    ).fetchall()
    ((set_aside, left_out),) = cursor.execute(
        "select (select count(*) from meta.rejected), (select count(*) from main.left_out)"
    ).fetchall()
    return Facts(
        path=path,
        name=name,
        timezone=timezone,
        watermark=watermark,
        activity=tuple(activity),
        currency=currency,
        tables={row[0]: Covered(*row[1:]) for row in cursor.execute("from meta.tables").fetchall()},
        attributes=dict(cursor.execute("select attribute, distinct_values from meta.attributes").fetchall()),
        events=dict(cursor.execute("select name, times from meta.events order by times desc, name").fetchall()),
        derived=dict(cursor.execute(_DERIVED).fetchall()),
        warnings=tuple(
            (sentence, json.loads(fields))
            for sentence, fields in cursor.execute("select sentence, fields from meta.warnings").fetchall()
        ),
        set_aside=set_aside,
        churn=Definition.of(churn) if churn else None,
        defined_on=defined_at.date(),
        left_out=left_out,
    )


@dataclass(frozen=True)
class Source:
    """A sheet a dataset was made of: what it was read as, and (role, header) pairs."""

    name: str
    table: str
    format: str
    encoding: str | None
    sha256: str
    roles: tuple[tuple[str, str], ...]


def sources(facts: Facts) -> list[Source]:
    """The sheets of a dataset in the order they were given."""
    with database.reading(facts.path) as cursor:
        rows = cursor.execute(
            """
            select
                source, file || coalesce(' · ' || sheet, ''), table_name, format, encoding, sha256
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
        )
        for source, name, table, format, encoding, sha256 in rows
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


def rejected(facts: Facts) -> list[SetAside]:
    """Every row set aside, by file and line."""
    with database.reading(facts.path) as cursor:
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
    """Raises QueryError where a parameter names an attribute or event the dataset does not have."""
    for name, parameter in parameters.items():
        chosen = values.get(name)
        if parameter.kind == "attribute":
            known = [name for name in (*facts.attributes, parameter.default) if isinstance(name, str)]
        elif parameter.kind in ("event", "events"):
            known = [*facts.events, *facts.derived, "signup"]
            if parameter.kind == "events" or parameter.name == "exclude":
                known = list(dict.fromkeys([*known, *schema.TABLE_EVENTS]))
        else:
            continue
        for each in chosen if isinstance(chosen, tuple) else [chosen]:
            if each is not None and each not in known:
                raise QueryError(f"{name}: this dataset has no {each!r}; it has {', '.join(known) or 'none'}")


def attribute_values(facts: Facts, attribute: str, most: int = 1000) -> list[str]:
    """The values of a customer attribute, commonest first."""
    with database.reading(facts.path) as cursor:
        rows = cursor.execute(
            "select value from main.customer_attributes where attribute = $attribute"
            " group by value order by count(*) desc, value limit $most",
            {"attribute": attribute, "most": most},
        ).fetchall()
    return [value for (value,) in rows]


Customers = tuple[int, int]
"""A range of customer numbers: the first, and the one after the last."""


def prepare(cursor: duckdb.DuckDBPyConnection, facts: Facts, scope: Scope, customers: Customers | None = None) -> None:
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
    if later and name in ("purchase_days", "coming_days"):
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


def _choose_customers(cursor: duckdb.DuckDBPyConnection, main: str, scope: Scope, customers: Customers | None) -> None:
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


# Generations and their pointer


class Busy(Exception):
    """The dataset is being changed, and was for as long as one may wait."""


_changing: dict[str, threading.Lock] = {}
_PATIENCE = 10.0


@contextmanager
def alone(id: str) -> Iterator[None]:
    """Hold a dataset for one change at a time; raises Busy where another takes long."""
    lock = _changing.setdefault(id, threading.Lock())
    if not lock.acquire(timeout=_PATIENCE):
        raise Busy(id)
    try:
        yield
    finally:
        lock.release()


@dataclass(frozen=True)
class Listed:
    """A dataset as it stands in a list: its unguessable id, name, current generation, and the one to go back to."""

    id: str
    name: str
    generation: int
    is_sample: bool
    before: int | None = None


@dataclass(frozen=True)
class Library:
    """The folder that holds datasets, one folder each: `<id>/<generation>.duckdb` and a pointer."""

    folder: Path

    def list(self) -> list[Listed]:
        """All datasets, samples first, then by name."""
        found = [self._listed(path.parent) for path in self.folder.glob(f"*/{_POINTER}")]
        return sorted((each for each in found if each), key=lambda each: (not each.is_sample, each.name))

    def find(self, id: str) -> Listed:
        """The dataset of an id; NoDataset where there is none."""
        listed = self._listed(self.folder / id) if _ID.fullmatch(id) else None
        if listed is None:
            raise NoDataset(id)
        return listed

    def path(self, id: str, generation: int) -> Path:
        """Where a generation of a dataset lies."""
        return self.folder / id / f"{generation}.duckdb"

    def facts(self, id: str, generation: int) -> Facts:
        """The facts of a generation; NoDataset where it is gone."""
        path = self.path(id, generation)
        if not path.exists():
            raise NoDataset(f"{id} generation {generation}")
        return facts(path)

    def nearest(self, listed: Listed, wanted: int) -> int:
        """The generation wanted if it is still here, else the nearest later one, else the current one."""
        kept = {int(path.stem) for path in self._generations(listed.id)} & {listed.generation, listed.before}
        return min((each for each in kept if wanted <= each), default=listed.generation)

    def _generations(self, id: str) -> Sequence[Path]:
        return [path for path in (self.folder / id).glob("*.duckdb") if path.stem.isdecimal()]

    def new_id(self) -> str:
        """An id nobody can guess."""
        return secrets.token_hex(8)

    def next_path(self, id: str) -> Path:
        """Where the next generation is to be written before `publish` makes it the current one."""
        (self.folder / id).mkdir(parents=True, exist_ok=True)
        taken = [int(path.stem) for path in self._generations(id)]
        return self.path(id, max(taken, default=0) + 1)

    def publish(self, id: str, path: Path, name: str, is_sample: bool = False) -> Listed:
        """Move the pointer to a written generation.

        The one before stays, to go back to; those before it go as soon as nobody reads them.
        """
        former = self._listed(self.folder / id)
        generation = int(path.stem)
        before = former.generation if former and former.generation != generation and not is_sample else None
        published = Listed(id, name, generation, is_sample, before)
        self._point(published)
        for path in self._generations(id):
            if int(path.stem) not in (generation, before):
                database.retire(path)
        return published

    def go_back(self, id: str) -> Listed:
        """Move the pointer to the generation before, which changes places with the current one.

        Raises NoDataset where there is none to go back to, Busy while the dataset is being changed.
        """
        with alone(id):
            listed = self.find(id)
            if listed.before is None or not self.path(id, listed.before).exists():
                raise NoDataset(f"{id} has no state before")
            swapped = replace(listed, generation=listed.before, before=listed.generation)
            self._point(swapped)
        return swapped

    def uploads(self, id: str) -> Path:
        """The folder that keeps the files a dataset was made of."""
        return self.folder / id / _UPLOADS

    def rename(self, id: str, name: str) -> None:
        """Give a dataset another name."""
        self._point(replace(self.find(id), name=name))

    def delete(self, id: str) -> None:
        """Remove a dataset: the pointer first, the data as soon as nobody reads them.

        Raises Busy while it is being changed, for the change would bring it back.
        """
        self.find(id)
        with alone(id):
            (self.folder / id / _POINTER).unlink()
            for path in self._generations(id):
                database.retire(path)
            for path in (self.folder / id).iterdir():
                if path.suffix != ".duckdb":
                    shutil.rmtree(path) if path.is_dir() else path.unlink()
            if not any((self.folder / id).iterdir()):
                (self.folder / id).rmdir()

    def discard(self, id: str) -> None:
        """Remove the folder of a dataset that was never published."""
        folder = self.folder / id
        if folder.exists() and not (folder / _POINTER).exists():
            shutil.rmtree(folder)

    def sweep(self, older_than: dt.timedelta = dt.timedelta(hours=6)) -> None:
        """Remove what killed imports left behind: partial files, and generations and folders never published."""
        limit = dt.datetime.now().timestamp() - older_than.total_seconds()
        for folder in self.folder.glob("*/"):
            if folder.is_symlink() or not _ID.fullmatch(folder.name):
                continue
            files = list(folder.iterdir())
            listed = self._listed(folder)
            for path in files:
                is_unpublished = (
                    listed is not None
                    and _GENERATION.fullmatch(path.name)
                    and int(path.name.split(".")[0]) not in (listed.generation, listed.before)
                )
                if (_PARTIAL.fullmatch(path.name) or is_unpublished) and path.stat().st_mtime < limit:
                    path.unlink()
            ours = all(
                _GENERATION.fullmatch(path.name) or _PARTIAL.fullmatch(path.name) or _keeps_uploads(path)
                for path in files
            )
            if ours and folder.stat().st_mtime < limit and listed is None:
                shutil.rmtree(folder)

    def _listed(self, folder: Path) -> Listed | None:
        pointer = folder / _POINTER
        if not pointer.exists():
            return None
        content: dict[str, Any] = json.loads(pointer.read_text(encoding="utf-8"))
        return Listed(
            folder.name, content["name"], content["generation"], content.get("sample", False), content.get("before")
        )

    def _point(self, listed: Listed) -> None:
        pointer = self.folder / listed.id / _POINTER
        fresh = pointer.with_name(f"{_POINTER}.{secrets.token_hex(4)}")
        content = {
            "name": listed.name,
            "generation": listed.generation,
            "sample": listed.is_sample,
            "before": listed.before,
        }
        fresh.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
        os.replace(fresh, pointer)


def _keeps_uploads(path: Path) -> bool:
    return path.name == _UPLOADS and all(uploads.is_kept(each) for each in path.iterdir())


def home() -> Library:
    """The library of this installation: CHURNBOOK_HOME, else .churnbook in the working folder."""
    return Library(Path(os.environ.get("CHURNBOOK_HOME", ".churnbook")).resolve())
