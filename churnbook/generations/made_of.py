"""What a dataset was made of and how, kept inside it, so that it can be made again with one thing changed."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from churnbook.datasets.definition import Definition
from churnbook.datasets.facts import Facts
from churnbook.datasets.uploads import Upload
from churnbook.engine.duckdb import Cursor, open_cursor
from churnbook.intake.loading.overlap import CONFLICTS, Batch
from churnbook.intake.loading.report import Settings
from churnbook.intake.mapping.plan import Plan
from churnbook.words.message import Notice


@dataclass(frozen=True)
class Part:
    """A sheet of an upload, how it is loaded, and when it was added."""

    upload: Upload
    plan: Plan
    batch: Batch

    def to_json(self) -> dict[str, Any]:
        """The part as JSON holds it."""
        return {
            "upload": self.upload.to_json(),
            "plan": self.plan.to_json(),
            "batch": self.batch.number,
            "on_conflict": self.batch.on_conflict,
        }

    @classmethod
    def of_json(cls, content: Mapping[str, Any]) -> Part:
        """The part that JSON holds; ValueError or KeyError where it is none."""
        if content["on_conflict"] not in CONFLICTS:
            raise ValueError(content["on_conflict"])
        return cls(
            Upload.of_json(content["upload"]),
            Plan.of_json(content["plan"]),
            Batch(int(content["batch"]), content["on_conflict"]),
        )


@dataclass(frozen=True)
class MadeOf:
    """The parts of a dataset, in the order of their batches, and the settings it was made with."""

    parts: tuple[Part, ...]
    settings: Settings

    @property
    def batches(self) -> int:
        """How many times files were given."""
        return 1 + max((part.batch.number for part in self.parts), default=-1)

    @property
    def lists_customers(self) -> bool:
        """Whether a file lists customers: not one of orders or the like, read again for the customers it names."""
        first = {(part.upload.sha256, part.plan.sheet): part.plan.table for part in reversed(self.parts)}
        return "customers" in first.values()

    @property
    def uploads(self) -> dict[str, Upload]:
        """The uploads by their SHA-256, in the order they came."""
        return {part.upload.sha256: part.upload for part in self.parts}

    def to_json(self) -> str:
        """It as JSON text."""
        content = {"parts": [part.to_json() for part in self.parts], "settings": self.settings.to_json()}
        return json.dumps(content, ensure_ascii=False)

    @classmethod
    def of_json(cls, text: str) -> MadeOf:
        """What a JSON text says a dataset is made of; ValueError or KeyError where it says nothing."""
        content = json.loads(text)
        return cls(tuple(Part.of_json(part) for part in content["parts"]), Settings.of_json(content["settings"]))


def made_of_dataset(facts: Facts) -> MadeOf | None:
    """What a dataset is made of; None where it was made without keeping its files, as samples are."""
    with open_cursor(facts.path) as cursor:
        row = cursor.execute("select content from meta.made_of").fetchone()
    return MadeOf.of_json(row[0]) if row else None


@dataclass(frozen=True)
class Change:
    """Something that was done to a dataset, and when (UTC)."""

    at: dt.datetime
    what: Notice

    @property
    def words(self) -> str:
        """What was done in the language spoken; a churn definition, which is kept as it is written, in words."""
        fields = {**self.what.fields}
        if "definition" in fields:
            fields["definition"] = Definition.of(fields["definition"]).words
        return Notice(self.what.sentence, fields).words


def history(facts: Facts) -> list[Change]:
    """What was done to a dataset, newest first."""
    with open_cursor(facts.path) as cursor:
        rows = cursor.execute(
            "select changed_at, sentence, fields from meta.history order by changed_at desc"
        ).fetchall()
    return [Change(at, Notice(sentence, json.loads(fields))) for at, sentence, fields in rows]


def note_made_of(connection: Cursor, made_of: MadeOf) -> None:
    """Write down what the dataset a connection writes to is made of, in place of what stood there."""
    connection.execute("delete from meta.made_of")
    connection.execute("insert into meta.made_of values ($1)", [made_of.to_json()])


def remember_settings(connection: Cursor, change: Callable[[Settings], Settings]) -> None:
    """Change the settings a dataset was made with, so that the next files are loaded with them; none for samples."""
    for (content,) in connection.execute("select content from meta.made_of").fetchall():
        made = MadeOf.of_json(content)
        note_made_of(connection, replace(made, settings=change(made.settings)))


def note_change(connection: Cursor, change: Notice) -> None:
    """Add to the history of the dataset a connection writes to."""
    connection.execute(
        "insert into meta.history values ($1, $2, $3)",
        [
            dt.datetime.now(dt.UTC).replace(tzinfo=None),
            change.sentence,
            json.dumps(dict(change.fields), ensure_ascii=False),
        ],
    )
