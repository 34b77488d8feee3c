"""What tests share: a way to import rows typed out, the samples, the real data, and the app without a browser."""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
import streamlit as st
from filelock import FileLock
from streamlit.components.v2.component_manager import BidiComponentManager
from streamlit.testing.v1 import AppTest

from churnbook.analyses.draw import finished
from churnbook.datasets.library import Library
from churnbook.datasets.library import home as library_of_installation
from churnbook.generations import samples
from churnbook.page import contents
from tests.builders import Make, Open, imported, making, sample

Once = Callable[[str, Callable[[Path], object]], Path]

finished.VALIDATES = True

_MEMORY = Path("/dev/shm")
if "TMPDIR" not in os.environ and _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > 6e9:
    # datasets of tests are written where no disk has to keep them: an import takes three quarters of the time
    os.environ["TMPDIR"] = str(_MEMORY)
    tempfile.tempdir = None


def _no_components(self: BidiComponentManager, *, start_file_watching: bool = True) -> None:
    """AppTest looks through all installed packages for components of pages before every page; this app has none."""


BidiComponentManager.discover_and_register_components = _no_components  # type: ignore[method-assign]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Import files given as name=content, as the command line would, and return the dataset file."""
    return making(tmp_path, imported)


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real public data; tests that need it skip where CHURNBOOK_REAL_DATA is unset."""
    folder = os.environ.get("CHURNBOOK_REAL_DATA")
    if not folder:
        pytest.skip("CHURNBOOK_REAL_DATA is not set")
    return Path(folder)


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Once:
    """Make a folder once for all processes that run tests: the first who asks fills it, the others wait and read."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base

    def made(name: str, fill: Callable[[Path], object]) -> Path:
        folder, done = shared / f"once-{name}", shared / f"once-{name}.done"
        with FileLock(shared / f"once-{name}.lock"):
            if not done.exists():
                folder.mkdir()
                fill(folder)
                done.touch()
        return folder

    return made


@pytest.fixture(scope="session")
def shop(once: Once) -> Path:
    """The sample online shop as a dataset file, only to be read."""
    return once("shop", partial(sample, "shop", "Asia/Shanghai")) / "shop.duckdb"


@pytest.fixture(scope="session")
def subscription(once: Once) -> Path:
    """The sample software company as a dataset file, only to be read."""
    return once("subscription", partial(sample, "subscription", "UTC")) / "subscription.duckdb"


# The app without a browser


class _Failures(logging.Handler):
    """What the frame logged as failed, which it tells readers in a sentence and does not raise."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.told: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.told.append(logging.Formatter().format(record))


@pytest.fixture
def failures() -> Iterator[list[str]]:
    """What failed in pages during a test, which takes out what it expects."""
    handler, log = _Failures(), logging.getLogger("churnbook")
    log.addHandler(handler)
    yield handler.told
    log.removeHandler(handler)


@pytest.fixture(autouse=True)
def no_page_fails(failures: list[str]) -> Iterator[None]:
    yield
    assert not failures, "\n".join(failures)


_FRAME = str(Path(__file__).parent.parent / "churnbook" / "frame.py")


@pytest.fixture(scope="session")
def built_samples(once: Once) -> Path:
    """A library that holds the samples, to be copied."""
    return once("samples", lambda folder: samples.build(Library(folder)))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, built_samples: Path) -> Path:
    """A library of a module's own that begins with the samples."""
    folder = tmp_path_factory.mktemp("home")
    shutil.copytree(built_samples, folder, dirs_exist_ok=True)
    return folder


@pytest.fixture
def library(home: Path, monkeypatch: pytest.MonkeyPatch) -> Library:
    monkeypatch.setenv("CHURNBOOK_HOME", str(home))
    st.cache_resource.clear()
    return library_of_installation()


@pytest.fixture
def opened(library: Library) -> Open:
    """Open a page of the app at an address; two underscores stand for the dot in a name.

    Without a dataset it is the shop, if the library has it; `dataset=""` is a first visit.
    """

    def open_page(page: str = "overview", folder: Path = contents.FOLDER, **address: str) -> AppTest:
        app = AppTest.from_file(_FRAME, default_timeout=30)
        if page != "overview":
            app.switch_page(str(folder / f"{page}.py"))
        has_shop = any(each.id == "sample-shop" for each in library.list())
        given = {**({"dataset": "sample-shop"} if has_shop else {}), **address}
        for name, value in given.items():
            if (name, value) == ("dataset", ""):
                continue
            app.query_params[name.replace("__", ".")] = value
        return app.run()

    return open_page
