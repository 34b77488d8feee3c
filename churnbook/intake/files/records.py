"""JSON to rows: an array of objects, an object that holds one, or an object a line; nested objects by dotted names."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Any

from churnbook.intake.files import shape
from churnbook.intake.files.charset import Text
from churnbook.intake.files.objects import Keys, Nested, are_rows, dotted, flat, kept_as_text
from churnbook.intake.files.sheet import MOST_COLUMNS, File, Sheet, copied
from churnbook.words.language import N_
from churnbook.words.message import NOTE, Notice, Refused

_LARGEST_DOCUMENT = 256 << 20


class NotJSON(Exception):
    """The text is not JSON after all."""


def looks_like_json(beginning: str) -> bool:
    """Whether a text begins as a JSON array or object does."""
    return beginning.lstrip()[:1] in ("[", "{")


def sheets(file: File, text: Text) -> list[Sheet]:
    """The sheet of a JSON file, and one for each list inside its objects that holds rows of a table.

    Raises NotJSON where it is none, Refused where it holds no table.
    """
    is_lines = _is_lines(text.path)
    if not is_lines and file.size > _LARGEST_DOCUMENT:
        raise Refused(
            N_("{file} is one JSON document of {size} MB. Write it as JSON lines (an object a line) or as CSV."),
            file=file.name,
            size=f"{file.size / 1e6:.0f}",
        )
    try:
        objects = _Lines(text.path) if is_lines else _document(file, text.path)
        return _sheets(file, text, objects, is_lines)
    except RecursionError:
        raise Refused(
            N_("{file} is JSON nested too deeply to be a table. Export it as a list of objects or as CSV."),
            file=file.name,
        ) from None


def _sheets(file: File, text: Text, objects: Iterable[tuple[int, Any]], is_lines: bool) -> list[Sheet]:
    columns: dict[Keys, int] = {}
    lists: set[Keys] = set()
    others = 0
    first_missing = 0
    for line, value in objects:
        if not isinstance(value, dict):
            others += 1
            continue
        row = flat(value, lists)
        if columns and not first_missing and (row.keys() - columns.keys() or columns.keys() - row.keys()):
            first_missing = line
        for path in row:
            columns.setdefault(path, len(columns))
        _refuse_wide(file, columns)
    if not columns:
        raise Refused(
            N_("{file} is JSON without a list of objects. Export it as a list with an object for each row, or as CSV."),
            file=file.name,
        )
    notes = [*text.notes]
    if first_missing:
        notes.append(
            Notice.of(
                N_(
                    "{file}: the objects do not all have the same keys (the first that differs is {line}); "
                    "a key that an object lacks was read as an empty cell."
                ),
                weight=NOTE,
                file=file.name, line=first_missing,
            )
        )  # fmt: skip
    if others:
        notes.append(
            Notice.of(
                N_("{file}: {n} entries are no objects and were left out."),
                N_("Compare the first of them with the file."),
                file=file.name,
                n=f"{others:,}",
            )
        )
    listed = sorted(lists, key=columns.__getitem__)
    as_rows = [
        path for path in listed if are_rows((value for _line, value in objects if isinstance(value, dict)), path)
    ]
    outer = [path for path in columns if path not in as_rows]
    format = "jsonl" if is_lines else "json"
    inside = [
        _inside(file, text, objects, Nested([path for path in outer if path not in lists], each), format)
        for each in as_rows
    ]
    notes += [
        Notice.of(
            N_("{file}: each entry of the list “{column}” is a row of the further sheet “{sheet}”, beside what its object says."),
            file=file.name,
            column=sheet.sheet,
            sheet=sheet.name,
        )
        for sheet in inside
    ]  # fmt: skip
    notes += kept_as_text(file.name, [dotted(path) for path in listed if path not in as_rows])
    if not outer:
        return inside
    headers, repeated = shape.unique([dotted(path) for path in outer]), shape.repeated([dotted(path) for path in outer])
    rows = (
        (line, [row.get(path, "") for path in outer])
        for line, row in ((line, flat(value)) for line, value in objects if isinstance(value, dict))
    )
    notes += shape.said_of_repeated(file.name, repeated)
    return [copied(file, None, format, text.encoding, 1, headers, rows, notes), *inside]


def _refuse_wide(file: File, columns: Collection[Keys]) -> None:
    if len(columns) > MOST_COLUMNS:
        raise Refused(
            N_("{file} has more than {n} columns. Export only the ones you need."), file=file.name, n=MOST_COLUMNS
        )


def _inside(file: File, text: Text, objects: Iterable[tuple[int, Any]], nested: Nested, format: str) -> Sheet:
    """The sheet of a list inside the objects."""
    lists: set[Keys] = set()
    for _line, value in objects:
        if isinstance(value, dict):
            nested.look_at(value, lists)
            _refuse_wide(file, nested.columns)
    names = nested.names(Path(file.name).stem)
    title = dotted(nested.path)
    notes = [
        *text.notes,
        *kept_as_text(f"{file.name} · {title}", [dotted(path) for path in nested.columns if path in lists]),
    ]
    return copied(file, title, format, text.encoding, 1, shape.unique(names), nested.rows(objects), notes)


def _parsed(text: str) -> Any:
    """JSON with its numbers as they are written."""
    return json.loads(text, parse_int=str, parse_float=str, parse_constant=str)


def _is_lines(path: Path) -> bool:
    """Whether the first line that is not blank is an object of its own and another follows."""
    with path.open(encoding="utf-8-sig") as source:
        line = next((line for line in source if line.strip()), "")
        if not line.lstrip().startswith("{"):
            return False
        try:
            _parsed(line)
        except (ValueError, RecursionError):
            return False
        return any(line.lstrip().startswith("{") for line in source)


class _Lines:
    """The objects of JSON lines with their line numbers, to be gone through more than once."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __iter__(self) -> Iterator[tuple[int, Any]]:
        with self.path.open(encoding="utf-8-sig") as source:
            for number, line in enumerate(source, 1):
                if line.strip():
                    try:
                        yield number, _parsed(line)
                    except ValueError:
                        yield number, None


def _document(file: File, path: Path) -> list[tuple[int, Any]]:
    """The entries of the one list a JSON document holds, numbered from 1."""
    try:
        found = _parsed(path.read_text(encoding="utf-8-sig"))
    except ValueError as error:
        raise NotJSON(str(error)) from None
    lists = [found] if isinstance(found, list) else list(_lists(found))
    tables = [each for each in lists if any(isinstance(entry, dict) for entry in each)]
    if isinstance(found, dict) and not tables:
        return [(1, found)] if found and not any(isinstance(value, list) for value in found.values()) else []
    if len(tables) > 1:
        raise Refused(
            N_("{file} holds several lists of objects. Export each as a file of its own."),
            file=file.name,
        )
    return list(enumerate(tables[0], 1)) if tables else []


def _lists(value: dict[str, Any]) -> Iterator[list[Any]]:
    """The lists in an object and in the objects inside it, not those inside lists."""
    for inner in value.values():
        if isinstance(inner, list):
            yield inner
        elif isinstance(inner, dict):
            yield from _lists(inner)
