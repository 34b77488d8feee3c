"""The only package beside frame that imports streamlit: address, cells, results, and the upload."""

from churnbook.page.address import is_dark, view
from churnbook.page.cell.cell import ask, cell, numbered
from churnbook.page.controls.cohorts import offer_longer
from churnbook.page.controls.definition import needs_definition, suggest_days
from churnbook.page.controls.derived_events import derived_events
from churnbook.page.controls.funnels import (
    by_first_attempts,
    choose_funnel,
    choose_grain,
    choose_sides,
    choose_span,
    choose_step,
    choose_steps,
    customers_of_a_time,
    drill_into_what_came_next,
    tell_funnel,
    to_the_end,
)
from churnbook.page.controls.overview import cards
from churnbook.page.say import end, write

__all__ = [
    "ask",
    "by_first_attempts",
    "cards",
    "cell",
    "choose_funnel",
    "choose_grain",
    "choose_sides",
    "choose_span",
    "choose_step",
    "choose_steps",
    "customers_of_a_time",
    "derived_events",
    "drill_into_what_came_next",
    "end",
    "is_dark",
    "needs_definition",
    "numbered",
    "offer_longer",
    "suggest_days",
    "tell_funnel",
    "to_the_end",
    "view",
    "write",
]  # fmt: skip
