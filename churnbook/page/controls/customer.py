"""The page of one customer: finding them, and the tables of what is known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd
import streamlit as st

from churnbook.analyses.customer import happening
from churnbook.catalogue import labels, queries, schema
from churnbook.catalogue.request import Scope
from churnbook.engine.session import Result
from churnbook.page import address, say, state
from churnbook.page.cell import results
from churnbook.page.cell.tables import CUSTOMER, config, table
from churnbook.words import formats
from churnbook.words.language import _, ngettext

if TYPE_CHECKING:
    from churnbook.page.cell.cell import Cell

_NAME = "customer"
_SHOWN = ("occurred_at", "name", "detail", "amount", "score", "until", "source")


def choose() -> str | None:
    """The customer the address names, in a box where another can be typed; None where there is none such.

    In that case the customers whose id begins like it are offered, each to be opened.
    """
    given = (address.get(_NAME) or [""])[0]
    key = address.widget_key(_NAME, given)

    def write() -> None:
        typed = state.get(key).strip()
        address.put(_NAME, [typed] if typed else [])

    st.text_input(
        _("Customer id"),
        type="search",
        key=key,
        on_change=write,
        placeholder=_("An id, or how it begins"),
        max_chars=500,
        width=360,
    )
    found = None
    with results.explained():
        found = _beginning_with(given)
    if found is None:
        return None
    if given and found.table.num_rows and found.table[CUSTOMER][0].as_py() == given:
        return given
    _offer(given, found)
    return None


def _beginning_with(text: str) -> Result:
    return results.ask("customer_search", beginning=text)


def _offer(given: str, found: Result) -> None:
    n = found.table.num_rows
    if given:
        st.info(_missing(given, address.view().scope), icon=":material/person_search:")
        if n:
            words = ngettext("{n} customer whose id begins like this:", "{n} customers whose ids begin like this:", n)
            many = _("The first {n} customers whose ids begin like this:")
            say.write((many if n == found.parameters["most"] else words).format(n=formats.number(n)))
    else:
        st.caption(_("Type an id above, or open one of these. Every list of customers opens them too."))
    if n:
        table(found, key="customers-found")


def _missing(customer: str, scope: Scope) -> str:
    words = (
        _("There is no customer “{id}” within the scope chosen above; a filter or the as-of day may leave them out.")
        if scope.where or scope.as_of
        else _("This dataset has no customer “{id}”.")
    )
    return words.format(id=formats.escape(customer))


def profile(cell: Cell) -> dict[str, Any]:
    """The one row of customer_profile that a cell shows."""
    (row,) = cell.results[0].table.to_pylist()
    return {**row, "attributes": dict(row["attributes"] or ())}


def figures(profile: Mapping[str, Any], currency: str | None) -> None:
    """The numbers of a profile that are known."""
    with st.container(horizontal=True, gap="medium"):
        for label, value in _figures(profile, currency):
            st.metric(label, value, width="content")


def described(profile: Mapping[str, Any], currency: str | None) -> None:
    """What else the customer file says, by its headers."""
    told: dict[str, str] = {}
    if profile["signed_up_at"]:
        told[_heading("signed_up_at")] = formats.date(profile["signed_up_at"].date())
    if profile["tenure_months"] is not None:
        told[_heading("tenure_months")] = formats.number(profile["tenure_months"])
    if profile["monthly_value"] is not None:
        told[_heading("monthly_value")] = formats.money(profile["monthly_value"], currency)
    pairs = [
        *told.items(),
        *((labels.attribute(name), labels.segment(value)) for name, value in profile["attributes"].items()),
    ]
    if pairs:
        frame = pd.DataFrame(pairs, columns=[_("Attribute"), _("Value")])
        height: Literal["content"] | int = "content" if len(frame) <= 8 else 320
        st.dataframe(frame, hide_index=True, width=420, height=height, alt=_("Attributes"))


def _figures(profile: Mapping[str, Any], currency: str | None) -> Iterator[tuple[str, str]]:
    if profile["cohort"]:
        yield _heading("cohort"), formats.period_label(profile["cohort"], "month")
    for name, label in (("first_on", _("First activity")), ("last_on", _("Last activity"))):
        if profile[name]:
            yield label, formats.date(profile[name])
    for name in ("orders", "events"):
        if profile[name]:
            yield _heading(name), formats.number(profile[name])
    if profile["revenue"] is not None:
        yield _heading("revenue"), formats.money(profile["revenue"], currency)


def _heading(name: str) -> str:
    """The heading of a column of customer_profile."""
    return labels.column(queries.catalogue().find("customer_profile").column(name))


def rows(result: Result) -> None:
    """The rows of customer_rows, newest first; a great many come to the browser as it scrolls."""
    frame = result.table.to_pandas()
    names = [happening(source, name) for source, name in zip(frame["source"], frame["name"], strict=True)]
    times = frame["occurred_at"].dropna()
    whole_days = bool((times.dt.normalize() == times).all())
    moment = "YYYY-MM-DD" if whole_days else "YYYY-MM-DD HH:mm"
    columns = config(result)
    for name in ("occurred_at", "until"):
        columns[name] = st.column_config.DatetimeColumn(
            labels.column(result.query.column(name)), format=moment, width=130
        )
    columns["source"] = st.column_config.Column(labels.column(result.query.column("source")), width=170)
    empty = [name for name in ("until", "detail", "amount", "score") if frame[name].isna().all()]
    st.dataframe(
        frame.assign(source=[_(schema.label(source)) for source in frame["source"]], name=names).drop(columns=empty),
        column_config=columns,
        column_order=[name for name in _SHOWN if name not in empty],
        hide_index=True,
        height=420 if len(frame) > 11 else "content",
        key="customer-rows",
        placeholder="",
        lazy=True if len(frame) > 10_000 else None,
        alt=_("Rows of one customer"),
    )
