"""The only package beside frame that imports streamlit: address, cells, results, and the upload."""

from churnbook.page.address import is_dark, view
from churnbook.page.cards import cards
from churnbook.page.cells import cell, numbered
from churnbook.page.definition import needs_definition
from churnbook.page.derived import derived_events

__all__ = ["cards", "cell", "derived_events", "is_dark", "needs_definition", "numbered", "view"]
