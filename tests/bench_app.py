"""The bench of the app itself: how long the server takes to redraw a page, and what many readers at once wait.

`make bench` runs it after the queries; by itself `python -m tests.bench_app [--no-load] [--readers 5 15]`. What it
measures is the package that Python finds, so that another checkout is measured by standing in it:
`cd other && PYTHONPATH=. python ../main/tests/bench_app.py`. Never run in CI.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import churnbook

ROOT = Path(churnbook.__file__).parents[1]
PAGES = (
    "overview",
    "activity",
    "funnels",
    "churn",
    "benchmarks",
    "cohorts",
    "definition",
    "customer",
    "passport",
    "your_data",
)
ADDRESS = {"dataset": "sample-shop", "lang": "en"}
CUSTOMER = "C00003"
GRAIN = {"overview": "monitor", "activity": "states", "churn": "rate", "benchmarks": "history", "cohorts": "retention"}
"""The cell of a page whose grain is changed, as a reader changes a control."""
REDRAWN = {"overview": 0.2}
"""What a warm redraw may take at most, in seconds; every page not named here AT_MOST."""
AT_MOST = 0.12
LOADS = ((5, (2.0, 5.0)), (15, (2.0, 5.0)), (30, (2.0, 5.0)), (50, (10.0, 30.0)))
"""Readers at once, and from and to how many seconds each thinks between two clicks."""
LASTS = 60.0
"""Seconds a load lasts."""
PATIENCE = 30.0
"""Seconds after which a reader gives up, which counts as an error."""


# One page after the other, without a browser


def redraws(rounds: int) -> None:
    """Print for every page the median seconds of a redraw: as it was, with another grain, and for the first time."""
    from streamlit.testing.v1 import AppTest

    def seconds(run: Callable[[], object]) -> float:
        started = time.perf_counter()
        run()
        return time.perf_counter() - started

    print(f"{'page':<14}{'first':>8}{'another grain':>15}{'warm':>8}   seconds of server time", flush=True)
    for page in PAGES:
        app = AppTest.from_file(str(ROOT / "churnbook" / "frame.py"), default_timeout=120)
        if page != "overview":
            app.switch_page(str(ROOT / "pages" / f"{page}.py"))
        for name, value in ADDRESS.items() | ({("customer", CUSTOMER)} if page == "customer" else set()):
            app.query_params[name] = value
        first = seconds(app.run)
        changed = "-"
        if page in GRAIN:
            app.query_params[f"{GRAIN[page]}.grain"] = "quarter"
            changed = f"{seconds(app.run):.3f}"
            del app.query_params[f"{GRAIN[page]}.grain"]
            app.run()
        if app.exception:
            raise SystemExit(f"{page}: {app.exception[0].value}")
        warm = statistics.median(seconds(app.run) for _round in range(rounds))
        limit = REDRAWN.get(page, AT_MOST)
        told = f"at most {limit:4.2f}: {'met' if warm <= limit else 'MISSED'}"
        print(f"{page:<14}{first:8.3f}{changed:>15}{warm:8.3f}   {told}", flush=True)


# Many readers at once


@dataclass
class Waited:
    """What the readers of one load met."""

    seconds: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


@contextmanager
def server(home: Path) -> Iterator[tuple[str, int]]:
    """The app as `make run` starts it, samples first, on a free port: its address and its process."""
    given = {**os.environ, "CHURNBOOK_HOME": str(home)}
    subprocess.run([sys.executable, "-m", "churnbook", "samples"], cwd=ROOT, env=given, check=True, capture_output=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless", "true"]
    command += ["--server.port", str(port), "--server.address", "127.0.0.1"]
    with (home / "server.log").open("wb") as log:
        running = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log, env=given)
        try:
            address = f"127.0.0.1:{port}"
            for _try in range(300):
                time.sleep(0.1)
                try:
                    urllib.request.urlopen(f"http://{address}/_stcore/health", timeout=1).close()
                    break
                except OSError:
                    continue
            else:
                raise SystemExit(f"the app did not start: {(home / 'server.log').read_text()}")
            yield address, running.pid
        finally:
            running.terminate()
            running.wait()


def megabytes(process: int) -> tuple[float, float]:
    """What a process holds now, and the most it held."""
    status = Path(f"/proc/{process}/status").read_text()
    now, most = (int(re.search(rf"{name}:\s+(\d+)", status)[1]) / 1024 for name in ("VmRSS", "VmHWM"))  # type: ignore[index]
    return now, most


async def read(address: str, seed: int, thinks: tuple[float, float], ends: float, waited: Waited) -> None:
    """One reader: opens the app, then goes from page to page, or changes the grain, thinking in between."""
    from streamlit.proto.BackMsg_pb2 import BackMsg
    from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
    from websockets.asyncio.client import connect
    from websockets.typing import Subprotocol

    choose = random.Random(seed)
    await asyncio.sleep(choose.uniform(0, thinks[1]))
    page, shown = "overview", dict(ADDRESS)
    async with connect(
        f"ws://{address}/_stcore/stream", subprotocols=[Subprotocol("streamlit")], max_size=None
    ) as socket:
        while time.monotonic() < ends:
            asked = BackMsg()
            asked.rerun_script.query_string = urlencode(shown)
            asked.rerun_script.page_name = "" if page == "overview" else page
            asked.rerun_script.context_info.locale = "en"
            started = time.monotonic()
            await socket.send(asked.SerializeToString())
            try:
                async with asyncio.timeout(PATIENCE):
                    while True:
                        told = ForwardMsg.FromString(await socket.recv())
                        if told.delta.new_element.HasField("exception"):
                            waited.errors.append(told.delta.new_element.exception.message)
                        if told.WhichOneof("type") == "script_finished":
                            break
                waited.seconds.append(time.monotonic() - started)
            except TimeoutError:
                waited.errors.append(f"{page} took more than {PATIENCE:.0f} s")
            await asyncio.sleep(choose.uniform(*thinks))
            if page in GRAIN and choose.random() < 0.5:
                shown[f"{GRAIN[page]}.grain"] = choose.choice(("week", "month", "quarter"))
            else:
                page = choose.choice([each for each in PAGES if each != page])
                shown = {**ADDRESS, **({"customer": CUSTOMER} if page == "customer" else {})}


async def load(address: str, readers: int, thinks: tuple[float, float], lasts: float = LASTS) -> Waited:
    """Let readers use the app at once for some seconds."""
    waited = Waited()
    ends = time.monotonic() + lasts
    reading = (read(address, seed, thinks, ends, waited) for seed in range(readers))
    for failed in await asyncio.gather(*reading, return_exceptions=True):
        if failed is not None:
            waited.errors.append(repr(failed))
    return waited


def loads(which: Sequence[int]) -> None:
    """Print what the readers of every load waited, on one server that one reader has used for a moment before."""
    with tempfile.TemporaryDirectory(prefix="churnbook-bench-") as name, server(Path(name)) as (address, process):
        print(
            f"\n{'readers':>8}{'thinking':>12}{'pages':>8}{'p50':>8}{'p95':>8}{'most':>8}{'errors':>8}{'MB':>8}{'most':>8}"
        )
        asyncio.run(load(address, 1, (0.0, 0.1), 5.0))
        for readers, thinks in LOADS:
            if readers not in which:
                continue
            waited = asyncio.run(load(address, readers, thinks))
            seconds = sorted(waited.seconds)
            at = (statistics.median(seconds), seconds[int(len(seconds) * 0.95)], seconds[-1])
            told = "".join(f"{each:8.2f}" for each in at)
            now, most = megabytes(process)
            think = f"{thinks[0]:.0f}–{thinks[1]:.0f} s"
            print(
                f"{readers:>8}{think:>12}{len(seconds):>8}{told}{len(waited.errors):>8}{now:8.0f}{most:8.0f}",
                flush=True,
            )
            for error in dict.fromkeys(waited.errors):
                print(f"         {error}")


def main() -> None:
    """Measure the redraws, then the loads."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--readers", type=int, nargs="*", default=[readers for readers, _thinks in LOADS])
    options = parser.parse_args()
    print(f"{ROOT}", flush=True)
    with tempfile.TemporaryDirectory(prefix="churnbook-bench-") as home:
        os.environ["CHURNBOOK_HOME"] = home
        redraws(options.rounds)
    if options.readers:
        loads(options.readers)


if __name__ == "__main__":
    main()
