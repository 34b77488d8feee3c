"""Objects of JSON as rows: those inside an object by dotted names, lists inside it as text or as rows of their own."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from churnbook.catalogue import schema
from churnbook.intake.files.headers import SAME, likeness, normal
from churnbook.words.language import N_
from churnbook.words.message import NOTE, Notice

Keys = tuple[str, ...]
"""The names that lead to a value."""

Row = dict[Keys, str]
"""A row by the path of names to each of its values."""

_JUDGED = 200
_DAY = re.compile(
    r"\s*(?:(?:19|20)\d\d\s*[-/.年]\s*\d\d?\b.*|\d\d?[-/.]\d\d?[-/.](?:19|20)\d\d\b.*|(?:19|20)\d{6}|1\d{9}(?:\d{3})?)",
    re.DOTALL,
)
_HELD = tuple(schema.LOADABLE[name] for name in ("orders", "events", "subscriptions", "tickets", "surveys"))
_ITEMS = schema.LOADABLE["order_items"]
_CUSTOMER = schema.ORDERS.role("customer_id")


def flat(value: Mapping[str, Any], lists: set[Keys] | None = None) -> Row:
    """The row of an object; the paths to its lists are added to `lists`."""
    row: Row = {}

    def add(path: Keys, inner: Any) -> None:
        if isinstance(inner, dict) and inner:
            for name, each in inner.items():
                add((*path, name), each)
            return
        if lists is not None and isinstance(inner, list) and inner:
            lists.add(path)
        row[path] = cell(inner)

    add((), value)
    row.pop((), None)
    return row


def cell(value: Any) -> str:
    """A value of JSON as a cell."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False) if value else ""
    return str(value).replace("\x00", "")


def dotted(path: Keys) -> str:
    """A path as it is shown."""
    return ".".join(path)


def within(value: Mapping[str, Any], path: Keys) -> list[Mapping[str, Any]]:
    """The objects in the list that a path leads to; none where there is no such list."""
    found: Any = value
    for name in path:
        found = found.get(name) if isinstance(found, dict) else None
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def are_rows(objects: Iterable[Mapping[str, Any]], path: Keys) -> bool:
    """Whether the objects in a list are what one of our tables holds, by its name, and each has its time.

    Items of an order, or addresses, have none: as rows beside their order they would count it again.
    """
    if _names(path, _ITEMS) or not any(_names(path, table) for table in _HELD):
        return False
    inner = list(islice((each for value in objects for each in within(value, path)), _JUDGED))
    dated = sum(any(_DAY.fullmatch(text) for text in flat(each).values()) for each in inner)
    return len(inner) > 0 and dated >= 0.8 * len(inner)


def _names(path: Keys, table: schema.Table) -> bool:
    """Whether a path has the words for a table in it, be they one or many."""
    text = " ".join(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name) for name in path).casefold()
    words = {word.rstrip("s") for word in re.findall("[a-z]+", text)}
    return any(
        {each.rstrip("s") for each in word.split()} <= words if word.isascii() else word in text for word in table.words
    )


def kept_as_text(name: str, columns: Sequence[str]) -> list[Notice]:
    """What is said of columns that hold lists and become no rows."""
    if not columns:
        return []
    return [
        Notice.of(
            N_("{file}: lists in {columns} were kept as text."),
            N_("If each entry is to be a row, export the list as a file of its own, with the customer beside each."),
            NOTE,
            file=name,
            columns=", ".join(columns),
        )
    ]


class Nested:
    """The rows of a list inside objects, each beside what its object says."""

    def __init__(self, outer: Sequence[Keys], path: Keys) -> None:
        self.outer, self.path = outer, path
        self.columns: dict[Keys, int] = {}

    def look_at(self, value: Mapping[str, Any], lists: set[Keys]) -> None:
        """Learn the columns of the rows inside an object; the paths to their lists are added to `lists`."""
        for inner in within(value, self.path):
            for column in flat(inner, lists):
                self.columns.setdefault(column, len(self.columns))

    def names(self, of_outer: str) -> list[str]:
        """The names of the columns: those of the object, with `of_outer` where an inner one has the same, then the inner ones.

        The bare id of the object is the customer's, unless another column tells the customer, and that of an order its own.
        """
        kind = next(
            (name for name in ("order", "subscription") if _names(self.path, schema.LOADABLE[f"{name}s"])), None
        )
        own = [dotted(column) for column in self.columns]
        if kind and not any(likeness(schema.LOADABLE[f"{kind}s"].role(f"{kind}_id"), name) >= SAME for name in own):
            own = [f"{kind}.{name}" if normal(name) == "id" else name for name in own]
        outer = [dotted(column) for column in self.outer]
        taken = {normal(dotted(column)) for column in self.columns}
        is_customer = not any(likeness(_CUSTOMER, name) >= SAME for name in own) and not any(
            likeness(_CUSTOMER, name) > likeness(_CUSTOMER, "email") for name in outer
        )
        named = [
            f"customer.{name}"
            if is_customer and normal(name) == "id"
            else f"{of_outer}.{name}"
            if normal(name) in taken
            else name
            for name in outer
        ]
        return [*named, *own]

    def rows(self, objects: Iterable[tuple[int, Any]]) -> Iterator[tuple[int, list[str]]]:
        """Each inner row with the number of its object."""
        for line, value in objects:
            if isinstance(value, dict) and (inner := within(value, self.path)):
                row = flat(value)
                beside = [row.get(column, "") for column in self.outer]
                for each in inner:
                    own = flat(each)
                    yield line, [*beside, *(own.get(column, "") for column in self.columns)]
