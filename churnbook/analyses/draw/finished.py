"""Charts finished for a browser: the specification in Vega-Lite, and beside it the rows in Arrow."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import altair as alt
import pandas as pd
import pyarrow as pa

from churnbook.analyses.draw.theme import Chart

Drawing = Callable[[], Chart]
"""How a chart is drawn, once it is needed: a function of a module with its arguments (partial)."""
VALIDATES = False
"""Whether every specification is held against the schema of Vega-Lite, which costs as much as building it; tests do."""
_WITH_PARTS = ("layer", "vconcat")


@dataclass(frozen=True)
class Finished:
    """A chart that needs nothing more: its specification, its rows as Arrow streams by name, its size in bytes."""

    specification: Mapping[str, Any]
    rows: Mapping[str, bytes]
    size: int

    @cached_property
    def is_chinese(self) -> bool:
        """Whether Chinese characters are among its words or in its rows."""
        return re.search(r"[\u3000-\u9fff]", repr(with_rows(self))) is not None


def on(rows: pd.DataFrame) -> alt.Chart:
    """A chart of rows. They are held as Arrow, since Altair tells data apart by their printed form."""
    return alt.Chart(pa.Table.from_pandas(rows, preserve_index=False))


def finish(chart: Chart) -> Finished:
    """The chart as a browser takes it. Data of one content have one name, so that it knows when they are the same.

    Raises TypeError for a chart whose rows were not given by `on`.
    """
    rows: dict[str, bytes] = {}
    # a theme of Altair's own has no place beside those of the page and of pictures
    specification = {
        name: part
        for name, part in _with_rows_apart(chart, rows).to_dict(validate=VALIDATES).items()
        if name != "config"
    }
    if "datasets" in specification:
        raise TypeError("a chart takes its rows by on(rows)")
    return Finished(specification, rows, len(repr(specification)) + sum(map(len, rows.values())))


def with_rows(chart: Finished) -> dict[str, Any]:
    """The specification with its rows in it, for what reads no Arrow."""
    rows = {name: pa.ipc.open_stream(stream).read_all().to_pylist() for name, stream in chart.rows.items()}
    written = {
        name: [{key: _written(value) for key, value in row.items()} for row in each] for name, each in rows.items()
    }
    return {**chart.specification, "datasets": written}


def _written(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date) else value


def _with_rows_apart(chart: Any, rows: dict[str, bytes]) -> Any:
    copy = chart.copy(deep=False)
    if isinstance(copy.data, pa.Table):
        stream = _stream(copy.data)
        name = hashlib.blake2b(stream, digest_size=16).hexdigest()
        rows[name] = stream
        copy.data = alt.NamedData(name)
    for part in _WITH_PARTS:
        if hasattr(copy, part):
            setattr(copy, part, [_with_rows_apart(each, rows) for each in getattr(copy, part)])
    return copy


def _stream(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue())
