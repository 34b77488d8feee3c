"""Datasets that grow: files given as the page gives them, loaded and added to."""

from __future__ import annotations

import hashlib
from pathlib import Path

from churnbook.datasets.library import DatasetEntry, Library
from churnbook.datasets.uploads import Upload
from churnbook.generations import make
from churnbook.generations.made_of import MadeOf, made_of_dataset
from churnbook.generations.make import UploadedFile
from churnbook.intake.files import read
from churnbook.intake.loading.overlap import Batch
from churnbook.intake.mapping import map
from churnbook.words.message import Notice


def uploaded(folder: Path, name: str, content: str) -> UploadedFile:
    path = folder / name
    path.write_text(content, encoding="utf-8")
    upload = Upload(name, hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_size)
    return UploadedFile(upload, path, tuple(map.propose(each) for each in read.inspect(path, name, folder)))


def quiet(words: str, share: float) -> None:
    """Progress that nobody looks at."""


def grown(library: Library, listed: DatasetEntry, more: UploadedFile, instead: bool = False) -> DatasetEntry:
    """The dataset with one more file, or made of that alone."""
    before = made_of_dataset(library.facts(listed.id, listed.generation))
    assert before is not None
    parts = more.parts(Batch(before.batches, "add"))
    wanted = MadeOf(parts if instead else (*before.parts, *parts), before.settings)
    return make.change(library, listed, wanted, [more], Notice("Done.", {}), quiet)
