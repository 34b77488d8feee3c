"""Cells merged downwards: what stands in the first of their rows holds for all of them."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from churnbook.intake.files.shape import Record, Shape, Span
from churnbook.words.language import N_
from churnbook.words.message import Notice

_NUMBER = re.compile(r"[^\w]*\d[\d.,' ]*\D{0,3}")
_ADDS_UP = re.compile(
    r"金额|金額|[总總实實应應付]额|总价|總價|款|费|費|折扣|优惠|合计|合計|总计|總計|数量|數量|件数|件數"
    r"|amount|total|sum\b|revenue|sales|paid|cost|fee|discount|tax\b|quantity|qty|betrag|menge|montant|importe",
    re.IGNORECASE,
)
"""Headers of what is added up: filled for each row it would count several times."""


class Downwards:
    """Fills the rows below a header that merged cells cover, and counts the cells it filled.

    An amount merged over several rows is one amount, which stays where it stands.
    """

    def __init__(self, spans: Sequence[Span], shape: Shape) -> None:
        self.headers = shape.headers
        self.begins: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for first, last, index in spans:
            if first > shape.header_line and index < len(shape.headers):
                self.begins[first].append((last, index))
        self.cells: Counter[int] = Counter()
        self.amounts: Counter[int] = Counter()

    def filled(self, rows: Iterable[Record]) -> Iterator[Record]:
        """The rows with the cells that are merged into them from above."""
        return self._filled(rows) if self.begins else iter(rows)

    def _filled(self, rows: Iterable[Record]) -> Iterator[Record]:
        above: dict[int, tuple[int, str]] = {}
        for line, cells in rows:
            row = [*cells]
            for index, (last, text) in [*above.items()]:
                if line > last:
                    del above[index]
                elif not row[index].strip():
                    row[index] = text
                    self.cells[index] += 1
            for last, index in self.begins.get(line, ()):
                if text := row[index].strip():
                    if _NUMBER.fullmatch(text) and _ADDS_UP.search(self.headers[index]):
                        self.amounts[index] += 1
                    else:
                        above[index] = last, row[index]
            yield line, row

    def said(self, name: str) -> list[Notice]:
        """What was filled in the sheet of this name, and what was not."""
        notes = []
        if self.cells:
            notes.append(
                Notice.of(
                    N_("{file}: cells merged over several rows were filled for each of them: {n} cells in {columns}."),
                    file=name,
                    n=f"{self.cells.total():,}",
                    columns=self._named(self.cells),
                )
            )
        if self.amounts:
            notes.append(
                Notice.of(
                    N_("{file}: amounts merged over several rows stand in the first of them only, so that each counts once: {n} in {columns}."),
                    file=name,
                    n=f"{self.amounts.total():,}",
                    columns=self._named(self.amounts),
                )
            )  # fmt: skip
        return notes

    def _named(self, counted: Counter[int]) -> str:
        return ", ".join(self.headers[index] for index in sorted(counted))
