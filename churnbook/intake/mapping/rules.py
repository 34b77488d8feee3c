"""What a mapping says of rows beside roles: further columns of a role, what states mean, which rows are none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from churnbook.words.language import N_

COUNTS, LEFT_OUT, REFUNDED, REFUND, ENDED, TRIAL = "counts", "left out", "refunded", "refund", "ended", "trial"

MEANINGS: Mapping[str, Mapping[str, str]] = {
    "orders": {
        COUNTS: N_("counted"),
        LEFT_OUT: N_("left out"),
        REFUNDED: N_("counted, money subtracted"),
        REFUND: N_("money subtracted"),
    },
    "subscriptions": {
        COUNTS: N_("counted"),
        ENDED: N_("ended"),
        TRIAL: N_("left out as a trial"),
        LEFT_OUT: N_("left out"),
    },
}
"""By table, what a value of its column `status` can mean: an order that counts, is none, counts and is paid back, or is
itself money paid back; a subscription that runs, has ended, is tried out, or never was one."""


@dataclass(frozen=True)
class Rules:
    """What a mapping says of rows beside roles.

    `otherwise` are further columns of a role, which count where those before say nothing. `states` is what values of the column `status` mean, keys of MEANINGS; `dropped` are by
    column the values whose rows are no data, as those of test accounts. `as_of_export` are attributes that say how
    things stood when the file was made. `without_customers` says that no column tells who it was; `by_order` that the
    sheet takes its customers from another by the id of the order, or gives them to another and counts for nothing
    else. `recipe` is the name of the known export the sheet was read as.
    """

    otherwise: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    states: Mapping[str, str] = field(default_factory=dict)
    dropped: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    as_of_export: tuple[str, ...] = ()
    without_customers: bool = False
    by_order: Literal["takes", "gives"] | None = None
    recipe: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The rules as JSON holds them."""
        return {
            "otherwise": {role: list(headers) for role, headers in self.otherwise.items()},
            "states": dict(self.states),
            "dropped": {header: list(values) for header, values in self.dropped.items()},
            "as_of_export": list(self.as_of_export),
            "without_customers": self.without_customers,
            "by_order": self.by_order,
            "recipe": self.recipe,
        }

    @classmethod
    def of_json(cls, found: Mapping[str, Any]) -> Rules:
        """The rules of a JSON object; TypeError or KeyError where it is none."""
        return cls(
            {str(role): tuple(map(str, headers)) for role, headers in found["otherwise"].items()},
            {str(value): str(meaning) for value, meaning in found["states"].items()},
            {str(header): tuple(map(str, values)) for header, values in found["dropped"].items()},
            tuple(map(str, found["as_of_export"])),
            bool(found["without_customers"]),
            found["by_order"],
            found["recipe"],
        )

    def renamed(self, now: Mapping[str, str]) -> Rules:
        """The rules for headers that are written differently now."""
        return replace(
            self,
            otherwise={
                role: tuple(now.get(each, each) for each in headers) for role, headers in self.otherwise.items()
            },
            dropped={now.get(header, header): values for header, values in self.dropped.items()},
            as_of_export=tuple(now.get(each, each) for each in self.as_of_export),
        )

    @property
    def headers(self) -> tuple[str, ...]:
        """The columns they name, apart from attributes."""
        further = (each for headers in self.otherwise.values() for each in headers)
        return tuple(dict.fromkeys([*further, *self.dropped]))


AS_MAPPED = Rules()
"""No rules: every row counts as its columns say."""
