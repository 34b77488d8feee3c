"""The bench of churn reasons: coding 300,000 comments, and every question about a million customers, in seconds.

`make bench` (or `python -m tests.bench_reasons --rounds 3`); never run in CI.
"""

from __future__ import annotations

import argparse
import csv
import statistics
import tempfile
import time
from pathlib import Path

import duckdb

from churnbook.catalogue import queries
from churnbook.catalogue.request import Scope
from churnbook.datasets import ranges
from churnbook.datasets.facts import facts_of
from churnbook.engine.duckdb import writing
from churnbook.intake.files import read
from churnbook.intake.loading import load, reasons
from churnbook.intake.loading.report import Settings
from churnbook.intake.mapping import map

COMMENTS = Path(__file__).parent / "analyses" / "comments"
CUSTOMERS, LOST = 1_000_000, 300_000
CODING, ASKING = 10.0, 0.5
"""Seconds that coding all comments, and one question, may take at most."""
ASKED: tuple[tuple[str, dict[str, object]], ...] = (
    ("churn_reasons", {}),
    ("churn_reasons", {"level": "reason"}),
    ("churn_reasons", {"grain": "month"}),
    ("churn_reason_coverage", {}),
    ("reason_periods", {}),
    ("reason_leads", {}),
    ("reason_segments", {"breakdown": "first_plan"}),
    ("reason_tenure", {}),
    ("reason_departments", {}),
    ("reason_agreement", {}),
    ("stated_reasons", {}),
    ("reason_customers", {"reason": "price", "kind": "voluntary"}),
)


def write_files(folder: Path) -> list[Path]:
    """A million subscriptions, of which 300,000 have ended, and an exit with a comment for each of these."""
    texts = []
    for file in sorted(COMMENTS.glob("*.csv")):
        with file.open(encoding="utf-8") as opened:
            texts += [row["comment"] for row in csv.DictReader(opened)]
    files = [folder / "subscriptions.parquet", folder / "exits.parquet"]
    with duckdb.connect() as connection:
        connection.execute("select setseed(0.3)")
        connection.execute(
            f"copy (select i as customer_id, date '2022-01-01' + (random() * 400)::int as started_at,"
            f" case when i < {LOST} then date '2023-03-01' + (random() * 300)::int end as ended_at,"
            f" (random() * 100)::int as mrr, 'plan ' || (i % 4) as plan from range({CUSTOMERS}) as numbers(i))"
            f" to '{files[0]}'"
        )
        connection.execute(
            "copy (select customer_id, ended_at as churned_at,"
            " (['price', 'service', 'too_expensive', 'odd', 'missing features', null])[1 + customer_id % 6] as reason,"
            " $texts[1 + customer_id % len($texts)] || ' ' || customer_id as comment"
            f" from '{files[0]}' where ended_at is not null) to '{files[1]}'",
            {"texts": texts},
        )
    return files


def verdict(seconds: float, most: float) -> str:
    """Whether an aim was met, in words."""
    return f"at most {most:g}: {'met' if seconds <= most else 'MISSED'}"


def main() -> None:
    """Load, code and ask, and print what it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="churnbook-bench-") as name:
        folder = Path(name)
        made = folder / "made.duckdb"
        sheets = [sheet for file in write_files(folder) for sheet in read.inspect(file, file.name, folder)]
        started = time.perf_counter()
        load.load([map.propose(sheet) for sheet in sheets], made, Settings("bench"))
        print(f"{CUSTOMERS:,} customers, {LOST:,} exits with comments\n")
        print(f"{'import, coding included':<60}{time.perf_counter() - started:8.2f} s")
        with writing(made) as connection:
            started = time.perf_counter()
            reasons.code(connection, 1)
            took = time.perf_counter() - started
        print(f"{'coding':<60}{took:8.2f} s   {verdict(took, CODING)}")
        facts = facts_of(made)
        for query, given in ASKED:
            rounds = []
            for _ in range(options.rounds):
                with ranges.session(facts, Scope()) as session:
                    started = time.perf_counter()
                    session.run(queries.catalogue().find(query), given)
                    rounds.append(time.perf_counter() - started)
            asked = " ".join([query, *(f"{name}={value}" for name, value in given.items())])
            took = statistics.median(rounds)
            print(f"{asked:<60}{took:8.2f} s   {verdict(took, ASKING)}", flush=True)


if __name__ == "__main__":
    main()
