"""Datasets made from a few typed-out rows, and where the real data are."""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from churnbook import contents, database, dataset, queries, ranges
from churnbook.dataset import Library
from churnbook.intake import load, map, read
from churnbook.intake.report import Settings
from churnbook.request import Scope

EVERYTHING = Scope()
UPLOADED_ON = dt.date(2026, 11, 1)

Make = Callable[..., Path]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Import files given as name=content, as the command line would, and return the dataset file."""
    numbers = count()

    def made(
        files: dict[str, str | bytes],
        tables: dict[str, str] | None = None,
        roles: dict[str, str] | None = None,
        **settings: Any,
    ) -> Path:
        folder = tmp_path / f"files{next(numbers)}"
        folder.mkdir()
        return imported(folder, files, tables, roles, **settings)

    return made


def imported(
    folder: Path,
    files: dict[str, str | bytes],
    tables: dict[str, str] | None = None,
    roles: dict[str, str] | None = None,
    **settings: Any,
) -> Path:
    """Write files given as name=content into a folder and import them there."""
    sheets = []
    for name, content in files.items():
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        sheets += read.inspect(folder / name, name, folder)
    mapped = [map.propose(sheet, (tables or {}).get(sheet.file)) for sheet in sheets]
    mapped = [map.Mapped(each.sheet, each.table, {**each.roles, **(roles or {})}) for each in mapped]
    target = folder / "made.duckdb"
    load.load(mapped, target, Settings("made", **settings), uploaded_on=UPLOADED_ON)
    return target


def ask(path: Path, query: str, scope: Scope = EVERYTHING, **parameters: object) -> list[tuple[Any, ...]]:
    """The rows of a query on a dataset file."""
    facts = dataset.facts(path)
    with ranges.session(facts, scope) as session:
        table = session.run(queries.catalogue().find(query), parameters).table
    return [tuple(row.values()) for row in table.to_pylist()]


def columns(
    path: Path, query: str, *names: str, scope: Scope = EVERYTHING, **parameters: object
) -> list[tuple[Any, ...]]:
    """Some columns of the rows of a query on a dataset file."""
    known = [column.name for column in queries.catalogue().find(query).columns]
    places = [known.index(name) for name in names]
    return [tuple(row[place] for place in places) for row in ask(path, query, scope, **parameters)]


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real public data; tests that need it skip where CHURNBOOK_REAL_DATA is unset."""
    folder = os.environ.get("CHURNBOOK_REAL_DATA")
    if not folder:
        pytest.skip("CHURNBOOK_REAL_DATA is not set")
    return Path(folder)


def sample(folder: str, timezone: str, work: Path) -> Path:
    """A sample company as a dataset file."""
    files = sorted((Path(__file__).parent.parent / "sample_data" / folder).glob("*.csv"))
    sheets = [sheet for file in files for sheet in read.inspect(file, file.name, work)]
    target = work / f"{folder}.duckdb"
    load.load([map.propose(sheet) for sheet in sheets], target, Settings(folder, timezone), uploaded_on=UPLOADED_ON)
    return target


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample online shop as a dataset file."""
    return sample("shop", "Asia/Shanghai", tmp_path_factory.mktemp("shop"))


@pytest.fixture(scope="session")
def subscription(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample software company as a dataset file."""
    return sample("subscription", "UTC", tmp_path_factory.mktemp("subscription"))


# The app without a browser


_FRAME = str(Path(__file__).parent.parent / "churnbook" / "frame.py")

Open = Callable[..., AppTest]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture
def library(home: Path, monkeypatch: pytest.MonkeyPatch) -> Library:
    monkeypatch.setenv("CHURNBOOK_HOME", str(home))
    st.cache_resource.clear()
    return dataset.home()


@pytest.fixture
def opened(library: Library) -> Open:
    """Open a page of the app at an address; two underscores stand for the dot in a name."""

    def open_page(page: str = "overview", folder: Path = contents.FOLDER, **address: str) -> AppTest:
        app = AppTest.from_file(_FRAME, default_timeout=30)
        if page != "overview":
            app.switch_page(str(folder / f"{page}.py"))
        for name, value in address.items():
            app.query_params[name.replace("__", ".")] = value
        return app.run()

    return open_page


def add(library: Library, make: Make, files: dict[str, str | bytes], name: str = "mine") -> str:
    id = library.new_id()
    path = library.next_path(id)
    path.write_bytes(make(files).read_bytes())
    library.publish(id, path, name)
    return id


def texts(app: AppTest) -> str:
    parts = [*app.title, *app.subheader, *app.markdown, *app.caption, *app.info, *app.success, *app.warning, *app.error]
    return re.sub(r"\\(.)", r"\1", "\n".join(str(part.value) for part in parts))


def rows_of(path: Path, sql: str) -> list[tuple[Any, ...]]:
    """The rows of a statement on a dataset file."""
    with database.reading(path) as cursor:
        return cursor.execute(sql).fetchall()
