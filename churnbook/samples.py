"""The sample datasets: built once from the exports in sample_data/, so the first visit shows something true."""

from __future__ import annotations

import hashlib
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path

from churnbook import dataset
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


SAMPLES = (
    Sample("sample-shop", "shop", N_("Sample: online shop"), "Asia/Shanghai"),
    Sample("sample-subscription", "subscription", N_("Sample: subscription software"), "UTC"),
)

_building = threading.Lock()


def build(library: Library) -> list[Listed]:
    """Build the samples the library does not have yet, or has from other files, and return those built."""
    with _building:
        return [_build(library, sample) for sample in SAMPLES if not _is_current(library, sample)]


def _is_current(library: Library, sample: Sample) -> bool:
    try:
        listed = library.find(sample.id)
        made_of = {source.sha256 for source in dataset.sources(library.facts(listed.id, listed.generation))}
    except dataset.NoDataset:
        return False
    return made_of == {hashlib.sha256(file.read_bytes()).hexdigest() for file in _files(sample)}


def _files(sample: Sample) -> list[Path]:
    return sorted((FOLDER / sample.folder).glob("*.csv"))


def _build(library: Library, sample: Sample) -> Listed:
    target = library.next_path(sample.id)
    with tempfile.TemporaryDirectory(prefix="churnbook-") as work:
        sheets = [sheet for file in _files(sample) for sheet in read.inspect(file, file.name, Path(work))]
        load.load([map.propose(sheet) for sheet in sheets], target, Settings(sample.name, sample.timezone))
    return library.publish(sample.id, target, sample.name, is_sample=True)
