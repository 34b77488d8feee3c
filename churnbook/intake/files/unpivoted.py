"""How the columns of a sheet become rows: what is kept of it with a mapping."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

ROLES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "months": ("orders", ("ordered_at", "amount")),
    "dates": ("events", ("event", "occurred_at")),
    "questions": ("surveys", ("question", "score", "comment")),
}
"""What the rows made are: their table, and the roles of the columns that are made, which are the last."""


@dataclass(frozen=True)
class Unpivot:
    """How a sheet is turned into rows: each cell of `columns` becomes one, with the cells of `keys` beside it.

    Of "months" the header is the month and the cell an amount; of "dates" the header is an event and the cell its time;
    of "questions" the header is a question of a survey and the cell a score or words. There the last of `keys` is the
    time of the answers, and the key `response` only counts the responses, so that its cells name nobody elsewhere.
    """

    kind: Literal["dates", "months", "questions"]
    keys: tuple[str, ...]
    columns: tuple[str, ...]
    response: str | None = None

    def to_json(self) -> dict[str, Any]:
        """It as JSON."""
        found = {"kind": self.kind, "keys": list(self.keys), "columns": list(self.columns)}
        return found | ({"response": self.response} if self.response else {})

    @classmethod
    def of_json(cls, found: Mapping[str, Any]) -> Unpivot:
        """The unpivot of a JSON object; ValueError or KeyError where it is none."""
        kind, lists = found["kind"], (found["keys"], found["columns"])
        if kind not in ROLES or not all(isinstance(each, list) and each for each in lists):
            raise ValueError(f"no unpivot: {found!r}")
        keys, columns = (tuple(str(header) for header in each) for each in lists)
        response = found.get("response")
        if response is not None and response not in keys:
            raise ValueError(f"no unpivot: {found!r}")
        return cls(kind, keys, columns, response)
