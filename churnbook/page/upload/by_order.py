"""Orders without customers beside a file that names them by the order's id: the join is offered."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

import streamlit as st

from churnbook.intake.mapping.plan import MappedSheet
from churnbook.words import formats
from churnbook.words.language import _


def offer(found: Sequence[list[MappedSheet]], key_prefix: str) -> list[list[MappedSheet]]:
    """The sheets of an upload; where one without customers has the orders of one that names them, as the user wants it."""
    orders = [each for mapped in found for each in mapped if each.table == "orders" and "order_id" in each.roles]
    nameless = [each for each in orders if each.rules.without_customers]
    naming = [each for each in orders if "customer_id" in each.roles]
    parts: dict[int, Literal["takes", "gives"]] = {}
    for one in nameless:
        for other in naming:
            shared = len(_ids(one) & _ids(other))
            if shared and _wants(one, other, shared, key_prefix):
                parts |= {id(one): "takes", id(other): "gives"}
    return [[_with(each, parts.get(id(each))) for each in mapped] for mapped in found]


def _with(mapped: MappedSheet, part: Literal["takes", "gives"] | None) -> MappedSheet:
    return replace(mapped, rules=replace(mapped.rules, by_order=part))  # also where it was so the last time


def _wants(one: MappedSheet, other: MappedSheet, shared: int, key_prefix: str) -> bool:
    names = {"file": formats.escape(one.sheet.name), "other": formats.escape(other.sheet.name)}
    words = _("Take the customers of {file} from {other}, by the order’s id ({n} of its first orders stand there too)")
    return st.checkbox(
        words.format(**names, n=formats.number(shared)),
        value=True,
        key=f"by-order:{key_prefix}:{one.sheet.sha256[:8]}:{other.sheet.sha256[:8]}",
        persist_state="session",
        help=_("{other} then only names the customers: its own amounts do not count a second time.").format(**names),
    )


def _ids(mapped: MappedSheet) -> set[str]:
    """The ids of the first orders, without the marks that keep a spreadsheet from reading them as numbers."""
    index = mapped.sheet.headers.index(mapped.roles["order_id"])
    cells = (row[index] for row in mapped.sheet.sample)
    return {re.sub(r'^[`\'="\s]+|["\s]+$', "", cell) for cell in cells if cell}
