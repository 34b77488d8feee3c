"""The sample datasets: built once from the exports in sample_data/, so the first visit shows something true."""

from __future__ import annotations

import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path

from churnbook.dataset import Library, Listed
from churnbook.intake import load, map, read
from churnbook.intake.report import Settings
from churnbook.wording import N_

FOLDER = Path(__file__).parent.parent / "sample_data"


@dataclass(frozen=True)
class Sample:
    """A folder of exports, and the dataset made of it."""

    id: str
    folder: str
    name: str
    timezone: str


SAMPLES = (Sample("sample-shop", "shop", N_("Sample: online shop"), "Asia/Shanghai"),)

_building = threading.Lock()


def build(library: Library) -> list[Listed]:
    """Build the samples the library does not have yet and return those built."""
    with _building:
        known = {listed.id for listed in library.list()}
        return [_build(library, sample) for sample in SAMPLES if sample.id not in known]


def _build(library: Library, sample: Sample) -> Listed:
    target = library.next_path(sample.id)
    with tempfile.TemporaryDirectory(prefix="churnbook-") as work:
        files = sorted((FOLDER / sample.folder).glob("*.csv"))
        sheets = [sheet for file in files for sheet in read.inspect(file, file.name, Path(work))]
        load.load([map.propose(sheet) for sheet in sheets], target, Settings(sample.name, sample.timezone))
    return library.publish(sample.id, target, sample.name, is_sample=True)
