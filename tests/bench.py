"""The bench: our queries and our import against peers, side by side in one run, as ratios.

`make bench` (or `python -m tests.bench --events 10 --rounds 3`). Every case runs once cold, then in
interleaved rounds; the median counts. Ratios travel between machines, seconds do not. Never run in CI.
"""

from __future__ import annotations

import argparse
import datetime as dt
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

import duckdb

from churnbook import database, dataset, queries
from churnbook.request import Scope

THREADS = 2
NAMES = ("visit", "view_item", "add_to_cart", "checkout", "pay", "search", "share", "login", "logout", "review", "ticket", "download")  # fmt: skip


@dataclass(frozen=True)
class Case:
    """Something timed: ours, or a peer doing the same work; `digest` must be equal within a group."""

    group: str
    who: str
    run: Callable[[], object]


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


def with_literals(sql: str, values: Mapping[str, queries.Value]) -> str:
    """A query with its parameters written as literals, to measure what binding them costs."""

    def literal(match: re.Match[str]) -> str:
        value = values[match[1]]
        if value is None:
            return "null"
        return str(value).lower() if isinstance(value, bool | int | float) else f"'{value}'"

    body = "\n".join(line for line in sql.splitlines() if not line.startswith("--"))
    return re.sub(r"\$(\w+)", literal, body)


def ours(path: Path, query: str, **given: object) -> Callable[[], object]:
    """A query as the app runs it: a cursor, the scope, needs, bound parameters."""
    facts = dataset.facts(path)
    found = queries.catalogue().find(query)

    def run() -> object:
        with database.reading(path) as cursor:
            dataset.prepare(cursor, facts, Scope())
            return database.Session(cursor).run(found, given).table.num_rows

    return run


def by_hand(path: Path, query: str, **given: object) -> Callable[[], object]:
    """The same statements with literals, straight on the cursor."""
    facts = dataset.facts(path)
    catalogue = queries.catalogue()
    found = catalogue.find(query)
    values = catalogue.bind(found, given)
    *needs, last = catalogue.order(found)
    statements = [f"create or replace temp table {n.name} as {with_literals(n.unordered_sql, values)}" for n in needs]

    def run() -> object:
        with database.reading(path) as cursor:
            dataset.prepare(cursor, facts, Scope())
            for statement in statements:
                cursor.execute(statement)
            return len(cursor.execute(with_literals(last.sql, values)).fetchall())

    return run


CLICKHOUSE_MONTHS = """
select c0, k, count() from (
    select cid, min(m) as c0, groupUniqArray(m) as months from ev group by cid
) array join arrayMap(x -> x - c0, months) as k where k <= 12 group by c0, k order by c0, k
"""
CLICKHOUSE_WEEKS = CLICKHOUSE_MONTHS.replace("groupUniqArray(m)", "groupUniqArray(w)").replace("min(m)", "min(w)")
CLICKHOUSE_DAYS = (
    CLICKHOUSE_MONTHS.replace("groupUniqArray(m)", "groupUniqArray(d)")
    .replace("min(m)", "min(d)")
    .replace("<= 12", "<= 90")
)


def clickhouse(csv: Path, folder: Path) -> Callable[[str], Callable[[], object]]:
    """ClickHouse in the process (chDB), with the events in a MergeTree ordered by customer and time."""
    from chdb import session

    opened = session.Session(str(folder / "clickhouse"))
    opened.query("create database bench")
    opened.query(
        "create table bench.ev (cid UInt32, ev LowCardinality(String), ts DateTime, d UInt16, w UInt16, m UInt16, amount Float32)"
        " engine MergeTree order by (cid, ts)"
    )
    opened.query(
        "insert into bench.ev select toUInt32(substring(customer_id, 2)), event_name, ts, toUInt16(toDate(ts)),"
        " toUInt16(intDiv(toUInt16(toDate(ts)) + 3, 7)), toYear(ts) * 12 + toMonth(ts), amount"
        f" from (select *, toDateTime(occurred_at) as ts from file('{csv}', 'CSVWithNames',"
        " 'customer_id String, event_name String, occurred_at String, amount Float32'))"
    )
    opened.query("optimize table bench.ev final")

    def case(sql: str) -> Callable[[], object]:
        text = sql.replace("from ev", "from bench.ev")
        return lambda: len(str(opened.query(f"{text} settings max_threads = {THREADS}", "CSV")))

    return case


def pandas_months(path: Path) -> Callable[[], object]:
    """pandas on typed columns already in memory: drop duplicates, first month by transform."""
    import pandas as pd

    with database.reading(path) as cursor:
        frame = cursor.execute("select customer, (year(day) * 12 + month(day))::integer as m from main.events").df()

    def run() -> object:
        pairs = frame.drop_duplicates()
        offset = pairs["m"] - pairs.groupby("customer")["m"].transform("min")
        return len(pd.DataFrame({"c": pairs["m"] - offset, "k": offset}).groupby(["c", "k"]).size())

    return run


def measure(cases: Sequence[Case], rounds: int) -> dict[tuple[str, str], float]:
    """The median seconds of every case over interleaved rounds, after one cold run."""
    seconds: dict[tuple[str, str], list[float]] = {}
    for number in range(rounds + 1):
        for case in cases:
            started = time.perf_counter()
            case.run()
            if number:
                seconds.setdefault((case.group, case.who), []).append(time.perf_counter() - started)
    return {key: statistics.median(values) for key, values in seconds.items()}


def process(code: str, *arguments: str) -> tuple[float, float]:
    """Seconds and peak megabytes of a Python program as a process of its own."""
    wrapped = (
        "import resource, sys, time\nstarted = time.perf_counter()\n"
        f"{code}\nprint(time.perf_counter() - started, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)"
    )
    done = subprocess.run([sys.executable, "-c", wrapped, *arguments], capture_output=True, text=True, check=True)
    seconds, megabytes = done.stdout.split()[-2:]
    return float(seconds), float(megabytes)


IMPORT = """
import contextlib, io
from churnbook.__main__ import main
with contextlib.redirect_stdout(io.StringIO()):
    code = main(["import", sys.argv[1], "--into", sys.argv[2]])
assert code == 0
"""
AUTO_DETECT = f"""
import duckdb
connection = duckdb.connect(sys.argv[2], config={{"threads": {THREADS}}})
connection.execute("set enable_progress_bar = false")
connection.execute("create table events as select * from read_csv($path)", {{"path": sys.argv[1]}})
connection.close()
"""


def measure_import(files: Mapping[str, Path], folder: Path, rounds: int) -> list[tuple[str, str, float, float]]:
    """Our import of each file, and DuckDB's own auto-detected load of the first, in turn."""
    found: dict[tuple[str, str], list[tuple[float, float]]] = {}
    for number in range(rounds + 1):
        programs = [(kind, "churnbook", IMPORT, path) for kind, path in files.items()]
        programs.append(("import UTF-8", "DuckDB auto-detect", AUTO_DETECT, files["import UTF-8"]))
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


def main() -> None:
    """Generate, import, measure, and print one table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=float, default=10, help="millions of events")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--skip-import", action="store_true")
    options = parser.parse_args()
    events = int(options.events * 1e6)
    with tempfile.TemporaryDirectory(prefix="churnbook-bench-", dir=os.environ.get("CHURNBOOK_BENCH_FOLDER")) as name:
        folder = Path(name)
        csv = folder / "events.csv"
        write_events(csv, events)
        made = folder / "events.duckdb"
        process(IMPORT, str(csv), str(made))
        print(
            f"{dt.date.today()}  {events:,} events, {THREADS} threads, median of {options.rounds} interleaved rounds\n"
        )
        if not options.skip_import:
            chinese = folder / "events.gb18030.csv"
            with csv.open(encoding="utf-8") as source, chinese.open("w", encoding="gb18030") as sink:
                for line in source:
                    sink.write(line.replace("view_item", "浏览").replace("pay", "支付"))
            files = {"import UTF-8": csv, "import GB18030": chinese}
            rows = measure_import(files, folder, options.rounds)
            base = next(seconds for kind, who, seconds, _mb in rows if who == "DuckDB auto-detect")
            for kind, who, seconds, megabytes in rows:
                print(f"{kind:<28}{who:<24}{seconds:8.3f} s {megabytes:8.0f} MB{seconds / base:8.2f} x auto-detect")
        peer = clickhouse(csv, folder)
        month: dict[str, object] = {}
        week: dict[str, object] = {"grain": "week"}
        day: dict[str, object] = {"grain": "day", "periods": 90}
        cases = [
            Case("cohort month", "churnbook", ours(made, "cohort_retention", **month)),
            Case("cohort month", "literals", by_hand(made, "cohort_retention", **month)),
            Case("cohort month", "ClickHouse", peer(CLICKHOUSE_MONTHS)),
            Case("cohort month", "pandas", pandas_months(made)),
            Case("cohort week", "churnbook", ours(made, "cohort_retention", **week)),
            Case("cohort week", "literals", by_hand(made, "cohort_retention", **week)),
            Case("cohort week", "ClickHouse", peer(CLICKHOUSE_WEEKS)),
            Case("cohort day", "churnbook", ours(made, "cohort_retention", **day)),
            Case("cohort day", "literals", by_hand(made, "cohort_retention", **day)),
            Case("cohort day", "ClickHouse", peer(CLICKHOUSE_DAYS)),
            Case("cohort on or after", "churnbook", ours(made, "cohort_retention", measure="on_or_after")),
            Case("cohort on or after", "literals", by_hand(made, "cohort_retention", measure="on_or_after")),
        ]
        medians = measure(cases, options.rounds)
        print()
        for (group, who), seconds in medians.items():
            print(f"{group:<28}{who:<24}{seconds:8.3f} s{medians[group, 'churnbook'] / seconds:24.2f} ours / {who}")


if __name__ == "__main__":
    main()
