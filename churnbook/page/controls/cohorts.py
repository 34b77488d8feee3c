"""What the cohort page offers besides its cells."""

from __future__ import annotations

import streamlit as st

from churnbook.catalogue import labels
from churnbook.page import address
from churnbook.page.cell.cell import Cell
from churnbook.words.language import _

_LONGER = {"day": "week", "week": "month", "month": "quarter", "quarter": "year"}


def offer_longer(cell: Cell, are_small: bool) -> None:
    """Where most cohorts are too small to compare, the next longer period with one click."""
    longer = _LONGER.get(str(cell.values["grain"]))
    if not are_small or longer is None:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(
            _("Most cohorts have fewer than 30 customers, so they are grey; longer periods hold more."), width="content"
        )
        grain = cell.parameters()["grain"]
        st.button(
            labels.value(grain, longer),
            icon=":material/zoom_out_map:",
            type="tertiary",
            key=f"longer-{cell.name}",
            on_click=address.put_value,
            args=(cell.name, grain, longer),
        )
