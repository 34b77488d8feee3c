"""The only package beside frame that imports streamlit: address, cells, results, and the upload."""

from churnbook.page.address import view
from churnbook.page.cells import cell

__all__ = ["cell", "view"]
