"""The sample datasets: built from the exports in sample_data/, so the first visit shows something true, and reset."""

from __future__ import annotations

import hashlib
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from churnbook.datasets.facts import Facts, NoDataset, sources_of
from churnbook.datasets.library import DatasetEntry, Library, alone
from churnbook.generations.made_of import history
from churnbook.generations.make import next_generation
from churnbook.intake.files import read
from churnbook.intake.loading import load
from churnbook.intake.loading.report import Settings
from churnbook.intake.mapping import map
from churnbook.words.language import N_

FOLDER = Path(__file__).parents[2] / "sample_data"


@dataclass(frozen=True)
class Sample:
    """A folder of exports, and the dataset made of it; its texts are in one language."""

    id: str
    folder: str
    name: str
    timezone: str
    language: str


SAMPLES = (
    Sample("sample-shop", "shop", N_("Sample: online shop"), "Asia/Shanghai", "zh_CN"),
    Sample("sample-subscription", "subscription", N_("Sample: subscription software"), "UTC", "en"),
)


def first_for(language: str, listed: Sequence[DatasetEntry]) -> DatasetEntry | None:
    """The dataset that a reader of a language sees first: the sample whose texts they read, else the first there is."""
    suiting = {sample.id for sample in SAMPLES if sample.language == language}
    return next((each for each in listed if each.id in suiting), next(iter(listed), None))


_building = threading.Lock()


def build(library: Library) -> list[DatasetEntry]:
    """Build the samples the library does not have yet, or has from other files, and return those built."""
    with _building:
        return [_build(library, sample, starts_over=True) for sample in SAMPLES if not _is_current(library, sample)]


def is_changed(facts: Facts) -> bool:
    """Whether something was saved in a sample since it was built."""
    return bool(history(facts))


def reset(library: Library, id: str) -> DatasetEntry:
    """Build a sample anew, as it was before anything was saved in it; the state before stays, to go back to.

    Raises Busy while it is being changed.
    """
    (sample,) = (each for each in SAMPLES if each.id == id)
    with alone(id):
        return _build(library, sample, starts_over=False)


def _is_current(library: Library, sample: Sample) -> bool:
    try:
        listed = library.find(sample.id)
        made_of = {source.sha256 for source in sources_of(library.facts(listed.id, listed.generation))}
    except NoDataset:
        return False
    return made_of == {hashlib.sha256(file.read_bytes()).hexdigest() for file in _files(sample)}


def _files(sample: Sample) -> list[Path]:
    return sorted((FOLDER / sample.folder).glob("*.csv"))


def _build(library: Library, sample: Sample, starts_over: bool) -> DatasetEntry:
    def fill(path: Path) -> None:
        with tempfile.TemporaryDirectory(prefix="churnbook-") as work:
            sheets = [sheet for file in _files(sample) for sheet in read.inspect(file, file.name, Path(work))]
            load.load([map.propose(sheet) for sheet in sheets], path, Settings(sample.name, sample.timezone))

    return next_generation(library, sample.id, fill, (), None, sample.name, is_sample=True, starts_over=starts_over)
