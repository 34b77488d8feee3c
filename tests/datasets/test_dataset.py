"""Datasets are whole or not there: generations, pointer, killed imports, readers of an old generation."""

import datetime as dt
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from churnbook.datasets.facts import NoDataset, facts_of
from churnbook.datasets.library import DatasetEntry, Library
from churnbook.engine.duckdb import open_cursor
from churnbook.intake.loading import load
from churnbook.intake.loading.report import Settings
from churnbook.words.message import Refused
from tests.builders import Make

ORDERS = "customer_id,ordered_at,amount\nA,2024-01-05,10\nB,2024-01-06,20\n"


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path / "library")


def published(library: Library, made: Path, id: str, name: str) -> DatasetEntry:
    path = library.next_path(id)
    path.write_bytes(made.read_bytes())
    return library.publish(id, path, name)


def test_a_dataset_is_found_renamed_and_deleted(library: Library, make: Make) -> None:
    id = library.new_id()
    published(library, make({"orders.csv": ORDERS}), id, "Shop")
    assert [(each.id, each.name, each.generation) for each in library.list()] == [(id, "Shop", 1)]
    library.rename(id, "店铺")
    assert library.find(id).name == "店铺"
    library.delete(id)
    assert library.list() == [] and not (library.folder / id).exists()
    with pytest.raises(NoDataset):
        library.find(id)


@pytest.mark.parametrize("id", ["..", "../library", "a/b", "", "A", "x" * 100])
def test_an_id_cannot_leave_the_library(library: Library, id: str) -> None:
    with pytest.raises(NoDataset):
        library.find(id)


def test_ids_cannot_be_guessed(library: Library) -> None:
    ids = {library.new_id() for _ in range(100)}
    assert len(ids) == 100 and all(len(id) == 16 for id in ids)


def test_the_next_generation_replaces_the_pointer_while_the_old_one_is_read_to_the_end(
    library: Library, make: Make
) -> None:
    id = library.new_id()
    first = published(library, make({"orders.csv": ORDERS}), id, "Shop")
    old = library.path(id, first.generation)
    with open_cursor(old) as cursor:
        second = published(library, make({"orders.csv": ORDERS + "C,2024-01-07,30\n"}), id, "Shop")
        assert (second.generation, second.before) == (2, 1) and library.find(id) == second
        third = published(library, make({"orders.csv": ORDERS}), id, "Shop")
        assert (third.generation, third.before) == (3, 2)
        assert cursor.execute("select count(*) from main.orders").fetchall() == [(2,)]
        assert old.exists(), "kept while somebody reads it"
    assert not old.exists(), "gone with its last reader"
    assert library.facts(id, 2).tables["orders"].rows == 3, "the state before stays"


def test_going_back_changes_places_with_the_state_before(library: Library, make: Make) -> None:
    id = library.new_id()
    published(library, make({"orders.csv": ORDERS}), id, "Shop")
    with pytest.raises(NoDataset):
        library.go_back(id)
    published(library, make({"orders.csv": ORDERS + "C,2024-01-07,30\n"}), id, "Shop")
    assert (library.go_back(id).generation, library.find(id).before) == (1, 2)
    assert library.nearest(library.find(id), 2) == 2, "a link to the state gone back from still opens it"
    assert (library.go_back(id).generation, library.find(id).before) == (2, 1)
    library.go_back(id)
    third = published(library, make({"orders.csv": ORDERS}), id, "Shop")
    assert (third.generation, third.before) == (3, 1), "a number is never given twice"
    assert not library.path(id, 2).exists()


def test_an_import_that_is_refused_leaves_nothing(make: Make, tmp_path: Path) -> None:
    with pytest.raises(Refused):
        make(
            {"orders.csv": "customer_id,ordered_at\nA,never\nB,neither\n"},
            tables={"orders.csv": "orders"},
            roles={"ordered_at": "ordered_at"},
        )
    assert list(tmp_path.rglob("*.duckdb*")) == []


KILLED = """
import sys, time
from pathlib import Path
from churnbook.intake.files import read
from churnbook.intake.loading import load
from churnbook.intake.loading.report import Settings
from churnbook.intake.mapping import map
folder = Path(sys.argv[1])
(sheet,) = read.inspect(folder / "orders.csv", "orders.csv", folder)
def progress(words, share):
    if share > 0.6:
        print("half way", flush=True)
        time.sleep(60)
load.load([map.propose(sheet)], folder / "made.duckdb", Settings("made"), progress)
"""


def test_killing_the_process_during_an_import_leaves_no_half_dataset(tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text(ORDERS)
    with subprocess.Popen(
        [sys.executable, "-c", KILLED, str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    ) as process:
        assert process.stdout is not None and process.stdout.readline() == "half way\n"
        os.kill(process.pid, signal.SIGKILL)
    assert not (tmp_path / "made.duckdb").exists()


def test_a_failure_in_the_middle_leaves_the_former_file(tmp_path: Path, make: Make) -> None:
    target = make({"orders.csv": ORDERS})
    before = target.read_bytes()

    def interrupted(words: str, share: float) -> None:
        if share > 0.6:
            raise KeyboardInterrupt

    from churnbook.intake.files import read
    from churnbook.intake.mapping import map

    (tmp_path / "again.csv").write_text(ORDERS)
    (sheet,) = read.inspect(tmp_path / "again.csv", "again.csv", tmp_path)
    with pytest.raises(KeyboardInterrupt):
        load.load([map.propose(sheet)], target, Settings("again"), interrupted)
    assert target.read_bytes() == before
    assert list(target.parent.glob("*.partial*")) == []


def test_what_killed_imports_left_behind_is_swept(library: Library, make: Make) -> None:
    published(library, make({"orders.csv": ORDERS}), "kept", "Kept")
    (library.folder / "kept" / "2.duckdb.77.partial").write_text("half")
    (library.folder / "never-published").mkdir()
    (library.folder / "never-published" / "1.duckdb.77.partial").write_text("half")
    (library.folder / "never-published" / "uploads").mkdir()
    (library.folder / "never-published" / "uploads" / "abc.zst").write_text("kept")
    (library.folder / "kept" / "2.duckdb").write_text("killed before it was published")
    library.sweep()
    assert (library.folder / "never-published").exists(), "an import may still be running"
    for foreign in (".ssh/id", "Documents/thesis.txt", "notes/1.duckdb.backup", "web/uploads/photo.jpg"):
        (library.folder / foreign).parent.mkdir(parents=True)
        (library.folder / foreign).write_text("not ours")
    (library.folder / "linked").symlink_to(library.folder / "Documents")
    library.sweep(older_than=dt.timedelta(seconds=-5))
    for foreign in (".ssh", "Documents", "notes", "web"):
        assert list((library.folder / foreign).iterdir()), "what is not ours stays"
        shutil.rmtree(library.folder / foreign)
    (library.folder / "linked").unlink()
    assert [path.name for path in library.folder.iterdir()] == ["kept"]
    assert not list(library.folder.rglob("*.partial")) and library.find("kept").generation == 1
    assert [path.name for path in (library.folder / "kept").glob("*.duckdb")] == ["1.duckdb"]


def test_a_file_that_is_no_dataset_is_told(tmp_path: Path) -> None:
    path = tmp_path / "x.duckdb"
    path.write_text("this is not a database")
    with pytest.raises(NoDataset, match="is not a Churnbook dataset"):
        facts_of(path)


def test_many_readers_at_once_get_their_own_rows(shop: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor

    from tests.builders import ask

    def customers(_: int) -> list[tuple[object, ...]]:
        return ask(shop, "cohort_retention", periods=2)

    expected = customers(0)
    with ThreadPoolExecutor(8) as pool:
        assert all(rows == expected for rows in pool.map(customers, range(24)))
