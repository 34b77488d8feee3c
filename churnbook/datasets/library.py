"""The folder of datasets: generations, and the pointer to the current one."""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import secrets
import shutil
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from churnbook.datasets import uploads
from churnbook.datasets.facts import Facts, NoDataset, facts_of
from churnbook.engine.duckdb import retire
from churnbook.words.language import N_
from churnbook.words.message import Refused

_ID = re.compile(r"[a-z0-9-]{3,64}")
_POINTER = "current.json"
_UPLOADS = "uploads"
_GENERATION = re.compile(r"\d+\.duckdb(\.wal)?")
_PARTIAL = re.compile(r"\d+\.duckdb\.\d+\.partial.*")


# Generations and their pointer


class Busy(Refused):
    """The dataset is being changed, and was for as long as one may wait."""

    def __init__(self) -> None:
        super().__init__(N_("The dataset is being changed right now. Wait a moment, then try again."))


_changing: dict[str, threading.Lock] = {}
_PATIENCE = 10.0


@contextmanager
def alone(id: str) -> Iterator[None]:
    """Hold a dataset for one change at a time; raises Busy where another takes long."""
    lock = _changing.setdefault(id, threading.Lock())
    if not lock.acquire(timeout=_PATIENCE):
        raise Busy
    try:
        yield
    finally:
        lock.release()


@dataclass(frozen=True)
class DatasetEntry:
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

    def list(self) -> list[DatasetEntry]:
        """All datasets, samples first, then by name."""
        found = [self._listed(path.parent) for path in self.folder.glob(f"*/{_POINTER}")]
        return sorted((each for each in found if each), key=lambda each: (not each.is_sample, each.name))

    def find(self, id: str) -> DatasetEntry:
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
        return facts_of(path)

    def nearest(self, listed: DatasetEntry, wanted: int) -> int:
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

    def publish(
        self, id: str, path: Path, name: str, is_sample: bool = False, starts_over: bool = False
    ) -> DatasetEntry:
        """Move the pointer to a written generation.

        The one before stays, to go back to, unless this one `starts_over`; others go as soon as nobody reads them.
        """
        former = self._listed(self.folder / id)
        generation = int(path.stem)
        before = former.generation if former and former.generation != generation and not starts_over else None
        published = DatasetEntry(id, name, generation, is_sample, before)
        self._point(published)
        for path in self._generations(id):
            if int(path.stem) not in (generation, before):
                retire(path)
        return published

    def is_current(self, id: str, path: Path) -> bool:
        """Whether the pointer of a dataset points to this generation."""
        entry = self._listed(self.folder / id)
        return entry is not None and self.path(id, entry.generation) == path

    def go_back(self, id: str) -> DatasetEntry:
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
                retire(path)
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

    def _listed(self, folder: Path) -> DatasetEntry | None:
        pointer = folder / _POINTER
        if not pointer.exists():
            return None
        content: dict[str, Any] = json.loads(pointer.read_text(encoding="utf-8"))
        return DatasetEntry(
            folder.name, content["name"], content["generation"], content.get("sample", False), content.get("before")
        )

    def _point(self, listed: DatasetEntry) -> None:
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
