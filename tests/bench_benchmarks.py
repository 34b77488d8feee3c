"""The bench of benchmarks: how long each of our figures, and the whole page, take on a dataset of any size, in seconds.

`make bench` (or `python -m tests.bench_benchmarks [X.duckdb] [--rounds 3]`); without a dataset a company of a million
customers and ten million events is written and loaded first. Never run in CI.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from churnbook.analyses.benchmarks import ours, profile
from churnbook.catalogue import queries
from churnbook.catalogue.request import Scope
from churnbook.datasets import ranges
from churnbook.datasets.facts import facts_of

ROOT = Path(__file__).parents[1]
CUSTOMERS, EVENTS = 1_000_000, 10_000_000
FIRST = 1.0
"""Seconds that the first figure of the page may take at most."""


def write(folder: Path) -> Path:
    """A company of a million customers and ten million events as a dataset file."""
    files = folder / "files"
    sizes = ["--customers", str(CUSTOMERS), "--events", str(EVENTS)]
    subprocess.run([sys.executable, str(ROOT / "sample_data" / "generate.py"), *sizes, "--out", str(files)], check=True)
    target = folder / "company.duckdb"
    given = [str(path) for path in sorted(files.glob("*.csv"))]
    subprocess.run([sys.executable, "-m", "churnbook", "import", *given, "--into", str(target)], check=True)
    return target


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dataset", nargs="?", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        path = given.dataset or write(Path(work))
        facts = facts_of(path)
        steps = profile.steps(facts.events)
        taken: dict[str, list[float]] = {}
        firsts = []
        for _round in range(given.rounds):
            ranges.kept.cache_clear()
            with ranges.session(facts, Scope()) as session:
                started = time.perf_counter()
                for number, figure in enumerate(ours.figures(facts.filled)):
                    known = queries.catalogue().parameters(figure.query)
                    asked = {**figure.given, **{name: event for name, event in steps.items() if name in known}}
                    if ours.missing(figure, facts.filled, queries.catalogue().bind(figure.query, asked)):
                        continue
                    begun = time.perf_counter()
                    session.run(figure.query, asked)
                    taken.setdefault(figure.name, []).append(time.perf_counter() - begun)
                    if not number:
                        firsts.append(time.perf_counter() - started)
        for name, seconds in taken.items():
            print(f"{name:<48}{statistics.median(seconds):>8.2f} s")
        whole = sum(statistics.median(seconds) for seconds in taken.values())
        first = statistics.median(firsts) if firsts else 0.0
        print(f"\nfirst figure {first:.2f} s (at most {FIRST}), all {len(taken)} {whole:.2f} s")


if __name__ == "__main__":
    main()
