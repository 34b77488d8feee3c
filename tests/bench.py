"""The bench: our queries and our import against peers, side by side in one run, as ratios.

`make bench` (or `python -m tests.bench --events 1 10 50 --rounds 3`). Every case runs once cold, when its
rows are compared with those of its peers, then in interleaved rounds; the median counts. Ratios travel
between machines, seconds do not. Never run in CI.
"""

from __future__ import annotations

import argparse
import csv as csv_files
import datetime as dt
import io
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from churnbook.catalogue import queries
from churnbook.catalogue.query import Value
from churnbook.catalogue.request import Scope
from churnbook.datasets import ranges
from churnbook.datasets.facts import facts_of
from churnbook.datasets.scope import prepare_scope
from churnbook.engine.duckdb import MEMORY, open_cursor

THREADS = 2
NAMES = ("visit", "view_item", "add_to_cart", "checkout", "pay", "search", "share", "login", "logout", "review", "ticket", "download")  # fmt: skip


CHANNELS = ("search", "social", "email", "referral", "shop")
STEPS = ("visit", "view_item", "add_to_cart", "checkout", "pay")

TARGETS = {
    ("cohort month", "literals"): 1.3,
    ("cohort month", "ClickHouse"): 1.0,
    ("cohort month", "pandas"): 0.25,
    ("cohort week", "ClickHouse"): 1.3,
    ("cohort day", "ClickHouse"): 1.3,
    ("cohort by segment", "ClickHouse"): 1.7,
    ("cohort on or after", "ClickHouse"): 1.7,
    ("funnel", "literals"): 1.3,
    ("funnel", "ClickHouse"): 0.8,
    ("import UTF-8", "DuckDB auto-detect"): 2.5,
    ("import GB18030", "import UTF-8"): 2.5,
    ("import XLSX", "calamine"): 2.1,
}
"""What our time over the peer's may be at most, at 10 million events."""
AT_MOST = 0.5
"""Seconds a figure about churn or activity may take, at 10 million events."""
EVERY_DAY = 1.0
"""The same for one that looks at every day of every customer."""
FIGURES: Mapping[str, tuple[float, tuple[str, Mapping[str, object]]]] = {
    "churn month": (AT_MOST, ("churn_rate", {})),
    "churn week": (AT_MOST, ("churn_rate", {"grain": "week"})),
    "churn year": (AT_MOST, ("churn_rate", {"grain": "year"})),
    "churn by segment": (AT_MOST, ("churn_rate", {"breakdown": "channel"})),
    "churn conventions": (AT_MOST, ("churn_conventions", {})),
    "churn change": (AT_MOST, ("churn_change", {"breakdown": "channel"})),
    "churn customers": (AT_MOST, ("churn_customers", {"in_period": "2024-06-01"})),
    "lifecycle month": (AT_MOST, ("lifecycle_states", {})),
    "stickiness": (EVERY_DAY, ("stickiness", {})),
    "days between": (EVERY_DAY, ("days_between", {"of": "activity"})),
    "purchases": (AT_MOST, ("purchases", {})),
    "purchases split": (AT_MOST, ("purchases", {"breakdown": "channel"})),
    "churn workbench": (2.0, ("inactivity_workbench", {})),
    "monitor churn": (AT_MOST, ("monitor", {"figure": "churn_rate"})),
    "monitor active": (AT_MOST, ("monitor", {"figure": "active_customers"})),
}
"""What is measured in seconds: the most it may take, the query and its parameters; with half as many orders what needs
orders."""
GROWTH = 5.5
"""What five times the events may cost at most."""
FUNNEL_GROWTH = 6.0
"""The same for a funnel, which sorts."""
BOT = 2.0
"""What a funnel may cost at most with a customer of 30,000 events a step inside one window, over the same without."""
MEGABYTES = {"import": 3000, "funnel": 2000}
"""What an import or a funnel may take at most, in megabytes."""
LIMITS = ("1GB", "500MB")
"""The limits of memory under which every analysis is to finish, whatever the number of events."""
LIMITED: Mapping[str, tuple[str, Mapping[str, object]]] = {
    "funnel": ("funnel", {"steps": list(STEPS), "breakdown": "channel"}),
    "cohort day": ("cohort_retention", {"grain": "day", "periods": 90}),
    "monitor churn": ("monitor", {"figure": "churn_rate"}),
    "monitor active": ("monitor", {"figure": "active_customers"}),
    "stickiness": ("stickiness", {}),
}
"""What is asked under them: the query and its parameters."""

TIES = {("funnel", "ClickHouse levels"): 3}
"""By how many customers a peer's rows may differ: windowFunnel forgets an entry when another comes with the next step."""

Rows = list[tuple[str, int, int]]
"""Segment (empty without a split), periods since the start or step, customers; without the zeros, in order."""


@dataclass(frozen=True)
class Case:
    """Something timed: ours, or a peer doing the same work; `rows` reads what `run` returned."""

    group: str
    who: str
    run: Callable[[], Any]
    rows: Callable[[Any], Rows]


def write_events(path: Path, events: int) -> None:
    """A CSV of events in time order over two years: ten for each customer, twelve names, some amounts."""
    with duckdb.connect(config={"threads": THREADS}) as connection:
        connection.execute(
            f"""
            copy (
                select
                    'u' || lpad((hash(i) % {max(events // 10, 1)})::varchar, 8, '0') as customer_id,
                    $names[1 + (hash(i * 7) % 12)::integer] as event_name,
                    strftime(timestamp '2023-01-01' + to_seconds((i * {63_000_000 / events})::bigint), '%Y-%m-%d %H:%M:%S')
                        as occurred_at,
                    (hash(i * 13) % 1000) / 10.0 as amount
                from range({events}) as numbers(i)
            ) to '{path}' (header)
            """,
            {"names": list(NAMES)},
        )


def write_orders(path: Path, events: int) -> None:
    """A CSV of orders in time order over two years: one for every two events of `write_events`, by the same customers."""
    with duckdb.connect(config={"threads": THREADS}) as connection:
        connection.execute(
            f"""
            copy (
                select
                    'u' || lpad((hash(i) % {max(events // 10, 1)})::varchar, 8, '0') as customer_id,
                    'o' || i as order_id,
                    strftime(timestamp '2023-01-01' + to_seconds((i * {126_000_000 / events})::bigint), '%Y-%m-%d %H:%M:%S')
                        as ordered_at,
                    (hash(i * 13) % 1000) / 10.0 as amount
                from range({events // 2}) as numbers(i)
            ) to '{path}' (header)
            """
        )


def write_sessions(path: Path, events: int, bot: int = 0) -> None:
    """A CSV of sessions of five events, most in the order of STEPS; hardly two of a customer at one moment.

    With a bot, one customer has that many events of each step besides, one after the other within a window.
    """
    with duckdb.connect(config={"threads": THREADS}) as connection:
        connection.execute(
            f"""
            copy (
                select
                    'u' || lpad((hash(i // 5) % {max(events // 10, 1)})::varchar, 8, '0') as customer_id,
                    case
                        when hash(i * 7) % 10 < 7 then $names[1 + (i % 5)::integer]
                        else $names[1 + (hash(i * 11) % 12)::integer]
                    end as event_name,
                    strftime(timestamp '2023-01-01' + to_seconds(
                        ((hash(i // 5 * 3) % 63000000)::bigint + (i % 5) * (hash(i * 17) % 90000)::bigint) // 64 * 64 + i % 64
                    ), '%Y-%m-%d %H:%M:%S') as occurred_at,
                    (hash(i * 13) % 1000) / 10.0 as amount
                from range({events}) as numbers(i)
                union all
                select
                    'u00000000' as customer_id,
                    $names[1 + (i % 5)::integer] as event_name,
                    strftime(timestamp '2024-03-01' + to_seconds(i * 8), '%Y-%m-%d %H:%M:%S') as occurred_at,
                    1.0 as amount
                from range({bot * len(STEPS)}) as numbers(i)
            ) to '{path}' (header)
            """,
            {"names": list(NAMES)},
        )


def write_customers(path: Path, events: int) -> None:
    """A CSV of the customers of `write_events`, each with a channel."""
    with duckdb.connect(config={"threads": THREADS}) as connection:
        connection.execute(
            f"""
            copy (
                select 'u' || lpad(i::varchar, 8, '0') as customer_id, $channels[1 + (hash(i) % 5)::integer] as channel
                from range({max(events // 10, 1)}) as numbers(i)
            ) to '{path}' (header)
            """,
            {"channels": list(CHANNELS)},
        )


def with_literals(sql: str, values: Mapping[str, Value]) -> str:
    """A query with its parameters written as literals, to measure what binding them costs."""

    def literal(value: object) -> str:
        if value is None:
            return "null"
        if isinstance(value, tuple):
            return "[" + ", ".join(map(literal, value)) + "]"
        return str(value).lower() if isinstance(value, bool | int | float) else f"'{value}'"

    body = "\n".join(line for line in sql.splitlines() if not line.startswith("--"))
    return re.sub(r"\$(\w+)", lambda match: literal(values[match[1]]), body)


COUNTS = {"cohort_retention": ["segment", "period", "retained"], "funnel": ["segment", "step", "customers"]}
"""The columns of a query that make its rows."""


def ours(path: Path, group: str, query: str = "cohort_retention", **given: object) -> Case:
    """A query as the app runs it: a cursor, the scope, needs, bound parameters."""
    facts = facts_of(path)
    found = queries.catalogue().find(query)

    def run() -> Any:
        ranges.kept.cache_clear()  # what the app would have found out for the question before
        with ranges.session(facts, Scope()) as session:
            return session.run(found, given).table

    return Case(group, "churnbook", run, lambda table: _rows_of(table.select(COUNTS[query])))


def with_literals_only(path: Path, group: str, query: str = "cohort_retention", **given: object) -> Case:
    """The same statements with literals, straight on the cursor."""
    facts = facts_of(path)
    catalogue = queries.catalogue()
    found = catalogue.find(query)
    values = catalogue.bind(found, given)
    *needs, last = catalogue.order(found, values)
    statements = [f"create or replace temp table {n.name} {n.empty}" for n in catalogue.unwanted(found, values)]
    statements += [f"create or replace temp table {n.name} as {with_literals(n.unordered_sql, values)}" for n in needs]
    statements = [*catalogue.macros.values(), *statements]

    def run() -> Any:
        with open_cursor(path) as cursor:
            prepare_scope(cursor, facts, Scope())
            for statement in statements:
                cursor.execute(statement)
            return cursor.sql(with_literals(last.sql, values)).to_arrow_table()

    return Case(group, "literals", run, lambda table: _rows_of(table.select(COUNTS[query])))


def _rows_of(table: Any) -> Rows:
    found = zip(*(table.column(i).to_pylist() for i in range(3)), strict=True)
    return sorted((segment or "", period, customers) for segment, period, customers in found if customers)


BY_HAND = """
with distinct_periods as (select distinct customer, {number} as number from main.events),
starts as (select customer, min(number) as cohort from distinct_periods group by customer)
select null as segment, number - cohort as period, count(*) as retained
from distinct_periods inner join starts using (customer) where number - cohort <= {periods} group by cohort, period
"""
"""What an analyst would type: distinct customers and periods, joined with the first of each."""


def by_hand(path: Path, group: str, number: str, periods: int) -> Case:
    """Hand-written SQL over the events of the same file."""
    sql = BY_HAND.format(number=number, periods=periods)

    def run() -> Any:
        with open_cursor(path) as cursor:
            return cursor.sql(sql).to_arrow_table()

    return Case(group, "DuckDB by hand", run, _rows_of)


CLICKHOUSE_MONTHS = """
select '' as segment, k, count() from (
    select cid, min(m) as c0, groupUniqArray(m) as months from ev group by cid
) array join arrayMap(x -> x - c0, months) as k where k <= 12 group by c0, k order by c0, k
"""
CLICKHOUSE_WEEKS = CLICKHOUSE_MONTHS.replace("groupUniqArray(m)", "groupUniqArray(w)").replace("min(m)", "min(w)")
CLICKHOUSE_DAYS = (
    CLICKHOUSE_MONTHS.replace("groupUniqArray(m)", "groupUniqArray(d)")
    .replace("min(m)", "min(d)")
    .replace("<= 12", "<= 90")
)
CLICKHOUSE_SEGMENTS = """
select channel, k, count() from (
    select cid, min(m) as c0, groupUniqArray(m) as months from ev group by cid
) as members inner join cust on members.cid = cust.cid
array join arrayMap(x -> x - c0, months) as k where k <= 12 group by channel, c0, k order by channel, c0, k
"""
CLICKHOUSE_ON_OR_AFTER = """
select '' as segment, k, count() from (
    select cid, min(m) as c0, max(m) as last from ev group by cid
) array join range(0, least(last - c0, 12) + 1) as k group by c0, k order by c0, k
"""


CLICKHOUSE_LEVELS = f"""
select channel, k, count() from (
    select cid, windowFunnel(1209600, 'strict_increase')(ts, {", ".join(f"ev = '{step}'" for step in STEPS)}) as level
    from walks where ev in {STEPS} group by cid
) as levels inner join cust on levels.cid = cust.cid
array join range(1, level + 1) as k group by channel, k order by channel, k
"""
"""Levels alone, as windowFunnel gives them."""
CLICKHOUSE_FUNNEL = f"""
select
    channel, k, count(),
    avgIf(path[k] - path[k - 1], k > 1), quantileExactIf(0.5)(path[k] - path[k - 1], k > 1), countIf(k > 1 and path[k] = path[k - 1])
from (
    select
        cid,
        arrayFold(
            (paths, row) -> multiIf(
                row.2 = 1, arrayConcat([[row.1]], arraySlice(paths, 2)),
                notEmpty(paths[row.2 - 1]) and row.1 - paths[row.2 - 1][1] <= 1209600,
                arrayConcat(
                    arraySlice(paths, 1, row.2 - 1), [arrayPushBack(paths[row.2 - 1], row.1)], arraySlice(paths, row.2 + 1)
                ),
                paths
            ),
            arraySort(groupArray((toUInt32(ts), toUInt8(indexOf({list(STEPS)}, ev))))),
            CAST([[], [], [], [], []], 'Array(Array(UInt32))')
        ) as paths,
        arrayCount(path -> notEmpty(path), paths) as level,
        paths[level] as path
    from walks where ev in {STEPS} group by cid
) as furthest inner join cust on furthest.cid = cust.cid
array join range(1, level + 1) as k group by channel, k order by channel, k
"""
"""The same work as ours: when each step was reached by the latest entry that comes so far, means and medians."""


def clickhouse(events: Path, sessions: Path, customers: Path, folder: Path) -> Callable[..., Case]:
    """ClickHouse in the process (chDB), with the events in MergeTrees ordered by customer and time."""
    from chdb import session

    opened = session.Session(str(folder / "clickhouse"))
    opened.query("create database if not exists bench")
    for table, path in (("ev", events), ("walks", sessions)):
        opened.query(
            f"create table bench.{table} (cid UInt32, ev LowCardinality(String), ts DateTime, d UInt16, w UInt16, m UInt16,"
            " amount Float32) engine MergeTree order by (cid, ts)"
        )
        opened.query(
            f"insert into bench.{table} select toUInt32(substring(customer_id, 2)), event_name, ts, toUInt16(toDate(ts)),"
            " toUInt16(intDiv(toUInt16(toDate(ts)) + 3, 7)), toYear(ts) * 12 + toMonth(ts), amount"
            f" from (select *, toDateTime(occurred_at) as ts from file('{path}', 'CSVWithNames',"
            " 'customer_id String, event_name String, occurred_at String, amount Float32'))"
        )
        opened.query(f"optimize table bench.{table} final")
    opened.query("create table bench.cust (cid UInt32, channel LowCardinality(String)) engine MergeTree order by cid")
    opened.query(
        "insert into bench.cust select toUInt32(substring(customer_id, 2)), channel"
        f" from file('{customers}', 'CSVWithNames', 'customer_id String, channel String')"
    )

    def case(group: str, sql: str, who: str = "ClickHouse") -> Case:
        text = re.sub("(from|join) (ev|walks|cust)\\b", r"\1 bench.\2", sql)
        return Case(
            group,
            who,
            lambda: opened.query(f"{text} settings max_threads = {THREADS}", "CSV"),
            lambda answer: sorted((s, int(k), int(n)) for s, k, n, *_ in csv_files.reader(io.StringIO(str(answer)))),
        )

    return case


_IN_MEMORY = """
select
    customer, (year(day) * 12 + month(day))::integer as m,
    (date_diff('day', date '1970-01-05', day) // 7)::integer as w, date_diff('day', date '1970-01-05', day)::integer as d
from main.events
"""


def polars(path: Path) -> Callable[[str, str, int], Case]:
    """Polars on typed columns already in memory: unique, the first period by a window."""
    os.environ["POLARS_MAX_THREADS"] = str(THREADS)
    import polars as pl

    with open_cursor(path) as cursor:
        frame: Any = pl.from_arrow(cursor.sql(_IN_MEMORY).to_arrow_table())

    def case(group: str, period: str, periods: int) -> Case:
        def run() -> Any:
            offset = pl.col(period) - pl.col(period).min().over("customer")
            pairs = frame.select("customer", period).unique().with_columns(offset.alias("k"))
            kept = pairs.filter(pl.col("k") <= periods)
            return kept.group_by((pl.col(period) - pl.col("k")).alias("c"), "k").len()

        return Case(group, "Polars", run, lambda found: sorted(("", row["k"], row["len"]) for row in found.to_dicts()))

    return case


def pandas_months(path: Path) -> Case:
    """pandas on typed columns already in memory: drop duplicates, first month by transform."""
    import pandas as pd

    with open_cursor(path) as cursor:
        frame = cursor.execute(_IN_MEMORY).df()[["customer", "m"]]

    def run() -> Any:
        pairs = frame.drop_duplicates()
        offset = pairs["m"] - pairs.groupby("customer")["m"].transform("min")
        found = pd.DataFrame({"c": pairs["m"] - offset, "k": offset}).groupby(["c", "k"]).size()
        return found[found.index.get_level_values("k") <= 12]

    return Case(
        "cohort month", "pandas", run, lambda found: sorted(("", int(k), int(n)) for (_c, k), n in found.items())
    )


def pandas_funnel(path: Path) -> Case:
    """pandas on typed columns already in memory: sorted, then the entry carried on from step to step by ffill."""
    import pandas as pd

    with open_cursor(path) as cursor:
        frame = cursor.execute("select customer, event, epoch(occurred_at)::bigint as at from main.events").df()
        channels = cursor.execute("select customer, value as channel from main.customer_attributes").df()
    channels = channels.set_index("customer")["channel"].astype("category")

    def run() -> Any:
        walks = frame.assign(step=frame["event"].map({step: i + 1 for i, step in enumerate(STEPS)}).astype("float"))
        walks = walks[walks["step"].notna()].sort_values(["customer", "at", "step"])
        customers, steps = walks["customer"], walks["step"].astype("int8")
        entered, level = walks["at"].where(steps == 1), steps.where(steps == 1, 0)
        for step in range(2, len(STEPS) + 1):
            before = entered.groupby(customers).ffill()
            reached = (steps == step) & (walks["at"] - before <= 1_209_600)
            entered, level = before.where(reached), level.mask(reached, step)
        found = pd.DataFrame({"level": level.groupby(customers).max()}).join(channels)
        counts = found.groupby(["channel", "level"], observed=True).size().unstack(fill_value=0)
        return {step: counts.loc[:, counts.columns >= step].sum(axis=1) for step in range(1, len(STEPS) + 1)}

    return Case(
        "funnel",
        "pandas",
        run,
        lambda found: sorted((c, step, int(n)) for step, column in found.items() for c, n in column.items() if n),
    )


def bench_figures(events: Path, orders: Path, rounds: int, judged: bool) -> dict[str, float]:
    """Time every figure as the app asks for it, by itself on a fresh cursor; the median seconds of each."""
    catalogue = queries.catalogue()
    seconds: dict[str, list[float]] = {}
    for number in range(rounds + 1):
        for name, (_limit, (query, given)) in FIGURES.items():
            made = orders if query == "purchases" else events
            ranges.kept.cache_clear()  # what the app would have found out for the question before
            with ranges.session(facts_of(made), Scope()) as session:
                taken = session.run(catalogue.find(query), given).seconds
            if number:
                seconds.setdefault(name, []).append(taken)
    medians = {name: statistics.median(values) for name, values in seconds.items()}
    for name, taken in medians.items():
        limit = FIGURES[name][0]
        told = f"   at most {limit:3.1f} s: {'met' if taken <= limit else 'MISSED'}" if judged else ""
        print(f"{name:<20}{'churnbook':<20}{taken:8.3f} s{told}", flush=True)
    return medians


def measure(cases: Sequence[Case], rounds: int) -> dict[tuple[str, str], float]:
    """The median seconds of every case over interleaved rounds, after one cold run.

    Raises SystemExit where a peer's rows differ from ours: then the times compare different work.
    """
    seconds: dict[tuple[str, str], list[float]] = {}
    expected: dict[str, Rows] = {}
    for number in range(rounds + 1):
        for case in cases:
            started = time.perf_counter()
            answer = case.run()
            took = time.perf_counter() - started
            if number:
                seconds.setdefault((case.group, case.who), []).append(took)
                continue
            rows = case.rows(answer)
            if not _agree(rows, expected.setdefault(case.group, rows), TIES.get((case.group, case.who), 0)):
                raise SystemExit(f"{case.group}: the rows of {case.who} are not ours")
    return {key: statistics.median(values) for key, values in seconds.items()}


def _agree(rows: Rows, others: Rows, apart: int) -> bool:
    pairs = zip(rows, others, strict=False)
    return len(rows) == len(others) and all(a[:2] == b[:2] and abs(a[2] - b[2]) <= apart for a, b in pairs)


def process(code: str, *arguments: str, **environment: str) -> tuple[float, float]:
    """Seconds and peak megabytes of a Python program as a process of its own."""
    # the kernel's own mark of this program: what getrusage tells includes the process it was forked from
    wrapped = (
        "import sys, time\nstarted = time.perf_counter()\n"
        f"{code}\ntaken = time.perf_counter() - started\n"
        "peak = next(line for line in open('/proc/self/status') if line.startswith('VmHWM'))\n"
        "print(taken, int(peak.split()[1]) / 1024)"
    )
    done = subprocess.run(
        [sys.executable, "-c", wrapped, *arguments],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, **environment},
    )
    seconds, megabytes = done.stdout.split()[-2:]
    return float(seconds), float(megabytes)


IMPORT = """
import contextlib, io
from churnbook.__main__ import main
with contextlib.redirect_stdout(io.StringIO()):
    code = main(["import", sys.argv[1], "--into", sys.argv[2]])
assert code == 0
"""
IMPORT_BOTH = IMPORT.replace(
    '"import", sys.argv[1], "--into", sys.argv[2]', '"import", sys.argv[1], sys.argv[2], "--into", sys.argv[3]'
)
AUTO_DETECT = f"""
import duckdb
connection = duckdb.connect(sys.argv[2], config={{"threads": {THREADS}}})
connection.execute("set enable_progress_bar = false")
connection.execute("create table events as select * from read_csv($path)", {{"path": sys.argv[1]}})
connection.close()
"""


CALAMINE = """
import python_calamine
book = python_calamine.CalamineWorkbook.from_path(sys.argv[1])
rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
"""
WORKBOOK_ROWS = 500_000


def write_workbook(path: Path, rows: int) -> None:
    """A workbook of orders in time order: text and numbers for ids, a formatted time, an amount, a channel."""
    import xlsxwriter

    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    sheet = book.add_worksheet()
    time_format = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
    sheet.write_row(0, 0, ["customer_id", "order_id", "ordered_at", "amount", "channel"])
    for i in range(rows):
        sheet.write_string(i + 1, 0, f"u{i * 7919 % (rows // 10):08d}")
        sheet.write_string(i + 1, 1, f"o{i}")
        sheet.write_datetime(i + 1, 2, dt.datetime(2023, 1, 1) + dt.timedelta(seconds=i * 120), time_format)
        sheet.write_number(i + 1, 3, i * 31 % 10_000 / 100)
        sheet.write_string(i + 1, 4, CHANNELS[i % len(CHANNELS)])
    book.close()


def measure_import(files: Mapping[str, Path], folder: Path, rounds: int) -> list[tuple[str, str, float, float]]:
    """Our import of each file, DuckDB's own auto-detected load of the first and calamine's reading of the workbook, in turn."""
    found: dict[tuple[str, str], list[tuple[float, float]]] = {}
    for number in range(rounds + 1):
        programs = [(kind, "churnbook", IMPORT, path) for kind, path in files.items()]
        programs.append(("import UTF-8", "DuckDB auto-detect", AUTO_DETECT, files["import UTF-8"]))
        programs.append(("import XLSX", "calamine", CALAMINE, files["import XLSX"]))
        for kind, who, code, path in programs:
            target = folder / "loaded.duckdb"
            for leftover in folder.glob("loaded.duckdb*"):
                leftover.unlink()
            result = process(code, str(path), str(target))
            if number:
                found.setdefault((kind, who), []).append(result)
    return [
        (kind, who, statistics.median(r[0] for r in results), max(r[1] for r in results))
        for (kind, who), results in found.items()
    ]


def compare(group: str, who: str, ratio: float, judged: bool) -> str:
    """A ratio with its target, where it has one and the size is the one it was set for."""
    target = TARGETS.get((group, who)) if judged else None
    verdict = "" if target is None else f"   at most {target:4.2f}: {'met' if ratio <= target else 'MISSED'}"
    return f"{ratio:8.2f} x {who}{verdict}"


def bench_import(events: Path, folder: Path, rounds: int, judged: bool) -> None:
    """Our imports against DuckDB's own auto-detected load and calamine alone, printed with rows a second."""
    chinese, workbook = folder / "events.gb18030.csv", folder / "orders.xlsx"
    write_workbook(workbook, WORKBOOK_ROWS)
    with events.open("rb") as file:
        rows = sum(1 for _line in file) - 1
    with events.open(encoding="utf-8") as source, chinese.open("w", encoding="gb18030") as sink:
        for line in source:
            sink.write(line.replace("view_item", "浏览").replace("pay", "支付"))
    files = {"import UTF-8": events, "import GB18030": chinese, "import XLSX": workbook}
    found = measure_import(files, folder, rounds)
    chinese.unlink()
    workbook.unlink()
    seconds = {(kind, who): each for kind, who, each, _megabytes in found}
    bases = {
        "import UTF-8": ("DuckDB auto-detect", seconds["import UTF-8", "DuckDB auto-detect"]),
        "import GB18030": ("import UTF-8", seconds["import UTF-8", "churnbook"]),
        "import XLSX": ("calamine", seconds["import XLSX", "calamine"]),
    }
    for kind, who, each, megabytes in found:
        told = ""
        if who == "churnbook":
            name, base = bases[kind]
            told = f"{(WORKBOOK_ROWS if kind == 'import XLSX' else rows) / each / 1000:7.0f} k rows/s"
            told += compare(kind, name, each / base, judged or kind == "import XLSX")
            told += "" if megabytes <= MEGABYTES["import"] else f"   MISSED: at most {MEGABYTES['import']} MB"
        print(f"{kind:<20}{who:<20}{each:8.3f} s{megabytes:6.0f} MB{told}")


ANALYSIS = """
import json
from pathlib import Path
from churnbook.catalogue import queries
from churnbook.catalogue.request import Scope
from churnbook.datasets import ranges
from churnbook.datasets.facts import facts_of
path = Path(sys.argv[1])
with ranges.session(facts_of(path), Scope()) as session:
    session.run(queries.catalogue().find(sys.argv[2]), json.loads(sys.argv[3]))
"""


def bench_limits(events: Path, sessions: Path) -> None:
    """What each analysis takes as a process of its own under the usual limit of memory and under tight ones, printed."""
    for limit in (MEMORY, *LIMITS):
        for group, (query, given) in LIMITED.items():
            path = sessions if query == "funnel" else events
            seconds, megabytes = process(ANALYSIS, str(path), query, json.dumps(given), CHURNBOOK_MEMORY=limit)
            told = ""
            if query == "funnel" and limit == MEMORY:
                most = MEGABYTES["funnel"]
                told = f"   at most {most} MB: {'met' if megabytes <= most else 'MISSED'}"
            print(f"{group:<20}{'within ' + limit:<20}{seconds:8.3f} s{megabytes:6.0f} MB{told}", flush=True)


def funnel_cases(made: Path, peer: Callable[..., Case], small: bool) -> list[Case]:
    """A funnel of five steps within 14 days by segment, with its peers; pandas only where the rows are `small`."""
    given: dict[str, object] = {"steps": STEPS, "breakdown": "channel"}
    cases = [ours(made, "funnel", "funnel", **given), with_literals_only(made, "funnel", "funnel", **given)]
    cases += [peer("funnel", CLICKHOUSE_FUNNEL), peer("funnel", CLICKHOUSE_LEVELS, "ClickHouse levels")]
    return [*cases, pandas_funnel(made)] if small else cases


def bench_bot(folder: Path, rounds: int) -> None:
    """What one customer with 30,000 events of each step inside one window adds to a million events, printed."""
    cases = []
    for group, bot in (("funnel without a bot", 0), ("funnel with a bot", 30_000)):
        csv, made = folder / "bot.csv", folder / f"{bot}.duckdb"
        write_sessions(csv, 1_000_000, bot)
        process(IMPORT, str(csv), str(made))
        cases.append(ours(made, group, "funnel", steps=STEPS))
    medians = measure(cases, rounds)
    without, with_one = (medians[case.group, case.who] for case in cases)
    verdict = "met" if with_one <= BOT * without else "MISSED"
    print(f"{'funnel with a bot':<20}{'churnbook':<20}{with_one:8.3f} s{with_one / without:8.2f} x without", end="")
    print(f"   at most {BOT:4.2f}: {verdict}")


def cohort_cases(made: Path, peer: Callable[..., Case], small: bool) -> list[Case]:
    """The cohort queries, each with its peers; those that hold all rows in memory only where they are `small`."""
    month = "year(day) * 12 + month(day)"
    week = "date_diff('day', date '1970-01-05', day) // 7"
    cases = []
    for group, given, sql, number in (
        ("cohort month", {}, CLICKHOUSE_MONTHS, month),
        ("cohort week", {"grain": "week"}, CLICKHOUSE_WEEKS, week),
        ("cohort day", {"grain": "day", "periods": 90}, CLICKHOUSE_DAYS, "date_diff('day', date '1970-01-05', day)"),
        ("cohort by segment", {"breakdown": "channel"}, CLICKHOUSE_SEGMENTS, None),
        ("cohort on or after", {"measure": "on_or_after"}, CLICKHOUSE_ON_OR_AFTER, None),
    ):
        cases += [ours(made, group, **given), with_literals_only(made, group, **given), peer(group, sql)]
        if number:
            cases.append(by_hand(made, group, number, 90 if "periods" in given else 12))
    if small:
        beside = polars(made)
        cases += [beside("cohort month", "m", 12), beside("cohort week", "w", 12), beside("cohort day", "d", 90)]
        cases.append(pandas_months(made))
    return cases


def bench(events: int, rounds: int, imports: bool, funnel_only: bool) -> dict[str, float]:
    """Generate, import, measure and print one size; our median seconds by group."""
    with tempfile.TemporaryDirectory(prefix="churnbook-bench-", dir=os.environ.get("CHURNBOOK_BENCH_FOLDER")) as name:
        folder = Path(name)
        csv, sessions, customers = folder / "events.csv", folder / "sessions.csv", folder / "customers.csv"
        made, walked = folder / "events.duckdb", folder / "sessions.duckdb"
        write_events(csv, 1000 if funnel_only else events)
        write_sessions(sessions, events)
        orders, sold = folder / "orders.csv", folder / "orders.duckdb"
        write_customers(customers, events)
        write_orders(orders, events)
        process(IMPORT_BOTH, str(csv), str(customers), str(made))
        process(IMPORT_BOTH, str(orders), str(customers), str(sold))
        process(IMPORT_BOTH, str(sessions), str(customers), str(walked))
        print(f"\n{events:,} events, {THREADS} threads, median of {rounds} interleaved rounds\n", flush=True)
        judged, small = events == 10_000_000, events <= 10_000_000
        if imports and not funnel_only:
            bench_import(csv, folder, rounds, judged)
            print(flush=True)
        peer = clickhouse(csv, sessions, customers, folder)
        medians = {} if funnel_only else measure(cohort_cases(made, peer, small), rounds)
        medians |= measure(funnel_cases(walked, peer, small), rounds)
        for (group, who), seconds in medians.items():
            ratio = "" if who == "churnbook" else compare(group, who, medians[group, "churnbook"] / seconds, judged)
            print(f"{group:<20}{who:<20}{seconds:8.3f} s{ratio}", flush=True)
        bench_bot(folder, rounds)
        print(flush=True)
        bench_limits(made, walked)
        print(flush=True)
        figures = {} if funnel_only else bench_figures(made, sold, rounds, judged)
        return figures | {group: seconds for (group, who), seconds in medians.items() if who == "churnbook"}


def main() -> None:
    """Measure every size asked, and how our times grow from one to the next."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--events", type=float, nargs="+", default=[1, 10], help="millions of events; 50 is worth a try"
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--skip-import", action="store_true")
    parser.add_argument("--funnel-only", action="store_true")
    options = parser.parse_args()
    print(dt.date.today())
    found = {
        each: bench(int(each * 1e6), options.rounds, not options.skip_import, options.funnel_only)
        for each in sorted(options.events)
    }
    for less, more in zip(sorted(found), sorted(found)[1:], strict=False):
        print(f"\nfrom {less:g} to {more:g} million events, the time grows")
        for group, seconds in found[more].items():
            growth = seconds / found[less][group]
            limit = FUNNEL_GROWTH if group == "funnel" else GROWTH
            verdict = "" if more / less != 5 else f"   at most {limit}: {'met' if growth <= limit else 'MISSED'}"
            print(f"{group:<40}{growth:8.2f} times{verdict}")


if __name__ == "__main__":
    main()
