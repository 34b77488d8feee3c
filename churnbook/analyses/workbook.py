"""A result as the workbook people read: laid out as its picture, then every row, then how it was computed.

Rows are placed, never computed: every number stands in the result as it is.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from babel import numbers

from churnbook.analyses import export, method
from churnbook.analyses.churn.findings import CONVENTIONS
from churnbook.analyses.draw.theme import RETENTION
from churnbook.analyses.funnels.findings import next_name
from churnbook.analyses.say import FEW
from churnbook.catalogue import labels
from churnbook.catalogue.query import Column
from churnbook.engine.session import Result
from churnbook.words import formats
from churnbook.words.language import _, locale

_COUNTED = ("period", "step", "weekday", "from_days", "to_days", "from_seconds", "to_seconds")
"""Whole numbers that say which row it is."""
_NOT_DRAWN = ("ci_low", "ci_high", "complete")
_CODES: Mapping[str, Mapping[str, str]] = {"convention": CONVENTIONS}
"""Columns that hold short words, and what these are called."""
_DAYS = {"year": "yyyy", "month": "yyyy-mm"}
_OF_KIND = {"share": "0.0%", "ratio": "0.00", "score": "0.00", "hours": "0.0", "number": "#,##0"}
"""How the figures of the monitor are written, by their kind."""


@dataclass(frozen=True)
class Cell:
    """A cell of a laid-out sheet: its value, its number format, and whether its period is open or its customers few."""

    value: Any
    number: str | None = None
    is_open: bool = False
    is_few: bool = False


@dataclass(frozen=True)
class Block:
    """A table on a sheet: a title, headings, and rows; `shaded` are the places of the cells a colour scale lies over."""

    title: str
    headings: Sequence[Cell]
    rows: Sequence[Sequence[Cell]]
    keys: int
    shaded: Sequence[tuple[int, int]] = field(default=())


def workbook(behind: method.Method) -> bytes:
    """The result as three sheets: as its picture, every row, and how it was computed; of customers their list and that.

    Texts are written as texts, never as formulas or links. Raises export.TooLong for more rows than a sheet holds.
    """
    export.check_length(behind.result.table)
    import xlsxwriter  # here, so that the command line starts without it

    sink = io.BytesIO()
    with xlsxwriter.Workbook(sink, export.SAFE) as book:
        written = _Formats(book)
        blocks = blocks_of(behind.result, behind.facts.currency)
        if blocks:
            _write_picture(book.add_worksheet(_("As shown")), behind, blocks, written)
        _write_rows(book.add_worksheet(_("All rows")), behind, written)
        export.write_method(book.add_worksheet(_("How it was computed")), method.rows(behind), export.formats_of(book))
    return sink.getvalue()


# What is placed where


def blocks_of(result: Result, currency: str | None) -> list[Block]:
    """The tables of the first sheet; none for a list of customers and where there are no rows."""
    query, rows = result.query, result.table.to_pylist()
    names = [column.name for column in query.columns]
    if not rows or "customer_id" in names:
        return []
    made = _Layout(result, rows, currency)
    if "cohort" in names and "period" in names and "cohort_size" in names:
        return made.heatmaps()
    return made.tables()


@dataclass
class _Layout:
    """Arranges the rows of one result."""

    result: Result
    rows: list[dict[str, Any]]
    currency: str | None

    @property
    def _grain(self) -> str:
        return str(self.result.parameters.get("grain", "day"))

    @property
    def _columns(self) -> dict[str, Column]:
        return {column.name: column for column in self.result.query.columns}

    @property
    def _segments(self) -> list[Any]:
        """The segments of a split in the order of their names or numbers; empty without a split."""
        found = list(dict.fromkeys(row["segment"] for row in self.rows)) if "segment" in self._columns else []
        return [] if found == [None] else labels.in_order([each or "" for each in found])

    def heatmaps(self) -> list[Block]:
        """Cohorts down with their sizes, periods across; one below the other for the segments of a split."""
        shown = (self.result.query.picture or ("retention",))[0]
        column = self._columns[shown]
        segments = self._segments or [None]
        return [
            self._heatmap(
                labels.column(column) if segment is None else f"{labels.column(column)} · {labels.segment(segment)}",
                shown,
                [row for row in self.rows if segment is None or (row["segment"] or "") == segment],
            )
            for segment in segments
        ]

    def _heatmap(self, title: str, shown: str, rows: Sequence[Mapping[str, Any]]) -> Block:
        periods = sorted({row["period"] for row in rows})
        by_cohort: dict[Any, dict[int, Mapping[str, Any]]] = {}
        for row in rows:
            by_cohort.setdefault(row["cohort"], {})[row["period"]] = row
        # the period customers start in is 100 % by definition, and would make all others look pale
        starts = [row[shown] for row in rows if row["period"] == 0]
        is_whole = shown == "retention" and bool(starts) and all(value == 1 for value in starts)
        lines: list[list[Cell]] = []
        shaded: list[tuple[int, int]] = []
        for cohort, cells in sorted(by_cohort.items(), key=lambda each: each[0]):
            size = next(iter(cells.values()))["cohort_size"]
            line = [self._key("cohort", cohort), Cell(size, "#,##0", is_few=size < FEW)]
            for period in periods:
                if period not in cells:
                    line.append(Cell(None))
                    continue
                row = cells[period]
                if size >= FEW and not (is_whole and period == 0) and row[shown] is not None:
                    shaded.append((len(lines), len(line)))
                line.append(self._value(shown, row, is_few=size < FEW))
            lines.append(line)
        headings = [labels.column(self._columns[name]) for name in ("cohort", "cohort_size")]
        headings += [formats.since(self._grain, period) for period in periods]
        return Block(title, [Cell(text) for text in headings], lines, 2, shaded)

    def tables(self) -> list[Block]:
        """Rows down as they follow each other; with a split its segments across, a table for each figure drawn."""
        keys, measures = self._keys_and_measures()
        segments = self._segments
        lines: dict[tuple[Any, ...], dict[Any, Mapping[str, Any]]] = {}
        for row in self.rows:
            at = lines.setdefault(tuple(row[key] for key in keys), {})
            at[(row["segment"] or "") if segments else None] = row
        if segments and len(lines) > 1:
            return [self._across(keys, measure, lines, segments) for measure in measures]
        led = ["segment", *keys] if segments else keys
        headings = [self._heading(name) for name in (*led, *measures)]
        return [
            Block(
                "",
                [Cell(text) for text in headings],
                [
                    [
                        *(self._key(name, row[name]) for name in led),
                        *(self._value(name, row) for name in measures),
                    ]
                    for row in sorted(
                        self.rows, key=lambda row: segments.index(row["segment"] or "") if segments else 0
                    )
                ],
                len(led),
            )
        ]

    def _across(
        self,
        keys: Sequence[str],
        measure: str,
        lines: Mapping[tuple[Any, ...], Mapping[Any, Mapping[str, Any]]],
        segments: Sequence[str],
    ) -> Block:
        rows = []
        for key, found in lines.items():
            line = [self._key(name, value) for name, value in zip(keys, key, strict=True)]
            line += [self._value(measure, found[name]) if name in found else Cell(None) for name in segments]
            rows.append(line)
        headings = [*(self._heading(name) for name in keys), *(labels.segment(name) for name in segments)]
        return Block(self._heading(measure), [Cell(text) for text in headings], rows, len(keys))

    def _keys_and_measures(self) -> tuple[list[str], list[str]]:
        """The columns that say which row it is, which come first, and those that are drawn of the others."""
        keys: list[str] = []
        others = [name for name in self._columns if name != "segment"]
        for name in others:
            is_text = self._columns[name].type in ("date", "varchar")
            if not (is_text or name in _COUNTED or (name == "days" and not keys)):
                break
            keys.append(name)
        measures = list(self.result.query.picture) or [
            name for name in others if name not in keys and name not in _NOT_DRAWN
        ]
        return keys, [name for name in measures if any(row[name] is not None for row in self.rows)]

    def _heading(self, name: str) -> str:
        return labels.column(self._columns[name])

    def _key(self, name: str, value: Any) -> Cell:
        if name == "segment":
            return Cell(labels.segment(value))
        if name in ("cohort", "period") and isinstance(value, dt.date):
            if self._grain in _DAYS or self._grain in ("day", "week"):
                return Cell(value, _DAYS.get(self._grain, "yyyy-mm-dd"))
            return Cell(formats.period_label(value, self._grain))
        if name == "period" and "grain" in self.result.parameters:
            return Cell(formats.since(self._grain, value))
        if name == "weekday":
            return Cell(formats.weekday(value))
        return self._value(name, {name: value})

    def _value(self, name: str, row: Mapping[str, Any], is_few: bool = False) -> Cell:
        column = self._columns[name]
        return Cell(
            readable(column, row[name], self.result.query.name),
            number_format(column, self.currency, row.get("kind")),
            is_open=row.get("complete") is False,
            is_few=is_few,
        )


def readable(column: Column, value: Any, query: str) -> Any:
    """A value as people read it: segments, events and short words by what they are called; numbers as they are."""
    if column.name == "segment":
        return labels.segment(value)
    if column.name == "event" and (isinstance(value, str) or query == "funnel_next"):
        return next_name(value) if query == "funnel_next" else labels.event(value)
    if column.name in _CODES and value in _CODES[column.name]:
        return _(_CODES[column.name][value])
    return value


def number_format(column: Column, currency: str | None, kind: str | None = None) -> str | None:
    """The number format of a column's cells; `kind` is that of a figure of the monitor. None for texts."""
    if column.name in ("value", "centre", "low", "high", "previous", "last_year") and kind:
        return _money(currency) if kind == "money" else _OF_KIND.get(kind)
    if column.unit == "%" or (column.name.startswith("change") and kind and kind != "score"):
        return "0.0%"
    if column.unit == "money":
        return _money(currency)
    if column.type in ("integer", "bigint", "hugeint"):
        return "#,##0"
    if column.type == "double" or column.type.startswith("decimal"):
        return "#,##0.00"
    return {"date": "yyyy-mm-dd", "timestamp": "yyyy-mm-dd hh:mm:ss"}.get(column.type)


def _money(currency: str | None) -> str:
    if currency is None:
        return "#,##0.00"
    symbol = numbers.get_currency_symbol(currency, locale=locale()).replace("]", "")
    return f"[${symbol}]#,##0.00"


# Writing


class _Formats:
    """The cell formats of a workbook by what they are of, each made once; texts stay texts even when edited."""

    def __init__(self, book: Any) -> None:
        self.book = book
        self.made: dict[tuple[tuple[str, Any], ...], Any] = {}

    def of(self, **properties: Any) -> Any:
        """The format with these properties."""
        key = tuple(sorted(properties.items()))
        if key not in self.made:
            self.made[key] = self.book.add_format(dict(key))
        return self.made[key]

    def cell(self, cell: Cell, **more: Any) -> Any:
        """The format of a laid-out cell: open periods in italics, few customers in grey."""
        look: dict[str, Any] = {"num_format": cell.number} if cell.number else {}
        if isinstance(cell.value, str):
            look["quote_prefix"] = True
        if cell.is_open:
            look["italic"] = True
        if cell.is_open or cell.is_few:
            look["font_color"] = "#7A8583"
        return self.of(**look, **more)


def _write_picture(sheet: Any, behind: method.Method, blocks: Sequence[Block], written: _Formats) -> None:
    inert = written.of(quote_prefix=True)
    sheet.hide_gridlines(2)
    sheet.write_string(0, 0, behind.question, written.of(bold=True, font_size=14, quote_prefix=True))
    sheet.write_string(1, 0, method.state(behind), written.of(font_color="#5B6664", quote_prefix=True))
    notes = _notes(blocks)
    if notes:
        sheet.write_string(2, 0, notes, written.of(font_color="#5B6664", quote_prefix=True))
    top = 4
    most_keys = max(block.keys for block in blocks)
    widest = max(len(block.headings) for block in blocks)
    is_heatmap = any(block.shaded for block in blocks) or "cohort_size" in [c.name for c in behind.result.query.columns]
    sheet.set_column(0, most_keys - 1 if most_keys else 0, 20)
    sheet.set_column(most_keys, max(widest - 1, most_keys), 10 if is_heatmap else 18)
    if len(blocks) == 1:
        sheet.freeze_panes(top + 1 + bool(blocks[0].title), blocks[0].keys)
    else:
        sheet.freeze_panes(0, most_keys)
    for block in blocks:
        if block.title:
            sheet.write_string(top, 0, block.title, written.of(bold=True, quote_prefix=True))
            top += 1
        for column, cell in enumerate(block.headings):
            side = "left" if column < block.keys else "right"
            look = written.of(bold=True, bottom=1, align=side, valign="top", text_wrap=True, quote_prefix=True)
            sheet.write_string(top, column, str(cell.value), look)
        for down, line in enumerate(block.rows, top + 1):
            for across, cell in enumerate(line):
                more = {"align": "left"} if across < block.keys and not isinstance(cell.value, int) else {}
                export.write_value(sheet, down, across, cell.value, written.cell(cell, **more), inert)
        _shade(sheet, block, top + 1)
        top += len(block.rows) + 3


def _shade(sheet: Any, block: Block, top: int) -> None:
    """Lay one colour scale over the cells that are coloured in the picture."""
    ranges = []
    lines = sorted({down for down, _across in block.shaded})
    for down in lines:
        across = sorted(across for line, across in block.shaded if line == down)
        start = before = across[0]
        for each in (*across[1:], None):
            if each is None or each != before + 1:
                ranges.append((top + down, start, top + down, before))
                start = each if each is not None else start
            before = each if each is not None else before
    if not ranges:
        return
    from xlsxwriter.utility import xl_range

    scale = {"type": "3_color_scale", "min_color": RETENTION[0], "mid_color": RETENTION[1], "max_color": RETENTION[2]}
    sheet.conditional_format(*ranges[0], scale | {"multi_range": " ".join(xl_range(*each) for each in ranges)})


def _notes(blocks: Sequence[Block]) -> str:
    cells = [cell for block in blocks for line in block.rows for cell in line]
    said = []
    if any(cell.is_open for cell in cells):
        said.append(_("In italics: the period is still open, so its numbers can change."))
    if any(cell.is_few for cell in cells):
        said.append(_("Without colour and grey: fewer than {n} customers.").format(n=FEW))
    return formats.sentences(said)


def _write_rows(sheet: Any, behind: method.Method, written: _Formats) -> None:
    query, currency = behind.result.query, behind.facts.currency
    rows = behind.result.table.to_pylist()
    shown = [
        column
        for column in query.columns
        if column.name != "segment" or any(row["segment"] is not None for row in rows)
    ]
    inert = written.of(quote_prefix=True)
    heading = written.of(bold=True, bottom=1, valign="top", text_wrap=True, quote_prefix=True)
    for across, column in enumerate(shown):
        sheet.write_string(0, across, labels.column(column), heading)
    sheet.set_column(0, max(len(shown) - 1, 0), 18)
    sheet.freeze_panes(1, 0)
    if rows:
        sheet.autofilter(0, 0, len(rows), len(shown) - 1)
    for down, row in enumerate(rows, 1):
        for across, column in enumerate(shown):
            value = readable(column, row[column.name], query.name)
            cell = Cell(value, number_format(column, currency, row.get("kind")))
            export.write_value(sheet, down, across, value, written.cell(cell), inert)
