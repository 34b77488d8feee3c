"""The next generation of a dataset: loaded anew from the kept files by what it is made of, or changed in a copy."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from churnbook.datasets import uploads
from churnbook.datasets.facts import Facts, NoDataset
from churnbook.datasets.library import DatasetEntry, Library, alone
from churnbook.datasets.uploads import Upload
from churnbook.engine.duckdb import Cursor, writing
from churnbook.generations.carried import carry_history, carry_segments, carry_taxonomy, carry_written
from churnbook.generations.made_of import MadeOf, Part, made_of_dataset, note_change, note_made_of
from churnbook.intake.files import read
from churnbook.intake.files.sheet import Sheet
from churnbook.intake.loading import churn, load
from churnbook.intake.loading.overlap import Batch
from churnbook.intake.loading.report import Progress, Settings
from churnbook.intake.loading.stop import Stop
from churnbook.intake.mapping.plan import MappedSheet
from churnbook.words.language import N_
from churnbook.words.message import Notice, Refused


@dataclass(frozen=True)
class UploadedFile:
    """A file as it was given, and its sheets with what they are."""

    upload: Upload
    path: Path
    mapped: tuple[MappedSheet, ...]

    def parts(self, added: Batch) -> tuple[Part, ...]:
        """What a dataset is made of it."""
        return tuple(Part(self.upload, each.plan, added) for each in self.mapped)


Sheets = Mapping[str, tuple[Path, Sequence[Sheet]]]
"""By the SHA-256 of an upload, where it lies and the sheets found in it."""


def begin(
    library: Library, given: Sequence[UploadedFile], settings: Settings, progress: Progress, stop: Stop | None = None
) -> DatasetEntry:
    """Make a new dataset of files. Raises Refused or Stopped, and leaves nothing behind then."""
    id = library.new_id()
    names = ", ".join(each.upload.name for each in given)
    made_of = MadeOf(tuple(part for each in given for part in each.parts(Batch())), settings)
    mapped = [each for one in given for each in one.mapped]
    try:
        _refuse_twins(made_of)
        return _load_anew(
            library, id, made_of, mapped, given, Notice.of(N_("Loaded {files}."), files=names), progress, stop
        )
    except BaseException:
        library.discard(id)
        raise


def change(
    library: Library,
    listed: DatasetEntry,
    wanted: MadeOf,
    given: Sequence[UploadedFile],
    what: Notice,
    progress: Progress,
    stop: Stop | None = None,
) -> DatasetEntry:
    """Make the next generation of a dataset by what it is to be made of; `given` are the files it does not keep yet.

    Raises Refused or Stopped, also where the dataset was changed meanwhile, and leaves it as it is then.
    """
    with alone(listed.id), tempfile.TemporaryDirectory(prefix="churnbook-") as work:
        if library.find(listed.id).generation != listed.generation:
            raise Refused(N_("“{name}” was changed by somebody else meanwhile. Look at it again."), name=listed.name)
        _refuse_twins(wanted)
        mapped = again(library, listed, wanted, given, Path(work))
        return _load_anew(library, listed.id, wanted, mapped, given, what, progress, stop)


def _refuse_twins(wanted: MadeOf) -> None:
    """Raises Refused where two uploads of different names have the same bytes."""
    names: dict[str, str] = {}
    for part in wanted.parts:
        other = names.setdefault(part.upload.sha256, part.upload.name)
        if other != part.upload.name:
            raise Refused(
                N_("{file} and {other} have the same content; its rows would count twice. Leave one of them out."),
                file=part.upload.name,
                other=other,
            )


def again(
    library: Library, listed: DatasetEntry, wanted: MadeOf, given: Sequence[UploadedFile], work: Path
) -> list[MappedSheet]:
    """The sheets a dataset is to be made of, from the files just given and from those the dataset keeps."""
    fresh = [(each.upload.sha256, mapped) for each in given for mapped in each.mapped]
    missing = {
        part.upload.sha256: part.upload
        for part in wanted.parts
        if not any(sha256 == part.upload.sha256 and each.plan == part.plan for sha256, each in fresh)
    }
    sheets = kept(library, listed, list(missing.values()), work)
    mapped = []
    for part in wanted.parts:
        sha256, plan = part.upload.sha256, part.plan
        found = next((each for given_sha256, each in fresh if given_sha256 == sha256 and each.plan == plan), None)
        if found is None:
            sheet = next((each for each in sheets[sha256][1] if each.name == plan.sheet), None)
            if sheet is None:
                raise _lost(part.upload.name)
            found = plan.apply(sheet, work)
        mapped.append(found)
    return mapped


def kept(library: Library, listed: DatasetEntry, wanted: Sequence[Upload], work: Path) -> Sheets:
    """Copies in `work` of files a dataset keeps, with their sheets; raises Refused where one is lost."""
    found = {}
    for upload in wanted:
        try:
            path = uploads.take(library.uploads(listed.id), upload, work)
        except uploads.Lost:
            raise _lost(upload.name) from None
        found[upload.sha256] = (path, read.inspect(path, upload.name, work))
    return found


def _lost(name: str) -> Refused:
    return Refused(N_("{file} is no longer kept with the dataset. Upload it again as a new dataset."), file=name)


def _load_anew(
    library: Library,
    id: str,
    wanted: MadeOf,
    mapped: Sequence[MappedSheet],
    given: Sequence[UploadedFile],
    what: Notice,
    progress: Progress,
    stop: Stop | None,
) -> DatasetEntry:
    """Load, write down how it was made, carry over what was saved, and publish; or leave everything as it was."""
    if wanted.settings.defined_at is None:
        defined_at = dt.datetime.now(dt.UTC).replace(tzinfo=None)
        wanted = replace(wanted, settings=replace(wanted.settings, defined_at=defined_at))
    former = _former(library, id)
    order = _order(wanted)
    stop = stop or Stop()
    tell = stop.told(progress)

    def fill(path: Path) -> None:
        for each in given:
            try:
                uploads.keep(library.uploads(id), each.upload, each.path, partial(tell, each.upload.name, 0.0))
            except uploads.Lost:
                raise Refused(
                    N_("{file} was changed while it was being read. Choose it again."), file=each.upload.name
                ) from None
        load.load(
            [mapped[i] for i in order],
            path,
            wanted.settings,
            progress,
            batches=[wanted.parts[i].batch for i in order],
            stop=stop,
        )

    def write(connection: Cursor) -> None:
        note_made_of(connection, wanted)
        if former:
            carry_history(former, connection)
            carry_segments(former, connection)
            carry_taxonomy(former, connection)
            carry_written(former, connection)
            churn.leave_out(connection, wanted.settings.left_out)  # it may name a saved segment

    def last_moment(_connection: Cursor) -> None:
        tell("passport", 1.0)  # until here it can be stopped

    try:
        return next_generation(library, id, fill, (write, last_moment), what, wanted.settings.name)
    finally:
        _prune(library, id)


def amend(
    library: Library,
    id: str,
    check: Callable[[Facts], None],
    write: Callable[[Cursor], None],
    what: Notice,
) -> DatasetEntry:
    """Make the next generation by changing a copy of the current one; a failure leaves the dataset as it was.

    `check` may raise Refused, which is also raised where the dataset is being changed.
    """
    with alone(id):
        facts = library.facts(id, library.find(id).generation)
        check(facts)
        return next_generation(library, id, lambda path: _copy(facts.path, path), (write,), what)


def _copy(source: Path, target: Path) -> None:
    shutil.copyfile(source, target)


def next_generation(
    library: Library,
    id: str,
    fill: Callable[[Path], None],
    changes: Sequence[Callable[[Cursor], None]],
    what: Notice | None,
    name: str = "",
    is_sample: bool = False,
    starts_over: bool = False,
) -> DatasetEntry:
    """The one way a generation comes to be: a file is filled, changed, gets its line of history, and is published.

    Nothing of it is seen before it is whole, and a failure leaves nothing behind. `name` is for a dataset that has
    none yet; without `what` nothing is noted. There is no way back from one that `starts_over`.
    """
    target = library.next_path(id)
    beginning = target.with_name(f"{target.name}.{os.getpid()}.partial")
    try:
        fill(beginning)
        if changes or what:
            with writing(beginning) as connection:
                for change in changes:
                    change(connection)
                if what:
                    note_change(connection, what)
        beginning.replace(target)
    finally:
        beginning.unlink(missing_ok=True)
    try:
        current = library.find(id)  # another name may have been given meanwhile
        name, is_sample = current.name, current.is_sample
    except NoDataset:
        pass  # it is the first
    try:
        return library.publish(id, target, name, is_sample, starts_over)
    except BaseException:
        if not library.is_current(id, target):
            target.unlink(missing_ok=True)
        raise


def _order(wanted: MadeOf) -> list[int]:
    """The positions of the parts in the order they are loaded: as they came, but what replaces customers before these.

    Of a customer in several files the first that says something wins. What is read of one sheet stays together.
    """
    ranks: dict[tuple[str, str], int] = {}
    for part in wanted.parts:
        comes_first = part.plan.table == "customers" and part.batch.on_conflict == "replace"
        rank = -part.batch.number if comes_first else part.batch.number
        sheet = (part.upload.sha256, part.plan.sheet)
        ranks[sheet] = min(ranks.get(sheet, rank), rank)
    return sorted(
        range(len(wanted.parts)), key=lambda i: ranks[wanted.parts[i].upload.sha256, wanted.parts[i].plan.sheet]
    )


def _former(library: Library, id: str) -> Facts | None:
    try:
        return library.facts(id, library.find(id).generation)
    except NoDataset:
        return None


def _prune(library: Library, id: str) -> None:
    """Remove the kept files that neither the current generation nor the one before is made of."""
    try:
        listed = library.find(id)
    except NoDataset:
        return
    needed: set[str] = set()
    for generation in (listed.generation, listed.before):
        if generation is None or not library.path(id, generation).exists():
            continue
        made_of = made_of_dataset(library.facts(id, generation))
        needed |= set(made_of.uploads) if made_of else set()
    uploads.prune(library.uploads(id), needed)
