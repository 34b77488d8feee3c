"""How the columns of a sheet become rows: what is kept of it with a mapping."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

ROLES: Mapping[str, tuple[str, tuple[str, str]]] = {
    "months": ("orders", ("ordered_at", "amount")),
    "dates": ("events", ("event", "occurred_at")),
}
"""What the rows made are: their table, and the roles of the two columns that are made."""


@dataclass(frozen=True)
class Unpivot:
    """How a sheet is turned into rows: each cell of `columns` becomes one, with the cells of `keys` beside it.

    Of "months" the header is the month and the cell an amount; of "dates" the header is an event and the cell its time.
    """

    kind: Literal["dates", "months"]
    keys: tuple[str, ...]
    columns: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """It as JSON."""
        return {"kind": self.kind, "keys": list(self.keys), "columns": list(self.columns)}

    @classmethod
    def of_json(cls, found: Mapping[str, Any]) -> Unpivot:
        """The unpivot of a JSON object; ValueError or KeyError where it is none."""
        kind, lists = found["kind"], (found["keys"], found["columns"])
        if kind not in ROLES or not all(isinstance(each, list) and each for each in lists):
            raise ValueError(f"no unpivot: {found!r}")
        keys, columns = (tuple(str(header) for header in each) for each in lists)
        return cls(kind, keys, columns)
