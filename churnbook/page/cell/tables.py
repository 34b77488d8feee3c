"""Results as tables: columns explained by the query's header, and customers that open when chosen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import streamlit as st

from churnbook.catalogue import labels
from churnbook.engine.session import Result
from churnbook.page import address, contents, state
from churnbook.words import formats
from churnbook.words.language import _

CUSTOMER = "customer_id"
_OPEN = "open the customer"
_SHORT = 7
_MOST_LISTED = 10_000
"""Rows of a list of customers that go to the browser; the downloads hold all."""


def table(
    result: Result, key: str, alt: str = "", choose: Callable[[pd.Series[Any] | None], None] | None = None
) -> None:
    """A result as a table; where it lists customers, each row has a button that opens the customer.

    `choose` is told the row that is selected, or that none is any more.
    """
    frame = result.table.to_pandas()
    # a list of customers has no use for columns that none of them fills
    optional = frame.columns if CUSTOMER in frame.columns else ["segment"]
    hidden = [column for column in frame.columns if column in optional and len(frame) and frame[column].isna().all()]
    shown = frame.drop(columns=hidden)
    columns = config(result)
    if CUSTOMER in shown.columns:
        all_rows, shown = len(shown), shown.head(_MOST_LISTED)
        shown.insert(0, _OPEN, _("Open"))
        columns[_OPEN] = st.column_config.ButtonColumn("", width=72, key=f"open:{key}")
        if len(shown) < all_rows:
            st.caption(
                _("The first {shown} of {all} are listed; the downloads hold all.").format(
                    shown=formats.number(len(shown)), all=formats.number(all_rows)
                )
            )

    def chosen() -> None:
        rows = state.get(key).selection.rows
        assert choose is not None
        choose(frame.iloc[rows[0]] if rows else None)

    st.dataframe(
        _with_readable_lists(shown, result),
        on_select=chosen if choose else "ignore",
        selection_mode="single-row",
        column_config=columns,
        hide_index=True,
        key=key,
        height=280 if len(shown) > _SHORT else "content",
        placeholder="",
        alt=alt or _(result.query.title),
    )
    if clicked := state.get(f"open:{key}"):
        open_customer(str(shown.iloc[clicked.row][CUSTOMER]))


def _with_readable_lists(shown: pd.DataFrame, result: Result) -> pd.DataFrame:
    """The rows shown with every list of moments as one text, which the browser would show as numbers."""
    lists = [column.name for column in result.query.columns if column.type == "timestamp[]"]
    texts = {
        name: [", ".join(f"{pd.Timestamp(moment):%Y-%m-%d %H:%M:%S}" for moment in row) for row in shown[name]]
        for name in lists
    }
    return shown.assign(**texts)


def open_customer(customer: str) -> None:
    """Go to the page of one customer."""
    st.switch_page(contents.FOLDER / "customer.py", query_params=address.of_page("customer", {"customer": customer}))


def config(result: Result) -> dict[str, Any]:
    """Every column with its heading, its note from the query's header, and percentages as such."""
    return {
        column.name: st.column_config.NumberColumn(labels.column(column), help=_(column.note), format="percent")
        if column.unit == "%"
        else st.column_config.Column(labels.column(column), help=_(column.note))
        for column in result.query.columns
    }
