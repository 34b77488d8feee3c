"""Our own figures as the queries that own them give them: which there are, and the row of each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from churnbook.catalogue import queries
from churnbook.catalogue.query import Metric, Query, Value

_ORDER = (
    "logo_churn_rate", "customer_retention_rate", "cohort_retention", "renewal_rate", "winback_rate",
    "repeat_purchase_rate", "next_order_probability", "average_order_value", "app_retention", "conversion_rate",
    "add_to_cart_rate", "cart_to_checkout_rate", "checkout_completion_rate", "cart_abandonment_rate", "nps", "csat",
    "first_response_time", "churn_reason_share", "involuntary_churn_share",
)  # fmt: skip
"""Metrics in the order they are shown; others after them."""


@dataclass(frozen=True)
class Figure:
    """A benchmarkable figure: its metric line, and the query that owns it."""

    metric: Metric
    query: Query

    @property
    def name(self) -> str:
        """What tells it from all others, as a part of an address: logo_churn_rate_monthly."""
        words = (self.metric.name, self.metric.period, self.metric.variant)
        return "_".join(
            "_".join(word.replace("(", "").replace(")", "").replace("-", " ").split()) for word in words if word
        )

    @property
    def counts_activity(self) -> bool:
        """Whether it is of cohorts that come back, where others count those who still subscribe."""
        return self.metric.name.startswith("cohort_") and "subscriptions" not in self.metric.needs

    @property
    def given(self) -> dict[str, str]:
        """The parameters its metric line sets."""
        known = queries.catalogue().parameters(self.query)
        return {name: value for name, value in self.metric.where if name in known}

    @property
    def row(self) -> dict[str, str]:
        """The columns by which its row is found, with their values as texts."""
        return {name: value for name, value in self.metric.where if name not in self.given}


@dataclass(frozen=True)
class Ours:
    """Our figure with the ends of its 95 % interval, None where it has none, and how many it is made of.

    `period` is the first day of the period it is of, None where it is of all days. Without `has_clock` its sessions are
    days, since the log has no times.
    """

    value: float
    low: float | None
    high: float | None
    n: int
    period: dt.date | None
    has_clock: bool = True


def figures(filled: Collection[str], activity: Collection[str] = ()) -> list[Figure]:
    """The figures that make sense for what is filled, in the order they are shown, one for each metric and period.

    `activity` are the tables that count as activity; a figure of one of them has no sense where others count too.
    """
    found: dict[tuple[str, str, str], Figure] = {}
    for query in queries.catalogue().newest():
        for metric in query.metrics:
            if set(metric.needs) <= set(filled) and metric.activity in (
                None,
                *(activity if len(activity) == 1 else ()),
            ):
                found.setdefault((metric.name, metric.period, metric.variant), Figure(metric, query))
    return sorted(found.values(), key=lambda each: _position(each.metric.name))


def _position(name: str) -> int:
    return _ORDER.index(name) if name in _ORDER else len(_ORDER)


def missing(figure: Figure, filled: Iterable[str], values: Mapping[str, Value]) -> tuple[str, ...]:
    """What the query of a figure needs that the dataset lacks."""
    return queries.catalogue().missing(figure.query, filled, values)


def read(figure: Figure, rows: Sequence[Mapping[str, Any]], first_day: dt.date | None) -> Ours | None:
    """Our figure out of the rows of the query that owns it: of all customers, in the last period covered whole.

    None where there is no such row, or it has no value. `first_day` is that of the data.
    """
    wanted = figure.row
    shown = [
        row
        for row in rows
        if row.get("segment") is None and all(str(row[name]) == value for name, value in wanted.items())
    ]
    dated = any(column.name == "period" and column.type == "date" for column in figure.query.columns)
    if dated and shown and "complete" in shown[0]:
        # nobody is lost by inactivity before so many days of the files have passed
        shown = [row for row in shown if row["complete"] and row.get("can_lose", True)]
        shown = [row for row in shown if first_day is None or row["period"] >= first_day]
        shown = sorted(shown, key=lambda row: row["period"])[-1:]
    if len(shown) != 1:
        return None
    (row,) = shown
    value, sample = row[figure.metric.column], figure.query.sample(figure.metric.column)
    if value is None or value != value:
        return None
    low, high = (_known(row, sample.low), _known(row, sample.high)) if sample else (None, None)
    n = int(row[sample.n] or 0) if sample else 0
    return Ours(float(value), low, high, n, row["period"] if dated else None, bool(row.get("has_clock", True)))


def _known(row: Mapping[str, Any], name: str | None) -> float | None:
    value = row[name] if name else None
    return None if value is None or value != value else float(value)
