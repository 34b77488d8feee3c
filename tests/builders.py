"""Datasets made from a few typed-out rows, and questions put to them."""

from __future__ import annotations

import datetime as dt
import re
import shutil
import tempfile
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

from streamlit.testing.v1 import AppTest

from churnbook.catalogue import queries
from churnbook.catalogue.request import Scope
from churnbook.datasets import ranges
from churnbook.datasets.facts import facts_of
from churnbook.datasets.library import Library
from churnbook.engine.duckdb import open_cursor
from churnbook.intake.files import read
from churnbook.intake.loading import load
from churnbook.intake.loading.report import Settings
from churnbook.intake.mapping import map

EVERYTHING = Scope()


UPLOADED_ON = dt.date(2026, 11, 1)


Make = Callable[..., Path]


def making(folder: Path, importing: Make) -> Make:
    """A way to import files given as name=content, each time into a folder of its own, in one of two ways."""
    numbers = count()

    def made(files: dict[str, str | bytes], *given: Any, **settings: Any) -> Path:
        below = folder / f"files{next(numbers)}"
        below.mkdir()
        return importing(below, files, *given, **settings)

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
    mapped = [each.by_hand(roles or {}) for each in mapped]
    target = folder / "made.duckdb"
    load.load(mapped, target, Settings("made", **settings), uploaded_on=UPLOADED_ON)
    return target


_once: dict[str, bytes] = {}


def imported_once(folder: Path, files: dict[str, str | bytes], *given: Any, **settings: Any) -> Path:
    """The same as imported, but what a process has imported before is copied.

    For tests of what is asked of a dataset or shown of it. Those of the import itself make theirs anew, since they may
    change how it works.
    """
    key = repr((sorted(files.items()), given, sorted(settings.items())))
    if key not in _once:
        _once[key] = imported(folder, files, *given, **settings).read_bytes()
    target = folder / "made.duckdb"
    target.write_bytes(_once[key])
    return target


def ask(path: Path, query: str, scope: Scope = EVERYTHING, **parameters: object) -> list[tuple[Any, ...]]:
    """The rows of a query on a dataset file."""
    facts = facts_of(path)
    with ranges.session(facts, scope) as session:
        table = session.run(queries.catalogue().find(query), parameters).table
    return [tuple(row.values()) for row in table.to_pylist()]


def columns(
    path: Path, query: str, *names: str, scope: Scope = EVERYTHING, **parameters: object
) -> list[tuple[Any, ...]]:
    """Some columns of the rows of a query on a dataset file."""
    known = [column.name for column in queries.catalogue().find(query).columns]
    indexes = [known.index(name) for name in names]
    return [tuple(row[index] for index in indexes) for row in ask(path, query, scope, **parameters)]


def sample(folder: str, timezone: str, work: Path) -> Path:
    """A sample company as a dataset file."""
    files = sorted((Path(__file__).parent.parent / "sample_data" / folder).glob("*.csv"))
    sheets = [sheet for file in files for sheet in read.inspect(file, file.name, work)]
    target = work / f"{folder}.duckdb"
    load.load([map.propose(sheet) for sheet in sheets], target, Settings(folder, timezone), uploaded_on=UPLOADED_ON)
    return target


Open = Callable[..., AppTest]


def add(library: Library, files: dict[str, str | bytes], name: str = "mine") -> str:
    """Import files given as name=content into a library, as a dataset of that name; its id."""
    id = library.new_id()
    path = library.next_path(id)
    with tempfile.TemporaryDirectory() as folder:
        shutil.move(imported_once(Path(folder), files), path)
    library.publish(id, path, name)
    return id


def texts(app: AppTest) -> str:
    parts = [*app.title, *app.subheader, *app.markdown, *app.caption, *app.info, *app.success, *app.warning, *app.error]
    return re.sub(r"\\(.)", r"\1", "\n".join(str(part.value) for part in parts))


def choose_chinese(app: AppTest) -> None:
    """Something a reader asks for, which is written into the address."""
    app.button_group(key="widget:lang").set_value("zh_CN").run()
    assert not app.exception and app.query_params["lang"] in ("zh_CN", ["zh_CN"])


def rows_of(path: Path, sql: str) -> list[tuple[Any, ...]]:
    """The rows of a statement on a dataset file."""
    with open_cursor(path) as cursor:
        return cursor.execute(sql).fetchall()
