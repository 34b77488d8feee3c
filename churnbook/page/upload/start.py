"""Where the mapping of a sheet starts, remembered or guessed, and what its controls say before they are drawn."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from churnbook.intake.files.sheet import Sheet
from churnbook.intake.files.unpivoted import Unpivot
from churnbook.intake.mapping import map as mapping
from churnbook.intake.mapping import remembered, unpivot, wide
from churnbook.intake.mapping.map import Proposal
from churnbook.intake.mapping.plan import Plan
from churnbook.page import address, state
from churnbook.words.message import Refused


@dataclass(frozen=True)
class MappingDraft:
    """Where the mapping of a sheet starts: a plan for each table it feeds, as loaded, remembered from a day or guessed.

    `wide` is how columns of months or questions would become rows, where the sheet has any. A sheet that `is_loaded` is so by
    its plans, or left out. `by_recipe` is whether a known export is read as one.
    """

    key: str
    sheet: Sheet
    plans: tuple[Plan, ...]
    wide: Unpivot | None
    day: dt.date | None = None
    is_loaded: bool = False
    is_left_out: bool = False
    by_recipe: bool = True

    @property
    def first(self) -> Plan:
        """The plan of the table the sheet is mainly about."""
        return self.plans[0]

    def beside(self, table: str) -> Plan | None:
        """The plan of a second table that is remembered."""
        return next((plan for plan in self.plans[1:] if plan.table == table), None)


@dataclass
class _Held:
    """What this session knows of sheets being mapped: where each starts, what was proposed, and copies unpivoted."""

    drafts: dict[str, MappingDraft] = field(default_factory=dict)
    proposals: dict[tuple[str, str, Unpivot | None, str | None, bool], Proposal] = field(default_factory=dict)
    unpivoted: dict[tuple[str, str, Unpivot], Sheet] = field(default_factory=dict)
    work: tempfile.TemporaryDirectory[str] = field(
        default_factory=lambda: tempfile.TemporaryDirectory(prefix="churnbook-mapping-")
    )


def _held() -> _Held:
    return state.kept("mapping", _Held)


def starts(key_prefix: str, sheets: Sequence[Sheet], loaded: Sequence[Sequence[Plan]] | None) -> list[MappingDraft]:
    """Where the mapping of each sheet starts; `key_prefix` and what the sheet holds key its controls.

    With `loaded`, each sheet starts from its plans there, and one without a plan is left out.
    """
    made = _held().drafts
    times: Counter[str] = Counter()
    found = []
    for number, sheet in enumerate(sheets):
        content = f"{key_prefix}:{sheet.sha256[:12]}:{sheet.sheet or ''}"
        times[content] += 1
        key = f"{content}:{times[content]}"
        if key not in made:
            known = _remembered(key, sheet) if loaded is None else _loaded(key, sheet, loaded[number])
            made[key] = known or _guess(key, sheet)
        found.append(made[key])
    return found


def memory() -> Path:
    """The folder where mappings are remembered."""
    return address.view().library.folder / "mappings"


def _loaded(key: str, sheet: Sheet, loaded: Sequence[Plan]) -> MappingDraft:
    plans = tuple(loaded)
    if not plans:
        return replace(_guess(key, sheet), is_loaded=True, is_left_out=True)
    return MappingDraft(key, sheet, plans, plans[0].unpivot or _that_turns(sheet, wide.found(sheet)), is_loaded=True)


def _remembered(key: str, sheet: Sheet) -> MappingDraft | None:
    known = remembered.recall(memory(), sheet)
    if known is None:
        return None
    how = _that_turns(sheet, known.plans[0].unpivot or wide.found(sheet))
    return MappingDraft(key, sheet, known.plans, how, known.day) if how or not known.plans[0].unpivot else None


def _guess(key: str, sheet: Sheet, by_recipe: bool = True) -> MappingDraft:
    how = _that_turns(sheet, wide.found(sheet, by_recipe))
    read = unpivoted(sheet, how) if how else sheet
    plan = proposal(read, None, by_recipe).mapped.plan
    return MappingDraft(f"{key}:{'guess' if by_recipe else 'plain'}", sheet, (plan,), how, by_recipe=by_recipe)


def _that_turns(sheet: Sheet, how: Unpivot | None) -> Unpivot | None:
    """How a sheet is unpivoted, unless no cell of its columns says anything."""
    try:
        return how if how and unpivoted(sheet, how) else None
    except Refused:
        return None


def guess_again(start: MappingDraft) -> None:
    """Start over from the guess, whatever is remembered."""
    _held().drafts[_origin(start)] = _guess(_origin(start), start.sheet)


def read_as_export(start: MappingDraft, by_recipe: bool) -> None:
    """Start over from the known export a sheet is, or from its headers and values alone."""
    _held().drafts[_origin(start)] = _guess(_origin(start), start.sheet, by_recipe)


def _origin(start: MappingDraft) -> str:
    return start.key.removesuffix(":guess").removesuffix(":plain")


def rows_key(start: MappingDraft) -> str:
    """The key of the choice whether columns become rows."""
    return f"rows:{start.key}"


def table_key(start: MappingDraft, read: Sheet) -> str:
    """The key of the choice what a sheet holds."""
    return f"table:{start.key}:{read.unpivot is not None}"


def _unpivot_now(start: MappingDraft) -> Unpivot | None:
    return start.wide if state.get(rows_key(start), start.first.unpivot is not None) else None


def table_now(start: MappingDraft) -> str | None:
    """The table of a sheet as its controls stand, be they drawn already or not."""
    how = _unpivot_now(start)
    read = unpivoted(start.sheet, how) if how else start.sheet
    table: str | None = state.get(table_key(start, read), table_first(start, read))
    return table


def table_first(start: MappingDraft, read: Sheet) -> str | None:
    """The table a sheet starts as; None where it is left out."""
    return None if start.is_left_out else plan_of(start, read).table


def plan_of(start: MappingDraft, read: Sheet, table: str | None = None) -> Plan:
    """The plan to start from for a sheet as it is read, and for the table chosen."""
    if start.first.unpivot == read.unpivot and table in (None, start.first.table):
        return start.first
    return proposal(read, table, start.by_recipe).mapped.plan


def proposal(sheet: Sheet, table: str | None = None, by_recipe: bool = True) -> Proposal:
    """What is proposed for a sheet, or for a sheet of that table, be it as a known export or not."""
    made = _held().proposals
    key = (sheet.sha256, sheet.name, sheet.unpivot, table, by_recipe)
    if key not in made:
        made[key] = mapping.explain(sheet, table, by_recipe)
    return made[key]


def unpivoted(sheet: Sheet, how: Unpivot) -> Sheet:
    """The sheet with columns turned into rows; Refused where they say nothing."""
    made = _held().unpivoted
    key = (sheet.sha256, sheet.name, how)
    if key not in made:
        made[key] = unpivot.apply(sheet, how, Path(_held().work.name))
    return made[key]
